"""Which start a solve takes, where shipments are many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.pricing.prices import Prices
from solver.solving.interior.interior_start import STEPS, InteriorStart
from solver.solving.start.bounding_search import BoundingSearch
from solver.solving.start.dual_ascent import num_broken
from solver.solving.start.origin_flows import OriginFlows

if TYPE_CHECKING:
    from solver.pricing.pricer import Pricer
    from solver.rules.sums import RuleSums
    from solver.solving.start.seed import Seed

VERY_MANY_BROKEN = 100
"""Limits that cheapest routes break from which an interior point pays."""


def first_routes(
    pricer: Pricer,
    sums: RuleSums,
    deadline: float = np.inf,
    settled_by: float = np.inf,
) -> Seed | None:
    """Return routes and limits to begin with; None if that fails.

    The first search is made whatever the deadline: all else begins with it.

    Parameters
    ----------
    pricer, sums
        What finds routes, and what tells how they stand to rules.
    deadline, settled_by : float
        Moments, on the monotonic clock, at which what is known must do, and until which
        a plan may be sought among that.
    """
    search = BoundingSearch(pricer)
    nothing = Prices(np.zeros(len(pricer.network.limits)), {})
    pricer.deadline = np.inf
    routes, bound = search(nothing)
    pricer.deadline = deadline
    unpriced, penalty = search.latest, search.penalise(routes)
    is_hard = not pricer.rules.rows and num_broken(routes) >= VERY_MANY_BROKEN
    if is_hard and search.has_time(STEPS, deadline):
        found = InteriorStart(search, routes, deadline).seed()
        if found is not None:
            return replace(found, unpriced=unpriced)
    flows = OriginFlows(search, sums, deadline, settled_by)
    found = flows.seed(routes, bound, penalty)
    if found is None:
        return None
    return replace(found, unpriced=unpriced, settled=flows.settled)
