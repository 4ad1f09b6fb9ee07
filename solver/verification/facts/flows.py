"""A plan as arrays: its different routes, the flows on them, and what they load."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.problem.tables import ABSURD
from solver.solution.plan import Plan
from solver.verification.exact.amounts import Amounts, amounts
from solver.verification.exact.ragged import Ragged, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Ints, Mask
    from solver.verification.exact.amounts import Integers
    from solver.verification.facts.elements import ExactElements
    from solver.verification.facts.shipments import ExactCargo


def malformed(plan: Plan, elements: ExactElements, cargo: ExactCargo) -> str:
    """Say why a plan cannot be read at all; blank if it can."""
    flows, starts = len(plan.shipment), np.asarray(plan.starts)
    if len(plan.quantity) != flows or len(starts) != flows + 1:
        return "the plan's arrays differ in length"
    ends = starts[0] == 0 and starts[-1] == len(plan.elements)
    if not ends or (starts[1:] <= starts[:-1]).any():
        return "the plan has a flow without a leg"
    problems = {
        "unmet quantities are not one for each shipment": len(plan.unmet) != len(cargo),
        "quantities are not all numbers": not (
            (np.abs(plan.quantity) < ABSURD).all()
            and (np.abs(plan.unmet) < ABSURD).all()
        ),
        "legs are not all legs of the instance": not _within(
            plan.elements, len(elements)
        ),
        "shipments are not in order": not _within(plan.shipment, len(cargo))
        or bool((np.diff(plan.shipment) < 0).any()),
    }
    return next((f"the plan's {what}" for what, is_so in problems.items() if is_so), "")


def units_on(shipments: list[int], chains: Sequence[Sequence[int]], size: int) -> Plan:
    """Return a plan of a unit on each of some routes, for so many shipments."""
    return Plan(
        shipment=np.array(shipments, dtype=np.int64),
        quantity=np.ones(len(shipments)),
        starts=np.cumsum([0, *map(len, chains)], dtype=np.int64),
        elements=np.array([e for chain in chains for e in chain], dtype=np.int64),
        unmet=np.zeros(size),
    )


def _within(positions: Ints, size: int) -> bool:
    return bool(((positions >= 0) & (positions < size)).all())


class PlanRoutes:
    """Routes of a plan, each once.

    Parameters
    ----------
    chain : Ragged
        Elements of each route.

    Attributes
    ----------
    visits : Ragged
        Nodes that each visits after its start.
    owner : ndarray of int
        Route of each element of `chain`.
    start, end : ndarray of int, shape (routes,)
        Nodes.
    corridor : ndarray of int, shape (routes,)
        Index into the corridors of `elements`.
    mixed : ndarray of bool, shape (routes,)
        Routes in more than one corridor.
    """

    def __init__(self, chain: Ragged, elements: ExactElements) -> None:
        self.chain, self.elements = chain, elements
        self.visits = elements.visits.flatten(chain)
        self.owner = chain.owners
        self.start = elements.tails[chain.items[chain.starts[:-1]]]
        self.end = elements.heads[chain.items[chain.starts[1:] - 1]]
        self.corridor, self.mixed = self._corridors()

    def __len__(self) -> int:
        return len(self.chain)

    def _corridors(self) -> tuple[Ints, Mask]:
        none = len(self.elements.corridors) - 1
        of_element = self.elements.corridor[self.chain.items]
        if not len(self):
            return of_element, np.zeros(0, dtype=bool)
        first = np.minimum.reduceat(of_element, self.chain.starts[:-1])
        own = np.where(of_element == none, -1, of_element)
        last = np.maximum.reduceat(own, self.chain.starts[:-1])
        return first, (last >= 0) & (first != last)

    def flagged(self, wrong: Mask) -> Mask:
        """Routes with an element that is flagged."""
        found = np.zeros(len(self), dtype=bool)
        found[self.owner[wrong]] = True
        return found


class RouteUses(NamedTuple):
    """Which routes groups of flows take: pairs of a group and a route, each once.

    Parameters
    ----------
    group, route : ndarray of int, shape (uses,)
        The pairs.
    place : ndarray of int, shape (flows,)
        Pair of each flow.
    """

    group: Ints
    route: Ints
    place: Ints


class PlanFlows:
    """Flows of a plan: many of them take the same route.

    Attributes
    ----------
    routes : PlanRoutes
        The different routes.
    route : ndarray of int, shape (flows,)
        Which of them each flow takes.
    """

    def __init__(self, plan: Plan, elements: ExactElements, cargo: ExactCargo) -> None:
        self.plan = plan
        self.shipment = np.asarray(plan.shipment, dtype=np.int64)
        self.quantity: Amounts = amounts(plan.quantity)
        self.unmet: Amounts = amounts(plan.unmet)
        self.elements, self.cargo = elements, cargo
        chain = Ragged(
            np.asarray(plan.starts, dtype=np.int64),
            np.asarray(plan.elements, dtype=np.int64),
        )
        different, self.route = chain.different()
        self.routes = PlanRoutes(different, elements)

    def __len__(self) -> int:
        return len(self.shipment)

    @cached_property
    def carried(self) -> Amounts:
        """Quantity on each route."""
        return self.quantity.summed(self.route, len(self.routes))

    def chain(self, flow: int) -> list[int]:
        """Elements of a flow."""
        found: list[int] = self.routes.chain[int(self.route[flow])].tolist()
        return found

    def start(self, flow: int) -> int:
        """Node where a flow starts."""
        return int(self.routes.start[self.route[flow]])

    # ---- by groups of flows

    def uses(self, group: Ints, groups: int) -> RouteUses:
        """Return which routes flows of each group take."""
        size = len(self.routes)
        found, (place,) = numbered([group * size + self.route], groups * size)
        return RouteUses(*np.divmod(found, max(1, size)), place)

    def used(self, uses: RouteUses) -> Amounts:
        """Return the quantity of each use."""
        return self.quantity.summed(uses.place, len(uses.route))

    def loads(self, uses: RouteUses, groups: int) -> tuple[Integers, Integers]:
        """Quantity by group on each element, and that starts at each node.

        Returns
        -------
        ndarray, shape (groups, elements)
        ndarray, shape (groups, nodes)
            In units of `quantity`.
        """
        chain, used = self.routes.chain.take(uses.route), self.used(uses)
        owner, elements = chain.owners, len(self.elements)
        index = uses.group[owner] * elements + chain.items
        passing = used.take(owner).summed(index, groups * elements)
        nodes, start = self.elements.num_nodes, self.routes.start[uses.route]
        starting = used.summed(uses.group * nodes + start, groups * nodes)
        shapes = (groups, elements), (groups, nodes)
        return passing.units.reshape(shapes[0]), starting.units.reshape(shapes[1])
