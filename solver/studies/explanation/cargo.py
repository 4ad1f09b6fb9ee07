"""Why cargo goes where it goes: its routes, what they pay, and what others lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import joined
from solver.studies.explanation.alternatives import alternatives
from solver.studies.explanation.next_best import NextBest
from solver.studies.explanation.price_face import Extreme

if TYPE_CHECKING:
    from scipy import sparse

    from solver.arrays import Floats, Mask
    from solver.network.routes import Routes
    from solver.studies.explanation.price_face import PriceFace
    from solver.studies.explanation.proved_plan import ProvedPlan


@dataclass(frozen=True, slots=True, eq=False)
class ExplainedRoutes:
    """Routes of some shipments with all that they pay, arrays by route.

    Parameters
    ----------
    routes : Routes
        Ordered by shipment: first those that the plan takes, the largest quantity
        first, then the best one not taken of every corridor.
    quantity : ndarray, shape (routes,)
        What they carry; 0 for those not taken.
    charges : sparse matrix, shape (routes, priced limits)
        Money per unit for each limit of `ProvedPlan.priced_limits`.
    rule_charges : ndarray, shape (routes, priced rows)
        Money per unit for each row of `ProvedPlan.priced_rows`; negative: a reward.
    pays : ndarray, shape (routes,)
        Generalised cost and all charges.
    beyond : ndarray, shape (routes,)
        Reduced cost: what a route pays beyond the least of its shipment.
    lacks : list of Extreme or None
        What each route not taken lacks; None for those taken, or if it is not known.
    given_up : list of (int, int)
        As in `NextBest`.
    """

    routes: Routes
    quantity: Floats
    charges: sparse.csr_array
    rule_charges: Floats
    pays: Floats
    beyond: Floats
    lacks: list[Extreme | None]
    given_up: list[tuple[int, int]]


def explained_routes(
    proved: ProvedPlan, chosen: Mask, face: PriceFace | None
) -> ExplainedRoutes:
    """Return the routes of shipments, taken and not, with what they pay and lack.

    Parameters
    ----------
    proved : ProvedPlan
        The plan.
    chosen : ndarray of bool, shape (shipments,)
        Shipments wanted.
    face : PriceFace or None
        All prices that prove the plan; without, nothing is said of what routes lack.
    """
    flows = np.flatnonzero(chosen[proved.plan.shipment])
    taken = proved.routes.chosen(flows)
    search = NextBest(proved)
    next_best = search.routes(chosen)
    others = not_taken(joined([alternatives(proved, chosen), next_best]), taken)
    routes = joined([taken, others])
    quantity = np.append(proved.plan.quantity[flows], np.zeros(len(others)))
    last = len(proved.known.network.corridor_names) - 1
    corridor = np.where(routes.corridor < 0, last, routes.corridor)
    order = np.lexsort((corridor * (quantity == 0), -quantity, routes.shipment))
    routes, quantity = routes.chosen(order), quantity[order]
    idle = np.flatnonzero(quantity == 0)
    lacks: list[Extreme | None] = [None] * len(routes)
    found = face.lacks(routes.chosen(idle)) if face is not None else []
    for place, own in zip(idle.tolist(), found, strict=False):
        lacks[place] = own
    pays = proved.pays(routes)
    least = np.minimum(proved.least, proved.unmet_price)[routes.shipment]
    return ExplainedRoutes(
        routes=routes,
        quantity=quantity,
        charges=proved.charges(routes),
        rule_charges=proved.rule_charges(routes),
        pays=pays,
        beyond=pays - least,
        lacks=lacks,
        given_up=search.given_up,
    )


def not_taken(routes: Routes, taken: Routes) -> Routes:
    """Return those of some routes that are none of those taken, each once."""
    known = set(taken.fingerprint.tolist())
    fresh = []
    for number, own in enumerate(routes.fingerprint.tolist()):
        if own not in known:
            known.add(own)
            fresh.append(number)
    return routes.chosen(np.array(fresh, dtype=int))
