"""Whether a plan is feasible and its certificate proves that no plan is better."""

from __future__ import annotations

from copy import copy
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from solver.records import dataclass
from solver.solution.certificate import OneSided
from solver.solution.tolerances import GAP
from solver.verification.bound.bound import Bound
from solver.verification.bound.price_faults import price_faults
from solver.verification.bound.prices import ExactPrices
from solver.verification.bound.refinement import Refinement
from solver.verification.evidence import Evidence
from solver.verification.exact.amounts import ZERO, decimal, exactly
from solver.verification.exact.margins import least_to_prove
from solver.verification.facts.flows import PlanFlows, malformed
from solver.verification.figures.exposure import Answers
from solver.verification.movement.proof import MovementProof, ProvedMovement, unproved
from solver.verification.plan import cost_parts, penalties, plan_faults, unmet_of
from solver.verification.slopes.slopes import Slopes
from solver.verification.world import World

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.certificate import Certificate, Stage
    from solver.solution.earlier import EarlierPlan
    from solver.solution.plan import Plan
    from solver.verification.rules.row import Carried


_GAP = Fraction(decimal(GAP))


@dataclass(frozen=True, slots=True)
class UnmetBound:
    """What must stay unmet in a class of firm demand, and what does."""

    priority: int | None
    unmet: Fraction
    bound: Fraction


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proved about a plan by instance, plan and certificate alone.

    Parameters
    ----------
    faults : tuple of str
        What is wrong with the plan or the certificate.
    shortfalls : tuple of str
        What a sound certificate fails to prove.
    cost : Fraction or None
        Cost of the plan; None without a plan.
    cost_parts : dict of str to Fraction
        Its parts.
    penalties : Fraction or None
        What it pays for rules it breaks, beside its cost; None without a plan.
    unmet : dict of (int or None) to Fraction
        What stays unmet, by priority of firm demand.
    leaves_unmet : bool
        Whether it is proved that firm demand must stay unmet.
    stages : tuple of Fraction
        Bound of each stage of the certificate.
    movement : ProvedMovement
        How much of an earlier plan's cargo moved, and how little could.
    """

    faults: tuple[str, ...] = ()
    shortfalls: tuple[str, ...] = ()
    cost: Fraction | None = None
    cost_parts: dict[str, Fraction] = field(default_factory=dict)
    penalties: Fraction | None = None
    unmet: dict[int | None, Fraction] = field(default_factory=dict)
    leaves_unmet: bool = False
    stages: tuple[Fraction, ...] = ()
    movement: ProvedMovement = field(default_factory=ProvedMovement)
    _unmet_bounds: tuple[UnmetBound, ...] = ()
    _bound: Fraction | None = None

    @property
    def passed(self) -> bool:
        """Whether plan and certificate are sound and prove the plan optimal."""
        return not self.failures

    @property
    def failures(self) -> tuple[str, ...]:
        """Faults and shortfalls."""
        return (*self.faults, *self.shortfalls)

    @property
    def objective(self) -> Fraction | None:
        """Cost and penalties of the plan; None without a plan."""
        if self.cost is None or self.penalties is None:
            return None
        return self.cost + self.penalties

    @property
    def bound(self) -> float | None:
        """No plan that leaves as little unmet costs less, penalties included.

        None if nothing is proved.
        """
        return None if self._bound is None else float(self._bound)

    @property
    def gap(self) -> float | None:
        """How far cost and penalties are from their bound, relative to max(1, them)."""
        if self.objective is None or self._bound is None:
            return None
        missing = max(Fraction(0), self.objective - self._bound)
        return float(missing / max(Fraction(1), abs(self.objective)))

    @property
    def unmet_bounds(self) -> tuple[dict[str, float | None], ...]:
        """For each stage `unmet`: priority, quantity unmet and its bound."""
        return tuple(
            {
                "priority": found.priority,
                "unmet": float(found.unmet),
                "bound": float(found.bound),
            }
            for found in self._unmet_bounds
        )


def proof(
    instance: Instance, plan: Plan | None, certificate: Certificate | None
) -> Proof:
    """Proof that a plan is feasible and that none is better, recomputed exactly.

    Parameters
    ----------
    instance : Instance
        A checked instance.
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
    world : World
        The instance.
    plan : Plan or None
        The plan.
    certificate : Certificate or None
        Prices of every stage.
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
        self.world, self.earlier = world, earlier
        self.movement = None if certificate is None else certificate.movement
        self.plan = plan
        self.stages = () if certificate is None else certificate.stages
        self.one_sided = OneSided() if certificate is None else certificate.one_sided
        self.asked = () if certificate is None else certificate.exposure
        self.faults: list[str] = []
        self.shortfalls: list[str] = []
        self.flows: PlanFlows | None = None
        self.refined: list[Refinement] = []
        self.carried: list[Carried] = []
        self.parts: dict[str, Decimal] = {}
        self.penalties = Fraction(0)
        self.unmet: tuple[Decimal, ...] = (ZERO,) * len(world.cargo.classes)
        self.beyond_rests = self.unmet
        self.leaves_unmet = False
        self._bounds: list[Decimal | None] | None = None
        self._slopes: Slopes | None = None
        self._known_movement: ProvedMovement | None = None

    def is_of(self, plan: Plan | None, certificate: Certificate | None) -> bool:
        """Whether it has proved this very plan, with these very stages."""
        stages = () if certificate is None else certificate.stages
        return self._bounds is not None and self.plan is plan and self.stages is stages

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
        if not self.is_of(plan, certificate):
            return fresh
        known = copy(self)
        known.faults, known.shortfalls = [*self.faults], [*self.shortfalls]
        known.refined = [*self.refined]
        known.one_sided, known.asked = fresh.one_sided, fresh.asked
        known.movement, known.earlier = fresh.movement, earlier
        known._known_movement = None  # noqa: SLF001 - its own copy
        return known

    def proof(self) -> Proof:
        """Check the plan, then every stage."""
        if self._bounds is None:
            broken = self._check()
            if broken:
                return Proof(faults=(broken,))
        slopes = self.slopes
        if not self.faults and slopes is not None:
            self.faults += slopes.faults(self.one_sided)
        return self._result(self._bounds or [], self._moved())

    def _moved(self) -> ProvedMovement:
        """Check how much of an earlier plan's cargo moved, if there is one."""
        if self.flows is None or self.earlier is None or self.faults:
            return unproved(self.movement, self.earlier)
        if self._known_movement is None:
            given = self.world, self.flows, self.earlier, self.unmet, self.objective
            self._known_movement = MovementProof(*given).proved(self.movement)
        return self._known_movement

    def _check(self) -> str:
        """Check the plan and every stage; say what keeps the plan from being one."""
        if self.plan is not None:
            elements, cargo = self.world.elements, self.world.cargo
            broken = malformed(self.plan, elements, cargo)
            if broken:
                return broken
            self._check_plan(PlanFlows(self.plan, elements, cargo))
        self._check_order()
        bounds = [] if self.faults else [self._bound(stage) for stage in self.stages]
        if not self.faults:
            for stage, bound in zip(self.stages, bounds, strict=True):
                self._compare(stage, bound)
        self._bounds = bounds
        return ""

    @property
    def cost(self) -> Decimal:
        """Cost of the plan."""
        return sum(self.parts.values(), ZERO)

    @property
    def objective(self) -> Fraction:
        """Cost and penalties of the plan."""
        return Fraction(self.cost) + self.penalties

    @property
    def evidence(self) -> Evidence | None:
        """What the figures of the result follow from; None without a plan."""
        if self.flows is None:
            return None
        slopes = None if self.slopes is None else self.slopes.proved(self.one_sided)
        return Evidence(self.world, self.flows, self.carried, self.refined, slopes)

    @property
    def slopes(self) -> Slopes | None:
        """Checks of what one more and one less do; None if the plan is not proved.

        Bounds that it has found of sets of prices are not found again.
        """
        if self.flows is None or self.faults or self.shortfalls:
            return None
        if self._moved().shortfalls:
            return None
        if self._slopes is None:
            stage = next(s for s in self.stages if s.objective == "cost")
            place = self.world, self.flows, self.carried, self.unmet
            self._slopes = Slopes(*place, self.objective, stage)
        return self._slopes

    @property
    def answers(self) -> Answers | None:
        """What is proved about exposure; None without a plan."""
        if self.flows is None:
            return None
        objective = self.objective
        return Answers(self.world, self.flows, self.unmet, objective, self.asked)

    def sharpest(self) -> float | None:
        """Bound of the first stage, as sharp as it gets; None without stages."""
        if not self.refined:
            return None
        return float(self.refined[0].reach(Decimal("Infinity")))

    def _check_plan(self, flows: PlanFlows) -> None:
        self.flows = flows
        self.carried = self.world.rules.carried(flows)
        self.faults += plan_faults(self.world, flows, self.carried)
        self.parts = cost_parts(self.world, flows)
        self.penalties = penalties(self.world, self.carried)
        unmet = unmet_of(self.world, flows.unmet)
        self.unmet, self.beyond_rests = unmet.by_class, unmet.beyond_rests

    # ---- stages

    def _check_order(self) -> None:
        """Stages stand in order, and none is missing."""
        found = [(stage.objective, stage.priority) for stage in self.stages]
        if self.plan is None:
            if found != [("rules", None)]:
                self.shortfalls.append("certificate.json: no stage for the rules")
            return
        classes = self.world.cargo.classes
        unmet = zip(classes, self.beyond_rests, strict=True)
        needed = [("unmet", name) for name, left in unmet if left > 0]
        order = [*(("unmet", priority) for priority in classes), ("cost", None)]
        if not all(stage in order for stage in found):
            self.faults.append("certificate.json: a stage that has no place here")
            return
        left = dict(zip(classes, self.unmet, strict=True))
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

    def _bound(self, stage: Stage) -> Decimal | None:
        faults = [*price_faults(self.world, stage)]
        self.faults += faults
        if faults:
            return None
        prices = ExactPrices(self.world, stage, self.unmet)
        if not len(self.world.cargo):
            return -prices.constant  # The sum over shipments is empty.
        refined = Refinement(Bound(prices), self.flows)
        self.refined.append(refined)
        return refined.reach(self._goal(stage))

    def _goal(self, stage: Stage) -> Decimal | Fraction:
        """Bound that a stage must reach."""
        match stage.objective:
            case "rules":
                return ZERO
            case "unmet":
                number = self.world.cargo.classes.index(stage.priority)
                return least_to_prove(self.beyond_rests[number])
            case _:
                objective = self.objective
                return objective - _GAP * max(Fraction(1), abs(objective))

    def _compare(self, stage: Stage, bound: Decimal | None) -> None:
        if bound is None:
            return
        if stage.objective == "unmet" and bound > 0:
            self.leaves_unmet = True
        goal = self._goal(stage)
        if bound < goal or (stage.objective == "rules" and bound == goal):
            what = f"stage {stage.objective!r} proves {float(bound)!r} only"
            self.shortfalls.append(f"certificate.json: {what}")

    def _result(self, bounds: list[Decimal | None], moved: ProvedMovement) -> Proof:
        proved = [bound for bound in bounds if bound is not None]
        sound = len(proved) == len(self.stages)
        pairs = [*zip(self.stages, proved, strict=True)] if sound else []
        classes = self.world.cargo.classes
        by_class = {
            name: Fraction(unmet)
            for name, unmet in zip(classes, self.unmet, strict=True)
        }
        return Proof(
            faults=(*self.faults, *moved.faults),
            shortfalls=(*self.shortfalls, *moved.shortfalls),
            movement=moved,
            cost=None if self.flows is None else Fraction(self.cost),
            penalties=None if self.flows is None else self.penalties,
            cost_parts={part: Fraction(cost) for part, cost in self.parts.items()},
            unmet=by_class,
            leaves_unmet=self.leaves_unmet,
            stages=tuple(Fraction(bound) for bound in proved),
            _unmet_bounds=tuple(
                UnmetBound(stage.priority, by_class[stage.priority], Fraction(bound))
                for stage, bound in pairs
                if stage.objective == "unmet"
            ),
            _bound=next(
                (Fraction(b) for stage, b in pairs if stage.objective == "cost"), None
            ),
        )
