"""Pairs of the entries of columns, found once for many sums over weighted columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints

MORE_ROWS = 64
"""Rows that may come later without pairs that are known being found again."""


@dataclass(frozen=True, slots=True, eq=False)
class EntryPairs:
    """Where each pair of a column's entries adds to a matrix over rows.

    Parameters
    ----------
    rows, width : int
        Rows of the matrix, and places of one of them: there is room for some more.
    column : ndarray of int
        Columns, one after the other; some of them several times.
    ends : ndarray of int
        Where the pairs of each begin, and where the last ones end.
    places, values : ndarray, shape (pairs,)
        Place of each pair in the flat matrix, below or on the diagonal, and what a
        column of weight 1 adds there.
    count : int
        How many columns there are.
    """

    rows: int
    width: int
    column: Ints
    ends: Ints
    places: NDArray[np.int32]
    values: Floats
    count: int

    @classmethod
    def of(cls, usage: sparse.csr_array, known: EntryPairs | None = None) -> EntryPairs:
        """Return the pairs of columns; some are known, of the first and their rows."""
        count, rows = usage.shape
        if known is None or rows > known.width:
            width = rows + MORE_ROWS
            return cls(rows, width, *_pairs(usage, np.arange(count), width), count)
        width = known.width
        later = _pairs(usage, np.arange(known.count, count), width)
        entries = usage.indices[: usage.indptr[known.count]]
        reaching = np.flatnonzero(entries >= known.rows)
        touched = np.searchsorted(usage.indptr, reaching, side="right") - 1
        column, ends, places, values = _pairs(usage, np.unique(touched), width)
        is_new = places >= known.rows * width
        ends = np.concatenate([[0], np.cumsum(is_new)])[ends]
        return cls(
            rows,
            width,
            np.concatenate([known.column, later[0], column]),
            _one_after_another(known.ends, later[1], ends),
            np.concatenate([known.places, later[2], places[is_new]]),
            np.concatenate([known.values, later[3], values[is_new]]),
            count,
        )

    def summed(self, weight: Floats) -> Floats:
        """Return the lower triangle of the matrix for such weights of the columns."""
        form = self.values, self.places, self.ends
        shape = self.width * self.width, len(self.column)
        pairs = sparse.csc_array(form, shape=shape)
        matrix = np.asarray(pairs @ weight[self.column])
        return matrix.reshape(self.width, self.width)[: self.rows, : self.rows]


def _pairs(
    usage: sparse.csr_array, columns: Ints, width: int
) -> tuple[Ints, Ints, NDArray[np.int32], Floats]:
    """Return some columns, those of as many entries together, and their pairs."""
    lengths = np.diff(usage.indptr)[columns]
    order = np.argsort(lengths, kind="stable")
    counts = lengths[order] * (lengths[order] + 1) // 2
    ends = np.concatenate([[0], np.cumsum(counts)])
    places, values = np.empty(ends[-1], dtype=np.int32), np.empty(ends[-1])
    sizes, starts = np.unique(lengths[order], return_index=True)
    for size, start in zip(sizes, starts, strict=True):
        last = start + np.count_nonzero(lengths == size)
        entry = usage.indptr[columns[order[start:last]]][:, None] + np.arange(size)
        row, of = usage.indices[entry], usage.data[entry]
        one, other = np.tril_indices(size)
        at = slice(ends[start], ends[last])
        shape = last - start, len(one)
        np.add(row[:, one] * width, row[:, other], out=places[at].reshape(shape))
        np.multiply(of[:, one], of[:, other], out=values[at].reshape(shape))
    return columns[order], ends.astype(np.int32), places, values


def _one_after_another(*ends: Ints) -> Ints:
    """Join several lists of where things begin and the last one ends."""
    counts = np.concatenate([np.diff(one) for one in ends])
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
