"""Keys numbered: each different one once, and where every key stands among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Ints


_MOST_MARKED = 2**24
"""Keys up to which each has a mark, instead of being sorted."""


def numbered(keys: Sequence[Ints], count: int) -> tuple[Ints, list[Ints]]:
    """Return the different keys below `count` in their order, and the place of each.

    Parameters
    ----------
    keys : sequence of ndarray of int
        Keys in several arrays; places are told array by array.
    """
    if count > _MOST_MARKED:
        found, place = np.unique(np.concatenate(keys), return_inverse=True)
        return found, np.split(place, np.cumsum([*map(len, keys)])[:-1])
    is_found = np.zeros(count, dtype=bool)
    for own in keys:
        is_found[own] = True
    numbers = np.cumsum(is_found) - 1
    return np.flatnonzero(is_found), [numbers[own] for own in keys]
