"""Slopes of the least cost over a right-hand side, and how far they hold.

The least cost V is convex in what is moved. Prices that prove the plan bound it from
below by a line; a plan for the moved right-hand side on that line makes V the line in
between; other prices that prove that plan make V leave it there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from solver.solution.certificate import OneSided, Stage
from solver.solution.keys import CapacityKey, RowKey, ShipmentKey
from solver.solution.tolerances import CURVED, FLAT, SLOPE
from solver.verification.bound.bound import bounds
from solver.verification.bound.price_faults import price_faults
from solver.verification.bound.prices import ExactPrices
from solver.verification.bound.refinement import Refinement
from solver.verification.exact.amounts import decimal
from solver.verification.slopes.moved_plans import MovedPlans
from solver.verification.slopes.moves import (
    covers,
    exists,
    shift_of,
    shipment_of,
    sign_of,
    size_of,
    weight_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from solver.solution.certificate import Slope
    from solver.verification.facts.flows import PlanFlows
    from solver.verification.rules.row import Carried
    from solver.verification.world import World

Key = CapacityKey | RowKey | ShipmentKey

MOST_SHIPMENTS = 2**18
"""Shipments of all sets of prices that are searched together: memory follows."""

_SMALL, _DUST = 1000, Fraction(1, 10**13)
"""Part of the average cost that a slope is compared with at least, and part of the
cost for which a bound is not made sharper."""


@dataclass(frozen=True, slots=True, eq=False)
class Sloped:
    """What is proved of one direction.

    Parameters
    ----------
    value : float
        Money that one more saves or one less costs; of a demand, that one more costs
        or one less saves.
    length : float
        How far that is proved to hold and to end; NaN where no end is known.
    """

    value: float
    length: float


Proofs = dict[tuple[Key, str], Sloped]


class Slopes:
    """Checks what a certificate says about one more and one less.

    Parameters
    ----------
    world : World
        The instance.
    flows : PlanFlows
        The plan, checked.
    carried : list of Carried
        What each rule counts of it.
    kept : tuple of Decimal
        What it leaves unmet by class of firm demand.
    objective : Fraction
        Its cost and penalties.
    cost_stage : Stage
        Prices of the certificate's stage `cost`.
    """

    def __init__(
        self,
        world: World,
        flows: PlanFlows,
        carried: list[Carried],
        kept: tuple[Decimal, ...],
        objective: Fraction,
        cost_stage: Stage,
    ) -> None:
        self.world, self.flows, self.carried = world, flows, carried
        self.kept, self.objective, self.cost_stage = kept, objective, cost_stage
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
        """Return the slopes that are proved, and what proves them."""
        known = self.proved(given)
        chosen = [
            replace(slope, good_for=known[slope.key, slope.direction].length)
            for slope in given.slopes
            if (slope.key, slope.direction) in known
        ]
        return given.only(chosen, len(self.flows))

    def checked(self, given: OneSided) -> tuple[Proofs, list[str]]:
        """Return what is proved, and a fault for each slope that is not."""
        known = self._checked.get(id(given))
        if known is None:
            known = self._checked[id(given)] = given, self._check(given)
        return known[1]

    # ---- the whole

    def _common_faults(self, given: OneSided) -> Iterator[str]:
        where = "certificate.json: one_sided"
        places = [(slope.key, slope.direction) for slope in given.slopes]
        if len({*places}) < len(places):
            yield f"{where}: a slope that is given twice"
        count, used = len(given.sets), {*_sets_used(given)}
        if not used <= {*range(count + 1)}:
            yield f"{where}: a set of prices that is not there"
        elif not {*range(1, count + 1)} <= used:
            yield f"{where}: prices that prove nothing"
        first = len(self.flows)
        taken = {number for slope in given.slopes for number, _ in slope.changes}
        if not {*range(first, first + len(given.routes))} <= taken:
            yield f"{where}: a route that nothing takes"

    def _check(self, given: OneSided) -> tuple[Proofs, list[str]]:
        """Check sets of prices, routes, and slope after slope."""
        if not (given.slopes or given.sets or given.routes):
            return {}, []
        place = self.flows, self.carried, self.kept, given.routes
        plans = MovedPlans(self.world, *place)
        faults = [*plans.faults(), *self._set_faults(given)]
        proved: Proofs = {}
        if faults:
            return proved, faults
        self._bound_sets(given)
        for slope in given.slopes:
            fault = self._fault_before(slope, given)
            if not fault:
                found = self._sloped(slope, given, plans)
                if isinstance(found, Sloped):
                    proved[slope.key, slope.direction] = found
                    continue
                fault = found
            faults.append(f"certificate.json: one_sided: {_said(slope)}: {fault}")
        return proved, faults

    def _set_faults(self, given: OneSided) -> Iterator[str]:
        for stage in given.sets:
            if stage.objective != "cost":
                yield "certificate.json: one_sided: prices that are not of the cost"
            yield from price_faults(self.world, stage)

    def _fault_before(self, slope: Slope, given: OneSided) -> str:
        """Say why a slope cannot be looked at; blank if it can."""
        sets = [slope.prices, *([] if slope.end is None else [slope.end])]
        if not all(0 <= number <= len(given.sets) for number in sets):
            return "names prices that are not there"
        if not exists(self.world, slope.key):
            return "there is no such right-hand side"
        if slope.length is None:
            flat = slope.direction == "more" and not isinstance(slope.key, ShipmentKey)
            loose = slope.changes or slope.end is not None
            return "" if flat and not loose else "a plan that goes nowhere"
        size = size_of(self.world, slope.key)
        if not slope.length > 0.0:
            return "a plan that goes nowhere"
        if slope.direction == "less" and size is not None:
            return "less than nothing" if decimal(slope.length) > size else ""
        return ""

    # ---- bounds

    def _stage(self, given: OneSided, number: int) -> Stage:
        return given.sets[number - 1] if number else self.cost_stage

    def _bound_sets(self, given: OneSided) -> None:
        """Find the bound of every set of prices, many searched together."""
        stages = [self._stage(given, number) for number in sorted({*_sets_used(given)})]
        fresh = [stage for stage in stages if id(stage) not in self._totals]
        step = max(1, MOST_SHIPMENTS // max(1, len(self.world.cargo)))
        for first in range(0, len(fresh), step):
            chosen = fresh[first : first + step]
            prices = [ExactPrices(self.world, stage, self.kept) for stage in chosen]
            for stage, bound in zip(chosen, bounds(prices), strict=True):
                refined = Refinement(bound, self.flows)
                self._totals[id(stage)] = stage, refined, self._total(refined)

    def _total(self, refined: Refinement) -> Fraction:
        goal = self.objective - _DUST * max(Fraction(1), abs(self.objective))
        return Fraction(refined.reach(goal))

    # ---- one slope

    def _sloped(self, slope: Slope, given: OneSided, plans: MovedPlans) -> Sloped | str:
        """Return what is proved of a slope, or what is not."""
        refined, total = self._totals[id(self._stage(given, slope.prices))][1:]
        missing = max(Fraction(0), self.objective - total)
        line = self._slope(slope.key, refined)
        if slope.length is None:
            margin = Fraction(decimal(FLAT)) * max(Fraction(1), abs(self.objective))
            if line or missing > margin:
                return "these prices do not prove that one more saves nothing"
            return Sloped(0.0, float("nan"))
        far = sign_of(slope) * Fraction(decimal(slope.length))
        fault, more, same = plans.changed(slope, shift_of(self.world, slope))
        if fault:
            return f"its plan has {fault}"
        margin = self._margin(slope, given, line)
        if missing + max(Fraction(0), more - line * far) > margin:
            return "these prices and this plan do not prove it"
        value = float(line if isinstance(slope.key, ShipmentKey) else -line) + 0.0
        if slope.end is None:
            return Sloped(value, self._natural(slope))
        fault = self._end_fault(slope, given, line, self.objective + more - margin)
        is_told = same and not self._is_curved(slope, given)
        return fault or Sloped(value, slope.length if is_told else float("nan"))

    def _end_fault(
        self, slope: Slope, given: OneSided, line: Fraction, goal: Fraction
    ) -> str:
        """Say why prices do not prove a plan to be the end of a slope."""
        far = sign_of(slope) * Fraction(decimal(slope.length or 0.0))
        beyond, reached = self._totals[id(self._stage(given, slope.end or 0))][1:]
        other = self._slope(slope.key, beyond)
        if reached + other * far < goal:
            return "the prices of its end do not prove its plan"
        step = Fraction(decimal(CURVED if self._is_curved(slope, given) else SLOPE))
        if sign_of(slope) * (other - line) <= step * max(abs(line), self.unit):
            return "it does not end there"
        return ""

    def _natural(self, slope: Slope) -> float:
        """Length of a slope that goes as far as there is anything; NaN otherwise."""
        size = size_of(self.world, slope.key)
        at_end = slope.direction == "less" and size == decimal(slope.length or 0.0)
        return float(slope.length or 0.0) if at_end else float("nan")

    def _margin(self, slope: Slope, given: OneSided, line: Fraction) -> Fraction:
        """Money that bound and plan may be apart for a slope."""
        part = CURVED if self._is_curved(slope, given) else SLOPE
        length = Fraction(decimal(slope.length or 0.0))
        return Fraction(decimal(part)) * max(abs(line), self.unit) * length

    def _is_curved(self, slope: Slope, given: OneSided) -> bool:
        """Whether an index of concentration has a price: the cost is a curve then."""
        numbers = [slope.prices, *([] if slope.end is None else [slope.end])]
        return any(
            key.measure in {"hhi", "effective"} and price > 0
            for number in numbers
            for key, price in self._stage(given, number).rules.items()
        )

    def _slope(self, key: Key, refined: Refinement) -> Fraction:
        """Return what a bound rises by for each unit more of a right-hand side."""
        stage = refined.bound.prices.stage
        match key:
            case CapacityKey():
                return -Fraction(decimal(stage.capacities.get(key, 0.0)))
            case RowKey():
                return -Fraction(decimal(stage.rules.get(key, 0.0)))
            case ShipmentKey():
                shipment = shipment_of(self.world, key)
                return self._demand_slope(shipment or 0, refined)

    def _demand_slope(self, shipment: int, refined: Refinement) -> Fraction:
        """Least of the route and the unmet price, less what rules give for demand."""
        found = refined.least_of(shipment)
        for row, form in refined.bound.prices.forms:
            if row.scope.of_demand and covers(self.world, row, shipment):
                found -= form.base * weight_of(self.world, row.scope.rule, shipment)
        return Fraction(found)


def _sets_used(given: OneSided) -> Iterator[int]:
    for slope in given.slopes:
        yield slope.prices
        if slope.end is not None:
            yield slope.end


def _said(slope: Slope) -> str:
    """Name a slope in a message."""
    match slope.key:
        case CapacityKey(kind, name, period):
            what = f"{kind} {name!r} in {period!r}"
        case RowKey(rule=rule, period=period, value=value):
            what = f"rule {rule!r} {value!r} in {period!r}"
        case ShipmentKey(row, period):
            what = f"demand {row} in {period!r}"
    return f"one {slope.direction} of {what}"
