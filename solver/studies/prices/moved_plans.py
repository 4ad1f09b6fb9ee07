"""Plans for moved right-hand sides, in decimals, as changes of the published plan."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.keys import ShipmentKey
from solver.solution.slopes import MovedRoute
from solver.solving.plan_to_decimals import RowsBrokenError, all_routes, published_plan
from solver.solving.reductions.aggregation import AggregatedDemand
from solver.solving.reductions.canonical_order import CanonicalOrder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.arrays import Ints
    from solver.model.master import Master
    from solver.solution.plan import Plan
    from solver.solving.column_generation import LoopResult
    from solver.solving.reductions.reduction import ReductionChain
    from solver.studies.prices.moves import RightHandMove

    Flow = tuple[int, tuple[int, ...]]
    Changes = dict[Flow, float]


@dataclass(frozen=True, eq=False)
class Publishing:
    """How plans of the model become plans of the instance as given.

    Parameters
    ----------
    plan : Plan
        The published plan.
    reduction : ReductionChain
        How the model's instance was made of the one as given.
    """

    plan: Plan
    reduction: ReductionChain

    @property
    def aggregated(self) -> AggregatedDemand | None:
        """Whose demand the model's is, if it is aggregated."""
        links = self.reduction.links
        found = (link for link in links if isinstance(link, AggregatedDemand))
        return next(found, None)

    @property
    def _order(self) -> CanonicalOrder | None:
        links = self.reduction.links
        return next((link for link in links if isinstance(link, CanonicalOrder)), None)

    def as_given(self, plan: Plan) -> Plan:
        """Return a plan, as one of the instance as given."""
        return plan if self._order is None else self._order.as_given(plan)

    def flow(self, shipment: int, elements: Ints) -> Flow:
        """Return a flow of the model by the numbers of the instance as given."""
        order = self._order
        if order is None:
            return shipment, tuple(elements.tolist())
        own = order.elements[elements]
        return int(order.shipments[shipment]), tuple(own.tolist())

    @cached_property
    def amounts(self) -> dict[Flow, Decimal]:
        """Quantity of each flow of the published plan."""
        return _amounts(self.plan)

    @cached_property
    def shipment_keys(self) -> list[ShipmentKey]:
        """Name of each shipment of the model; none if it is aggregated."""
        if self.aggregated is not None:
            return []
        instance, order = self.reduction.given.instance, self._order
        given = instance.shipments
        places = range(len(given)) if order is None else order.shipments.tolist()
        return [
            ShipmentKey(
                int(given.demand[own]) + 1, instance.periods[int(given.period[own])]
            )
            for own in places
        ]


def changes(
    master: Master,
    run: LoopResult,
    move: RightHandMove,
    far: float,
    publishing: Publishing,
) -> Changes | None:
    """Change of each flow in the plan of a run; None if decimals do not tell it.

    Parameters
    ----------
    run : LoopResult
        A plan for right-hand sides that are moved.
    move, far : RightHandMove and float
        What is moved, and how far.
    """
    routes, quantity = all_routes(master, run.quantities)
    used = np.flatnonzero(quantity > 0.0)
    routes, quantity = routes.chosen(used), quantity[used]
    rules, cargo, network = master.rules, master.cargo, master.network
    aggregated = publishing.aggregated
    if aggregated is not None:
        routes, quantity = aggregated.assigned(routes, quantity)
        rules, cargo = aggregated.whole.rules, aggregated.whole.cargo
        network = aggregated.whole.network
    shifts = {rules.rows[n].key: rate * far for n, rate in move.rows.items()}
    if move.demand:
        shifts = {}  # Rows that are shares of demand move with the demand itself.
    if move.limits:
        capacity = network.limits.capacity.copy()
        for number, rate in move.limits.items():
            capacity[number] = _sum(capacity[number], rate * far)
        network = copy(network)
        network.__dict__["limits"] = replace(network.limits, capacity=capacity)
    if move.demand:
        sizes = master.as_given.copy()
        for shipment, rate in move.demand.items():
            sizes[shipment] = _sum(sizes[shipment], rate * far)
        cargo = replace(cargo, quantity=sizes)
    try:
        moved = published_plan(routes.of(network, cargo), quantity, rules, shifts)
    except RowsBrokenError:
        return None
    return _differences(publishing.amounts, publishing.as_given(moved))


def _sum(size: float, more: float) -> float:
    """Sum of two decimals as the decimal that it is."""
    return float(Decimal(repr(float(size))) + Decimal(repr(float(more))))


def _differences(own: dict[Flow, Decimal], after: Plan) -> Changes | None:
    """Return what each flow carries more, exactly; None if no float says it."""
    other = _amounts(after)
    found: Changes = {}
    for flow in {**own, **other}:
        more = other.get(flow, Decimal(0)) - own.get(flow, Decimal(0))
        if more:
            found[flow] = float(more)
            if Decimal(repr(found[flow])) != more:
                return None
    return found


def _amounts(given: Plan) -> dict[Flow, Decimal]:
    """Quantity of each flow."""
    starts, elements = given.starts.tolist(), given.elements.tolist()
    found: dict[Flow, Decimal] = {}
    for number, (shipment, quantity) in enumerate(
        zip(given.shipment.tolist(), given.quantity.tolist(), strict=True)
    ):
        flow = shipment, tuple(elements[starts[number] : starts[number + 1]])
        found[flow] = found.get(flow, Decimal(0)) + Decimal(repr(quantity))
    return found


def numbered(
    before: Mapping[Flow, Decimal], found: list[Changes]
) -> tuple[list[tuple[tuple[int, float], ...]], tuple[MovedRoute, ...]]:
    """Return changes by number of flow or route, and the routes beside the plan's."""
    flows = list(before)
    numbers: dict[Flow, int] = {flow: number for number, flow in enumerate(flows)}
    fresh = sorted({flow for own in found for flow in own} - {*flows})
    numbers |= {flow: len(flows) + place for place, flow in enumerate(fresh)}
    listed = [_in_order(own, numbers) for own in found]
    return listed, tuple(MovedRoute(*flow) for flow in fresh)


def _in_order(
    own: Changes, numbers: Mapping[Flow, int]
) -> tuple[tuple[int, float], ...]:
    return tuple(sorted((numbers[flow], more) for flow, more in own.items()))


def short_distance(far: float, size: float) -> float:
    """Distance of as many digits as what it is added to leaves, never further.

    Parameters
    ----------
    far : float
        How far.
    size : float
        What it is added to, or taken from.
    """
    largest = max(abs(far), abs(size), 1e-300)
    places = int(14 - np.floor(np.log10(largest)))
    for digits in range(min(2, places), places):
        near = round(far, digits)
        if near > 0.0 and abs(near - far) <= 4.0 * 10.0**-places:
            return float(near)
    factor = 10.0 ** min(places, 300)
    return float(round(np.floor(far * factor) / factor, min(places, 300)))
