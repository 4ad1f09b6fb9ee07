"""A plan that keeps every limit, from one that does not yet.

A run that is stopped leaves quantities that exceed limits, or serve less than there is
room for. They are cut in proportion where a limit is exceeded; then what is left of
each shipment takes the cheapest of its known routes that have room;
`with_other_routes` searches for new ones around the limits that are full, at prices
that rise where more wants to pass than there is room for.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.routes import limit_usage, loads_by_step
from solver.pricing.tree_search import OutOfTimeError
from solver.solving.stopping.detours import Detours, left_to_carry
from solver.solving.stopping.room import Room

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.network.routes import Routes
    from solver.pricing.prices import Prices
    from solver.solving.stopping.detours import Search

MOST_DETOURS = 60
"""Searches for routes around full limits."""

_GAINS, _PATIENCE = 1e-3, 4
"""Part of what is left that so many searches must carry, or they are the last."""


def scaled_down(routes: Routes, quantity: Floats) -> Floats:
    """Quantities cut in proportion wherever a limit is exceeded, shape (routes,)."""
    limits = routes.network.limits
    loads, kept = loads_by_step(routes, quantity), np.ones(len(limits))
    np.divide(limits.capacity, loads, out=kept, where=loads > limits.capacity)
    if kept.min(initial=1.0) == 1.0:
        return quantity
    used = sparse.coo_array(limit_usage(routes, np.flatnonzero(kept < 1.0)))
    share = np.ones(len(routes))
    np.minimum.at(share, used.row, kept[kept < 1.0][used.col])
    return quantity * share


def within_limits(routes: Routes, quantity: Floats) -> Floats:
    """Quantities without those that exceed limits, shape (routes,).

    Of few routes parts are kept. Rules call for `scaled_down` instead.
    """
    used = np.flatnonzero(quantity)
    result = np.zeros(len(routes))
    if len(used):
        result[used] = Room(routes, result).taken(routes, used, quantity[used])
    return result


def filled(routes: Routes, quantity: Floats) -> Floats:
    """Quantities with what is left of shipments on routes that have room.

    Cheapest routes come first, a shipment's second after all first ones.

    Parameters
    ----------
    routes : Routes
        Known routes.
    quantity : ndarray, shape (routes,)
        What they carry: no limit is exceeded.
    """
    result, room = quantity.copy(), Room(routes, quantity)
    rest = left_to_carry(routes, quantity)
    wanted = (rest > 0.0)[routes.shipment] & (routes.cost < _unmet_cost(routes))
    chosen = np.flatnonzero(wanted)
    chosen = chosen[np.lexsort((routes.cost[chosen], routes.shipment[chosen]))]
    _, first = np.unique(routes.shipment[chosen], return_index=True)
    counts = np.diff(np.append(first, len(chosen)))
    place = np.arange(len(chosen)) - np.repeat(first, counts)
    for number in range(int(place.max(initial=-1)) + 1):
        own = chosen[place == number]
        own = own[rest[routes.shipment[own]] > 0.0]
        more = room.taken(routes, own, rest[routes.shipment[own]])
        result[own] += more
        rest[routes.shipment[own]] -= more
    return result


def with_other_routes(
    routes: Routes,
    quantity: Floats,
    search: Search,
    prices: Prices,
) -> tuple[Routes, Floats]:
    """Carry more of a plan's cargo, on routes around the limits that are full.

    Parameters
    ----------
    routes, quantity
        A plan that exceeds no limit.
    search : callable
        From prices and thresholds to routes, as that of a pricer; it ends when the
        time is over.
    prices : Prices
        What limits and rules charge beside.
    """
    detours = Detours(routes, quantity, prices)
    left = [np.inf] * _PATIENCE + [float(detours.left.sum())]
    with suppress(OutOfTimeError):
        for _ in range(MOST_DETOURS):
            if not 0.0 < left[-1] < (1.0 - _GAINS) * left[-1 - _PATIENCE]:
                break
            detours.search(search)
            left.append(float(detours.left.sum()))
    return detours.plan


def _unmet_cost(routes: Routes) -> Floats:
    """Return what leaving a unit unmet costs, by route."""
    return routes.cargo.unmet_cost[routes.shipment]
