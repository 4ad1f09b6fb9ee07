"""Further routes for cargo of which its own routes leave a rest.

Parts that must be equal to the last digit, and limits that are full to it, leave a rest
of cargo that knows one way only, though another way would take it. Such a way passes by
one of the values that rules count, or by the full limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import joined, limit_loads
from solver.pricing.prices import Prices
from solver.rules.rule_set import ValueCoefficient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.problem.rules import By
    from solver.solving.prepared import Prepared

_DEAR = 1e3
"""Price of what is to be avoided, in multiples of the dearest route."""

_FULL = 1.0 - 1e-9
"""Part of a limit from which it is full."""


def other_routes(
    whole: Prepared, routes: Routes, quantity: Floats, shipments: Ints
) -> Routes:
    """Cheapest routes of some shipments that avoid what theirs count in.

    Parameters
    ----------
    routes : Routes
        Routes that are known.
    quantity : ndarray, shape (routes,)
        What they carry.
    shipments : ndarray of int
        Shipments that want other routes.

    Returns
    -------
    Routes
        None of those that are known.

    Raises
    ------
    OutOfTimeError
        If the deadline of searches passes.
    """
    threshold = np.full(len(whole.cargo), -np.inf)
    threshold[shipments] = np.inf
    used = np.isin(routes.shipment, shipments) & (quantity > 0.0)
    own = routes.chosen(np.flatnonzero(used))
    found = [
        whole.pricer.search(prices, threshold).routes
        for prices in _avoiding(whole, routes, quantity, own)
    ]
    fresh = joined([routes.chosen(np.zeros(0, dtype=int)), *found])
    _, first = np.unique(fresh.fingerprint, return_index=True)
    different = fresh.chosen(first)
    return different.other_than(routes.fingerprint)


def _avoiding(
    whole: Prepared, routes: Routes, quantity: Floats, own: Routes
) -> Iterator[Prices]:
    """Yield prices at which each of the things that routes count in is dear."""
    limits = whole.network.limits
    dear = _DEAR * float(np.max(own.cost, initial=0.0)) or 1.0
    full = limit_loads(routes, quantity) >= _FULL * limits.capacity
    if full.any():
        yield Prices(np.where(full, dear, 0.0), {})
    nothing = np.zeros(len(limits))
    for by, value in _counted(whole, own):
        yield Prices(nothing, {}, coefficient=ValueCoefficient(by, value, dear))


def _counted(whole: Prepared, own: Routes) -> Iterator[tuple[By, int]]:
    """Yield what rules that must hold count of routes."""
    hard = (row.scope.rule.by for row in whole.rules.rows if not row.is_soft)
    for by in dict.fromkeys(hard):
        carried = whole.rules.carried(own, by).sum(axis=0)
        yield from ((by, value) for value in np.flatnonzero(carried).tolist())
