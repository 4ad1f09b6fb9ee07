"""The quantity on selected elements, step by step, as their rate changes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from solver.errors import UnansweredError
from solver.solution.status import Status
from solver.studies.break_even.envelope import (
    CURVED,
    EXACT,
    Envelope,
    EnvelopeSearch,
    PlanLine,
    RateOptimum,
)
from solver.studies.break_even.nearest import nearest_to
from solver.studies.break_even.rates import DIGITS, Charged, RatedInstance, Side
from solver.studies.break_even.use import SelectedUse
from solver.studies.what_if import WhatIf

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.solution.plan import Plan
    from solver.solution.solution import Solution
    from solver.studies.break_even.set_apart import SetApart
    from solver.studies.break_even.use import Move

_MOST_TRIES = 12
"""How often the highest rate is raised until no more cargo leaves."""

_RAISE = 4
"""Factor by which it is."""

_SAME = 1e-9
"""Relative difference of quantities that are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A rate at which cargo leaves or comes.

    Parameters
    ----------
    side : str
        Whether the rate is an amount added or a part cut.
    before, after : float
        Selected quantity where the elements are cheaper, and where they are dearer.
    moves : tuple of Move
        What changes from the cheaper to the dearer side.
    """

    side: Side
    rate: Fraction
    before: float
    after: float
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RateCurve:
    """Selected quantity by rate, from the lowest rate to the highest.

    Parameters
    ----------
    steps : tuple of Step
        Where it changes, from cheap to dear.
    lowest, today : float
        Selected quantity where the elements charge nothing, and at today's rates.
    captive : float
        Passes of selected elements that no rate drives away.
    demand : float
        Quantity of selected cargo.
    own_rate : float or None
        Today's rate, where it is one.
    has_cuts : bool
        Whether there are rates that can be cut.
    highest : Fraction
        Amount up to which the curve is known.
    is_whole : bool
        Whether only captive cargo is left there, so that nobody leaves beyond.
    is_exact : bool
        Whether steps are exact; else costs are within `tolerance`.
    tolerance, gap : float
        Relative differences of costs that are the same, and largest proven gap.
    solves : int
        How many instances were solved, the first included.
    solution : Solution
        The plan at today's rates, proved.
    """

    steps: tuple[Step, ...]
    lowest: float
    today: float
    captive: float
    demand: float
    own_rate: float | None
    has_cuts: bool
    highest: Fraction
    is_whole: bool
    is_exact: bool
    tolerance: float
    gap: float
    solves: int
    solution: Solution


def rate_curve(
    apart: SetApart, charged: Charged, options: Options, *, is_all_cargo: bool
) -> RateCurve:
    """Curve of the quantity that selected elements carry, by their rate.

    Parameters
    ----------
    apart : SetApart
        The instance, with the selected cargo set apart.
    charged : Charged
        The elements whose rate varies.
    options : Options
        Solver and time limit of every solve.
    is_all_cargo : bool
        Whether all cargo is selected.

    Raises
    ------
    UnansweredError
        A solve ended without a proved plan.
    """
    return _RateSearch(apart, charged, options, is_all_cargo=is_all_cargo).curve()


class _RateSearch:
    """Solves one instance at many rates."""

    def __init__(
        self, apart: SetApart, charged: Charged, options: Options, *, is_all_cargo: bool
    ) -> None:
        self.rated = RatedInstance(apart, charged, is_all_cargo=is_all_cargo)
        instance = apart.instance
        selected = np.isin(instance.products["product"], apart.products)
        self.passes = self.rated.step_charges("added")
        self.use = SelectedUse(self.rated.network, self.passes, selected, apart.name_of)
        self.study = WhatIf(instance, options)
        self.solves = 1
        self.is_exact = not is_curved(instance)
        self.tolerance = EXACT if self.is_exact else CURVED

    def curve(self) -> RateCurve:
        """Draw it from nothing to the rate above which nobody leaves."""
        today = self._optimum_of(self.study.solution, Fraction(0), self.passes)
        captive = self._captive()
        high = self._highest(today, captive)
        search = EnvelopeSearch(self._at_added, self.tolerance)
        added = search.between(today, high)
        parts: list[tuple[Side, Envelope]] = [("added", added)]
        if self.rated.has_rates:
            parts.insert(0, ("cut", self._cuts()))
        steps = [step for side, found in parts for step in self._steps(side, found)]
        first = parts[0][1].lines
        lowest = first[-1] if parts[0][0] == "cut" else first[0]
        return RateCurve(
            steps=tuple(steps),
            lowest=self.use.quantity(lowest.plan),
            today=self.use.quantity(today.line.plan),
            captive=captive,
            demand=self.use.demand,
            own_rate=self.rated.own_rate,
            has_cuts=self.rated.has_rates,
            highest=high.rate,
            is_whole=high.line.slope <= _enough(captive),
            is_exact=self.is_exact,
            tolerance=float(self.tolerance),
            gap=max(found.gap for _, found in parts),
            solves=self.solves,
            solution=self.study.solution,
        )

    # ---- solves

    def _at_added(self, amount: Fraction) -> RateOptimum:
        solution = self._solved(self.rated.added(amount))
        return self._optimum_of(solution, amount, self.passes)

    def _solved(self, instance: Instance) -> Solution:
        self.solves += 1
        return self.study.solve(instance)

    def _optimum_of(
        self, solution: Solution, rate: Fraction, charges: Floats
    ) -> RateOptimum:
        plan = proved_plan(solution)
        line = PlanLine(plan, self.use.cost(plan), self.use.slope(plan, charges))
        return RateOptimum(rate, line, solution.proved.gap or 0.0)

    def _captive(self) -> float:
        """Count passes of selected elements in the plan that makes fewest."""
        solution = self._solved(self.rated.free())
        proved_plan(solution)
        return max(0.0, solution.proved.objective or 0.0)

    def _highest(self, today: RateOptimum, captive: float) -> RateOptimum:
        """RateOptimum at a rate at which only captive cargo is left."""
        quantity = max(float(self.use.cargo.quantity.sum()), 1.0)
        amount = Fraction(_power_of_two(float(today.line.fixed) / quantity))
        optimum = today
        for _ in range(_MOST_TRIES):
            if optimum.line.slope <= _enough(captive):
                break
            optimum = self._at_added(amount)
            amount *= _RAISE
        return optimum

    def _cuts(self) -> Envelope:
        """Envelope over the part of today's rates that is taken off.

        What is saved is negative per part, so the slopes descend here too.
        """
        charges = self.rated.step_charges("cut")

        def cut(part: Fraction) -> RateOptimum:
            solution = self._solved(self.rated.cut(part))
            return self._optimum_of(solution, part, charges)

        whole = cut(Fraction(1))
        today = self._optimum_of(self.study.solution, Fraction(0), charges)
        return EnvelopeSearch(cut, self.tolerance).between(today, whole)

    # ---- steps

    def _steps(self, side: Side, found: Envelope) -> list[Step]:
        """Return the steps of one side, from cheap to dear."""
        plans = self._told_plans(side, found)
        steps = [
            self._step(side, rate, *((other, one) if side == "cut" else (one, other)))
            for (one, other), rate in zip(pairwise(plans), found.breaks, strict=True)
        ]
        return steps[::-1] if side == "cut" else steps

    def _told_plans(self, side: Side, found: Envelope) -> list[Plan]:
        """Return a plan of each line: of all optimal ones that nearest the one before.

        Between two breaks all optimal plans cost the same line. The first is today's.
        """
        ends = [*found.breaks, found.end]
        at = self.rated.added if side == "added" else self.rated.cut
        plans = [found.lines[0].plan]
        for line, (start, end) in zip(found.lines[1:], pairwise(ends), strict=True):
            rate = round((start + end) / 2, DIGITS)
            nearest = None
            is_least = side == "added" and self._moves_least(plans[-1], line.plan)
            if start < rate < end and not is_least:
                self.solves += 1
                nearest = nearest_to(self.study, at(rate), plans[-1])
            plans.append(line.plan if nearest is None else nearest)
        return plans

    def _moves_least(self, before: Plan, after: Plan) -> bool:
        """Whether no plan beyond a step can move less cargo.

        All plans there pass the elements as often; where no route passes them twice,
        each unit that moves takes one pass away at most.
        """
        if float(self.passes.max(initial=0.0)) > 1.0 or self.rated.charged.count > 1:
            return False
        slopes = (self.use.slope(plan, self.passes) for plan in (before, after))
        passes = float(abs(next(slopes) - next(slopes)))
        return self.use.movement(before, after) <= passes * (1.0 + _SAME)

    def _step(self, side: Side, rate: Fraction, cheap: Plan, dear: Plan) -> Step:
        before, after = map(self.use.quantity, (cheap, dear))
        return Step(side, rate, before, after, tuple(self.use.moves(cheap, dear)))


def proved_plan(solution: Solution) -> Plan:
    """Return the plan of a solution that is proved.

    Raises
    ------
    UnansweredError
        There is none.
    """
    status = solution.status
    if solution.plan is None or status not in {Status.OPTIMAL, Status.UNMET}:
        message = f"a plan that is needed is not proved: status {status}"
        if status is Status.INFEASIBLE:
            message = "no plan keeps all rules; `keruen repair` says which clash"
        elif status in {Status.LIMIT, Status.NONE}:
            message = f"{message}; allow more time by --time-limit"
        raise UnansweredError(message, status.exit_code)
    return solution.plan


def is_curved(instance: Instance) -> bool:
    """Whether any rule bounds an index, so that costs are no lines."""
    return any(
        rule.max_hhi is not None or rule.min_effective is not None
        for rule in instance.diversification
    )


def _enough(captive: float) -> float:
    """Return passes that count as those of captive cargo alone."""
    return captive + _SAME * max(1.0, captive)


def _power_of_two(value: float) -> int:
    """Return the least power of two that is as large, 1 at least."""
    result = 1
    while result < value:
        result *= 2
    return result
