"""Plan, prices and bounds of a result, gathered once for all its figures."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.certificate import Stage
from solver.verification.bound.bound import Bound
from solver.verification.bound.prices import ExactPrices
from solver.verification.bound.refinement import Refinement
from solver.verification.bound.travel_times import TravelTimes
from solver.verification.bound.walks import UNREACHED
from solver.verification.facts.shipments import PRICED
from solver.verification.slopes.slopes import Proofs

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from solver.verification.facts.flows import PlanFlows
    from solver.verification.rules.row import Carried
    from solver.verification.world import World

    Floats = NDArray[np.float64]


_NOTHING = 5e-10
"""Unmet quantity per unit that rounding of prices explains."""


class Evidence:
    """What the figures of a result are computed from.

    Parameters
    ----------
    world : World
        The instance.
    flows : PlanFlows
        The plan.
    carried : list of Carried
        Weighted quantity that each rule counts.
    refinements : list of Refinement
        Bounds of the certificate's stages, in their order.
    slopes : Proofs or None
        What one more and one less of right-hand sides do; None if the plan is not
        proved.
    """

    def __init__(
        self,
        world: World,
        flows: PlanFlows,
        carried: list[Carried],
        refinements: list[Refinement],
        slopes: Proofs | None,
    ) -> None:
        self.world, self.flows, self.carried = world, flows, carried
        self.refinements = refinements
        self.is_proved, self.slopes = slopes is not None, slopes or Proofs()

    @cached_property
    def cost_stage(self) -> Stage:
        """Prices of the stage `cost`; none if it is missing."""
        stages = [refined.bound.prices.stage for refined in self.refinements]
        costs = (stage for stage in stages if stage.objective == "cost")
        return next(costs, Stage("cost"))

    @cached_property
    def unmet_stages(self) -> list[Stage]:
        """Prices of the stages `unmet`."""
        stages = [refined.bound.prices.stage for refined in self.refinements]
        return [stage for stage in stages if stage.objective == "unmet"]

    @cached_property
    def used(self) -> list[Decimal]:
        """Quantity that counts for each limit."""
        return self.world.limits.used(self.flows)

    @cached_property
    def with_route(self) -> NDArray[np.bool_]:
        """Shipments that have a route at all, in time."""
        if not len(self.world.cargo):
            return np.zeros(0, dtype=bool)
        times = Bound(TravelTimes(self.world))
        reached = times.cheapest <= times.unmet_price
        if times.rounding or self.world.elements.with_inner_nodes:
            reached[self.flows.shipment] = True
            search = Refinement(
                Bound(ExactPrices(self.world, Stage("rules"), ())), None
            )
            idle = np.ones(len(reached), dtype=bool)
            idle[self.flows.shipment] = False
            for shipment in np.flatnonzero(reached & idle & search.doubtful()).tolist():
                reached[shipment] = search.cheapest(shipment, cutoff=1) < UNREACHED
        return np.asarray(reached)

    @cached_property
    def marginal_cost(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Cost of one more unit of each shipment, and where that is not sure.

        It is the least of the cheapest route and the unmet price at the prices of the
        stage `cost`; NaN if one more unit could not be carried, or, of firm demand,
        could be only in place of other firm demand.
        """
        cargo = self.world.cargo
        found, unsure = np.full(len(cargo), np.nan), np.zeros(len(cargo), dtype=bool)
        unserved = ~self.with_route
        for refined in self.refinements:
            least, open_ = refined.least()
            unsure |= open_
            if refined.bound.prices.stage.objective == "cost":
                found = least
            else:
                unserved |= (cargo.firm_class != PRICED) & (least > _NOTHING)
        return np.where(unserved, np.nan, found), unsure
