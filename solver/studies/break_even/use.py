"""What plans put on the selected elements, and who comes or leaves between two."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from solver.errors import InternalError
from solver.network.routes import routes_of_plan
from solver.network.shipments import cargo
from solver.verification.exact.amounts import decimal, exactly
from solver.verification.prover import Prover
from solver.verification.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.arrays import Floats, Mask
    from solver.network.network import Network
    from solver.network.routes import Routes
    from solver.solution.plan import Plan

UNMET = "unmet"
"""Where cargo goes that no route carries."""

_NOISE = 1e-9
"""Part of a shipment that moves for want of digits."""


@dataclass(frozen=True, slots=True)
class Move:
    """Cargo that leaves the selected elements, or comes to them, or moves besides.

    Parameters
    ----------
    quantity : float
        How much of it.
    kind : str
        ``leaves`` or ``comes``, of the selection; ``moves`` if it is on it neither
        before nor after, or both.
    source, target : str
        Corridor before and after (``none`` without one), or ``unmet``.
    """

    product: str
    origin: str
    market: str
    period: str
    quantity: float
    kind: str
    source: str
    target: str


class SelectedUse:
    """What plans of one instance put on selected elements.

    Parameters
    ----------
    charges : ndarray, shape (products, steps)
        How often each step passes a selected element, by product of selected cargo.
    selected : ndarray of bool, shape (products,)
        Products of the selected cargo.
    name_of : dict of str to str
        What products are called for people.
    """

    def __init__(
        self,
        network: Network,
        charges: Floats,
        selected: Mask,
        name_of: Mapping[str, str],
    ) -> None:
        self._network, self.charges = network, charges
        self.cargo = cargo(network)
        self._selected, self._name_of = selected, name_of
        with exactly():
            self._world = World.of(network.instance)

    def charged(self, plan: Plan, charges: Floats) -> Floats:
        """Sum of some charges over the steps of each flow, shape (flows,)."""
        return route_charges(routes_of_plan(self._network, self.cargo, plan), charges)

    def slope(self, plan: Plan, charges: Floats) -> Fraction:
        """Sum of quantity times some charges, exactly."""
        rates = self.charged(plan, charges)
        pairs = zip(plan.quantity.tolist(), rates.tolist(), strict=True)
        with exactly():
            total = sum(decimal(quantity) * decimal(rate) for quantity, rate in pairs)
        return Fraction(total)

    def cost(self, plan: Plan) -> Fraction:
        """Cost and penalties of a plan at today's rates, exactly."""
        with exactly():
            objective = Prover(self._world, plan, None).proof().objective
        if objective is None:
            message = "a plan has no cost on the instance that it was made for"
            raise InternalError(message)
        return objective

    def quantity(self, plan: Plan) -> float:
        """Quantity of selected cargo that passes any selected element."""
        return float(plan.quantity @ self._passing(plan))

    def _passing(self, plan: Plan) -> Mask:
        return self.charged(plan, self.charges) > 0

    @property
    def demand(self) -> float:
        """Quantity of the selected cargo."""
        own = self._selected[self.cargo.product]
        return float(self.cargo.quantity[own].sum())

    def moves(self, before: Plan, after: Plan) -> list[Move]:
        """Cargo that two plans carry otherwise, the largest first."""
        found = [*self._moves(before, after)]
        order = {"leaves": 0, "comes": 0, "moves": 1}
        return sorted(found, key=lambda move: (order[move.kind], -move.quantity))

    def _moves(self, before: Plan, after: Plan) -> Iterator[Move]:
        old, new = self._by_way(before), self._by_way(after)
        instance = self._network.instance
        demand, shipments = instance.demand, instance.shipments
        for shipment in sorted({*old, *new}):
            row, period = shipments.demand[shipment], shipments.period[shipment]
            told = (
                self._name_of[demand["product"][row]],
                str(demand["origin"][row]),
                str(demand["market"][row]),
                instance.periods[period],
            )
            least = _NOISE * float(self.cargo.quantity[shipment])
            pairs = _moved(old.get(shipment, {}), new.get(shipment, {}), least)
            for source, target, quantity in pairs:
                kind = "moves"
                if source[0] != target[0]:
                    kind = "leaves" if source[0] else "comes"
                yield Move(*told, quantity, kind, source[1], target[1])

    def movement(self, before: Plan, after: Plan) -> float:
        """Quantity that is not on its earlier routes any more."""
        old, new = self._by_route(before), self._by_route(after)
        less = (size - new.get(route, 0.0) for route, size in old.items())
        return sum(max(0.0, size) for size in less)

    def _by_route(self, plan: Plan) -> dict[tuple[int, bytes], float]:
        """Quantity of each shipment by its route."""
        found: dict[tuple[int, bytes], float] = {}
        for number, quantity in enumerate(plan.quantity.tolist()):
            elements = plan.elements[plan.starts[number] : plan.starts[number + 1]]
            key = (int(plan.shipment[number]), elements.tobytes())
            found[key] = found.get(key, 0.0) + quantity
        return found

    def _by_way(self, plan: Plan) -> dict[int, dict[tuple[bool, str], float]]:
        """Quantity of each shipment by whether it is on the selection, and corridor."""
        routes = routes_of_plan(self._network, self.cargo, plan)
        names = self._network.corridor_names
        found: dict[int, dict[tuple[bool, str], float]] = {}
        flows = zip(
            plan.shipment.tolist(),
            self._passing(plan).tolist(),
            routes.corridor.tolist(),
            plan.quantity.tolist(),
            strict=True,
        )
        for shipment, passes, corridor, quantity in flows:
            own = found.setdefault(shipment, {})
            way = (passes, names[corridor])
            own[way] = own.get(way, 0.0) + quantity
        for shipment in np.flatnonzero(plan.unmet > 0).tolist():
            own = found.setdefault(shipment, {})
            own[False, UNMET] = float(plan.unmet[shipment])
        return found


def route_charges(routes: Routes, charges: Floats) -> Floats:
    """Sum of some charges over the steps of each route, shape (routes,).

    Parameters
    ----------
    charges : ndarray, shape (products, steps)
        Money, or passes, per unit.
    """
    product = routes.cargo.product[routes.shipment]
    start = routes.network.num_elements + routes.first_node
    values = charges[product[routes.owner], routes.elements]
    sums = np.bincount(routes.owner, values, len(routes))
    return np.asarray(np.round(sums + charges[product, start], 9))


def _moved(
    old: Mapping[tuple[bool, str], float],
    new: Mapping[tuple[bool, str], float],
    least: float,
) -> Iterator[tuple[tuple[bool, str], tuple[bool, str], float]]:
    """Yield what each way gives up to which other, by the north-west corner rule."""
    change = {way: new.get(way, 0.0) - old.get(way, 0.0) for way in {**old, **new}}
    less = [(way, -by) for way, by in sorted(change.items()) if by < -least]
    more = [(way, by) for way, by in sorted(change.items()) if by > least]
    while less and more:
        (source, given), (target, taken) = less.pop(0), more.pop(0)
        quantity = min(given, taken)
        yield source, target, quantity
        if given - quantity > least:
            less.insert(0, (source, given - quantity))
        if taken - quantity > least:
            more.insert(0, (target, taken - quantity))
