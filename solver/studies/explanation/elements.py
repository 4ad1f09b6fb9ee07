"""Who uses a leg, node, named route, capacity or corridor, and who would like to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from solver.network.routes import joined, limit_usage
from solver.solving.prices_to_decimals import published_prices
from solver.studies.explanation.alternatives import in_corridor
from solver.studies.explanation.proved_plan import unmet_prices

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints, Mask
    from solver.network.network import Network
    from solver.network.routes import Routes
    from solver.studies.explanation.proved_plan import ProvedPlan

Kind = Literal["leg", "node", "route", "capacity"]
"""What may be limited."""

_NEAR = 1e-9
"""Relative difference of costs that counts as none."""

_SERVED = 1e-6
"""Part of a unit that counts as none, where a unit more may serve cargo."""


@dataclass(frozen=True, slots=True)
class LimitedElement:
    """A leg, node, named route or joint capacity, by its name."""

    kind: Kind
    name: str

    def limits(self, network: Network) -> Ints:
        """Limits on it, one for each period that has one."""
        keys = network.limits.keys
        own = [(key.kind, key.name) == (self.kind, self.name) for key in keys]
        return np.flatnonzero(np.array(own, dtype=bool))

    def times(self, routes: Routes) -> Floats:
        """How often each route passes it, shape (routes,)."""
        network = routes.network
        if self.kind != "capacity":
            return routes.total(self._passes(network))
        limits = network.limits
        base = int(limits.base[self.limits(network)[0]])
        times = routes.total(limits.usage[[base]].toarray()[0])
        treatment = routes.cargo.treatment[routes.shipment]
        return np.where(limits.counted[base, treatment], times, 0.0)

    def _passes(self, network: Network) -> Floats:
        """How often each step passes it, shape (steps,)."""
        found = np.zeros(network.num_steps)
        legs, routes = network.instance.legs["leg"], network.instance.routes["route"]
        if self.kind == "node":
            number = network.node_index[self.name]
            found[network.num_elements + number] = 1.0
        else:
            names = legs if self.kind == "leg" else routes
            number = int(np.flatnonzero(names == self.name)[0])
        if self.kind == "route":
            found[network.num_legs + number] = 1.0
            return found
        for element in range(network.num_elements):
            passed = network.passes(element)[self.kind == "node"]
            found[element] = passed.count(number)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Wishes:
    """Routes that shipments would rather take, arrays by route.

    Parameters
    ----------
    routes : Routes
        One for each shipment.
    quantity : ndarray
        What of the shipment does not pass there yet.
    gain : ndarray
        Money per unit that it would save, or lacks (less than 0).
    """

    routes: Routes
    quantity: Floats
    gain: Floats

    def first(self, most: int) -> Wishes:
        """Return the first of them."""
        index = np.arange(min(most, len(self.routes)))
        return Wishes(self.routes.chosen(index), self.quantity[index], self.gain[index])


def would_like(proved: ProvedPlan, element: LimitedElement, chosen: Mask) -> Wishes:
    """Return the cargo that would pass a full element if its limit asked for nothing.

    The largest gain per unit comes first. A closed element is a limit of 0. Firm cargo
    that is unmet saves nothing by being carried: see `would_serve`.
    """
    known = proved.known
    chosen = chosen & ~_firm_and_unmet(proved)
    limits = proved.prices.limits.copy()
    limits[element.limits(known.network)] = 0.0
    least = np.minimum(proved.least, proved.unmet_price)
    near = _NEAR * np.maximum(1.0, np.abs(least))
    threshold = np.where(chosen, least - near, -np.inf)
    free = replace(proved.prices, limits=limits)
    found = known.pricer.search(free, threshold)
    passes = element.times(found.routes) > 0
    index = np.flatnonzero(passes & chosen[found.routes.shipment])
    routes = found.routes.chosen(index)
    through = _through(proved, element.times(proved.routes) > 0)
    quantity = (known.cargo.quantity - through)[routes.shipment]
    gain = least[routes.shipment] - found.routes_value[index]
    some = quantity > _NEAR * known.cargo.quantity[routes.shipment]
    return _best_of_each(_sorted(Wishes(routes, quantity, gain), some))


def would_serve(proved: ProvedPlan, element: LimitedElement, chosen: Mask) -> Wishes:
    """Return the unmet firm cargo that would pass an element if it had no limit.

    The prices of the stages `unmet` name it: without the weight of the element its way
    takes less than a unit of what keeps its class unmet. The gain is that difference,
    in units served per unit at most.
    """
    known, found = proved.known, []
    own = chosen & _firm_and_unmet(proved)
    index = element.limits(known.network)
    for stage in proved.stages("unmet"):
        prices = published_prices(stage, known.network, known.rules)
        limits = prices.limits.copy()
        limits[index] = 0.0
        number = known.cargo.classes.index(stage.priority)
        wanted = own & (known.cargo.unmet_class == number)
        left = unmet_prices(known.cargo, stage)
        threshold = np.where(wanted, left - _SERVED, -np.inf)
        search = known.pricer.search(replace(prices, limits=limits), threshold)
        routes = search.routes
        passes = (element.times(routes) > 0) & wanted[routes.shipment]
        gain = left[routes.shipment] - search.routes_value
        quantity = proved.plan.unmet[routes.shipment]
        found.append(_best_of_each(_sorted(Wishes(routes, quantity, gain), passes)))
    return _together(proved, found)


def _together(proved: ProvedPlan, found: list[Wishes]) -> Wishes:
    """Return wishes of several classes, the largest quantity first."""
    if not found:
        none = np.zeros(0)
        return Wishes(proved.routes.chosen(np.zeros(0, dtype=int)), none, none)
    routes = joined([own.routes for own in found])
    quantity = np.concatenate([own.quantity for own in found])
    gain = np.concatenate([own.gain for own in found])
    order = np.argsort(-quantity, kind="stable")
    return Wishes(routes.chosen(order), quantity[order], gain[order])


def _firm_and_unmet(proved: ProvedPlan) -> Mask:
    """Shipments of firm demand of which some stays unmet, shape (shipments,)."""
    return np.asarray(proved.known.cargo.firm & (proved.plan.unmet > 0))


def full_on(proved: ProvedPlan, routes: Routes, element: LimitedElement) -> list[Ints]:
    """Return the other full limits on each route; a closed one is full.

    To use the route, cargo needs more of each of them, or others to leave them.
    """
    limits = proved.known.network.limits
    near = _NEAR * np.maximum(1.0, limits.capacity)
    full = proved.loads >= limits.capacity - near
    full[element.limits(proved.known.network)] = False
    index = np.flatnonzero(full)
    passes = limit_usage(routes, index).toarray() > 0
    return [index[row] for row in passes]


def candidates(proved: ProvedPlan, corridor: int, chosen: Mask) -> Wishes:
    """Return the cargo that comes nearest to taking a corridor, nearest first.

    Cargo of which some is carried there already is none of it.

    Parameters
    ----------
    proved : ProvedPlan
        The plan.
    corridor : int
        Index into `Network.corridor_names`.
    chosen : ndarray of bool, shape (shipments,)
        Cargo that is looked at.
    """
    known = proved.known
    inside = corridor_of(proved.routes) == corridor
    quantity = known.cargo.quantity
    wanted = chosen & (_through(proved, inside) <= _NEAR * quantity)
    routes = in_corridor(known, proved.prices, wanted, corridor)
    least = np.minimum(proved.least, proved.unmet_price)[routes.shipment]
    found = Wishes(routes, quantity[routes.shipment], least - proved.pays(routes))
    return _sorted(found, np.ones(len(routes), dtype=bool))


def corridor_of(routes: Routes) -> Ints:
    """Return the corridor of each route as an index into all names, `none` last."""
    last = len(routes.network.corridor_names) - 1
    return np.where(routes.corridor < 0, last, routes.corridor)


def _through(proved: ProvedPlan, inside: Mask) -> Floats:
    """Quantity of each shipment on some flows, shape (shipments,)."""
    plan = proved.plan
    size = len(plan.unmet)
    return np.bincount(plan.shipment, plan.quantity * inside, size).astype(float)


def _best_of_each(wishes: Wishes) -> Wishes:
    """Return the first route of each shipment: a search may find several."""
    _, first = np.unique(wishes.routes.shipment, return_index=True)
    index = np.sort(first)
    return Wishes(
        wishes.routes.chosen(index), wishes.quantity[index], wishes.gain[index]
    )


def _sorted(wishes: Wishes, some: Mask) -> Wishes:
    """Return the chosen ones, the largest gain first."""
    index = np.flatnonzero(some)
    order = index[np.argsort(-wishes.gain[index], kind="stable")]
    return Wishes(
        wishes.routes.chosen(order), wishes.quantity[order], wishes.gain[order]
    )
