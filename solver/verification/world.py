"""An instance as the verification sees it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from solver.verification.facts.costs import Costs
from solver.verification.facts.elements import ExactElements
from solver.verification.facts.limits import ExactLimits
from solver.verification.facts.shipments import ExactCargo
from solver.verification.rules.cargo_scopes import Rules

if TYPE_CHECKING:
    from solver.problem.instance import Instance


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What routes are made of and cost, what is to be carried, and what limits it."""

    instance: Instance
    elements: ExactElements
    costs: Costs
    cargo: ExactCargo
    limits: ExactLimits
    rules: Rules

    @classmethod
    def of(cls, instance: Instance) -> World:
        """Read an instance."""
        elements = ExactElements(instance)
        cargo = ExactCargo(instance, elements)
        return cls(
            instance=instance,
            elements=elements,
            costs=Costs(instance, elements),
            cargo=cargo,
            limits=ExactLimits(instance, elements, cargo),
            rules=Rules(instance, elements, cargo),
        )

    @property
    def small_cost(self) -> Fraction:
        """Cost below which gaps are parts of it, not of the plan's own cost.

        1, but no more than all cargo would cost on the dearest leg or named route, so
        that a gap says the same whatever the unit of money; where these are free, no
        more than what is paid if nothing is carried and no rule with a penalty kept.
        """
        costs = self.costs
        sums = (costs.sums(kind)[0].floats() for kind in range(len(costs.rates)))
        dearest = max((float(own.max(initial=0.0)) for own in sums), default=0.0)
        most = dearest * float(self.cargo.quantity.total()) or self._all_charges
        return min(Fraction(1), Fraction(most)) or Fraction(1)

    @property
    def _all_charges(self) -> float:
        """What all cargo costs unmet, and rules that are broken by all their base."""
        unmet = self.cargo.quantity.each_times(self.cargo.unmet_cost).total()
        bases = ((row, float(row.scope.demand)) for row in self.rules.soft)
        return float(unmet) + sum(row.penalty_of_base(base) for row, base in bases)
