"""The matrix of a Newton step: rows of limits, those of shipments eliminated.

    usage.T @ W @ usage - sum over shipments of s @ s.T / t

with W the weights of columns, t their sum over a shipment's, and s the weighted sum of
its rows of usage. Where each pair of a column's entries adds to the matrix is found
once for many steps: the first term is then one sparse product with the weights. Nothing
is left out, however little it weighs: steps towards the end would miss it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints

MOST_PAIRS = 30_000_000
"""Pairs that are kept, 12 bytes each; if there are more, products are made anew."""


class LimitsMatrix:
    """What is kept from step to step for columns that stay.

    Parameters
    ----------
    owner : ndarray of int, shape (columns,)
        Shipment of each column.
    usage : sparse matrix, shape (columns, rows)
        What a unit of each adds to each limit; indices sorted.
    count : int
        How many shipments there are.
    """

    def __init__(self, owner: Ints, usage: sparse.csr_array, count: int) -> None:
        self.rows = usage.shape[1]
        self._usage = usage
        lengths = np.diff(usage.indptr).astype(np.int64)
        self._kept = None
        if lengths @ (lengths + 1) // 2 <= MOST_PAIRS:
            self._kept = _pairs(usage)
        key = np.repeat(owner * self.rows, lengths) + usage.indices
        places, slot = np.unique(key, return_inverse=True)
        form = usage.data, slot.astype(np.int32), usage.indptr
        self._sums = sparse.csr_array(form, shape=(len(owner), len(places))).T
        self._shipment, self._row = np.divmod(places, self.rows)
        ends = np.cumsum(np.bincount(self._shipment, minlength=count))
        self._start = np.concatenate([[0], ends]).astype(np.int32)

    def lower(self, weight: Floats, total: Floats, diagonal: Floats) -> Floats:
        """Return the lower triangle, with what else stands on the diagonal.

        Parameters
        ----------
        weight : ndarray, shape (columns,)
            Weight of each column.
        total : ndarray, shape (shipments,)
            Sum of the weights of each shipment's columns.
        diagonal : ndarray, shape (rows,)
            What is added to the diagonal.
        """
        matrix = self._products(weight) - self._eliminated(weight, total)
        matrix[np.diag_indices_from(matrix)] += diagonal
        return matrix

    def _products(self, weight: Floats) -> Floats:
        """Return what the columns add."""
        usage = self._usage
        if self._kept is not None:
            order, pairs = self._kept
            return np.asarray(pairs @ weight[order]).reshape(self.rows, self.rows)
        data = usage.data * np.repeat(weight, np.diff(usage.indptr))
        form = data, usage.indices, usage.indptr
        weighted = sparse.csr_array(form, shape=usage.shape)
        return np.asarray((sparse.csr_array(usage.T) @ weighted).toarray())

    def _eliminated(self, weight: Floats, total: Floats) -> Floats:
        """Return what the shipments' rows take away."""
        halves = self._sums @ weight / np.sqrt(total)[self._shipment]
        form = halves, self._row, self._start
        parts = sparse.csr_array(form, shape=(len(total), self.rows))
        return np.asarray((sparse.csr_array(parts.T) @ parts).toarray())


def _pairs(usage: sparse.csr_array) -> tuple[Ints, sparse.csc_array]:
    """Return columns, those of as many entries together, and where their pairs add.

    The matrix has a row for each place of a square one, flat, and a column for each of
    those columns: pairs of its entries below or on the diagonal.
    """
    lengths, rows = np.diff(usage.indptr), usage.shape[1]
    order = np.argsort(lengths, kind="stable")
    counts = lengths[order] * (lengths[order] + 1) // 2
    ends = np.concatenate([[0], np.cumsum(counts)])
    places, values = np.empty(ends[-1], dtype=np.int32), np.empty(ends[-1])
    sizes, starts = np.unique(lengths[order], return_index=True)
    for size, start in zip(sizes, starts, strict=True):
        columns = order[start : start + np.count_nonzero(lengths == size)]
        entry = usage.indptr[columns][:, None] + np.arange(size)
        row, of = usage.indices[entry], usage.data[entry]
        one, other = np.tril_indices(size)
        at = slice(ends[start], ends[start + len(columns)])
        shape = len(columns), len(one)
        np.add(row[:, one] * rows, row[:, other], out=places[at].reshape(shape))
        np.multiply(of[:, one], of[:, other], out=values[at].reshape(shape))
    form = values, places, ends.astype(np.int32)
    return order, sparse.csc_array(form, shape=(rows * rows, len(order)))
