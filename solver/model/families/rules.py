"""The rows of rules in the model, and the columns beside them.

A row enters when a plan breaks it. A share row is one sum over routes; a row that
bounds all values together comes in its lifted form: a column for each F_v and for the
base, further columns, and parts that are added as plans call for them (cuts).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.model.families import rule_names
from solver.model.families.family import Broken, add_sums
from solver.model.families.lift import Lift, listed
from solver.model.families.rule_excess import RuleExcess
from solver.model.families.rule_names import HeldRow
from solver.model.program import no_entries
from solver.model.scale import SCOPE_BITS, unit_of
from solver.pricing.prices import constant, line_charges
from solver.rules.sums import RuleSums

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.arrays import Floats, Ints
    from solver.model.answer import Answer
    from solver.model.families.family import Host
    from solver.model.objective import Duals
    from solver.model.route_columns import RouteBatch
    from solver.model.writing.named import Named
    from solver.rules.row import Part, RuleRow


class RuleRows(RuleExcess):
    """Rows of rules that a model holds.

    Attributes
    ----------
    sums : RuleSums
        What routes put on the lines of rules.
    shift : ndarray, shape (rows,)
        How much higher than it is the limit of each row stands in the model.
    """

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.sums = RuleSums(self.rules)
        self._line_row = np.full(len(self.rules.lines), -1)
        self.shift = np.zeros(len(self.rules.rows))
        self._shared, self._sharing, self._whole = -1, frozenset[int](), 1.0
        self._lifts: dict[int, Lift] = {}

    def named_rows(self) -> Iterator[Named]:
        """Rows of rules, the sums they are made of, and their parts."""
        return rule_names.rows(self.host.network.instance, self._held())

    def named_columns(self) -> Iterator[Named]:
        """Excess over rows, and the columns of their lifted forms."""
        return rule_names.columns(self.host.network.instance, self._held())

    def _held(self) -> Iterator[HeldRow]:
        """Rows that the model holds."""
        for n in np.flatnonzero(self.row >= 0).tolist():
            sums = self._line_row[self.rules.lines_of[n]].tolist()
            places = int(self.row[n]), int(self.excess_column[n])
            yield HeldRow(self.rules.rows[n], *places, sums, self._lifts.get(n))

    def add_broken(self, values: Floats, quantities: Sequence[Floats]) -> Broken:
        """Add rows that a plan breaks, and the cuts that it calls for."""
        missing, cuts = self._broken(values, self._sums(quantities))
        self.add(missing)
        return Broken(len(missing), cuts)

    def keeps(self, values: Floats, quantities: Sequence[Floats]) -> bool:
        """Whether a plan breaks no row, and calls for no cut."""
        return next(self._exceeded(values, self._sums(quantities)), None) is None

    def _sums(self, quantities: Sequence[Floats]) -> Floats:
        """Return what a plan makes of each line, shape (lines,)."""
        sums = np.zeros(len(self.rules.lines))
        if not len(sums):
            return sums
        for batch, quantity in zip(self.host.routes.batches, quantities, strict=True):
            sums += self._in_lines(batch) @ quantity
        return sums

    def _broken(self, values: Floats, sums: Floats) -> tuple[list[int], int]:
        """Numbers of rows that are missing; rows in the model get their cuts.

        Parameters
        ----------
        values : ndarray, shape (columns,)
            Value of each column of the model.
        sums : ndarray, shape (lines,)
            What a plan makes of each line.
        """
        missing: list[int] = []
        cuts = 0
        for number, amounts, base in self._exceeded(values, sums):
            lift, row = self._lifts.get(number), self.rules.rows[number]
            if lift is None:
                missing.append(number)
            else:
                cuts += self._add_parts(lift, row.cuts(amounts, base, lift.parts))
        return missing, cuts

    def _exceeded(
        self, values: Floats, sums: Floats
    ) -> Iterator[tuple[int, Floats, float]]:
        """Yield rows that a plan breaks as the model has them, its sums and base."""
        for number, row in enumerate(self.rules.rows):
            lift = self._lifts.get(number)
            if self.row[number] >= 0 and lift is None:
                continue
            excess, base, amounts = self.rules.standing(number, sums)
            if base <= 0 and lift is not None:
                continue
            if excess - self._allowed(number, values, base) > row.noise(base):
                yield number, amounts, base

    def _allowed(self, number: int, values: Floats, base: float) -> float:
        """Excess over a row that the columns of a plan allow."""
        if self._shared >= 0 and number in self._sharing:
            part = max(0.0, float(values[self._shared])) / self._whole
            return part * base
        column = self.excess_column[number]
        own = max(0.0, float(values[column])) if column >= 0 else 0.0
        return own + float(self.shift[number])

    def _in_lines(self, batch: RouteBatch) -> sparse.csr_array:
        """Entries of routes in all lines, shape (lines, routes)."""
        if batch.in_lines is None:
            batch.in_lines = self.sums.of_routes(batch.routes)
        return batch.in_lines

    def entries(
        self, batch: RouteBatch, index: Ints
    ) -> tuple[Ints, Ints, Floats] | None:
        """Entries of routes in the lines that are rows."""
        lines = np.flatnonzero(self._line_row >= 0)
        if not len(lines):
            return None
        held = sparse.coo_array(self._in_lines(batch)[lines][:, index])
        return self._line_row[lines][held.row], held.col.astype(int), held.data

    def _add_lines(
        self, lines: Ints, limit: Floats, unit: Floats, *, equal: bool
    ) -> Ints:
        """Add lines to the model, ``= limit`` or ``<= limit``; return their rows."""
        parts = [self._in_lines(batch)[lines] for batch in self.host.routes.batches]
        outside = self.host.outside
        if outside.is_held:
            charged = self.charges, lines
            rows = outside.hold(parts, limit, charged, equal=equal, unit=unit)
        else:
            rows = add_sums(self.host, parts, limit, equal=equal, unit=unit)
        self._line_row[lines] = rows
        return rows

    def add(self, numbers: list[int]) -> None:
        """Add rows to the model."""
        rows = self.rules.rows
        self._add_shares(np.array([n for n in numbers if not rows[n].is_lifted]))
        for number in numbers:
            if rows[number].is_lifted:
                self._add_concentration(number, rows[number])

    def hold(self, rules: dict[int, list[Part]]) -> None:
        """Add rows, with the parts that are known to matter, while cargo stands aside.

        All rows may be exceeded from now on, at a price: that cargo may have to move.
        """
        self.is_held = True
        self.add([*rules])
        for number, parts in rules.items():
            lift = self._lifts.get(number)
            if lift is not None:
                known = set(lift.parts)
                self._add_parts(lift, [part for part in parts if part not in known])

    def _add_shares(self, numbers: Ints) -> None:
        if not len(numbers):
            return
        lines = np.concatenate([self.rules.lines_of[number] for number in numbers])
        limit = [
            self.rules.rows[number].linear().limit + float(self.shift[number])
            for number in numbers
        ]
        units = np.array([self._unit(number) for number in numbers.tolist()])
        self.row[numbers] = self._add_lines(lines, np.array(limit), units, equal=False)
        self.add_excess(numbers)

    def _add_concentration(self, number: int, row: RuleRow) -> None:
        """Add a row that bounds all values together, in its lifted form."""
        model, lines = self.model, self.rules.lines_of[number]
        size, unit = len(row.values), self._unit(number)
        units = np.full(len(lines), unit)
        sums = self._add_lines(lines, np.zeros(len(lines)), units, equal=True)
        if len(lines) == size:
            whole = row.scope.demand if row.of_demand else 0.0
            total = np.array([-whole])
            none = no_entries(1)
            sums = np.append(sums, model.add_rows(total, none, equal=True, unit=unit))
        # A level stands for its line, and adds to the base if that is their sum.
        is_sum = len(lines) == size and not row.of_demand
        pairs = [
            [(int(sums[value]), -1.0), *([(int(sums[-1]), 1.0)] if is_sum else [])]
            for value in range(size)
        ]
        levels = self._free_columns([*pairs, [(int(sums[-1]), -1.0)]], unit)
        lifted = row.lifted()
        columns = self._free_columns([[] for _ in lifted.factors], unit)
        own = [*zip(columns.tolist(), lifted.factors.tolist(), strict=True)]
        entries = listed([[*own, (int(levels[-1]), lifted.base)]])
        limit = np.array([lifted.limit + float(self.shift[number])])
        self.row[number] = model.add_rows(limit, entries, unit=unit)[0]
        self.add_excess(np.array([number]))
        self._lifts[number] = Lift(levels, int(sums[-1]), columns, unit, [])
        self._add_parts(self._lifts[number], lifted.parts)

    def _free_columns(
        self, pairs: Sequence[Sequence[tuple[int, float]]], unit: float
    ) -> Ints:
        """Columns without cost and bound, with their entries (row, factor)."""
        count = len(pairs)
        upper, nothing = np.full(count, np.inf), np.zeros(count)
        return self.model.add_columns(nothing, upper, listed(pairs), unit)

    def _add_parts(self, lift: Lift, parts: Sequence[Part]) -> int:
        """Add parts to a lifted row; tell how many."""
        limit = np.array([part.limit for part in parts], dtype=float)
        rows = self.model.add_rows(limit, lift.entries(parts), unit=lift.unit)
        lift.rows.extend(zip(parts, rows.tolist(), strict=True))
        return len(parts)

    def _unit(self, number: int) -> float:
        """Power of two in which solvers count the row of the model."""
        return unit_of(self.rules.rows[number].scope.demand, SCOPE_BITS)

    def move(self, number: int, shift: float) -> None:
        """Put the limit of a row so much higher than it is (in weighted quantity)."""
        self.shift[number] = shift
        if self.row[number] < 0:
            return
        limit = self.rules.rows[number].lifted().limit + shift
        self.model.set_limit(int(self.row[number]), limit)

    def share_excess(self, numbers: list[int]) -> float:
        """Allow rows one excess together, in proportion to the demand of each scope.

        It is the only thing that costs anything from now on, by its quantity in the
        largest scope: solvers would take the prices of a mere part for 0. Returns
        what that quantity is a part of.
        """
        self.add([number for number in numbers if self.row[number] < 0])
        self._sharing = frozenset(numbers)
        whole = [self.rules.rows[n].scope.demand for n in numbers]
        self._whole = max(whole)
        pairs = [
            (int(self.row[n]), -own / self._whole)
            for n, own in zip(numbers, whole, strict=True)
        ]
        given = np.ones(1), np.full(1, np.inf), listed([pairs])
        unit = self.model.unit * float(self.weight[numbers].max())
        self._shared = int(self.model.add_columns(*given, unit)[0])
        return self._whole

    def shared_excess(self, answer: Answer) -> float:
        """Excess that rows share, 0 if they share none."""
        return float(answer.values[self._shared]) if self._shared >= 0 else 0.0

    def priced(self, duals: Duals, answer: Answer) -> Duals:
        """Prices of rows above 0, and the weights of those that have weights."""
        rules, weights = self._prices(answer)
        prices = replace(duals.prices, rules=rules, weights=weights)
        return replace(duals, prices=prices)

    def charges(self, duals: Duals) -> Floats:
        """Charge of each line."""
        return line_charges(self.rules, duals.prices)

    def less_constant(self, bound: float, duals: Duals) -> float:
        """Return a bound less prices times limits, as far as they are moved."""
        bound -= constant(self.rules, duals.prices)
        for number, price in duals.prices.rules.items():
            bound -= price * float(self.shift[number])
        return bound

    def _prices(self, answer: Answer) -> tuple[dict[int, float], dict[int, Floats]]:
        prices = {
            number: price
            for number in np.flatnonzero(self.row >= 0).tolist()
            if (price := -float(answer.duals[self.row[number]])) > 0
        }
        weights = {
            number: self._lifts[number].weights(self.rules.rows[number], price, answer)
            for number, price in prices.items()
            if number in self._lifts
        }
        return prices, weights

    def cost(self, answer: Answer) -> float:
        """Return what all excesses cost."""
        rows = np.flatnonzero(self.excess_column >= 0)
        own = answer.values[self.excess_column[rows]]
        return self.shared_excess(answer) + float(self.costs(rows) @ own)
