"""Which start a solve takes, where shipments are many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.pricing.pricer import OutOfTimeError
from solver.pricing.prices import Prices
from solver.solving.interior.interior_start import InteriorStart
from solver.solving.start.bounding_search import BoundingSearch
from solver.solving.start.dual_ascent import excess_of
from solver.solving.start.origin_flows import OriginFlows

if TYPE_CHECKING:
    from solver.pricing.pricer import Pricer
    from solver.rules.sums import RuleSums
    from solver.solving.start.seed import Seed

VERY_MANY_BROKEN = 100
"""Limits that cheapest routes break from which an interior point pays."""


def first_routes(
    pricer: Pricer, sums: RuleSums, deadline: float = np.inf
) -> Seed | None:
    """Return routes and limits to begin with; None if that fails.

    Parameters
    ----------
    pricer, sums
        What finds routes, and what tells how they stand to rules.
    deadline : float
        Moment, on the monotonic clock, at which what is known must do.
    """
    search = BoundingSearch(pricer)
    nothing = Prices(np.zeros(len(pricer.network.limits)), {})
    try:
        routes, bound = search(nothing)
    except OutOfTimeError:
        return None
    unpriced, penalty = search.latest, search.penalise(routes)
    if not pricer.rules.rows and (excess_of(routes) > 0.0).sum() >= VERY_MANY_BROKEN:
        found = InteriorStart(search, routes, deadline).seed()
        if found is not None:
            return replace(found, unpriced=unpriced)
    found = OriginFlows(search, sums, deadline).seed(routes, bound, penalty)
    return None if found is None else replace(found, unpriced=unpriced)
