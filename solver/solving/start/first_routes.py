"""Which start a solve takes, where shipments are many."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.pricing.prices import Prices
from solver.solving.start.bounding_search import BoundingSearch
from solver.solving.start.dual_ascent import num_broken
from solver.solving.start.origin_flows import OriginFlows

if TYPE_CHECKING:
    from solver.pricing.cheapest import Cheapest
    from solver.pricing.pricer import Pricer
    from solver.rules.sums import RuleSums
    from solver.solving.start.seed import Seed

VERY_MANY_BROKEN = 100
"""Limits that cheapest routes break from which an interior point pays."""


START_SHARE, DETOURS = 0.85, 10
"""Part of the time that a start may take, if that leaves time for so many searches that
make a plan better; but half of what there is after its first search in any case."""

DETOUR_SECONDS = 0.4
"""Seconds of these searches that are there besides."""

AGAIN = 0.6
"""Part of what the first search takes that another does: it builds graphs."""

SETTLING = 0.2
"""Seconds after all of the time until which flows may be mixed into a plan; what is
left of them makes that plan better."""


def first_routes(pricer: Pricer, sums: RuleSums, end: float = np.inf) -> Seed | None:
    """Return routes and limits to begin with; None if that fails.

    The first search is made whatever the deadline: all else begins with it. If there is
    no time for another, and no rule, its routes are all.

    Parameters
    ----------
    pricer, sums
        What finds routes, and what tells how they stand to rules.
    end : float
        Moment, on the monotonic clock, at which a plan must be made of what is known.
    """
    search = BoundingSearch(pricer)
    nothing = Prices(np.zeros(len(pricer.network.limits)), {})
    began, pricer.deadline = time.monotonic(), np.inf
    routes, bound = search(nothing)
    deadline = pricer.deadline = _deadline(began, search.seconds, end)
    unpriced, penalty = search.latest, search.penalise(routes.routes)
    is_hard = not pricer.rules.rows and num_broken(routes) >= VERY_MANY_BROKEN
    if is_hard:
        found = _from_inside(search, routes, deadline)
        if found is not None:
            return replace(found, unpriced=unpriced, seconds=search.seconds)
    flows = OriginFlows(search, sums, deadline, end + SETTLING)
    if not (pricer.rules.rows or search.has_time(1, deadline)):
        seconds = AGAIN * search.seconds
        return replace(flows.only(), unpriced=unpriced, seconds=seconds)
    found = flows.seed(routes, bound, penalty)
    if found is None:
        return None
    return replace(
        found, unpriced=unpriced, settled=flows.settled, seconds=search.seconds
    )


def _from_inside(
    search: BoundingSearch, routes: Cheapest, deadline: float
) -> Seed | None:
    """Return what a point inside leads to; None if that fails or takes too long."""
    from solver.solving.interior.interior_start import STEPS, InteriorStart

    if not search.has_time(STEPS, deadline):
        return None
    return InteriorStart(search, routes, deadline).seed()


def _deadline(began: float, seconds: float, end: float) -> float:
    """Moment at which a start must end, by what its first search takes."""
    if end == np.inf:
        return end
    wanted = min(DETOURS * seconds - DETOUR_SECONDS, 0.5 * (end - began - seconds))
    return end - max((1.0 - START_SHARE) * (end - began), wanted)
