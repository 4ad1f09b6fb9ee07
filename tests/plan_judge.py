"""A plan judged by plain arithmetic: what it costs, and what it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tests.counted import Counted, bounds, largest_hhi, reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.solution.keys import RowKey
    from solver.solution.plan import Plan
    from tests.counted import Scope
    from tests.simple_routes import Case, SimpleRoute

SHARE = 1e-6
"""Largest excess over a share, or over a limit (relative to max(1, limit))."""

HHI = 1e-8
"""Largest excess over an HHI."""

ROUNDING = 1e-9
"""Of a sum of quantities, relative to max(1, sum)."""


@dataclass(frozen=True)
class Judgement:
    """Cost with penalties, unmet quantity by class of firm demand, and faults."""

    cost: float
    penalties: float
    unmet: tuple[float, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Broken:
    """Excess over a row, in (weighted) quantity; what of it is allowed; its price."""

    key: RowKey
    excess: float
    allowed: float
    unit: float


def judged(case: Case, plan: Plan) -> Judgement:
    """Judge a plan."""
    judge = _Judge(case, plan)
    rows = [row for scope in judge.counted.scopes for row in judge.rows(scope)]
    paid = sum(max(0.0, row.excess) * row.unit for row in rows if row.unit >= 0)
    faults = [
        f"{row.key} exceeded by {row.excess}"
        for row in rows
        if row.unit < 0 and row.excess > row.allowed
    ]
    faults += [*judge.flow_faults(), *judge.capacity_faults()]
    return Judgement(judge.cost() + paid, paid, judge.unmet(), tuple(faults))


class _Judge:
    def __init__(self, case: Case, plan: Plan) -> None:
        self.case, self.plan = case, plan
        self.counted = Counted(case)
        known = {(n, route.elements): route for n, route in case.columns}
        starts = plan.starts.tolist()
        self.shipment = plan.shipment.tolist()
        chains = [tuple(plan.elements[a:b].tolist()) for a, b in pairwise(starts)]
        self.routes: list[SimpleRoute | None] = [
            known.get((n, chain))
            for n, chain in zip(self.shipment, chains, strict=True)
        ]
        self.quantity = plan.quantity.tolist()

    def flows(self) -> Iterator[tuple[int, SimpleRoute, float]]:
        """Shipment, route and quantity of every flow on a simple route."""
        entries = zip(self.shipment, self.routes, self.quantity, strict=True)
        return ((n, route, x) for n, route, x in entries if route is not None)

    def cost(self) -> float:
        """Cost of routes, and of priced demand unmet."""
        left = zip(self.case.shipments, self.plan.unmet.tolist(), strict=True)
        unmet = sum(
            row["unmet_cost"] * u for (row, _), u in left if row["unmet_cost"] < np.inf
        )
        return float(sum(route.cost * x for _, route, x in self.flows()) + unmet)

    def unmet(self) -> tuple[float, ...]:
        """Unmet quantity of every class of firm demand."""
        classes: dict[float, float] = {}
        left = zip(self.case.shipments, self.plan.unmet.tolist(), strict=True)
        for (row, _), u in left:
            if np.isinf(row["unmet_cost"]):
                order = row["priority"] or np.inf
                classes[order] = classes.get(order, 0.0) + u
        return tuple(classes[order] for order in sorted(classes))

    def flow_faults(self) -> Iterator[str]:
        """Flows on anything but simple routes, and more or less than the demand."""
        if None in self.routes:
            yield "a flow takes no simple route of its shipment"
        carried = np.bincount(
            self.plan.shipment, self.plan.quantity, len(self.case.shipments)
        )
        for number, (row, _) in enumerate(self.case.shipments):
            found = carried[number] + self.plan.unmet[number]
            if abs(found - row["quantity"]) > ROUNDING * max(1.0, row["quantity"]):
                yield f"shipment {number}: {found} of {row['quantity']}"
        if min([*self.quantity, *self.plan.unmet.tolist()], default=0.0) < 0:
            yield "a quantity is negative"

    def capacity_faults(self) -> Iterator[str]:
        """Limits that are exceeded."""
        flows = list(self.flows())
        passed = [self.counted.passes(r.nodes, r.elements) for _, r, _ in flows]
        rows = self.counted.capacity_rows(passed, [n for n, _, _ in flows])
        for number, (line, limit) in enumerate(rows):
            used = sum(flows[flow][2] * count for flow, count in line.items())
            if used - limit > SHARE * max(1.0, limit):
                yield f"limit {number}: {used} of {limit}"

    def rows(self, scope: Scope) -> Iterator[Broken]:
        """Excess over every row of a scope."""
        rule, penalty = scope.rule, scope.rule.penalty
        by_value = dict.fromkeys(self.counted.values(rule.by), 0.0)
        carried = 0.0
        for number, route, x in self.flows():
            carried += scope.weight[number] * x
            for value in self.counted.touched(rule.by, route):
                by_value[value] += scope.weight[number] * x
        base = carried if rule.of == "carried" else scope.demand
        price = -1.0 if penalty is None else penalty
        allowed = SHARE * base + ROUNDING * max(1.0, scope.demand)
        for key, excess in _linear(scope, by_value, base):
            yield Broken(key, excess, allowed, price)
        squares = sum(amount**2 for amount in by_value.values())
        for key, hhi in largest_hhi(scope, lambda _, limit: limit):
            excess = squares / base - hhi * base if base > 0 else 0.0
            scale = 100 / scope.demand if scope.demand else 0.0
            yield Broken(key, excess, HHI * base, price if price < 0 else price * scale)


def _linear(
    scope: Scope, by_value: dict[str, float], base: float
) -> Iterator[tuple[RowKey, float]]:
    rule = scope.rule
    for value, side, share in bounds(rule, list(by_value)):
        sign = 1.0 if side == "max" else -1.0
        excess = sign * (by_value.get(value, 0.0) - share * base)
        yield scope.key("share", side, value), excess
    if rule.max_top is not None:
        top = sum(sorted(by_value.values(), reverse=True)[: rule.max_top.k])
        yield scope.key("top"), top - rule.max_top.share * base
    if rule.max_change is not None:
        before = reference(scope)
        moved = sum(
            abs(by_value.get(value, 0.0) - before.get(value, 0.0))
            for value in {**by_value, **before}
        )
        change = rule.max_change
        most = change.quantity if change.share is None else change.share * base
        assert most is not None
        yield scope.key("change"), moved / 2 - most
