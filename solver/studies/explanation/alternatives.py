"""The cheapest route of each shipment in every corridor, at given prices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import joined
from solver.rules.rule_set import ValueCoefficient

if TYPE_CHECKING:
    from solver.arrays import Mask
    from solver.network.routes import Routes
    from solver.pricing.prices import Prices
    from solver.solving.prepared import Prepared
    from solver.studies.explanation.proved_plan import ProvedPlan


def alternatives(proved: ProvedPlan, chosen: Mask) -> Routes:
    """Return the cheapest route in every corridor of some shipments.

    Parameters
    ----------
    proved : ProvedPlan
        The plan, at whose prices routes are compared.
    chosen : ndarray of bool, shape (shipments,)
        Shipments wanted.

    Returns
    -------
    Routes
        Ordered by shipment, then by corridor (`none` last); a corridor without a route
        is missing.
    """
    known = proved.known
    count = len(known.network.corridor_names)
    found = [
        in_corridor(known, proved.prices, chosen, corridor) for corridor in range(count)
    ]
    routes = joined(found)
    corridor = np.where(routes.corridor < 0, count - 1, routes.corridor)
    return routes.chosen(np.lexsort((corridor, routes.shipment)))


def in_corridor(known: Prepared, prices: Prices, chosen: Mask, corridor: int) -> Routes:
    """Return the cheapest route of each shipment that uses one corridor.

    Using the corridor is rewarded with more than any route could cost beyond another,
    so that what a search finds uses it, if any route does.
    """
    reward = ValueCoefficient("corridor", corridor, -_beyond_all(known, prices))
    threshold = np.where(chosen, np.inf, -np.inf)
    found = known.pricer.search(replace(prices, coefficient=reward), threshold).routes
    last = len(known.network.corridor_names) - 1
    own = np.where(found.corridor < 0, last, found.corridor) == corridor
    return found.chosen(np.flatnonzero(own & chosen[found.shipment]))


def _beyond_all(known: Prepared, prices: Prices) -> float:
    """Money per unit by which no route can cost more than another.

    A route takes a step once: it costs at most the sum of all steps and of what limits
    and rules charge for each.
    """
    steps, limits = known.network.steps.cost, known.network.limits
    dearest = np.where(np.isfinite(steps), steps, 0.0).max(axis=0, initial=0.0).sum()
    uses = np.asarray(limits.usage.sum(axis=1)).ravel()[limits.base]
    total = float(dearest + prices.limits @ uses)
    for number, price in prices.rules.items():
        row = known.rules.rows[number]
        form = row.linear(prices.weights.get(number))
        size = np.abs(form.values).sum() + abs(form.base)
        total += float(price * size * row.scope.weight.max(initial=0.0))
    return 1.0 + 2.0 * total
