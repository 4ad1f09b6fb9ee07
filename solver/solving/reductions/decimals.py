"""The numbers of a solve, which are floats, published as decimals."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import joined, routes_of_plan
from solver.pricing.tree_search import OutOfTimeError
from solver.solution.status import Status
from solver.solution.tolerances import REST
from solver.solving.plan_to_decimals import NEGLIGIBLE, published_plan

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.solution.plan import Plan
    from solver.solution.solution import Solution
    from solver.solving.prepared import Prepared


@dataclass(frozen=True, slots=True, eq=False)
class Decimals:
    """An instance whose plans may hold any floats, made of one of decimals.

    Parameters
    ----------
    reduced : Prepared
        The instance: the same for both.
    """

    reduced: Prepared

    def project(self, plan: Plan) -> Plan:
        """Return the plan itself: decimals are floats."""
        return plan

    def invert(self, solution: Solution) -> Solution:
        """Return a solution in decimals that keep every limit and linear rule exactly.

        Parameters
        ----------
        solution : Solution
            Its plan has all routes that may carry something, those of no flow too.
        """
        if solution.plan is None:
            return solution
        network, cargo = self.reduced.network, self.reduced.cargo
        routes, quantity = (
            routes_of_plan(network, cargo, solution.plan),
            solution.plan.quantity,
        )
        plan = published_plan(routes, quantity, self.reduced.rules)
        rests = self._rests(plan, routes, quantity)
        if len(rests) and solution.status is not Status.LIMIT:
            from solver.solving.reductions.other_routes import other_routes

            with suppress(OutOfTimeError):
                more = other_routes(self.reduced, routes, quantity, rests)
                none = np.zeros(len(more))
                routes, quantity = (
                    joined([routes, more]),
                    np.concatenate([quantity, none]),
                )
                plan = published_plan(routes, quantity, self.reduced.rules)
        return replace(solution, plan=plan)

    def _rests(self, plan: Plan, routes: Routes, quantity: Floats) -> Ints:
        """Shipments of which more is left for want of digits than may be."""
        size = self.reduced.cargo.quantity
        carried = np.bincount(routes.shipment, quantity, len(size))
        is_rest = size - carried <= NEGLIGIBLE * size
        return np.flatnonzero(is_rest & (plan.unmet > REST * size))
