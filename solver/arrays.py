"""The types of arrays that all rooms share, and the numbering of keys."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Numbers."""

Ints = NDArray[np.int64]
"""Indices and counts."""

Mask = NDArray[np.bool_]
"""Which of them."""


def numbered(key: Ints, count: int, most: int) -> tuple[Ints, Ints]:
    """Return the distinct ones of some keys, ascending, and which of them each is.

    Parameters
    ----------
    key : ndarray of int
        Keys from 0.
    count : int
        They are below this.
    most : int
        Count up to which every key has a mark of its own; beyond, they are sorted.
    """
    if count > most:
        distinct, number = np.unique(key, return_inverse=True)
        return np.asarray(distinct), np.asarray(number)
    marks = np.zeros(count, dtype=bool)
    marks[key] = True
    distinct = np.flatnonzero(marks)
    place = np.empty(count, dtype=np.int32)
    place[distinct] = np.arange(len(distinct))
    return distinct, place[key].astype(int)
