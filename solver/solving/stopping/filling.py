"""A plan that keeps every limit, from one that does not yet.

A run that is stopped leaves quantities that exceed limits, or serve less than there is
room for. They are cut in proportion where a limit is exceeded; then what is left of
each shipment takes the cheapest of its known routes that have room;
`with_other_routes` searches for new ones around the limits that are full.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.routes import joined, left_by, limit_loads, limit_usage
from solver.pricing.pricer import OutOfTimeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Floats, Mask
    from solver.network.routes import Routes
    from solver.pricing.pricer import Found
    from solver.pricing.prices import Prices

_NONE_LEFT = 1e-12
"""Part of a shipment that gets no route of its own."""

_FULL = 1e-9
"""Part of a limit that is no room."""

_CLOSED = 1000.0
"""Price of a full limit, in multiples of the dearest known route."""

MOST_DETOURS = 20
"""Searches for routes around full limits."""

_GAINS = 1e-3
"""Part of what is left that a search must carry, or it is the last."""


def scaled_down(routes: Routes, quantity: Floats) -> Floats:
    """Quantities cut in proportion wherever a limit is exceeded, shape (routes,)."""
    limits = routes.network.limits
    loads, kept = limit_loads(routes, quantity), np.ones(len(limits))
    np.divide(limits.capacity, loads, out=kept, where=loads > limits.capacity)
    used = sparse.coo_array(limit_usage(routes, np.flatnonzero(kept < 1.0)))
    share = np.ones(len(routes))
    np.minimum.at(share, used.row, kept[kept < 1.0][used.col])
    return quantity * share


def filled(routes: Routes, quantity: Floats, first: int = 0) -> Floats:
    """Quantities with what is left of shipments on routes that have room.

    Parameters
    ----------
    routes : Routes
        Known routes.
    quantity : ndarray, shape (routes,)
        What they carry: no limit is exceeded.
    first : int
        Number of the first route that may have room.
    """
    cargo, limits = routes.cargo, routes.network.limits
    rest = _left_to_carry(routes, quantity)
    wanted = (rest > 0.0)[routes.shipment] & (routes.cost < _unmet_cost(routes))
    wanted[:first] = False
    chosen = np.flatnonzero(wanted)
    priced = ~cargo.firm[routes.shipment[chosen]]
    chosen = chosen[np.lexsort((routes.cost[chosen], priced))]
    usage = limit_usage(routes.chosen(chosen), np.arange(len(limits)))
    room = np.maximum(limits.capacity - limit_loads(routes, quantity), 0.0).tolist()
    more, starts = np.zeros(len(chosen)), usage.indptr.tolist()
    passed, times = usage.indices.tolist(), usage.data.tolist()
    left = rest.tolist()  # One number at a time lists are quicker than arrays.
    for number, owner in enumerate(routes.shipment[chosen].tolist()):
        size = left[owner]
        own = range(starts[number], starts[number + 1])
        for place in own:
            most = room[passed[place]] / times[place]
            size = most if most < size else size
        if size > 0.0:
            for place in own:
                after = room[passed[place]] - size * times[place]
                room[passed[place]] = max(after, 0.0)
            left[owner] -= size
            more[number] = size
    result = quantity.copy()
    result[chosen] += more
    return result


def with_other_routes(
    routes: Routes,
    quantity: Floats,
    search: Callable[[Prices, Floats], Found],
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
    for _ in range(MOST_DETOURS):
        left = _left_to_carry(routes, quantity)
        if left.sum() <= 0.0:
            break
        try:
            fresh = _around_full_limits(routes, quantity, left > 0.0, search, prices)
        except OutOfTimeError:
            break
        known, routes = len(routes), joined([routes, fresh])
        quantity = np.concatenate([quantity, np.zeros(len(fresh))])
        quantity = filled(routes, quantity, known)
        if _left_to_carry(routes, quantity).sum() > (1.0 - _GAINS) * left.sum():
            break
    return routes, quantity


def _left_to_carry(routes: Routes, quantity: Floats) -> Floats:
    """Return what is left of each shipment, noise being none, shape (shipments,)."""
    left = left_by(routes, quantity)
    return np.where(left > _NONE_LEFT * routes.cargo.quantity, left, 0.0)


def _around_full_limits(
    routes: Routes,
    quantity: Floats,
    wanted: Mask,
    search: Callable[[Prices, Floats], Found],
    prices: Prices,
) -> Routes:
    """Return cheapest routes of the shipments wanted that pass no full limit."""
    capacity = routes.network.limits.capacity
    full = limit_loads(routes, quantity) >= (1.0 - _FULL) * capacity
    known = np.concatenate([routes.cost, prices.limits])
    closed = _CLOSED * (float(np.max(known, initial=0.0)) or 1.0)
    threshold = np.minimum(np.where(wanted, closed, 0.0), routes.cargo.unmet_cost)
    charged = replace(prices, limits=np.where(full, closed, prices.limits))
    return search(charged, threshold).routes.other_than(routes.fingerprint)


def _unmet_cost(routes: Routes) -> Floats:
    """Return what leaving a unit unmet costs, by route."""
    return routes.cargo.unmet_cost[routes.shipment]
