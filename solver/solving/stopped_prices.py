"""The prices that bound best what a stopped solve leaves.

Prices found with a penalty on firm demand bound the cost of plans that leave as little
as can be. A plan that was stopped leaves more; beside what it leaves, these prices may
prove less than none at all, which is each shipment on its cheapest route. So all prices
that are known, none among them, are tried beside the plan, and the best are kept.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from solver.model.objective import Duals
from solver.network.routes import left_by
from solver.pricing.prices import constant
from solver.solving.prices_to_decimals import price_above

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.model.master import Master
    from solver.network.routes import Routes
    from solver.pricing.prices import Prices

    Priced = tuple[Prices, Floats]


RUNS_KEPT = 4
"""Runs of which the prices are kept."""


class KnownPrices:
    """Prices that bound the cost, with the least cost of each shipment's routes.

    Parameters
    ----------
    master : Master
        The model, for its cargo, limits and rules.

    Attributes
    ----------
    given : list of (Prices, ndarray of shape (shipments,))
        Those known before the first round, none at all among them.
    runs : deque of the same
        Those of the best bounds of the last runs for money.
    """

    def __init__(self, master: Master) -> None:
        self.master = master
        self.given: list[Priced] = []
        self.runs: deque[Priced] = deque(maxlen=RUNS_KEPT)

    def give(self, prices: Prices, value: Floats) -> None:
        """Keep prices known before the first round."""
        self.given.append((prices, value))

    def learn(self, prices: Prices, value: Floats, last: Duals | None) -> None:
        """Keep prices of a run's best bound in place of its `last`, if for money."""
        if not self.master.objective.money or prices.coefficient is not None:
            return
        if last is not None and self.runs and self.runs[-1][0] is last.prices:
            self.runs.pop()
        self.runs.append((prices, value))

    def latest(self) -> tuple[Duals, float]:
        """Prices given last, with their bound on the master's present objective."""
        prices, value = self.given[-1]
        unmet_cost = self.master.cargo.unmet_cost
        duals = Duals(prices, {}, np.minimum(value, unmet_cost))
        return duals, self.master.bound(duals, value)

    def best_beside(self, routes: Routes, quantity: Floats) -> Duals | None:
        """Return those with the best bound on the cost beside a plan, if any are known.

        Each class may leave what the plan leaves; they have a price for it.
        """
        unmet = left_by(routes, quantity)
        tried = [
            _beside(self.master, prices, value, unmet)
            for prices, value in (*self.given, *self.runs)
        ]
        return max(tried, key=lambda one: one[0])[1] if tried else None


def _beside(
    master: Master, prices: Prices, value: Floats, unmet: Floats
) -> tuple[float, Duals]:
    """Bound at some prices beside what is left unmet, with its dual values.

    What leaving a class unmet costs is chosen for the best bound: no more than what is
    left of it is worth more.
    """
    cargo, reached = master.cargo, np.isfinite(value)
    least = np.minimum(value, cargo.unmet_cost)
    marginal_cost, of_class = least.copy(), {}
    bound = -float(prices.limits @ master.network.limits.capacity)
    bound -= constant(master.rules, prices)
    for number in range(len(cargo.classes)):
        members = np.flatnonzero((cargo.unmet_class == number) & reached)
        left = float(unmet[members].sum())
        if left > 0.0:
            price = price_above(value, cargo.quantity, members, left)
            of_class[number] = price
            least[members] = np.minimum(least[members], price)
            bound -= price * left
    counts = np.isfinite(least)
    bound += float(least[counts] @ cargo.quantity[counts])
    return bound, Duals(prices, of_class, marginal_cost)
