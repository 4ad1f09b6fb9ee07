"""Pairs of the entries of columns, found once for many sums over weighted columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
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
    parts : tuple
        Columns, some of them several times, and a sparse matrix of shape (places of the
        flat matrix, these columns): where the pairs of each stand, below or on the
        diagonal, and what a column of weight 1 adds there.
    count : int
        How many columns there are.
    """

    rows: int
    width: int
    parts: tuple[tuple[Ints, sparse.csc_array], ...]
    count: int

    @classmethod
    def of(cls, usage: sparse.csr_array, known: EntryPairs | None = None) -> EntryPairs:
        """Return the pairs of columns; some are known, of the first and their rows."""
        count, rows = usage.shape
        if known is None or rows > known.width:
            width = rows + MORE_ROWS
            return cls(rows, width, (_pairs(usage, np.arange(count), width),), count)
        width = known.width
        later = _pairs(usage, np.arange(known.count, count), width)
        entries = usage.indices[: usage.indptr[known.count]]
        reaching = np.flatnonzero(entries >= known.rows)
        touched = np.searchsorted(usage.indptr, reaching, side="right") - 1
        further = _pairs(usage, np.unique(touched), width, known.rows)
        return cls(rows, width, (*known.parts, later, further), count)

    def summed(self, weight: Floats) -> Floats:
        """Return the lower triangle of the matrix for such weights of the columns."""
        matrix = np.zeros(self.width * self.width)
        for columns, pairs in self.parts:
            matrix += pairs @ weight[columns]
        return matrix.reshape(self.width, self.width)[: self.rows, : self.rows]


def _pairs(
    usage: sparse.csr_array, columns: Ints, width: int, first: int = 0
) -> tuple[Ints, sparse.csc_array]:
    """Return some columns, those of as many entries together, and their pairs.

    Pairs of rows that both stand before a first one are left out.
    """
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
    if first:
        wanted = places >= first * width
        ends = np.concatenate([[0], np.cumsum(wanted)])[ends]
        places, values = places[wanted], values[wanted]
    form = values, places, ends.astype(np.int32)
    shape = width * width, len(columns)
    return columns[order], sparse.csc_array(form, shape=shape)
