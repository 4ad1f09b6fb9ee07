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

from solver.arrays import numbered
from solver.solving.interior.entry_pairs import EntryPairs

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints

MOST_PAIRS = 30_000_000
"""Pairs that are kept, 12 bytes each; if there are more, products are made anew."""

MOST_MARKS = 50_000_000
"""Places of shipments and rows that are marked at once; beyond, keys are sorted."""


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
    before : LimitsMatrix, optional
        That of the first of these columns, and of the first of these rows.

    Attributes
    ----------
    pairs : EntryPairs or None
        Pairs of each column's entries, where they are not too many.
    """

    def __init__(
        self,
        owner: Ints,
        usage: sparse.csr_array,
        count: int,
        before: LimitsMatrix | None = None,
    ) -> None:
        self.rows = usage.shape[1]
        self._usage = usage
        lengths = np.diff(usage.indptr).astype(np.int64)
        self.pairs: EntryPairs | None = None
        if lengths @ (lengths + 1) // 2 <= MOST_PAIRS:
            self.pairs = EntryPairs.of(usage, before.pairs if before else None)
        key = np.repeat(owner * self.rows, lengths) + usage.indices
        places, slot = numbered(key, count * self.rows, MOST_MARKS)
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
        if self.pairs is not None:
            return self.pairs.summed(weight)
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
