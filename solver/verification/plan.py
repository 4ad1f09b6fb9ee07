"""Whether a plan keeps every limit, and what it costs: exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.verification.exact.amounts import (
    ZERO,
    Amounts,
    group_sums,
    product_sum,
)
from solver.verification.exact.margins import rests
from solver.verification.facts.costs import PARTS
from solver.verification.facts.shipments import PRICED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from solver.arrays import Ints, Mask
    from solver.verification.facts.flows import PlanFlows, PlanRoutes
    from solver.verification.rules.cells import Carried
    from solver.verification.world import World


UNMET = "unmet"
"""Part of the cost: priced demand that stays unmet."""


_SHOWN = 3
"""Flows or shipments that a message names as examples."""


@dataclass(frozen=True, slots=True, eq=False)
class ExactPlan:
    """A plan, with what rules count of it, what it costs and what it leaves.

    Parameters
    ----------
    carried : list of Carried
        Weighted quantity that each rule counts.
    cost_parts : dict of str to Decimal
        Its cost, part by part.
    penalties : Fraction
        Money that it pays for rules it breaks.
    """

    world: World
    flows: PlanFlows
    carried: list[Carried]
    cost_parts: dict[str, Decimal]
    penalties: Fraction
    unmet: UnmetTotals

    @classmethod
    def of(cls, world: World, flows: PlanFlows) -> ExactPlan:
        """Sum a plan up, sound or not."""
        carried, unmet = world.rules.carried(flows), unmet_of(world, flows.unmet)
        paid = (row.penalty(carried[row.scope.rule]) for row in world.rules.soft)
        parts = {**cost_parts(world, flows), UNMET: unmet.cost}
        return cls(world, flows, carried, parts, sum(paid, Fraction(0)), unmet)

    @property
    def cost(self) -> Decimal:
        """Cost of the plan."""
        return sum(self.cost_parts.values(), ZERO)

    @property
    def objective(self) -> Fraction:
        """Cost and penalties of the plan."""
        return Fraction(self.cost) + self.penalties


def plan_faults(plan: ExactPlan) -> Iterator[str]:
    """Yield what is wrong with a plan."""
    world, flows = plan.world, plan.flows
    yield from route_faults(world, flows, "allocation.csv")
    yield from _balance_faults(world, flows)
    yield from _capacity_faults(world, flows)
    yield from _rule_faults(world, plan.carried)


def route_faults(world: World, flows: PlanFlows, file: str) -> Iterator[str]:
    """Check that routes are simple, open, in time, and go from origin to market."""
    checks = {
        **_route_checks(world, flows),
        "carries no quantity above 0": flows.quantity.units <= 0,
    }
    for what, wrong in checks.items():
        if wrong.any():
            yield f"{_examples(file, wrong, 2)}: the route {what}"


def unusable(world: World, flows: PlanFlows) -> Mask:
    """Flows whose route their shipment may not take, shape (flows,)."""
    checks = _route_checks(world, flows).values() if len(flows) else ()
    none = np.zeros(len(flows), dtype=bool)
    return np.asarray(np.logical_or.reduce([none, *checks]))


def _route_checks(world: World, flows: PlanFlows) -> dict[str, Mask]:
    """Say what may be wrong with a route, and with which flows it is."""
    cargo, routes, route = world.cargo, flows.routes, flows.route
    from_origin = _is_at(world, routes.start[route], cargo.origin[flows.shipment])
    to_market = _is_at(world, routes.end[route], cargo.market[flows.shipment])
    return {
        "does not hang together": _broken(routes)[route],
        "visits a node twice": _repeats(routes)[route],
        "does not start at the demand's origin": ~from_origin,
        "does not end at the demand's market": ~to_market,
        "uses more than one corridor": routes.mixed[route],
        "uses what is closed to its product": _closed(world, flows),
        "takes longer than the demand allows": _late(world, flows),
    }


def _examples(file: str, wrong: Mask, first: int) -> str:
    rows = np.flatnonzero(wrong)
    shown = ", ".join(str(row + first) for row in rows[:_SHOWN].tolist())
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return f"{file}:{shown}{more}"


def _broken(routes: PlanRoutes) -> Mask:
    chain, elements = routes.chain, routes.elements
    inside = np.ones(len(chain.items), dtype=bool)
    inside[chain.starts[:-1]] = False
    before = elements.heads[np.roll(chain.items, 1)]
    return routes.flagged(inside & (elements.tails[chain.items] != before))


def _repeats(routes: PlanRoutes) -> Mask:
    size = routes.elements.num_nodes
    visits = routes.visits.owners * size + routes.visits.items
    starts = np.arange(len(routes)) * size + routes.start
    keys = np.sort(np.concatenate([visits, starts]))
    found = np.zeros(len(routes), dtype=bool)
    found[keys[1:][keys[1:] == keys[:-1]] // size] = True
    return found


def _is_at(world: World, node: Ints, place: Ints) -> Mask:
    """Whether nodes belong to places."""
    places, size = world.cargo.places, world.elements.num_nodes
    members = places.owners * size + places.items
    return np.asarray((node == place) | np.isin(place * size + node, members))


def _closed(world: World, flows: PlanFlows) -> Mask:
    """Flows with an element, or a start, that is closed to their product."""
    costs, routes = world.costs, flows.routes
    closed = np.array([rates.closed for rates in costs.rates], dtype=bool)
    at_start = np.array([rates.closed_start for rates in costs.rates], dtype=bool)
    kind = costs.kind[world.cargo.product[flows.shipment]]
    uses = flows.uses(np.array(costs.alike, dtype=np.int64)[kind], len(costs.rates))
    chain = routes.chain.take(uses.route)
    owner = chain.owners
    found = at_start[uses.group, routes.start[uses.route]]
    found[owner[closed[uses.group[owner], chain.items]]] = True
    return np.asarray(found[uses.place])


def _late(world: World, flows: PlanFlows) -> Mask:
    """Flows that take longer than their demand allows."""
    cargo, (on_element, at_start) = world.cargo, world.elements.times
    routes, demand = flows.routes, cargo.demand[flows.shipment]
    rides = on_element.take(routes.chain.items).summed(routes.owner, len(routes))
    taken = rides.plus(at_start.take(routes.start)).take(flows.route)
    places = max(taken.places, cargo.max_days.places)
    late = taken.at(places) > cargo.max_days.at(places)[demand]
    return np.asarray(cargo.is_timed[demand] & late, dtype=bool)


def _balance_faults(world: World, flows: PlanFlows) -> Iterator[str]:
    """Carried and unmet quantities add up to the demand, to the last digit."""
    quantity = world.cargo.quantity
    places = max(quantity.places, flows.quantity.places, flows.unmet.places)
    size = len(world.cargo)
    carried = group_sums(flows.shipment, flows.quantity.at(places), size)
    wrong = carried + flows.unmet.at(places) != quantity.at(places)
    if wrong.any():
        where = _examples("demand.csv", wrong, 2)
        yield f"{where}: carried and unmet are not the quantity"
    if (flows.unmet.units < 0).any():
        where = _examples("demand.csv", flows.unmet.units < 0, 2)
        yield f"{where}: less than nothing stays unmet"


def _capacity_faults(world: World, flows: PlanFlows) -> Iterator[str]:
    """No limit is exceeded."""
    used = world.limits.used(flows)
    for row, (limit, load) in enumerate(zip(world.limits.all, used, strict=True)):
        if load > limit.quantity:
            name = f"{limit.key.kind} {limit.key.name!r} in {limit.key.period!r}"
            what = f"{load} used, {limit.quantity} allowed"
            yield f"capacity.csv:{row + 2}: {name}: {what}"


def _rule_faults(world: World, carried: list[Carried]) -> Iterator[str]:
    """No rule that must hold is broken; an index by no more than its margin."""
    for number, row in enumerate(world.rules.rows):
        if row.scope.penalty is None:
            fault = row.fault(carried[row.scope.rule])
            if fault:
                key = row.key
                value = f", {key.value!r}" if key.value else ""
                where = f"{key.rule!r}{value} in {key.period!r}"
                yield f"rules.csv:{number + 2}: {where}: {fault}"


class UnmetTotals(NamedTuple):
    """What a plan leaves unmet.

    Parameters
    ----------
    by_class, beyond_rests : tuple of Decimal
        Quantity by class of firm demand: all, and of rows of which it leaves more than
        a rest of rounding.
    priced, cost : Decimal
        Quantity of priced demand, and its cost.
    """

    by_class: tuple[Decimal, ...]
    beyond_rests: tuple[Decimal, ...]
    priced: Decimal
    cost: Decimal


def unmet_of(world: World, unmet: Amounts) -> UnmetTotals:
    """Sum what stays unmet."""
    cargo = world.cargo
    firm = cargo.firm_class != PRICED
    more = firm & ~rests(unmet, cargo.quantity)
    classes, beyond = (
        group_sums(cargo.firm_class[own], unmet.units[own], len(cargo.classes))
        for own in (firm, more)
    )
    priced = unmet.take(~firm)
    costs = product_sum(cargo.unmet_cost.units[~firm], priced.units)
    places = cargo.unmet_cost.places + unmet.places
    return UnmetTotals(
        by_class=tuple(unmet.value(units) for units in classes.tolist()),
        beyond_rests=tuple(unmet.value(units) for units in beyond.tolist()),
        priced=priced.total(),
        cost=Amounts(classes, places).value(costs),
    )


def cost_parts(world: World, flows: PlanFlows) -> dict[str, Decimal]:
    """Cost of what a plan carries, part by part."""
    kinds = len(world.costs.rates)
    uses = flows.uses(world.costs.kind[world.cargo.product[flows.shipment]], kinds)
    on_element, at_start = flows.loads(uses, kinds)
    parts = dict.fromkeys(PARTS, ZERO)
    for number, rates in enumerate(world.costs.rates):
        for part in PARTS:
            parts[part] += _priced(on_element[number], rates.on_element[part])
            parts[part] += _priced(at_start[number], rates.at_start[part])
    places = flows.quantity.places
    return {part: cost.scaleb(-places) for part, cost in parts.items()}


def _priced(units: Ints, rates: Amounts) -> Decimal:
    used = np.flatnonzero(units)
    return rates.value(product_sum(rates.units[used], units[used]))
