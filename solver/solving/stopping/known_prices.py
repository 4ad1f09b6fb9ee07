"""The prices that bound best what a stopped solve leaves.

Prices found with a penalty on firm demand bound the cost of plans that leave as little
as can be. A plan that was stopped leaves more; beside what it leaves, these prices may
prove less than none at all, which is each shipment on its cheapest route. So all prices
that are known, none among them, are tried beside the plan, and the best are kept.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.objective import Duals
from solver.pricing.prices import constant
from solver.pricing.tree_search import OutOfTimeError
from solver.solving.prices_to_decimals import price_above, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from solver.arrays import Floats
    from solver.model.master import Master
    from solver.pricing.prices import Prices
    from solver.pricing.tree_search import Found
    from solver.solution.certificate import Stage
    from solver.solving.start.seed import Seed

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
    settled : Prices, or None
        Prices at which what was at hand leaves least.
    """

    def __init__(self, master: Master) -> None:
        self.master = master
        self.given: list[Priced] = []
        self.runs: deque[Priced] = deque(maxlen=RUNS_KEPT)
        self.settled: Prices | None = None

    def begin(self, seed: Seed) -> None:
        """Keep what a start leaves."""
        self.settled = seed.settled
        for priced in (seed.unpriced, seed.best):
            if priced is not None:
                self.give(*priced)

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

    def best_beside(self, unmet: Floats) -> Duals | None:
        """Return those with the best bound on the cost beside what a plan leaves.

        Each class may leave what the plan leaves; they have a price for it. None if no
        prices are known.

        Parameters
        ----------
        unmet : ndarray, shape (shipments,)
            What the plan leaves of each shipment.
        """
        tried = [
            _beside(self.master, prices, value, unmet)
            for prices, value in (*self.given, *self.runs)
        ]
        return max(tried, key=lambda one: one[0])[1] if tried else None

    @property
    def last(self) -> Prices | None:
        """Prices known last, which are those of the best bound on full service."""
        known = (*self.given, *self.runs)
        return known[-1][0] if known else None


def least_unmet(
    master: Master,
    known: Sequence[Prices],
    unmet: Floats,
    search: Callable[[Prices, Floats], Found],
) -> list[Stage]:
    """Prices of what classes must leave unmet, where they prove that any must be.

    Parameters
    ----------
    master : Master
        The model.
    known : list of Prices
        Prices of the cost, with a penalty on firm demand; money is left aside.
    unmet : ndarray, shape (shipments,)
        What a plan leaves of each shipment.
    search : callable
        From prices and thresholds to routes, as that of a pricer; it ends when the
        time is over.
    """
    best: dict[int, tuple[float, Duals]] = {}
    nothing = np.zeros(len(master.cargo))
    with suppress(OutOfTimeError):
        for prices in known:
            free = replace(prices, money=0.0)
            value = search(free, nothing).value
            for number, found in _bounds_on_unmet(master, free, value, unmet):
                if found[0] > best.get(number, (0.0,))[0]:
                    best[number] = found
    return [
        stage(master, duals, "unmet", number)
        for number, (_, duals) in sorted(best.items())
    ]


def _bounds_on_unmet(
    master: Master, free: Prices, value: Floats, unmet: Floats
) -> Iterator[tuple[int, tuple[float, Duals]]]:
    """Yield, by class, what prices prove that it leaves, where that is anything.

    Where prices prove nothing, what has no route is left without any.
    """
    cargo, reached = master.cargo, np.isfinite(value)
    charged = float(free.limits @ master.network.limits.capacity)
    charged += constant(master.rules, free)
    nothing = replace(free, limits=0.0 * free.limits, rules={})
    for number in range(len(cargo.classes)):
        own = cargo.unmet_class == number
        members = np.flatnonzero(own & reached)
        unit = _best_unit(value[members], cargo.quantity[members], charged)
        if unit > 0.0:
            priced = _divided(free, unit), value / unit
            yield number, _beside(master, *priced, unmet, number)
        elif not reached[own].all():
            unpriced = nothing, np.where(reached, 0.0, np.inf)
            yield number, _beside(master, *unpriced, unmet, number)


def _best_unit(value: Floats, quantity: Floats, charged: float) -> float:
    """Price that makes most of leaving a unit, beside which all others count; or 0.

    The bound is concave in its inverse: so much of the cheapest must cost less than it
    that they are worth what limits and rules charge in all.
    """
    order = np.argsort(value, kind="stable")
    sums = np.cumsum(value[order] * quantity[order])
    place = int(np.searchsorted(sums, charged))
    return float(value[order[place]]) if place < len(order) else 0.0


def _divided(prices: Prices, unit: float) -> Prices:
    """Prices of limits and rules in terms of another."""
    rules = {number: price / unit for number, price in prices.rules.items()}
    return replace(prices, limits=prices.limits / unit, rules=rules)


def _beside(
    master: Master,
    prices: Prices,
    value: Floats,
    unmet: Floats,
    own: int | None = None,
) -> tuple[float, Duals]:
    """Bound at some prices beside what is left unmet, with its dual values.

    It is one on the cost, or on what class `own` leaves. What leaving a class unmet
    costs is chosen for the best bound: no more than what is left of it is worth more.
    """
    cargo, reached = master.cargo, np.isfinite(value)
    unmet_cost, before = cargo.unmet_cost, len(cargo.classes)
    if own is not None:
        unmet_cost, before = (cargo.unmet_class == own).astype(float), own
        unmet_cost[(cargo.unmet_class >= 0) & (cargo.unmet_class < own)] = np.inf
    least = np.minimum(value, unmet_cost)
    marginal_cost, of_class = least.copy(), {}
    bound = -float(prices.limits @ master.network.limits.capacity)
    bound -= constant(master.rules, prices)
    for number in range(before):
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
