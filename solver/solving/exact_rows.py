"""The linear rows of an instance over routes, exactly: limits and rules as integers.

Quantities here are whole multiples of the last digit of their shipment. A row is
``sum factor x quantity <= room`` with integers on both sides, so that whether a plan
keeps it is a matter of fact. Limits and rules that a plan comes nowhere near are left
out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.routes import limit_loads, limit_usage
from solver.rules.row import exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.arrays import Floats
    from solver.network.routes import Routes
    from solver.rules.row import RuleRow
    from solver.rules.rule_set import Diversification
    from solver.solution.keys import RowKey

NEAR = 1e-9
"""Room of a limit, as a part of it, below which it is looked at."""

NEAR_RULE = 1e-6
"""Room of a rule, as a part of what its shares are of, below which it is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class DecimalRow:
    """The row ``sum factors x units <= room``, units by route."""

    factors: Mapping[int, int]
    room: int

    def excess(self, units: Sequence[int]) -> int:
        """By how much units break the row; 0 or less if they keep it."""
        return sum(f * units[route] for route, f in self.factors.items()) - self.room


class ExactRows:
    """Rows that units of routes must keep.

    Parameters
    ----------
    routes : Routes
        Routes that may carry something.
    digits : list of int
        Digits after the point of each shipment's quantities.
    rules : Diversification
        Rules; those with a penalty, and indices, are left aside.
    quantity : ndarray, shape (routes,)
        About what the routes carry: tells which limits and rules are near.
    shifts : dict of RowKey to float, optional
        Room that rows have beyond their limit.
    leaves_far : bool
        Whether rules that the quantities come nowhere near are left out.
    """

    def __init__(
        self,
        routes: Routes,
        digits: Sequence[int],
        rules: Diversification,
        quantity: Floats,
        shifts: Mapping[RowKey, float] | None = None,
        *,
        leaves_far: bool = True,
    ) -> None:
        self.routes, self.rules, self._shifts = routes, rules, shifts or {}
        self._digits: list[int] = [
            digits[shipment] for shipment in routes.shipment.tolist()
        ]
        self._carried: dict[str, sparse.csr_array] = {}
        self._limits = [*self._near_limits(quantity)]
        hard = [not row.is_soft and row.is_exact for row in rules.rows]
        is_asked = leaves_far and any(hard)
        self._far = [*self._far_rules(quantity)] if is_asked else [False] * len(hard)
        self._hard = [
            row
            for row, is_hard, is_far in zip(rules.rows, hard, self._far, strict=True)
            if is_hard and not is_far
        ]

    def kept(self, units: Sequence[int]) -> bool:
        """Whether units keep every row."""
        return not any(row.excess(units) > 0 for row in self.of(units))

    def stays_far(self, quantity: Floats) -> bool:
        """Whether quantities are far from the rules that are left out, as they were."""
        if not any(self._far):
            return True
        far = zip(self._far, self._far_rules(quantity), strict=True)
        return all(now for before, now in far if before)

    def of(self, units: Sequence[int]) -> list[DecimalRow]:
        """Rows to keep, for units like these: those of spreads depend on them."""
        return [*self._limits, *(self._of_rule(row, units) for row in self._hard)]

    def quantity(self, route: int, units: int) -> Fraction:
        """Quantity that units of a route are."""
        return Fraction(units, 10 ** self._digits[route])

    def digits(self, route: int) -> int:
        """Digits after the point in which a route's quantity is counted."""
        return self._digits[route]

    def size(self, route: int) -> float:
        """Demand that a route carries a part of."""
        return float(self.routes.cargo.quantity[self.routes.shipment[route]])

    def _near_limits(self, quantity: Floats) -> Iterator[DecimalRow]:
        limits = self.routes.network.limits
        loads = limit_loads(self.routes, quantity)
        near = np.flatnonzero(loads >= limits.capacity * (1 - NEAR))
        usage = sparse.csc_array(limit_usage(self.routes, near))
        for number, limit in enumerate(near.tolist()):
            own = slice(usage.indptr[number], usage.indptr[number + 1])
            counts = usage.indices[own].tolist(), usage.data[own].tolist()
            yield self._counted(*counts, exact(float(limits.capacity[limit])))

    def _counted(
        self, routes: Sequence[int], counts: Sequence[float], room: Fraction
    ) -> DecimalRow:
        """Row in integers of routes that count a whole number of times each."""
        digits = [self._digits[route] for route in routes]
        common = math.lcm(room.denominator, 10 ** max(digits, default=0))
        units = {places: common // 10**places for places in set(digits)}
        triples = zip(routes, counts, digits, strict=True)
        factors = {route: int(times) * units[own] for route, times, own in triples}
        return DecimalRow(factors, int(room * common))

    def _far_rules(self, quantity: Floats) -> Iterator[bool]:
        """Yield of each rule's row whether quantities come nowhere near it."""
        levels = self.rules.levels(self.routes, quantity)
        for row, level in zip(self.rules.rows, levels, strict=True):
            room = self._shifts.get(row.key, 0.0) - level.excess
            size = max(level.base, row.scope.demand if row.of_demand else 0.0)
            yield size > 0.0 and room > NEAR_RULE * size

    def _of_rule(self, row: RuleRow, units: Sequence[int]) -> DecimalRow:
        """Row of a rule, linear near what units make of it."""
        amounts = self._amounts(row, units) if row.is_lifted else []
        weights, room = row.exact_at(amounts)
        room += exact(self._shifts.get(row.key, 0.0))
        form = row.form(weights)
        base = exact(float(form.base))
        every = enumerate(form.values.tolist())
        counts = {value: exact(factor) for value, factor in every if factor}
        if row.of_demand:
            room -= base * self._demand(row)
            base = Fraction(0)
        factors: dict[int, Fraction] = defaultdict(Fraction)
        for route, weight, values in self._members(row):
            factor = base + sum((counts.get(v, 0) for v in values), Fraction(0))
            if factor:
                factors[route] = weight * factor
        return self._whole(factors, room)

    def _members(self, row: RuleRow) -> Iterator[tuple[int, Fraction, list[int]]]:
        """Routes in the scope of a row: their weight, and the values they carry."""
        by = row.scope.rule.by
        if by not in self._carried:
            self._carried[by] = sparse.csr_array(self.rules.carried(self.routes, by))
        carried = self._carried[by]
        weights = row.scope.weight[self.routes.shipment]
        for route in np.flatnonzero(weights).tolist():
            own = slice(carried.indptr[route], carried.indptr[route + 1])
            values = carried.indices[own][carried.data[own] != 0].tolist()
            yield route, exact(float(weights[route])), values

    def _amounts(self, row: RuleRow, units: Sequence[int]) -> list[Fraction]:
        """Sum what each value carries in the scope of a row."""
        amounts = [Fraction(0)] * len(row.values)
        for route, weight, values in self._members(row):
            if units[route]:
                own = weight * self.quantity(route, units[route])
                for value in values:
                    amounts[value] += own
        return amounts

    def _demand(self, row: RuleRow) -> Fraction:
        """Weighted demand of the scope of a row."""
        weight, quantity = row.scope.weight, self.routes.cargo.quantity
        members = np.flatnonzero(weight)
        pairs = zip(weight[members].tolist(), quantity[members].tolist(), strict=True)
        return sum((exact(own) * exact(size) for own, size in pairs), Fraction(0))

    def _whole(self, factors: Mapping[int, Fraction], room: Fraction) -> DecimalRow:
        """Row in integers, for units of each route."""
        own = {r: f / 10 ** self._digits[r] for r, f in factors.items()}
        common = room.denominator
        for denominator in {factor.denominator for factor in own.values()}:
            common = int(np.lcm(common, denominator, dtype=object))
        whole = {r: int(factor * common) for r, factor in own.items()}
        return DecimalRow(whole, int(room * common))
