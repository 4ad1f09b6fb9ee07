"""Whether a right-hand side moves and firm demand still leaves as much unmet.

A price tells what the least cost changes by while every class of firm demand leaves
what it does. Where one more lets a class leave less, there is no such price but a
relief: prices of the stage `unmet` must prove that there is none.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from solver.solution.keys import ShipmentKey
from solver.solution.tolerances import SLOPE
from solver.verification.exact.amounts import decimal
from solver.verification.exact.margins import least_to_prove
from solver.verification.slopes.moves import price_slope, sign_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.solution.slopes import Slope
    from solver.verification.bound.refinement import Refinement
    from solver.verification.plan import ExactPlan


class SteadyUnmet:
    """Proofs that no class leaves less as a right-hand side moves.

    Parameters
    ----------
    published : sequence of Refinement
        Bounds of the stages `unmet` of the certificate, which prove what it leaves.
    """

    def __init__(self, plan: ExactPlan, published: Sequence[Refinement]) -> None:
        self.world, self.published = plan.world, published
        self.left = plan.unmet.beyond_rests

    def fault(self, slope: Slope, given: Sequence[tuple[Refinement, Fraction]]) -> str:
        """Say what is not proved; blank if a slope changes nothing of what is left.

        Parameters
        ----------
        slope : Slope
            Its key is one of the instance.
        given : sequence of (Refinement, Fraction)
            Bounds of its own prices of objective `unmet`, and their totals.
        """
        classes = self.world.cargo.classes
        for priority, left in zip(classes, self.left, strict=True):
            goal = Fraction(least_to_prove(left))
            proofs = [*self.published, *(own for own, total in given if total >= goal)]
            if left > 0 and not any(
                own.stage.priority == priority and self._is_steady(slope, own)
                for own in proofs
            ):
                return "no proof that firm demand leaves as much unmet"
        return ""

    def _is_steady(self, slope: Slope, bound: Refinement) -> bool:
        """Whether a bound does not fall as the right-hand side moves."""
        rise = sign_of(slope) * price_slope(self.world, slope.key, bound)
        is_of_demand = isinstance(slope.key, ShipmentKey)
        return rise >= (-Fraction(decimal(SLOPE)) if is_of_demand else 0)
