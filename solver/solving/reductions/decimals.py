"""The numbers of a solve, which are floats, published as decimals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.network.routes import routes_of_plan
from solver.records import dataclass
from solver.solving.plan_to_decimals import published_plan

if TYPE_CHECKING:
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
        routes = routes_of_plan(network, cargo, solution.plan)
        plan = published_plan(routes, solution.plan.quantity, self.reduced.rules)
        return replace(solution, plan=plan)
