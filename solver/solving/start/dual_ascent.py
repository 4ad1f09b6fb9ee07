"""Prices of limits to begin with, where very many limits bind.

Each step moves the price of every limit by what too much, or too little, passes it;
prices that move steadily do so in steps of one size (Kingma and Ba 2015), ever smaller
ones. A step takes one search; a program over origin flows, which has a row for every
limit that binds, takes many times as long.

References
----------
Kingma, D. P. and Ba, J. (2015), Adam: A Method for Stochastic Optimization, 3rd
International Conference on Learning Representations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import limit_loads
from solver.pricing.prices import Prices

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Floats
    from solver.pricing.cheapest import Cheapest
    from solver.solving.start.boxstep import TrustRegion

MANY_BROKEN = 100
"""Limits that cheapest routes break from which the ascent pays."""

LEAST_STEPS, MOST_STEPS = 100, 300
"""Searches of an ascent: as many as limits are broken, but no fewer and no more."""

KEPT = 20
"""Parts of an ascent; the search at the end of each of the later half leaves routes."""

PART = 60.0
"""How far prices that an ascent found may go besides, as a share of them, times its
steps: the more, the nearer they are."""

_STEP = 0.45
"""Largest first step, in mean costs of a route."""

_MEMORY, _SIZE_MEMORY = 0.9, 0.99
"""How much of the mean direction, and of its mean square, is kept in each step."""

_TINY = 1e-9


def ascended(
    region: TrustRegion,
    routes: Cheapest,
    search: Callable[[Prices], tuple[Cheapest, float]],
    keep: Callable[[Cheapest], None],
    mean: float,
) -> Cheapest:
    """Move a region to the best prices that an ascent finds; return the routes there.

    Parameters
    ----------
    region : TrustRegion
        Where prices are sought, those of limits before all others.
    routes : Cheapest
        Cheapest routes without prices.
    search : callable
        From prices to cheapest routes, one for each shipment, and the bound.
    keep : callable
        Called with routes found on the way that may be of use.
    mean : float
        Mean cost of a route, money per unit.
    """
    count, steps = len(routes.network.limits.capacity), _steps(num_broken(routes))
    best = ascent(routes, search, keep, mean, steps)
    region.centre[:count] = best
    region.reach[:count] += PART / steps * best
    routes, bound = search(Prices(best, {}))
    region.bound = max(region.bound, bound)
    return routes


def ascent(
    routes: Cheapest,
    search: Callable[[Prices], tuple[Cheapest, float]],
    keep: Callable[[Cheapest], None],
    mean: float,
    steps: int,
) -> Floats:
    """Take so many steps; return the prices of limits with the best bound.

    Parameters
    ----------
    routes, search, keep, mean
        As those of `ascended`.
    """
    capacity = routes.network.limits.capacity
    count = len(capacity)
    scale = np.where(capacity > 0.0, capacity, 1.0)
    prices, direction, square = np.zeros((3, count))
    best, least = prices, -np.inf
    keep(routes)
    for number in range(1, steps + 1):
        routes, bound = search(Prices(prices, {}))
        if bound > least:
            best, least = prices, bound
        if number > steps // 2 and number % (steps // KEPT) == 0:
            keep(routes)
        beyond = excess_of(routes) / scale
        direction = _MEMORY * direction + (1 - _MEMORY) * beyond
        square = _SIZE_MEMORY * square + (1 - _SIZE_MEMORY) * beyond**2
        ahead = direction / (1 - _MEMORY**number)
        size = np.sqrt(square / (1 - _SIZE_MEMORY**number)) + _TINY
        step = _STEP * mean * (1 - number / (steps + 1))
        prices = np.maximum(0.0, prices + step * ahead / size)
    return best


def _steps(broken: int) -> int:
    """How many searches an ascent takes where so many limits are broken."""
    return min(max(LEAST_STEPS, broken), MOST_STEPS)


def paying_steps(routes: Cheapest) -> int:
    """How many searches an ascent takes that pays; 0 where too little is broken."""
    broken = num_broken(routes)
    return _steps(broken) if broken >= MANY_BROKEN else 0


def num_broken(routes: Cheapest) -> int:
    """How many limits are exceeded if all take their route."""
    return int((excess_of(routes) > 0.0).sum())


def excess_of(found: Cheapest) -> Floats:
    """Return what passes each limit beyond its capacity, if all take their route."""
    limits, periods = found.network.limits, found.cargo.period
    if not limits.counted.all():
        routes = found.routes
        loads = limit_loads(routes, routes.cargo.quantity[routes.shipment])
        return loads - limits.capacity
    loads = found.step_loads(periods, limits.num_periods).toarray()
    return np.asarray(limits.summed(limits.usage @ loads.T) - limits.capacity)
