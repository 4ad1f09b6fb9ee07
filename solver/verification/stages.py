"""A plan and the stages of its certificate, checked: what proves the plan itself."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from solver.solution.tolerances import GAP
from solver.verification.bound.bound import bound_at
from solver.verification.bound.price_faults import price_faults
from solver.verification.bound.prices import ExactPrices
from solver.verification.bound.refinement import Refinement
from solver.verification.exact.amounts import ZERO, decimal
from solver.verification.exact.margins import least_to_prove
from solver.verification.facts.flows import PlanFlows, malformed
from solver.verification.plan import ExactPlan, plan_faults
from solver.verification.slopes.slopes import Slopes

if TYPE_CHECKING:
    from solver.solution.certificate import Stage
    from solver.solution.plan import Plan
    from solver.verification.world import World


_GAP = Fraction(decimal(GAP))


class ProvedStages:
    """Checks one plan and the stages of one certificate.

    Parameters
    ----------
    plan : Plan or None
        The plan; None if the stages are to prove that there is none.

    Attributes
    ----------
    is_read : bool
        Whether the plan could be read at all, if there is one.
    plan : ExactPlan or None
        The plan, if it could.
    faults, shortfalls : list of str
        What is wrong, and what sound prices fail to prove.
    refined : list of Refinement
        Bounds of the stages; none where one of them is wrong.
    bounds : list of Decimal
        What the stages prove, likewise.
    leaves_unmet : bool
        Whether it is proved that firm demand must stay unmet.
    """

    def __init__(
        self, world: World, plan: Plan | None, stages: tuple[Stage, ...]
    ) -> None:
        self.world, self.stages = world, stages
        self.plan: ExactPlan | None = None
        self.shortfalls: list[str] = []
        self.refined: list[Refinement] = []
        self.bounds: list[Decimal] = []
        self.leaves_unmet = False
        broken = plan is not None and malformed(plan, world.elements, world.cargo)
        self.faults = [broken] if broken else []
        self.is_read = not broken
        if self.is_read:
            self._check(plan)

    @cached_property
    def slopes(self) -> Slopes | None:
        """Checks of what one more and one less do; None if the plan is not proved.

        Bounds that it has found of sets of prices are not found again.
        """
        plan = self.plan
        if plan is None or self.faults or self.shortfalls:
            return None
        cost = next(stage for stage in self.stages if stage.objective == "cost")
        pairs = zip(self.stages, self.refined, strict=False)
        unmet = [refined for stage, refined in pairs if stage.objective == "unmet"]
        return Slopes(plan, cost, unmet)

    def sharpest(self) -> float | None:
        """Bound of the first stage, as sharp as it gets; None without stages."""
        if not self.refined:
            return None
        return float(self.refined[0].reach(Decimal("Infinity")))

    def _check(self, plan: Plan | None) -> None:
        """Check the plan, then every stage."""
        if plan is not None:
            flows = PlanFlows(plan, self.world.elements, self.world.cargo)
            self.plan = ExactPlan.of(self.world, flows)
            self.faults += plan_faults(self.plan)
        self._check_order()
        if self.faults:
            return
        for stage in self.stages:
            self.faults += price_faults(self.world, stage)
        if self.faults:
            return
        self.bounds = [self._bound(stage) for stage in self.stages]
        for stage, bound in zip(self.stages, self.bounds, strict=True):
            self._compare(stage, bound)

    def _check_order(self) -> None:
        """Stages stand in order, and none is missing."""
        found = [(stage.objective, stage.priority) for stage in self.stages]
        if self.plan is None:
            if found != [("rules", None)]:
                self.shortfalls.append("certificate.json: no stage for the rules")
            return
        classes, unmet = self.world.cargo.classes, self.plan.unmet
        beyond = zip(classes, unmet.beyond_rests, strict=True)
        needed = [("unmet", name) for name, left in beyond if left > 0]
        order = [*(("unmet", priority) for priority in classes), ("cost", None)]
        if not all(stage in order for stage in found):
            self.faults.append("certificate.json: a stage that has no place here")
            return
        left = dict(zip(classes, unmet.by_class, strict=True))
        for objective, priority in found:
            if objective == "unmet" and not left[priority]:
                what = f"a stage for class {priority}, which leaves nothing unmet"
                self.faults.append(f"certificate.json: {what}")
                return
        places = [order.index(stage) for stage in found]
        if places != sorted(set(places)):
            self.faults.append("certificate.json: the stages are not in order")
        missing = [stage for stage in (*needed, ("cost", None)) if stage not in found]
        self.shortfalls += (f"certificate.json: no stage {name}" for name in missing)

    def _bound(self, stage: Stage) -> Decimal:
        """Return what a stage proves, as far as it takes to see that it suffices."""
        nothing = (ZERO,) * len(self.world.cargo.classes)
        kept = nothing if self.plan is None else self.plan.unmet.by_class
        prices = ExactPrices(self.world, stage, kept)
        if not len(self.world.cargo):
            return -prices.constant  # The sum over shipments is empty.
        flows = None if self.plan is None else self.plan.flows
        refined = Refinement(bound_at(prices), flows)
        self.refined.append(refined)
        return refined.reach(self._goal(stage))

    def _goal(self, stage: Stage) -> Decimal | Fraction:
        """Bound that a stage must reach."""
        if self.plan is None or stage.objective == "rules":
            return ZERO
        if stage.objective == "unmet":
            number = self.world.cargo.classes.index(stage.priority)
            return least_to_prove(self.plan.unmet.beyond_rests[number])
        objective = self.plan.objective
        return objective - _GAP * max(self.world.small_cost, abs(objective))

    def _compare(self, stage: Stage, bound: Decimal) -> None:
        """Note what a stage proves, or fails to."""
        if stage.objective == "unmet" and bound > 0:
            self.leaves_unmet = True
        goal = self._goal(stage)
        if bound < goal or (stage.objective == "rules" and bound == goal):
            what = f"stage {stage.objective!r} proves {float(bound)!r} only"
            self.shortfalls.append(f"certificate.json: {what}")
