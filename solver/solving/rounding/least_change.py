"""Many rows that are broken by roundings alone, mended together by the least change.

Where hundreds of rows are full, floats leave each a trifle above or below its limit.
What split shipments have on their routes, or leave, is moved among these, as little as
possible in the sense of least squares, until each row has room for roundings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints
    from solver.solving.rounding.exact_rows import DecimalRow, ExactRows

MANY, _MOST = 10, 1000
"""Broken rows from which on they are mended together, and rows up to which."""

_PASSES = 3
"""Times that rows are mended: what is moved may break others."""

_TRIFLE = 1e-12
"""Part of a row by which roundings may break it."""

_ENOUGH = 10**6
"""Units of a flow from which on it can give some."""

_ALIKE = 1e-10
"""Part of the largest diagonal entry that is added to all, since rows may be alike."""


class LeastChange:
    """What is moved among the flows of split shipments.

    Parameters
    ----------
    rows : ExactRows
        Rows to keep.
    units, left : ndarray of int
        Units of routes, and of what each shipment leaves: they are changed.
    steps : ndarray of int
        Units of each shipment that can be told; those that tell all of them move.
    """

    def __init__(self, rows: ExactRows, units: Ints, left: Ints, steps: Ints) -> None:
        self.rows, self.units, self.left = rows, units, left
        shipment = rows.routes.shipment
        flows = np.flatnonzero((units >= _ENOUGH) & (steps[shipment] == 1))
        rests = np.flatnonzero((left >= _ENOUGH) & (steps == 1))
        owner = np.concatenate([shipment[flows], rests])
        is_split = np.bincount(owner, minlength=len(left))[owner] > 1
        ends = len(flows)
        self._flows, self._rests = flows[is_split[:ends]], rests[is_split[ends:]]
        _, self._group = np.unique(owner[is_split], return_inverse=True)
        self._place = np.full(len(units), -1)
        self._place[self._flows] = np.arange(len(self._flows))
        digits = np.concatenate([shipment[self._flows], self._rests])
        self._unit = 10.0 ** -rows.shipment_digits[digits].astype(float)

    def mend(self) -> None:
        """Move units until few rows are broken; some times at most."""
        for _ in range(_PASSES if len(self._unit) else 0):
            held, excess = self.rows.standing(self.units)
            near = [
                (row, own)
                for row, own in zip(held, excess, strict=True)
                if abs(own) <= _TRIFLE * abs(row.room)
            ]
            if sum(own > 0 for _, own in near) < MANY or len(near) > _MOST:
                return
            if not self._are_moved(self._whole(self._wanted(near))):
                return

    def _wanted(self, near: Sequence[tuple[DecimalRow, int]]) -> Floats:
        """Units to move to each flow, so that rows have room for roundings."""
        entry, amount = [], []
        for row, excess in near:
            place = self._place[row.kinds.routes]
            held = np.flatnonzero(place >= 0)
            factor = row.about[row.kinds.kind[held]]
            entry.append((place[held], factor))
            amount.append(excess / row.largest + float(np.abs(factor).sum()))
        counts = [len(place) for place, _ in entry]
        index = np.concatenate([place for place, _ in entry])
        value = np.concatenate([factor for _, factor in entry]) / self._unit[index]
        starts = np.concatenate([[0], np.cumsum(counts)])
        shape = (len(near), len(self._unit))
        matrix = self._within(sparse.csr_array((value, index, starts), shape=shape))
        product = np.asarray((matrix @ matrix.T).todense())
        product[np.diag_indices(len(near))] += _ALIKE * float(product.max(initial=1.0))
        moves = matrix.T @ np.linalg.solve(product, -np.array(amount))
        return np.asarray(moves / self._unit)

    def _within(self, matrix: sparse.csr_array) -> sparse.csr_array:
        """Rows of a matrix less their mean over each shipment: nothing is added."""
        size = len(self._group)
        place = (np.arange(size), self._group)
        groups = sparse.csr_array((np.ones(size), place))
        mean = (matrix @ groups) / np.bincount(self._group)
        return sparse.csr_array(matrix - mean @ groups.T)

    def _whole(self, wanted: Floats) -> Ints:
        """Whole units; the last flow of each shipment takes what that leaves."""
        units = np.rint(wanted).astype(int)
        last = np.zeros(int(self._group.max()) + 1, dtype=int)
        last[self._group] = np.arange(len(self._group))
        rest = np.bincount(self._group, units).astype(int)
        units[last] -= rest
        return units

    def _are_moved(self, more: Ints) -> bool:
        """Move units; tell whether all flows had so many to give."""
        flows, rests = np.split(more, [len(self._flows)])
        units, left = self.units[self._flows] + flows, self.left[self._rests] + rests
        if min(units.min(initial=0), left.min(initial=0)) < 0:
            return False
        self.units[self._flows], self.left[self._rests] = units, left
        return True
