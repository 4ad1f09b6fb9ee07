"""The linear program over bundles, its prices kept in a box.

Each group takes a mix of its bundles; what they put on a limit together stays within
it. Left to itself, such a program jumps from one extreme price to another. Here prices
stay within some reach of the best ones known, as two further columns of each limit
see to: one lets more through, at the highest price, the other takes back what is left,
at the lowest.

References
----------
Marsten, R. E., Hogan, W. W. and Blankenship, J. W. (1975), The Boxstep method for
large-scale optimization, Operations Research 23(3).
du Merle, O., Villeneuve, D., Desrosiers, J. and Hansen, P. (1999), Stabilized column
generation, Discrete Mathematics 194.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.backends import ArrayHiGHS, Outcome
from solver.model import AddColumns, AddRows, SetCosts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.model import Change

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_SMALL = 1e-9
_VISIBLE = 1e-6
"""Share of a limit from which a column of the box counts as used."""

_MOST_IDLE = 6
"""Answers in a row in which a bundle was too dear, after which it may go."""

_WORTH_CLEARING = 0.25
"""Share of columns that must go for it to be worth the work."""


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """Lowest and highest price per unit of each limit, shape (limits,)."""

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """What the program found.

    Parameters
    ----------
    cost : float
        Least cost, with what the box pays and gets.
    values : ndarray, shape (bundles,)
        Share of its group that each bundle takes.
    prices : ndarray, shape (limits,)
        Money per unit of each limit.
    worth : ndarray, shape (groups,)
        What each group costs at these prices.
    held : ndarray of bool, shape (limits,)
        Limits whose price the box holds back.
    """

    cost: float
    values: Floats
    prices: Floats
    worth: Floats
    held: NDArray[np.bool_]


class BundleProgram:
    """The program, warm from one answer to the next.

    Rows are divided by their limit and costs by `unit`, so that the solver sees numbers
    of the same size. Limits enter as rows when they are broken.

    Parameters
    ----------
    groups : int
        How many groups there are.
    capacity : ndarray, shape (limits,)
        The limits.
    unit : float
        Money that a typical bundle costs.
    typical : float
        Quantity of a typical shipment: scale of limits of 0.

    Attributes
    ----------
    active : ndarray of int
        Limits that are rows.
    bundles : int
        Bundles that the program holds.
    """

    def __init__(
        self, groups: int, capacity: Floats, unit: float, typical: float
    ) -> None:
        self.groups, self.capacity, self.unit = groups, capacity, unit
        self.scale = np.where(capacity > 0.0, capacity, typical)
        self.active = np.zeros(0, dtype=int)
        self._first = 2 * len(capacity)
        self._cost = np.zeros(0)
        self._loads = sparse.csr_array((0, len(capacity)))
        self._idle = np.zeros(0, dtype=int)
        self._changes: list[Change] = []
        self._solver = ArrayHiGHS(self._changes, primal=True)
        ones = np.ones(groups)
        nothing = np.zeros(0, dtype=int), np.zeros(0)
        starts = np.zeros(groups + 1, dtype=int)
        self._changes.append(AddRows(ones, ones, starts, *nothing))
        zeros, free = np.zeros(self._first), np.full(self._first, np.inf)
        starts = np.zeros(self._first + 1, dtype=int)
        self._changes.append(AddColumns(zeros, zeros, free, starts, *nothing))

    @property
    def bundles(self) -> int:
        """Number of bundles."""
        return len(self._cost)

    def add(self, group: Ints, cost: Floats, loads: sparse.csr_array) -> None:
        """Add bundles.

        Parameters
        ----------
        group : ndarray of int
            Group of each.
        cost : ndarray
            Money.
        loads : sparse matrix, shape (bundles, limits)
            What each puts on each limit.
        """
        count = len(group)
        scaled = loads[:, self.active] / self.scale[self.active]
        of_group = sparse.csr_array(
            (np.ones(count), (np.arange(count), group)), shape=(count, self.groups)
        )
        entries = sparse.csr_array(sparse.hstack([of_group, scaled]))
        self._changes.append(
            AddColumns(
                cost / self.unit,
                np.zeros(count),
                np.full(count, np.inf),
                entries.indptr.astype(int),
                entries.indices.astype(int),
                np.asarray(entries.data, dtype=float),
            )
        )
        self._cost = np.concatenate([self._cost, cost])
        self._loads = sparse.csr_array(sparse.vstack([self._loads, loads]))
        self._idle = np.concatenate([self._idle, np.zeros(count, dtype=int)])

    def solve(self, box: Box) -> Optimum | None:
        """Solve within a box of prices, all limits kept; None if the solver fails."""
        while True:
            self._set_box(box)
            answer = self._solver.answer()
            if answer.outcome is not Outcome.OPTIMAL:
                return None
            values = answer.values[self._first :]
            used = self._loads.T @ values
            excess = used - self.capacity
            excess[self.active] = 0.0
            broken = np.flatnonzero(excess > _SMALL * np.maximum(1.0, self.capacity))
            if not len(broken):
                break
            self._add_limits(broken)
        reduced = answer.reduced[self._first :]
        self._idle = np.where(reduced > _SMALL, self._idle + 1, 0)
        more, less = np.split(answer.values[: self._first], 2)
        held = (more > _VISIBLE) | ((less > _VISIBLE) & (box.low > 0.0))
        prices = np.zeros(len(self.capacity))
        of_rows = -answer.duals[self.groups :] * self.unit / self.scale[self.active]
        prices[self.active] = np.maximum(0.0, of_rows)
        cost = float(self._cost @ values)
        cost += float((box.high * self.scale) @ more - (box.low * self.scale) @ less)
        worth = answer.duals[: self.groups] * self.unit
        return Optimum(cost, values, prices, worth, held)

    def clear(self) -> NDArray[np.bool_] | None:
        """Drop bundles that were too dear for long; say which stay, None for all."""
        idle = self._idle >= _MOST_IDLE
        if idle.sum() < _WORTH_CLEARING * self.bundles:
            return None
        self._solver.drop(self._first + np.flatnonzero(idle))
        kept = ~idle
        self._cost, self._loads = self._cost[kept], self._loads[kept]
        self._idle = self._idle[kept]
        return kept

    def _set_box(self, box: Box) -> None:
        if not len(self.active):
            return
        scale = self.scale[self.active] / self.unit
        costs = box.high[self.active] * scale, -box.low[self.active] * scale
        columns = self.active, len(self.capacity) + self.active
        self._changes.append(SetCosts(np.concatenate(columns), np.concatenate(costs)))

    def _add_limits(self, limits: Ints) -> None:
        """Add limits as rows, with the columns of their boxes."""
        count, every = len(limits), len(self.capacity)
        scale = self.scale[limits]
        more = sparse.csr_array(
            (-np.ones(count), (np.arange(count), limits)), shape=(count, every)
        )
        loads = sparse.csr_array(self._loads[:, limits] / scale).T
        entries = sparse.csr_array(sparse.hstack([more, -more, loads]))
        upper = self.capacity[limits] / scale
        lower = np.full(count, -np.inf)
        starts = entries.indptr.astype(int)
        index = entries.indices.astype(int)
        data = np.asarray(entries.data, dtype=float)
        self._changes.append(AddRows(lower, upper, starts, index, data))
        self.active = np.concatenate([self.active, limits])
