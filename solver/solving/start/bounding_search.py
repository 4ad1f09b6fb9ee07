"""Searches whose bounds are kept: what a start asks of the pricer."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import joined
from solver.pricing.prices import constant
from solver.solving.start.flow_routes import added_up

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.network.routes import Routes
    from solver.pricing.cheapest import Cheapest
    from solver.pricing.pricer import Pricer
    from solver.pricing.prices import Prices

PENALTY = 100.0
"""Cost of leaving firm demand, in multiples of the dearest first route; and of breaking
a rule that must hold, in multiples of that."""

QUICK = 0.1
"""Seconds of a search that is quick."""

RECENT = 4
"""Searches of which the routes are kept."""


class BoundingSearch:
    """From prices to a cheapest route of each shipment, and a bound on every plan.

    Attributes
    ----------
    unmet : ndarray, shape (shipments,)
        Cost of leaving a unit of each shipment; infinite for firm ones until there is
        a penalty, 0 for those that have no route.
    best_bound : float
        The best bound so far.
    best : (Prices, ndarray) or None
        Its prices, and the cost of the cheapest route of each shipment at them.
    latest : (Prices, ndarray)
        The same of the last search.
    recent : deque of Cheapest
        What the last searches found.
    seconds : float
        What the last search took.
    """

    latest: tuple[Prices, Floats]

    def __init__(self, pricer: Pricer) -> None:
        self.pricer, self.cargo = pricer, pricer.cargo
        self.unmet = self.cargo.unmet_cost
        self.best_bound = -np.inf
        self.best: tuple[Prices, Floats] | None = None
        self.recent: deque[Cheapest] = deque(maxlen=RECENT)
        self.seconds = 0.0

    def __call__(self, prices: Prices) -> tuple[Cheapest, float]:
        """Cheapest route of each shipment if below its unmet cost, and the bound."""
        began = time.monotonic()
        found = self.pricer.cheapest(prices, self.unmet)
        self.seconds = time.monotonic() - began
        least = np.minimum(found.value, self.unmet)
        reached = np.isfinite(least)
        bound = float(least[reached] @ self.cargo.quantity[reached])
        bound -= float(prices.limits @ self.pricer.network.limits.capacity)
        bound -= constant(self.pricer.rules, prices)
        self.latest = prices, found.value
        if bound > self.best_bound:
            self.best_bound, self.best = bound, self.latest
        self.recent.append(found)
        return found, bound

    def has_time(self, count: int, deadline: float) -> bool:
        """Whether so many searches pay: quick ones do, or half of what is left does.

        Quick ones take less than a program over flows does with hundreds of limits.
        """
        left = deadline - time.monotonic()
        return self.seconds < QUICK or 2 * count * self.seconds < left

    def averaged(self) -> tuple[Routes, Floats]:
        """Routes of the last searches, and in which part of these each was found.

        Each shipment's most frequent one is its first. Prices that swing about the best
        ones send cargo one way and then another: it is the mean of what they ask for
        that nearly keeps the limits.
        """
        routes = joined([found.routes for found in self.recent])
        return added_up(routes, np.full(len(routes), 1.0 / len(self.recent)))

    def mean_cost(self, routes: Routes) -> float:
        """Mean cost per unit of routes; 1 if they cost nothing."""
        quantity = self.cargo.quantity[routes.shipment]
        total = float(quantity @ routes.cost)
        return total / float(quantity.sum()) if total > 0.0 else 1.0

    def penalise(self, routes: Routes) -> float:
        """Give firm demand a price, by its cheapest routes without prices; return it.

        More than any route costs, or any, where nothing costs anything.
        """
        dearest = float(np.max(routes.cost, initial=0.0))
        priced = self.unmet[np.isfinite(self.unmet)]
        dearest = max(dearest, float(np.max(priced, initial=0.0))) or 1.0
        reached = np.zeros(len(self.cargo), dtype=bool)
        reached[routes.shipment] = True
        lost = self.cargo.firm & ~reached
        penalty = PENALTY * dearest
        self.unmet = np.where(lost, 0.0, np.minimum(self.unmet, penalty))
        return penalty
