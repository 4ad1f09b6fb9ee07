"""Names of a long column as numbers, which are compared at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Container

    from numpy.typing import NDArray

    from solver.arrays import Mask


class Coded:
    """A column of names as numbers, in order of first appearance.

    Parameters
    ----------
    cells : ndarray of str, shape (rows,)
        The column.

    Attributes
    ----------
    names : list of str
        The distinct names.
    codes : ndarray of int, shape (rows,)
        For each row, the index of its name.
    """

    def __init__(self, cells: NDArray[Any]) -> None:
        self.names: list[str] = list(dict.fromkeys(cells.tolist()))
        numbers = {name: number for number, name in enumerate(self.names)}
        codes = map(numbers.__getitem__, cells.tolist())
        self.codes = np.fromiter(codes, dtype=np.int64, count=len(cells))

    def are_in(self, names: Container[str]) -> Mask:
        """Return for each row whether its name is one of `names`."""
        hits = np.array([name in names for name in self.names], dtype=bool)
        return hits[self.codes]
