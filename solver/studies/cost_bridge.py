"""Why one plan costs more than another: a bridge of parts that sum to the difference.

Both plans stand for themselves, each on its own instance; demand is the same demand
where name, product, origin, market and period are. The parts, in this order:

- *price*: the first plan at the second's unit costs, less what it cost. A route that is
  gone keeps its own;
- *volume*: change of what is served of each demand, times its mean cost in the plan so
  revalued; new demand has the second plan's mean;
- *unmet*: change of what unmet demand costs;
- *rules*: the second plan less the optimum of its instance under the first's rules,
  unmet cost apart;
- *route*: the rest, what other routes cost.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.network.routes import routes_of_plan
from solver.solution.keys import demand_keys
from solver.solving.prepared import Prepared
from solver.studies.cargo_selection import CargoSelection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints, Mask
    from solver.network.network import Network
    from solver.network.routes import Routes
    from solver.problem.instance import Instance
    from solver.problem.rules import By
    from solver.solution.keys import DemandKey
    from solver.solution.plan import Plan
    from solver.solution.solution import Result


PARTS = ("price", "volume", "unmet", "rules", "route")
"""Parts of a bridge, in the order in which they are told."""


ROUTE_JOIN = " > "
"""What stands between the legs, or the nodes, of a route."""


_NOISE = 1e-11
"""Part of the cost that the rest may be by rounding alone."""


_NONE = 1e-13
"""Part of the cost that is nothing."""


_DIGITS, _MOST_DIGITS = 15, 6
"""Digits in all, and after the point, in which parts of a bridge are told."""


@dataclass(frozen=True, eq=False)
class ComparedPlan:
    """A plan as it is compared with others.

    Parameters
    ----------
    result : Result
        What came of it, with a plan.
    selection : CargoSelection
        Cargo that is compared; all of it by default. Penalties belong to no cargo: they
        count only where it is all.
    """

    instance: Instance
    result: Result
    selection: CargoSelection = field(default_factory=CargoSelection)

    @cached_property
    def prepared(self) -> Prepared:
        """The instance with all that is built of it."""
        return Prepared(self.instance)

    @property
    def network(self) -> Network:
        """The instance as arrays."""
        return self.prepared.network

    @property
    def plan(self) -> Plan:
        """Which quantity takes which route."""
        plan = self.result.plan
        if plan is None:
            message = "a result without a plan is not compared"
            raise TypeError(message)
        return plan

    @cached_property
    def shipments(self) -> Mask:
        """Shipments that are compared."""
        return self.selection.mask(self.instance)

    @cached_property
    def _chosen(self) -> Ints:
        """Flows that are compared."""
        return np.flatnonzero(self.shipments[self.plan.shipment])

    @cached_property
    def flows(self) -> Mapping[str, NDArray[Any]]:
        """Table of the flows that are compared; all else is by these."""
        table = self.result.tables["allocation"]
        return {name: column[self._chosen] for name, column in table.items()}

    @cached_property
    def flow_keys(self) -> list[DemandKey]:
        """Demand of each flow."""
        return demand_keys(self.flows)

    @property
    def quantity(self) -> Floats:
        """Quantity of each flow."""
        quantity: Floats = self.flows["quantity"]
        return quantity

    @cached_property
    def routes(self) -> Routes:
        """Route of each flow."""
        own = routes_of_plan(self.network, self.prepared.cargo, self.plan)
        return own.chosen(self._chosen)

    @property
    def unit_cost(self) -> Floats:
        """Money per unit of each flow, as its network has it."""
        return self.routes.cost

    def values(self, by: By) -> dict[str, list[str]]:
        """Values that each route carries, by its legs."""
        rules = self.prepared.rules
        names = rules.values(by)
        carried = rules.carried(self.routes, by).toarray() > 0
        legs = self.flows["legs"].tolist()
        return {
            route: [names[value] for value in np.flatnonzero(own)]
            for route, own in zip(legs, carried, strict=True)
        }

    @property
    def unmet_cost(self) -> float:
        """Money that unmet demand costs."""
        if not self.selection:
            return float(self.result.summary["cost_parts"]["unmet"])
        cargo = self.prepared.cargo
        priced = self.shipments & ~cargo.firm
        return float(self.plan.unmet[priced] @ cargo.unmet_cost[priced])

    @property
    def total(self) -> float:
        """Cost, with what unmet demand costs, and penalties."""
        if self.selection:
            return float(self.quantity @ self.unit_cost) + self.unmet_cost
        summary = self.result.summary
        return float(summary["cost"]) + float(summary["penalties"])

    def by_demand(self, of_flow: Floats) -> dict[DemandKey, float]:
        """Sum of quantity times a figure of each flow, by demand."""
        sums: dict[DemandKey, float] = defaultdict(float)
        values = (self.quantity * of_flow).tolist()
        for key, value in zip(self.flow_keys, values, strict=True):
            sums[key] += value
        return dict(sums)

    @cached_property
    def served(self) -> dict[DemandKey, float]:
        """Quantity served of each demand."""
        return self.by_demand(np.ones(len(self.quantity)))

    @cached_property
    def by_route(self) -> dict[tuple[DemandKey, str], float]:
        """Quantity of each demand on each route, by its legs."""
        sums: dict[tuple[DemandKey, str], float] = defaultdict(float)
        columns = self.flow_keys, self.flows["legs"].tolist(), self.quantity.tolist()
        for key, legs, size in zip(*columns, strict=True):
            sums[key, legs] += size
        return dict(sums)


def bridge(
    first: ComparedPlan, second: ComparedPlan, under_first: float | None
) -> dict[str, Any]:
    """Parts of the difference between what two plans cost.

    Parameters
    ----------
    first, second : ComparedPlan
        The plans.
    under_first : float or None
        Cost and penalties, without what unmet demand costs, of the second's optimum
        under the first's rules; None if that is not known.

    Returns
    -------
    dict
        `first` and `second`, what the plans cost; `difference`; the parts by name,
        which sum to it exactly, `rules` None where it is not known; `own_rates`, the
        quantity of the first plan whose routes are gone.
    """
    revalued, is_gone = revalued_costs(first, second.network)
    unmet = second.unmet_cost - first.unmet_cost
    found = {
        "price": float(first.quantity @ (revalued - first.unit_cost)),
        "volume": _volume(first, second, revalued),
        "unmet": unmet,
        "rules": None,
    }
    if under_first is not None:
        found["rules"] = second.total - second.unmet_cost - under_first
    return {
        **_summing(first.total, second.total, found),
        "own_rates": float(first.quantity[is_gone].sum()),
    }


def revalued_costs(plan: ComparedPlan, network: Network) -> tuple[Floats, Ints]:
    """Money per unit of each flow on another network, and the flows gone from it.

    What is gone keeps its own cost: a leg that is not there or leads elsewhere, or is
    closed to the product, and a product that is not there.
    """
    table, costs = plan.flows, plan.unit_cost.copy()
    walks = RouteNames(network)
    instance = network.instance
    treatments = network.treatments.of_product.tolist()
    treatment = dict(zip(instance.products["product"], treatments, strict=True))
    gone = []
    columns = (table[name].tolist() for name in ("product", "legs", "route"))
    for flow, (product, legs, nodes) in enumerate(zip(*columns, strict=True)):
        walk = walks.elements(legs, nodes)
        cost = np.inf
        if walk and product in treatment:
            steps = [*walk, network.num_elements + int(network.tail[walk[0]])]
            cost = float(network.steps.cost[treatment[product], steps].sum())
        if np.isfinite(cost):
            costs[flow] = cost
        else:
            gone.append(flow)
    return costs, np.array(gone, dtype=int)


class RouteNames:
    """Routes of other networks by the names of their legs, found on this one."""

    def __init__(self, network: Network) -> None:
        tables = network.instance.legs["leg"], network.instance.routes["route"]
        names = [name for table in tables for name in table.tolist()]
        self._network = network
        self._index = {name: number for number, name in enumerate(names)}
        self._known: dict[tuple[str, str], list[int]] = {}

    def elements(self, legs: str, nodes: str) -> list[int]:
        """Elements of a route; none if one is not there or leads elsewhere.

        Parameters
        ----------
        legs, nodes : str
            Its elements, and the nodes that it passes, as `A > B > C`.
        """
        place = legs, nodes
        if place not in self._known:
            self._known[place] = self._found(legs, nodes)
        return self._known[place]

    def _found(self, legs: str, nodes: str) -> list[int]:
        network = self._network
        found = [self._index.get(name, -1) for name in legs.split(ROUTE_JOIN)]
        if min(found) < 0:
            return []
        passed = [int(network.tail[found[0]])]
        for element in found:
            if network.tail[element] != passed[-1]:
                return []
            passed += network.passes(element)[1]
        names = ROUTE_JOIN.join(network.node_names[node] for node in passed)
        return found if names == nodes else []


def _volume(first: ComparedPlan, second: ComparedPlan, revalued: Floats) -> float:
    """Return changes of what is served of each demand, at its mean cost."""
    means = _means(second.by_demand(second.unit_cost), second.served)
    means |= _means(first.by_demand(revalued), first.served)
    keys = dict.fromkeys([*first.served, *second.served])
    changes = ((k, second.served.get(k, 0.0) - first.served.get(k, 0.0)) for k in keys)
    return sum(change * means[key] for key, change in changes if change)


def _means(
    costs: Mapping[DemandKey, float], served: Mapping[DemandKey, float]
) -> dict[DemandKey, float]:
    return {key: cost / served[key] for key, cost in costs.items()}


def _summing(
    first: float, second: float, found: Mapping[str, float | None]
) -> dict[str, float | None]:
    """Round parts to decimals that sum to the difference; `route` is the rest."""
    size = max(abs(first), abs(second), 1.0)
    digits = max(0, min(_MOST_DIGITS, _DIGITS - len(str(int(size)))))
    ends = [Decimal(repr(round(value, digits))) for value in (first, second)]
    parts = {
        name: None if value is None else _decimal(value, size, digits)
        for name, value in found.items()
    }
    difference = ends[1] - ends[0]
    rest = difference - sum(part for part in parts.values() if part is not None)
    if abs(rest) <= Decimal(_NOISE) * Decimal(size):
        largest = max(parts, key=lambda name: abs(parts[name] or Decimal(0)))
        parts[largest] = (parts[largest] or Decimal(0)) + rest
        rest = Decimal(0)
    told = {"first": ends[0], "second": ends[1], "difference": difference}
    whole = {**told, **parts, "route": rest}
    return {name: None if v is None else float(v) for name, v in whole.items()}


def _decimal(value: float, size: float, digits: int) -> Decimal:
    told = float(round(value, digits)) + 0.0
    return Decimal(repr(told if abs(value) > _NONE * size else 0.0))
