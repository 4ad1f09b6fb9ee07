"""Routes around the limits that a plan fills, for what it leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import joined, left_by, loads_by_step
from solver.pricing.tree_search import cheapest
from solver.solving.stopping.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.pricing.prices import Prices
    from solver.pricing.tree_search import Found

    Search = Callable[[Prices, Floats], Found]

_NONE_LEFT = 1e-12
"""Part of a shipment that gets no route of its own."""

_CLOSED = 1000.0
"""Price of a full limit, in multiples of the dearest known route."""

_RISE, _MOST_RISE = 0.1, 20.0
"""Rise of a price where e times as much wants to pass as there is room for, in mean
costs of a route; and how many times as much makes it rise most."""


class Detours:
    """A plan to which routes are added, search by search.

    Limits that are full are closed. Where more wants to pass than there is room for,
    what is left is led elsewhere before the limit is full: its price rises.

    Parameters
    ----------
    routes, quantity
        A plan that exceeds no limit.
    prices : Prices
        What limits and rules charge at first.

    Attributes
    ----------
    left : ndarray, shape (shipments,)
        What is left of each shipment; noise is none.
    """

    def __init__(self, routes: Routes, quantity: Floats, prices: Prices) -> None:
        self.prices, self.room = prices, Room(routes, quantity)
        self.known = len(routes)
        self.parts, self.carried = [routes], [quantity]
        self.left = left_to_carry(routes, quantity)
        dearest = np.max(np.concatenate([routes.cost, prices.limits]), initial=0.0)
        self.closed = _CLOSED * (float(dearest) or 1.0)
        self.mean = float(routes.cost.mean()) if len(routes) else 0.0
        self._press(routes)

    def _press(self, routes: Routes) -> None:
        """Raise prices where what is left would pass by its cheapest route so far."""
        order = np.lexsort((routes.cost, routes.shipment))
        first = order[np.unique(routes.shipment[order], return_index=True)[1]]
        wanted = np.zeros(len(routes))
        wanted[first] = self.left[routes.shipment[first]]
        self.room.press(loads_by_step(routes, wanted))
        self._raise()

    def _raise(self) -> None:
        """Raise prices where more wants to pass than there is room for."""
        pressure = np.clip(self.room.pressure, 1.0, _MOST_RISE)
        dearer = self.prices.limits + _RISE * self.mean * np.log(pressure)
        self.prices = replace(self.prices, limits=dearer)

    def search(self, search: Search) -> None:
        """Search for routes of what is left, and carry what fits.

        Parameters
        ----------
        search : callable
            From prices and thresholds to routes, as that of a pricer.
        """
        unmet_cost = self.parts[0].cargo.unmet_cost
        wanted = np.where(self.left > 0.0, self.closed, 0.0)
        limits = np.where(self.room.is_full, self.closed, self.prices.limits)
        charged = replace(self.prices, limits=limits)
        found = cheapest(search(charged, np.minimum(wanted, unmet_cost)))
        own = np.flatnonzero(self.left[found.routes.shipment] > 0.0)
        self._carry(found.routes, own)
        self._raise()

    def _carry(self, routes: Routes, index: Ints) -> None:
        shipment = routes.shipment[index]
        more = self.room.taken(routes, index, self.left[shipment])
        self.left[shipment] -= more
        least = _NONE_LEFT * routes.cargo.quantity
        self.left = np.where(self.left > least, self.left, 0.0)
        used = np.flatnonzero(more)
        self.parts.append(routes.chosen(index[used]))
        self.carried.append(more[used])

    @property
    def plan(self) -> tuple[Routes, Floats]:
        """The plan so far: the routes that it began with, and new ones."""
        routes, quantity = joined(self.parts), np.concatenate(self.carried)
        _, first, place = np.unique(
            routes.fingerprint, return_index=True, return_inverse=True
        )
        summed = np.bincount(first[place], quantity, len(routes)).astype(float)
        kept = np.arange(len(routes)) < self.known
        kept[first] = True
        return routes.chosen(np.flatnonzero(kept)), summed[kept]


def left_to_carry(routes: Routes, quantity: Floats) -> Floats:
    """Return what is left of each shipment, noise being none, shape (shipments,)."""
    left = left_by(routes, quantity)
    return np.where(left > _NONE_LEFT * routes.cargo.quantity, left, 0.0)
