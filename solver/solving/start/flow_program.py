"""The linear program over flows, its prices kept in a trust region.

Each group takes a mix of its flows; what they put on a limit together stays within
it, and what they put on the lines of rules together keeps the rules. Left to itself,
such a program jumps from one extreme price to another. Here prices of limits and lines
stay within some reach of the best ones known, as two further columns of each see to:
one lets more through, at the highest price, the other takes back what is left, at the
lowest.

References
----------
Marsten, R. E., Hogan, W. W. and Blankenship, J. W. (1975), The Boxstep method for
large-scale optimization, Operations Research 23(3).
du Merle, O., Villeneuve, D., Desrosiers, J. and Hansen, P. (1999), Stabilized column
generation, Discrete Mathematics 194.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.model.answer import Outcome
from solver.model.highs import ArrayHiGHS
from solver.model.program import AddColumns, AddRows, SetCosts
from solver.pricing.tree_search import OutOfTimeError
from solver.solving.start.boxstep import Optimum
from solver.solving.start.flow_sums import Flows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints, Mask
    from solver.model.answer import Answer
    from solver.model.program import Change
    from solver.rules.row import Part
    from solver.solving.start.boxstep import PriceRange
    from solver.solving.start.flow_concentration import Entries, FlowConcentration
    from solver.solving.start.flow_sums import Sums


_SMALL = 1e-9


_VISIBLE = 1e-6
"""Share of a limit from which a column of the trust region counts as used."""


_MOST_IDLE = 6
"""Answers in a row in which a flow was too dear, after which it may go."""


_CLEARING_SHARE = 0.25
"""Share of columns that must go before it pays."""


class FlowProgram:
    """The program, warm from one answer to the next.

    Rows are divided by their scale and costs by `unit`, so that the solver sees numbers
    of the same size. Limits and rules enter as rows when they are broken.

    Parameters
    ----------
    groups : int
        How many groups there are.
    sums : Sums
        What is bounded.
    unit : float
        Money that a typical flow costs.
    deadline : float
        Moment, on the monotonic clock, at which answers end.

    Attributes
    ----------
    row : ndarray of int, shape (sums,)
        Row of each sum, -1 while there is none.
    flows : Flows
        Those that the program holds.
    pivots : int
        Iterations that the last answer took.
    """

    def __init__(
        self, groups: int, sums: Sums, unit: float, deadline: float = np.inf
    ) -> None:
        self.groups, self.sums, self.unit = groups, sums, unit
        self.deadline, self.pivots = deadline, 0
        self.row = np.full(len(sums), -1)
        self._rows = groups
        self._first = 2 * len(sums) + sum(
            concentration.width for concentration in sums.concentrations
        )
        none = np.zeros(0, dtype=int)
        self.flows = Flows(none, none, np.zeros(0), sparse.csr_array((0, len(sums))))
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
    def size(self) -> int:
        """Number of flows."""
        return len(self.flows.cost)

    @property
    def active(self) -> Ints:
        """Sums that are rows."""
        return np.flatnonzero(self.row >= 0)

    def add(self, flows: Flows) -> None:
        """Add flows."""
        if not len(flows.cost):
            return
        group, cost, loads = flows.group, flows.cost, flows.loads
        count, active = len(group), self.active
        scaled = sparse.coo_array(loads[:, active] / self.sums.scale[active])
        owner = np.concatenate([np.arange(count), scaled.row])
        row = np.concatenate([group, self.row[active][scaled.col]])
        entry = np.concatenate([np.ones(count), scaled.data])
        entries = sparse.csr_array((entry, (owner, row)), shape=(count, self._rows))
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
        self.flows = self.flows.beside(flows)
        self._idle = np.concatenate([self._idle, np.zeros(count, dtype=int)])

    def solve(self, price_range: PriceRange) -> Optimum | None:
        """Solve within a range of prices, with limits and rules; None if that fails.

        What is added is kept at the next answer: ask `cut` whether there was anything.

        Raises
        ------
        OutOfTimeError
            If the deadline passes.
        """
        self.pivots = 0
        while True:
            self._set_price_range(price_range)
            self._solver.seconds = self.deadline - time.monotonic()
            answer = self._solver.answer()
            self.pivots += answer.iterations
            if answer.outcome is Outcome.LIMIT:
                raise OutOfTimeError
            if answer.outcome is not Outcome.OPTIMAL:
                return None
            sums = np.asarray(self.flows.loads.T @ answer.values[self._first :])
            if not self._add_broken(sums):
                break
        reduced = answer.reduced[self._first :]
        self._idle = np.where(reduced > _SMALL, self._idle + 1, 0)
        return self._optimum(answer, price_range)

    def cut(self, found: Optimum) -> bool:
        """Add the parts of rows that an answer calls for; tell whether there are any.

        They count from the next answer on.
        """
        sums = np.asarray(self.flows.loads.T @ found.values)
        added = 0
        for concentration in self.sums.concentrations:
            if concentration.is_held:
                cuts = list(concentration.cuts(sums[concentration.lines]))
                added += len(cuts)
                self._add_parts(concentration, cuts)
        return bool(added)

    def _optimum(self, answer: Answer, price_range: PriceRange) -> Optimum:
        sums, values = self.sums, answer.values[self._first :]
        more, less = np.split(answer.values[: 2 * len(sums)], 2)
        held = (more > _VISIBLE) & (price_range.high < sums.most)
        held |= (less > _VISIBLE) & ((price_range.low > 0.0) | sums.is_level)
        active = self.active
        prices = np.zeros(len(sums))
        prices[active] = -answer.duals[self.row[active]] * self.unit
        prices[active] /= sums.scale[active]
        prices = np.where(sums.is_level, prices, np.maximum(0.0, prices))
        cost = float(self.flows.cost @ values)
        cost += float((price_range.high * sums.scale)[active] @ more[active])
        cost -= float((price_range.low * sums.scale)[active] @ less[active])
        concentrations = {}
        for concentration in sums.concentrations:
            if not concentration.is_held:
                continue
            excess = float(answer.values[concentration.excess])
            cost += concentration.most * concentration.demand * excess
            price, weights = concentration.price(answer.duals, self.unit)
            if price > 0.0:
                concentrations[concentration.number] = price, weights
        marginal_cost = answer.duals[: self.groups] * self.unit
        return Optimum(cost, values, prices, concentrations, marginal_cost, held)

    def clear(self) -> Mask | None:
        """Drop flows that were too dear for long; say which stay, None for all."""
        idle = self._idle >= _MOST_IDLE
        if idle.sum() < _CLEARING_SHARE * self.size:
            return None
        self._solver.drop(self._first + np.flatnonzero(idle))
        kept = ~idle
        self.flows = self.flows.chosen(np.flatnonzero(kept))
        self._idle = self._idle[kept]
        return kept

    # ---- rows

    def hold(self, sums: Ints) -> None:
        """Make rows of sums that are none and have no level."""
        self._add_sums(sums, np.full(len(sums), -np.inf))

    def _set_price_range(self, price_range: PriceRange) -> None:
        active = self.active
        if not len(active):
            return
        scale = self.sums.scale[active] / self.unit
        costs = price_range.high[active] * scale, -price_range.low[active] * scale
        columns = active, len(self.sums) + active
        self._changes.append(SetCosts(np.concatenate(columns), np.concatenate(costs)))

    def _add_broken(self, sums: Floats) -> bool:
        """Add limits and rules that a plan breaks as rows; tell whether there are."""
        own = self.sums
        broken = sums - own.limit > _SMALL * np.maximum(own.scale, np.abs(own.limit))
        chosen = np.flatnonzero(broken & (self.row < 0) & ~own.is_level)
        if len(chosen):
            self.hold(chosen)
        added = len(chosen)
        for concentration in own.concentrations:
            if concentration.is_held:
                continue
            excess, base, _ = concentration.standing(sums[concentration.lines])
            if excess > concentration.row.noise(base):
                self._add_concentration(concentration)
                added += 1
        return bool(added)

    def _add_sums(self, chosen: Ints, lower: Floats, level: Ints | None = None) -> None:
        """Add sums as rows, with the columns of their boxes, and of their levels."""
        count, every = len(chosen), len(self.sums)
        loads = self.flows.loads[:, chosen] / self.sums.scale[chosen]
        loads = sparse.coo_array(loads)
        number = np.arange(count)
        rows, columns = [number, number], [chosen, every + chosen]
        entries = [-np.ones(count), np.ones(count)]
        if level is not None:
            rows, columns = [*rows, number], [*columns, level]
            entries = [*entries, -np.ones(count)]
        flow = self._first + loads.row.astype(int)
        rows, columns = [*rows, loads.col.astype(int)], [*columns, flow]
        matrix = sparse.csr_array(
            (
                np.concatenate([*entries, loads.data]),
                (np.concatenate(rows), np.concatenate(columns)),
            ),
            shape=(count, self._first + self.size),
        )
        upper = self.sums.limit[chosen] / self.sums.scale[chosen]
        self.row[chosen] = self._add_rows(lower, upper, matrix)

    def _add_rows(self, lower: Floats, upper: Floats, rows: sparse.csr_array) -> Ints:
        starts, index = rows.indptr.astype(int), rows.indices.astype(int)
        data = np.asarray(rows.data, dtype=float)
        self._changes.append(AddRows(lower, upper, starts, index, data))
        first, self._rows = self._rows, self._rows + len(upper)
        return np.arange(first, self._rows)

    def _add_concentration(self, concentration: FlowConcentration) -> None:
        """Add a row that bounds all values together."""
        level = np.array(
            [concentration.level(n) for n in range(len(concentration.lines))]
        )
        self._add_sums(concentration.lines, np.zeros(len(concentration.lines)), level)
        base = concentration.base_row()
        if base is not None:
            self._add_listed([base], equal=True)
        concentration.place = self._add_listed([concentration.lifted_row()])
        cost = np.array([concentration.most * concentration.demand / self.unit])
        self._changes.append(SetCosts(np.array([concentration.excess]), cost))
        self._add_parts(concentration, concentration.row.lifted().parts)

    def _add_parts(
        self, concentration: FlowConcentration, parts: Sequence[Part]
    ) -> None:
        if len(parts):
            rows = self._add_listed([concentration.part_row(part) for part in parts])
            concentration.parts.extend(parts)
            concentration.place = np.concatenate([concentration.place, rows])

    def _add_listed(
        self, rows: Sequence[tuple[float, Entries]], *, equal: bool = False
    ) -> Ints:
        """Add rows, each a right side and its entries by column."""
        upper = np.array([side for side, _ in rows])
        lower = upper if equal else np.full(len(rows), -np.inf)
        number = np.repeat(np.arange(len(rows)), [len(own) for _, own in rows])
        columns = np.array([column for _, own in rows for column in own], dtype=int)
        values = np.array([value for _, own in rows for value in own.values()])
        shape = (len(rows), self._first + self.size)
        matrix = sparse.csr_array((values, (number, columns)), shape=shape)
        return self._add_rows(lower, upper, matrix)
