"""What one more or one less changes of the firm demand that stays unmet.

Class after class: prices of the stage `unmet` bound from below what it leaves, by a
line; a plan for the moved right-hand side on that line makes it what is left between.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from solver.solution.tolerances import CURVED, SLOPE
from solver.verification.exact.amounts import decimal
from solver.verification.slopes.moves import price_slope, shift_of, sign_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from solver.solution.slopes import Relief
    from solver.verification.bound.refinement import Refinement
    from solver.verification.slopes.moved_plans import MovedPlans
    from solver.verification.world import World


@dataclass(frozen=True, slots=True, eq=False)
class Relieved:
    """What is proved of a direction that changes what firm demand leaves unmet.

    Parameters
    ----------
    rates : tuple of (int or None, float)
        Priority of each class that changes, in order, and by how much: what less stays
        unmet for a unit more of the right-hand side, or what more for a unit less.
    miss : Fraction
        What bounds and plan are apart at most, as a part of the largest rate.
    """

    rates: tuple[tuple[int | None, float], ...]
    miss: Fraction


class ReliefProof:
    """Checks of one relief.

    Parameters
    ----------
    kept : tuple of Decimal
        What the plan leaves unmet by class of firm demand.
    relief : Relief
        What is claimed; its key is one of the instance.
    bounds : list of (Refinement, Fraction)
        Bound at each of its sets of prices, and its total.
    """

    def __init__(
        self,
        world: World,
        kept: tuple[Decimal, ...],
        relief: Relief,
        bounds: list[tuple[Refinement, Fraction]],
    ) -> None:
        self.world, self.kept, self.relief = world, kept, relief
        self.bounds = {bound.stage.priority: (bound, total) for bound, total in bounds}
        self.far = sign_of(relief) * Fraction(decimal(relief.length))

    def relieved(self, plans: MovedPlans) -> Relieved | str:
        """Return what is proved, or what is not."""
        classes = self.world.cargo.classes
        order = [bound.stage for bound, _ in self.bounds.values()]
        places = [classes.index(stage.priority) for stage in order]
        if len(places) < len(self.relief.prices) or places != sorted(places):
            return "its prices are not one set of each class, in order"
        fault, more = plans.unmet(self.relief, shift_of(self.world, self.relief))
        if fault:
            return f"its plan has {fault}"
        rates = {n: Fraction(own) / self.far for n, own in more.items()}
        largest = max(map(abs, rates.values()), default=Fraction(0))
        if not largest:
            return "as much stays unmet as before"
        misses = [self._miss(number, rates) for number in range(len(classes))]
        miss = max(misses) / largest
        is_curved = any(stage.is_curved for stage in order)
        if miss > Fraction(decimal(CURVED if is_curved else SLOPE)):
            return "these prices and this plan do not prove it"
        lines = {n: self._line(n, rates) for n in range(len(classes))}
        told = [
            (classes[n], float(-line))
            for n, line in lines.items()
            if abs(line) > largest * Fraction(decimal(SLOPE))
        ]
        return Relieved(tuple(told), miss)

    def _line(self, number: int, rates: Mapping[int, Fraction]) -> Fraction:
        """Return what the bound of a class rises by for a unit more."""
        classes = self.world.cargo.classes
        if classes[number] not in self.bounds:
            return Fraction(0)
        bound, _ = self.bounds[classes[number]]
        line = price_slope(self.world, self.relief.key, bound)
        for key, price in bound.stage.unmet.items():
            rate = rates.get(classes.index(key.priority), Fraction(0))
            line -= Fraction(decimal(price)) * rate
        return line

    def _miss(self, number: int, rates: Mapping[int, Fraction]) -> Fraction:
        """Return what bound and plan of a class are apart, for each unit moved.

        Without prices nothing is left of a class: that no plan can better.
        """
        left, rate = Fraction(self.kept[number]), rates.get(number, Fraction(0))
        priority = self.world.cargo.classes[number]
        if priority not in self.bounds:
            return (abs(left) + abs(left + rate * self.far)) / abs(self.far)
        _, total = self.bounds[priority]
        missing = max(Fraction(0), left - total)
        above = (rate - self._line(number, rates)) * self.far
        return (missing + max(Fraction(0), above)) / abs(self.far)
