"""A plan on its instance, with all that its tables are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import routes_of_plan
from solver.solution.certificate import Stage
from solver.solving.prepared import Prepared

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.network.network import Network
    from solver.network.routes import Routes
    from solver.network.shipments import Cargo
    from solver.pricing.pricer import Pricer
    from solver.problem.instance import Instance
    from solver.rules.row import RuleRow
    from solver.rules.rule_set import Diversification, Level
    from solver.solution.certificate import Certificate
    from solver.solution.keys import MovableKey
    from solver.solution.plan import Plan
    from solver.solution.slopes import Relief, Slope


@dataclass(frozen=True, eq=False)
class Account:
    """A plan with everything its tables are made of.

    Parameters
    ----------
    plan : Plan
        What ships where.
    certificate : Certificate or None
        The prices; None if there are none.
    known : Prepared, optional
        What is built of the instance already.
    is_proved : bool
        Whether the prices prove that no plan is better.
    """

    instance: Instance
    plan: Plan
    certificate: Certificate | None
    known: Prepared | None = None
    is_proved: bool = False

    @cached_property
    def _whole(self) -> Prepared:
        return self.known or Prepared(self.instance)

    @property
    def network(self) -> Network:
        """The instance as arrays."""
        return self._whole.network

    @property
    def cargo(self) -> Cargo:
        """Who ships what."""
        return self._whole.cargo

    @property
    def diversification(self) -> Diversification:
        """The instance's rules."""
        return self._whole.rules

    @property
    def pricer(self) -> Pricer:
        """Searches for cheapest routes; what is told of a plan is never cut short."""
        self._whole.pricer.deadline = math.inf
        return self._whole.pricer

    @cached_property
    def routes(self) -> Routes:
        """The route of each flow."""
        return routes_of_plan(self.network, self.cargo, self.plan)

    @cached_property
    def levels(self) -> list[Level]:
        """Where the plan stands on every row of the rules."""
        return self.diversification.levels(self.routes, self.plan.quantity)

    def rows_told_in(self, table: str) -> list[tuple[RuleRow, Level]]:
        """Rows of rules that a table tells of, each with where the plan stands."""
        pairs = zip(self.diversification.rows, self.levels, strict=True)
        return [(row, level) for row, level in pairs if row.told_in == table]

    @property
    def cost_parts(self) -> dict[str, Floats]:
        """Money per unit of each flow, by part of the generalised cost."""
        return self.routes.cost_parts

    @cached_property
    def carried(self) -> Floats:
        """Quantity of each shipment that is carried."""
        return self.sum_by_shipment(np.ones(len(self.routes)))

    def sum_by_shipment(self, of_flow: Floats) -> Floats:
        """Sum over each shipment's flows of quantity times a figure."""
        weights = self.plan.quantity * of_flow
        size = len(self.plan.unmet)
        sums = np.bincount(self.plan.shipment, weights=weights, minlength=size)
        return sums.astype(float)

    def stages(self, objective: str) -> list[Stage]:
        """Stages of the certificate with one objective."""
        stages = self.certificate.stages if self.certificate else ()
        return [stage for stage in stages if stage.objective == objective]

    @property
    def cost_stage(self) -> Stage:
        """Prices of the stage `cost`; without a price if there is none."""
        return next(iter(self.stages("cost")), Stage("cost"))

    @cached_property
    def slopes(self) -> dict[tuple[MovableKey, str], Slope]:
        """What one more and one less do, by right-hand side and direction."""
        found = () if self.certificate is None else self.certificate.one_sided.slopes
        return {(slope.key, slope.direction): slope for slope in found}

    @cached_property
    def reliefs(self) -> dict[tuple[MovableKey, str], Relief]:
        """What they change of firm demand that stays unmet, where they do."""
        found = () if self.certificate is None else self.certificate.one_sided.reliefs
        return {(relief.key, relief.direction): relief for relief in found}
