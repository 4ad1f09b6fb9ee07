"""Slopes of the least cost over a right-hand side, and how far they hold.

The least cost V is convex in what is moved. Prices that prove the plan bound it from
below by a line; a plan for the moved right-hand side on that line makes V the line in
between; other prices that prove that plan make V leave it there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from solver.solution.certificate import OneSided, Stage
from solver.solution.keys import RowKey, ShipmentKey
from solver.solution.tolerances import CURVED, FLAT, SLOPE
from solver.verification.bound.bound import bounds
from solver.verification.bound.price_faults import price_faults
from solver.verification.bound.prices import ExactPrices
from solver.verification.bound.refinement import Refinement
from solver.verification.exact.amounts import decimal
from solver.verification.slopes.moved_plans import MovedPlans
from solver.verification.slopes.moves import (
    exists,
    price_slope,
    said,
    shift_of,
    sign_of,
    size_of,
)
from solver.verification.slopes.steady import SteadyUnmet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.solution.keys import MovableKey
    from solver.solution.slopes import Relief, Slope
    from solver.verification.plan import ExactPlan
    from solver.verification.slopes.reliefs import Relieved

_MARGINS = 10
"""Margins of a row by which it is moved at least."""

_SMALL, _DUST = 1000, Fraction(1, 10**13)
"""Part of the average cost that a slope is compared with at least, and part of the
cost for which a bound is not made sharper."""


class Sloped(NamedTuple):
    """What is proved of one direction.

    Parameters
    ----------
    value : float
        Money that one more saves or one less costs; of a demand, that one more costs
        or one less saves.
    length : float
        How far that is proved to hold and to end; NaN where no end is known.
    miss : Fraction
        What bound and plan are apart at most for each unit moved, as a part of the
        value; where one more saves nothing at all, of the cost.
    """

    value: float
    length: float
    miss: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Proofs:
    """What is proved, by right-hand side and direction.

    Parameters
    ----------
    slopes : dict of (key, direction) to Sloped
        What the cost changes by where firm demand leaves as much unmet as before.
    reliefs : dict of (key, direction) to Relieved
        Elsewhere what changes of it by class, by priority.
    """

    slopes: dict[tuple[MovableKey, str], Sloped] = field(default_factory=dict)
    reliefs: dict[tuple[MovableKey, str], Relieved] = field(default_factory=dict)

    @property
    def closeness(self) -> str:
        """Say how closely everything is proved."""
        misses = [own.miss for own in self.slopes.values()]
        misses += [own.miss for own in self.reliefs.values()]
        if not misses:
            return "no price told"
        counts = f"{len(self.slopes)} prices, {len(self.reliefs)} reliefs"
        allowed = f"{SLOPE:g} allowed, {CURVED:g} where HHI has a price"
        return f"{counts}, proved to {float(max(misses)):.1e} of each ({allowed})"


class Slopes:
    """Checks what a certificate says about one more and one less.

    Parameters
    ----------
    unmet_bounds : sequence of Refinement
        Bounds of its stages `unmet`.
    """

    def __init__(
        self,
        plan: ExactPlan,
        cost_stage: Stage,
        unmet_bounds: Sequence[Refinement],
    ) -> None:
        self.plan, self.world, self.flows = plan, plan.world, plan.flows
        self.kept, self.objective = plan.unmet.by_class, plan.objective
        self.cost_stage, self.steady = cost_stage, SteadyUnmet(plan, unmet_bounds)
        self._totals: dict[int, tuple[Stage, Refinement, Fraction]] = {}
        self._checked: dict[int, tuple[OneSided, tuple[Proofs, list[str]]]] = {}

    @cached_property
    def unit(self) -> Fraction:
        """Slopes are compared in parts of at least this: a part of the average cost."""
        quantity = max(Fraction(1), Fraction(self.flows.quantity.total()))
        return abs(self.objective) / quantity / _SMALL

    def faults(self, given: OneSided) -> list[str]:
        """Say what is wrong with slopes, their prices and their plans."""
        return [*self._common_faults(given), *self.checked(given)[1]]

    def proved(self, given: OneSided) -> Proofs:
        """Return what is proved, by right-hand side and direction."""
        return self.checked(given)[0]

    def proved_part(self, given: OneSided) -> OneSided:
        """Return what is proved of it, and what proves that."""
        known = self.proved(given)
        slopes = [
            replace(slope, good_for=known.slopes[slope.key, slope.direction].length)
            for slope in given.slopes
            if (slope.key, slope.direction) in known.slopes
        ]
        reliefs = [
            replace(own, value=known.reliefs[own.key, own.direction].rates)
            for own in given.reliefs
            if (own.key, own.direction) in known.reliefs
        ]
        return given.only(slopes, reliefs, len(self.flows))

    def checked(self, given: OneSided) -> tuple[Proofs, list[str]]:
        """Return what is proved, and a fault for each slope that is not."""
        known = self._checked.get(id(given))
        if known is None:
            known = self._checked[id(given)] = given, self._check(given)
        return known[1]

    # ---- the whole

    def _common_faults(self, given: OneSided) -> Iterator[str]:
        where = "certificate.json: one_sided"
        both: tuple[Slope | Relief, ...] = (*given.slopes, *given.reliefs)
        places = [(own.key, own.direction) for own in both]
        if len({*places}) < len(places):
            yield f"{where}: a direction that is given twice"
        count, used = len(given.sets), given.sets_used
        if not used <= {*range(count + 1)}:
            yield f"{where}: a set of prices that is not there"
        elif not {*range(1, count + 1)} <= used:
            yield f"{where}: prices that prove nothing"
        first = len(self.flows)
        if not {*range(first, first + len(given.routes))} <= given.flows_changed:
            yield f"{where}: a route that nothing takes"

    def _check(self, given: OneSided) -> tuple[Proofs, list[str]]:
        """Check sets of prices, routes, and direction after direction."""
        if given.is_empty:
            return Proofs(), []
        plans = MovedPlans(self.plan, given.routes)
        faults = [*plans.faults(), *self._set_faults(given)]
        proved = Proofs()
        if faults:
            return proved, faults
        self._bound_sets(given)
        for slope in given.slopes:
            found = (
                self._fault_before(slope, given)
                or self.steady.fault(slope, self._bounds(given, slope.unmet))
                or self._sloped(slope, given, plans)
            )
            if isinstance(found, Sloped):
                proved.slopes[slope.key, slope.direction] = found
            else:
                faults.append(f"certificate.json: one_sided: {said(slope)}: {found}")
        for relief in given.reliefs:
            fault = self._relief_fault(relief, given)
            shown = fault or self._relieved(relief, given, plans)
            if isinstance(shown, str):
                faults.append(f"certificate.json: one_sided: {said(relief)}: {shown}")
            else:
                proved.reliefs[relief.key, relief.direction] = shown
        return proved, faults

    def _set_faults(self, given: OneSided) -> Iterator[str]:
        for stage in given.sets:
            if stage.objective not in {"cost", "unmet"}:
                yield "certificate.json: one_sided: prices of another objective"
            else:
                yield from price_faults(self.world, stage)

    def _objectives(self, given: OneSided, numbers: Sequence[int]) -> set[str]:
        """Objectives of some sets of prices; none of those that are not there."""
        there = [n for n in numbers if 0 <= n <= len(given.sets)]
        if len(there) < len(numbers):
            return set()
        return {self._stage(given, number).objective for number in there}

    def _relief_fault(self, relief: Relief, given: OneSided) -> str:
        """Say why a relief cannot be looked at; blank if it can."""
        if self._objectives(given, relief.prices) != {"unmet"}:
            return "names prices that are not there, or not of what stays unmet"
        return self._place_fault(relief)

    def _relieved(
        self, relief: Relief, given: OneSided, plans: MovedPlans
    ) -> Relieved | str:
        from solver.verification.slopes.reliefs import ReliefProof

        bounds = self._bounds(given, relief.prices)
        return ReliefProof(self.world, self.kept, relief, bounds).relieved(plans)

    def _bounds(
        self, given: OneSided, numbers: Sequence[int]
    ) -> list[tuple[Refinement, Fraction]]:
        """Return the bounds of some sets of prices, and their totals."""
        return [self._totals[id(self._stage(given, n))][1:] for n in numbers]

    def _fault_before(self, slope: Slope, given: OneSided) -> str:
        """Say why a slope cannot be looked at; blank if it can."""
        sets = [slope.prices, *([] if slope.end is None else [slope.end])]
        if self._objectives(given, sets) != {"cost"}:
            return "names prices that are not there, or not of the cost"
        if slope.unmet and self._objectives(given, slope.unmet) != {"unmet"}:
            return "names prices that are not there, or not of what stays unmet"
        if slope.length is None and exists(self.world, slope.key):
            flat = slope.direction == "more" and not isinstance(slope.key, ShipmentKey)
            loose = slope.changes or slope.end is not None
            return "" if flat and not loose else "a plan that goes nowhere"
        return self._place_fault(slope)

    def _place_fault(self, own: Slope | Relief) -> str:
        """Say what is wrong with what is moved and how far; blank if nothing is."""
        if not exists(self.world, own.key):
            return "there is no such right-hand side"
        if not (own.length or 0.0) > 0.0:
            return "a plan that goes nowhere"
        size = size_of(self.world, own.key)
        if own.direction == "less" and size is not None:
            return "less than nothing" if decimal(own.length or 0.0) > size else ""
        return self._noise_fault(own)

    def _noise_fault(self, own: Slope | Relief) -> str:
        """Refuse a row that is moved by little more than plans may miss it by.

        Near the least index possible the cost is so steep that all is that margin.
        """
        if not isinstance(own.key, RowKey):
            return ""
        row = self.world.rules.by_key[own.key]
        margin = row.margin(self.plan.carried[row.scope.rule])
        length = Fraction(decimal(own.length or 0.0))
        is_lost = _MARGINS * margin > length
        return "moved by little more than plans may miss it by" if is_lost else ""

    # ---- bounds

    def _stage(self, given: OneSided, number: int) -> Stage:
        return given.sets[number - 1] if number else self.cost_stage

    def _bound_sets(self, given: OneSided) -> None:
        """Find the bound of every set of prices, many searched together."""
        numbers = [n for n in sorted(given.sets_used) if n <= len(given.sets)]
        stages = [self._stage(given, number) for number in numbers]
        fresh = [stage for stage in stages if id(stage) not in self._totals]
        prices = (ExactPrices(self.world, stage, self.kept) for stage in fresh)
        for stage, bound in zip(fresh, bounds(self.world, prices), strict=True):
            refined = Refinement(bound, self.flows)
            self._totals[id(stage)] = stage, refined, self._total(refined)

    def _total(self, refined: Refinement) -> Fraction:
        stage, goal = refined.stage, self.objective
        if stage.objective == "unmet":
            place = self.world.cargo.classes.index(stage.priority)
            goal = Fraction(self.kept[place])
        return Fraction(refined.reach(goal - _DUST * max(Fraction(1), abs(goal))))

    # ---- one slope

    def _sloped(self, slope: Slope, given: OneSided, plans: MovedPlans) -> Sloped | str:
        """Return what is proved of a slope, or what is not."""
        refined, total = self._totals[id(self._stage(given, slope.prices))][1:]
        missing = max(Fraction(0), self.objective - total)
        line = price_slope(self.world, slope.key, refined)
        if slope.length is None:
            margin = Fraction(decimal(FLAT)) * max(Fraction(1), abs(self.objective))
            if line or missing > margin:
                return "these prices do not prove that one more saves nothing"
            miss = missing / max(Fraction(1), abs(self.objective))
            return Sloped(0.0, float("nan"), miss)
        far = sign_of(slope) * Fraction(decimal(slope.length))
        fault, more, same = plans.changed(slope, shift_of(self.world, slope))
        if fault:
            return f"its plan has {fault}"
        size = max(abs(line), self.unit) * abs(far)
        margin = self._part(slope, given) * size
        apart = missing + max(Fraction(0), more - line * far)
        if apart > margin:
            return "these prices and this plan do not prove it"
        value = float(line if isinstance(slope.key, ShipmentKey) else -line) + 0.0
        miss = apart / size if size else Fraction(0)  # Where all is free, all is exact.
        if slope.end is None:
            return Sloped(value, self._natural(slope), miss)
        fault = self._end_fault(slope, given, line, self.objective + more - margin)
        is_told = same and not self._is_curved(slope, given)
        length = slope.length if is_told else float("nan")
        return fault or Sloped(value, length, miss)

    def _end_fault(
        self, slope: Slope, given: OneSided, line: Fraction, goal: Fraction
    ) -> str:
        """Say why prices do not prove a plan to be the end of a slope."""
        far = sign_of(slope) * Fraction(decimal(slope.length or 0.0))
        beyond, reached = self._totals[id(self._stage(given, slope.end or 0))][1:]
        other = price_slope(self.world, slope.key, beyond)
        if reached + other * far < goal:
            return "the prices of its end do not prove its plan"
        step = self._part(slope, given)
        if sign_of(slope) * (other - line) <= step * max(abs(line), self.unit):
            return "it does not end there"
        return ""

    def _natural(self, slope: Slope) -> float:
        """Length of a slope that goes as far as there is anything; NaN otherwise."""
        size = size_of(self.world, slope.key)
        at_end = slope.direction == "less" and size == decimal(slope.length or 0.0)
        return float(slope.length or 0.0) if at_end else float("nan")

    def _part(self, slope: Slope, given: OneSided) -> Fraction:
        """Part of a slope that bound and plan may be apart."""
        return Fraction(decimal(CURVED if self._is_curved(slope, given) else SLOPE))

    def _is_curved(self, slope: Slope, given: OneSided) -> bool:
        """Whether an index of concentration has a price: the cost is a curve then."""
        numbers = [slope.prices, *([] if slope.end is None else [slope.end])]
        return any(self._stage(given, number).is_curved for number in numbers)
