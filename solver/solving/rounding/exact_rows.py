"""The linear rows of an instance over routes, exactly: limits and rules as integers.

Quantities here are whole multiples of the last digit of their shipment. A row is
``sum factor x quantity <= room`` with integers on both sides, so that whether a plan
keeps it is a matter of fact. Limits and rules that a plan comes nowhere near are left
out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import mul
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.routes import limit_loads, limit_usage
from solver.solution.rounding import exact
from solver.solving.rounding.route_kinds import (
    CarriedValues,
    RouteKinds,
    codes_of,
    exact_sums,
)
from solver.solving.rounding.whole_units import whole_units

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.rules.cargo_scopes import CargoScope
    from solver.rules.row import RuleRow
    from solver.rules.rule_set import Diversification
    from solver.solution.keys import RowKey
    from solver.solving.rounding.route_kinds import ScopeKinds

NEAR = 1e-9
"""Room of a limit, as a part of it, below which it is looked at."""

NEAR_RULE = 1e-6
"""Room of a rule, as a part of what its shares are of, below which it is looked at."""


@dataclass(frozen=True, eq=False)
class DecimalRow:
    """The row ``sum factors x units <= room``, units by route.

    Parameters
    ----------
    kinds : RouteKinds
        Routes that may count in it.
    factors : list of int
        Factor of each kind; 0 of those that do not count.
    room : int
        Its right-hand side.
    """

    kinds: RouteKinds
    factors: Sequence[int]
    room: int

    def excess(self, sums: Sequence[int]) -> int:
        """By how much sums of units by kind break the row; 0 or less if it is kept."""
        total: int = sum(map(mul, self.factors, sums))
        return total - self.room

    @cached_property
    def largest(self) -> int:
        """The largest factor, whatever its sign; 1 if there is none."""
        return max(map(abs, self.factors), default=0) or 1

    @cached_property
    def about(self) -> Floats:
        """Factors of kinds as parts of the largest, shape (kinds,), nearly."""
        parts = [factor / self.largest for factor in self.factors]
        return np.array(parts, dtype=float)

    @cached_property
    def size(self) -> int:
        """How many routes count in it."""
        sizes = zip(self.factors, self.kinds.sizes, strict=True)
        return sum(size for factor, size in sizes if factor)

    def routes(self, sign: int) -> Ints:
        """Return the routes of which more fills the row (1), or empties it (-1)."""
        wanted = np.array([factor * sign > 0 for factor in self.factors], dtype=bool)
        if wanted.all():
            return self.kinds.routes
        return np.asarray(self.kinds.routes[wanted[self.kinds.kind]])


class ExactRows:
    """Rows that units of routes must keep.

    Parameters
    ----------
    routes : Routes
        Routes that may carry something.
    digits : ndarray of int, shape (shipments,)
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
        digits: Ints,
        rules: Diversification,
        quantity: Floats,
        shifts: Mapping[RowKey, float] | None = None,
        *,
        leaves_far: bool = True,
    ) -> None:
        self.routes, self.rules, self._shifts = routes, rules, shifts or {}
        self.shipment_digits, self.route_digits = digits, digits[routes.shipment]
        self._carried: dict[str, CarriedValues] = {}
        self._scopes: dict[int, ScopeKinds] = {}
        self._demands: dict[int, Fraction] = {}
        self._limits = [*self._near_limits(quantity)]
        hard = [not row.is_soft and row.is_exact for row in rules.rows]
        is_asked = leaves_far and any(hard)
        self._far = [*self._far_rules(quantity)] if is_asked else [False] * len(hard)
        self._hard = [
            row
            for row, is_hard, is_far in zip(rules.rows, hard, self._far, strict=True)
            if is_hard and not is_far
        ]
        self._linear = [
            None if row.is_lifted else self._of_rule(row, []) for row in self._hard
        ]

    def kept(self, units: Ints) -> bool:
        """Whether units keep every row."""
        return not any(excess > 0 for excess in self.standing(units)[1])

    def stays_far(self, quantity: Floats) -> bool:
        """Whether quantities are far from the rules that are left out, as they were."""
        if not any(self._far):
            return True
        far = zip(self._far, self._far_rules(quantity), strict=True)
        return all(now for before, now in far if before)

    def standing(self, units: Ints) -> tuple[list[DecimalRow], list[int]]:
        """Rows to keep, and by how much units break each; 0 or less if they keep it.

        Those of spreads depend on the units.
        """
        known = self._sums_of_limits(units)

        def sums(kinds: RouteKinds) -> list[int]:
            if id(kinds) not in known:
                known[id(kinds)] = kinds.sums(units)
            return known[id(kinds)]

        rows = [*self._limits]
        for rule, linear in zip(self._hard, self._linear, strict=True):
            row = linear
            if row is None:
                scope = self._scope(rule.scope)
                amounts = scope.amounts(sums(scope.kinds), len(rule.values))
                row = self._of_rule(rule, amounts)
            rows.append(row)
        return rows, [row.excess(sums(row.kinds)) for row in rows]

    def _sums_of_limits(self, units: Ints) -> dict[int, list[int]]:
        """Sum units by kind for every limit, all at once."""
        routes, kind, ends = self._limits_together
        every = exact_sums(kind, units[routes], ends[-1])
        spans = zip(self._limits, ends, ends[1:], strict=False)
        return {id(row.kinds): every[begin:end] for row, begin, end in spans}

    @cached_property
    def _limits_together(self) -> tuple[Ints, Ints, list[int]]:
        """Routes of all limits, the kind of each, and where kinds of a limit begin."""
        kinds = [row.kinds for row in self._limits]
        ends = np.cumsum([0, *(len(own.first) for own in kinds)]).tolist()
        none = np.zeros(0, dtype=np.int64)
        routes = np.concatenate([none, *(own.routes for own in kinds)])
        kind = [own.kind + begin for own, begin in zip(kinds, ends, strict=False)]
        return routes, np.concatenate([none, *kind]), ends

    def quantity(self, route: int, units: int) -> Fraction:
        """Quantity that units of a route are."""
        return Fraction(units, 10 ** self.digits(route))

    def digits(self, route: int) -> int:
        """Digits after the point in which a route's quantity is counted."""
        return int(self.route_digits[route])

    def size(self, route: int) -> float:
        """Demand that a route carries a part of."""
        return float(self.routes.cargo.quantity[self.routes.shipment[route]])

    def _near_limits(self, quantity: Floats) -> Iterator[DecimalRow]:
        limits = self.routes.network.limits
        loads = limit_loads(self.routes, quantity)
        near = np.flatnonzero(loads >= limits.capacity * (1 - NEAR))
        usage = sparse.csc_array(limit_usage(self.routes, near))
        routes, times = usage.indices.astype(np.int64), usage.data.astype(int)
        owner = np.repeat(np.arange(len(near)), np.diff(usage.indptr))
        digits = self.route_digits[routes]
        every = RouteKinds.told_apart(routes, [owner, digits, times])
        times, digits = times[every.first].tolist(), digits[every.first].tolist()
        ends = np.searchsorted(owner[every.first], np.arange(len(near) + 1)).tolist()
        starts = usage.indptr.tolist()
        for number, limit in enumerate(near.tolist()):
            of_kind = slice(ends[number], ends[number + 1])
            own = slice(starts[number], starts[number + 1])
            kind, first = every.kind[own] - of_kind.start, every.first[of_kind]
            kinds = RouteKinds(routes[own], kind, first - own.start)
            room = exact(float(limits.capacity[limit]))
            yield _counted(kinds, times[of_kind], digits[of_kind], room)

    def _far_rules(self, quantity: Floats) -> Iterator[bool]:
        """Yield of each rule's row whether quantities come nowhere near it."""
        levels = self.rules.levels(self.routes, quantity)
        for row, level in zip(self.rules.rows, levels, strict=True):
            room = self._shifts.get(row.key, 0.0) - level.excess
            size = max(level.base, row.scope.demand if row.of_demand else 0.0)
            yield size > 0.0 and room > NEAR_RULE * size

    def _of_rule(self, row: RuleRow, amounts: Sequence[Fraction]) -> DecimalRow:
        """Row of a rule, linear near what its values carry."""
        weights, room = row.exact_at(amounts)
        room += exact(self._shifts.get(row.key, 0.0))
        form = row.form(weights)
        base = exact(float(form.base))
        every = enumerate(form.values.tolist())
        counts = {value: exact(factor) for value, factor in every if factor}
        if row.of_demand:
            room -= base * self._demand(row.scope)
            base = Fraction(0)
        scope = self._scope(row.scope)
        factors = [
            weight * (base + sum((counts.get(v, 0) for v in values), Fraction(0)))
            for weight, values in zip(scope.weights, scope.values, strict=True)
        ]
        return _whole(scope, factors, room)

    def _scope(self, scope: CargoScope) -> ScopeKinds:
        """Return the routes in the scope of rows, by kind."""
        if id(scope) not in self._scopes:
            by = scope.rule.by
            if by not in self._carried:
                carried = sparse.csr_array(self.rules.carried(self.routes, by))
                self._carried[by] = CarriedValues(carried, self.route_digits)
            weight = scope.weight[self.routes.shipment]
            self._scopes[id(scope)] = self._carried[by].of_scope(weight)
        return self._scopes[id(scope)]

    def _demand(self, scope: CargoScope) -> Fraction:
        """Weighted demand of the scope of rows."""
        if id(scope) not in self._demands:
            members = np.flatnonzero(scope.weight)
            weight, digits = scope.weight[members], self.shipment_digits[members]
            codes = codes_of(weight), codes_of(digits)
            kinds = RouteKinds.told_apart(members, codes)
            sums = kinds.sums(self.units_asked)
            own = weight[kinds.first].tolist(), digits[kinds.first].tolist(), sums
            parts = (
                exact(factor) * Fraction(units, 10**places)
                for factor, places, units in zip(*own, strict=True)
            )
            self._demands[id(scope)] = sum(parts, Fraction(0))
        return self._demands[id(scope)]

    @cached_property
    def units_asked(self) -> Ints:
        """Demand of each shipment in units."""
        return whole_units(self.routes.cargo.quantity, self.shipment_digits)


def _counted(
    kinds: RouteKinds, times: Sequence[int], digits: Sequence[int], room: Fraction
) -> DecimalRow:
    """Row in integers of routes that count a whole number of times each."""
    common = math.lcm(room.denominator, 10 ** max(digits, default=0))
    pairs = zip(times, digits, strict=True)
    factors = [own * (common // 10**places) for own, places in pairs]
    return DecimalRow(kinds, factors, int(room * common))


def _whole(
    scope: ScopeKinds, factors: Sequence[Fraction], room: Fraction
) -> DecimalRow:
    """Row in integers, of factors of quantities by kind."""
    pairs = zip(factors, scope.digits, strict=True)
    own = [factor / 10**digits for factor, digits in pairs]
    common = math.lcm(room.denominator, *{factor.denominator for factor in own})
    whole = [int(factor * common) for factor in own]
    return DecimalRow(scope.kinds, whole, int(room * common))
