"""Whether a plan is feasible and its certificate proves that no plan is better."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from solver.solution.certificate import Certificate
from solver.verification.evidence import Evidence
from solver.verification.exact.amounts import ZERO, exactly
from solver.verification.figures.exposure import Answers
from solver.verification.movement.proved import unproved
from solver.verification.proved import Proof
from solver.verification.stages import ProvedStages
from solver.verification.world import World

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.earlier import EarlierPlan
    from solver.solution.plan import Plan
    from solver.verification.movement.proved import ProvedMovement
    from solver.verification.slopes.slopes import Slopes


def proof(
    instance: Instance, plan: Plan | None, certificate: Certificate | None
) -> Proof:
    """Proof that a plan is feasible and that none is better, recomputed exactly.

    Parameters
    ----------
    plan : Plan or None
        The plan; None if the certificate is to prove that there is none.
    certificate : Certificate or None
        Prices of every stage; None proves nothing.
    """
    with exactly():
        return Prover(World.of(instance), plan, certificate).proof()


class Prover:
    """Checks one plan and one certificate.

    Parameters
    ----------
    earlier : EarlierPlan, optional
        The plan that it is to be near.
    """

    def __init__(
        self,
        world: World,
        plan: Plan | None,
        certificate: Certificate | None,
        earlier: EarlierPlan | None = None,
    ) -> None:
        self.world, self.plan, self.earlier = world, plan, earlier
        self.certificate = Certificate(()) if certificate is None else certificate
        self._stages: ProvedStages | None = None

    def is_of(self, plan: Plan | None, certificate: Certificate | None) -> bool:
        """Whether it has proved this very plan, with these very stages."""
        stages = () if certificate is None else certificate.stages
        is_same = self.plan is plan and self.certificate.stages is stages
        return self._stages is not None and is_same

    def taken_over(
        self,
        plan: Plan | None,
        certificate: Certificate | None,
        earlier: EarlierPlan | None = None,
    ) -> Prover:
        """Return a prover on the same world, with what is proved of the same stages.

        Whatever else the certificate holds is for it to check.
        """
        fresh = Prover(self.world, plan, certificate, earlier)
        if self.is_of(plan, certificate):
            fresh._stages = self._stages
        return fresh

    # ---- what is proved

    @property
    def stages(self) -> ProvedStages:
        """The plan and its stages, checked."""
        if self._stages is None:
            place = self.world, self.plan, self.certificate.stages
            self._stages = ProvedStages(*place)
        return self._stages

    @cached_property
    def movement(self) -> ProvedMovement:
        """How much of an earlier plan's cargo moved, if there is one."""
        plan, given = self.stages.plan, self.certificate.movement
        if plan is None or self.earlier is None or self.stages.faults:
            return unproved(given, self.earlier)
        from solver.verification.movement.proof import MovementProof

        return MovementProof(plan, self.earlier).proved(given)

    @property
    def slopes(self) -> Slopes | None:
        """Checks of what one more and one less do; None if the plan is not proved."""
        return None if self.movement.shortfalls else self.stages.slopes

    @property
    def evidence(self) -> Evidence | None:
        """What the figures of the result follow from; None without a plan."""
        plan, slopes = self.stages.plan, self.slopes
        if plan is None:
            return None
        given = self.certificate.one_sided
        proved = None if slopes is None else slopes.proved(given)
        return Evidence(plan, self.stages.refined, proved)

    @property
    def answers(self) -> Answers | None:
        """What is proved about exposure; None without a plan."""
        plan = self.stages.plan
        return None if plan is None else Answers(plan, self.certificate.exposure)

    def proof(self) -> Proof:
        """Check the plan, every stage, what one more does, and what moved."""
        stages, plan = self.stages, self.stages.plan
        if not stages.is_read:
            return Proof(faults=tuple(stages.faults))
        moved, slopes = self.movement, self.slopes
        of_slopes = [] if slopes is None else slopes.faults(self.certificate.one_sided)
        classes = self.world.cargo.classes
        left = (ZERO,) * len(classes) if plan is None else plan.unmet.by_class
        unmet = dict(zip(classes, map(Fraction, left), strict=True))
        parts = {} if plan is None else plan.cost_parts
        bounds = [*map(Fraction, stages.bounds)]
        pairs = [*zip(stages.stages, bounds, strict=False)]
        least = {s.priority: b for s, b in pairs if s.objective == "unmet"}
        return Proof(
            faults=(*stages.faults, *of_slopes, *moved.faults),
            shortfalls=(*stages.shortfalls, *moved.shortfalls),
            cost=None if plan is None else Fraction(plan.cost),
            cost_parts={part: Fraction(cost) for part, cost in parts.items()},
            penalties=None if plan is None else plan.penalties,
            unmet=unmet,
            firm=Fraction(self.world.cargo.firm_demand),
            leaves_unmet=stages.leaves_unmet,
            stages=tuple(bounds),
            least_unmet=least,
            exact_bound=next((b for s, b in pairs if s.objective == "cost"), None),
            movement=moved,
            small_cost=self.world.small_cost,
        )
