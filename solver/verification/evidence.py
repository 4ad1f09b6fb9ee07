"""Plan, prices and bounds of a result, gathered once for all its figures."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.certificate import Stage
from solver.verification.bound.bound import bound_at
from solver.verification.bound.prices import ExactPrices
from solver.verification.bound.routes import RouteSearch
from solver.verification.bound.scaled import Scaled
from solver.verification.bound.travel_times import TravelTimes
from solver.verification.bound.walks import UNREACHED
from solver.verification.exact.amounts import amounts_of
from solver.verification.facts.costs import PARTS
from solver.verification.facts.shipments import PRICED
from solver.verification.slopes.slopes import Proofs

if TYPE_CHECKING:
    from decimal import Decimal

    from solver.arrays import Floats, Mask
    from solver.verification.bound.refinement import Refinement
    from solver.verification.facts.flows import RouteUses
    from solver.verification.plan import ExactPlan


_NOTHING = 5e-10
"""Unmet quantity per unit that rounding of prices explains."""


class Evidence:
    """What the figures of a result are computed from.

    Parameters
    ----------
    refinements : list of Refinement
        Bounds of the certificate's stages, in their order.
    slopes : Proofs or None
        What one more and one less of right-hand sides do; None if the plan is not
        proved.
    """

    def __init__(
        self,
        plan: ExactPlan,
        refinements: list[Refinement],
        slopes: Proofs | None,
    ) -> None:
        self.world, self.flows, self.carried = plan.world, plan.flows, plan.carried
        self.refinements = refinements
        self.is_proved, self.slopes = slopes is not None, slopes or Proofs()

    @cached_property
    def cost_stage(self) -> Stage:
        """Prices of the stage `cost`; none if it is missing."""
        stages = [refined.stage for refined in self.refinements]
        costs = (stage for stage in stages if stage.objective == "cost")
        return next(costs, Stage("cost"))

    @cached_property
    def unmet_stages(self) -> list[Stage]:
        """Prices of the stages `unmet`."""
        stages = [refined.stage for refined in self.refinements]
        return [stage for stage in stages if stage.objective == "unmet"]

    @cached_property
    def used(self) -> list[Decimal]:
        """Quantity that counts for each limit."""
        return self.world.limits.used(self.flows)

    # ---- what a unit of each flow costs, takes and emits

    @cached_property
    def cost_parts(self) -> dict[str, Floats]:
        """Money per unit of each flow, by part of the cost."""
        place = self.uses.place
        return {part: costs[place] for part, costs in self._parts_of_uses.items()}

    @cached_property
    def cost(self) -> Floats:
        """Money per unit of each flow."""
        parts = [*self._parts_of_uses.values()]
        return np.asarray(np.sum(parts, axis=0)[self.uses.place])

    @cached_property
    def uses(self) -> RouteUses:
        """Which routes each kind of product takes."""
        costs, product = self.world.costs, self.world.cargo.product
        kind = costs.kind[product[self.flows.shipment]]
        return self.flows.uses(kind, len(costs.rates))

    @cached_property
    def days(self) -> Floats:
        """Days that each flow takes."""
        on_element, at_start = (own.floats() for own in self.world.elements.times)
        routes = self.flows.routes
        rides = routes.chain.summed(on_element[routes.chain.items])
        return np.asarray((rides + at_start[routes.start])[self.flows.route])

    @cached_property
    def emissions(self) -> Floats:
        """Emissions per unit of each flow."""
        emissions = amounts_of(self.world.elements.emissions).floats()
        chain = self.flows.routes.chain
        return chain.summed(emissions[chain.items])[self.flows.route]

    @cached_property
    def _parts_of_uses(self) -> dict[str, Floats]:
        """Money per unit by part of the cost, for each kind and route in use."""
        (kind, route, _), rates = self.uses, self.world.costs.rates
        chain, start = self.flows.routes.chain.take(route), self.flows.routes.start
        kind_of_item = kind[chain.owners]
        found = {}
        for part in PARTS:
            on_element = np.array([own.on_element[part].floats() for own in rates])
            at_start = np.array([own.at_start[part].floats() for own in rates])
            rides = chain.summed(on_element[kind_of_item, chain.items])
            found[part] = np.asarray(rides + at_start[kind, start[route]])
        return found

    # ---- what unmet demand could have

    @cached_property
    def with_route(self) -> Mask:
        """Shipments that have a route at all, in time."""
        if not len(self.world.cargo):
            return np.zeros(0, dtype=bool)
        times = bound_at(TravelTimes(self.world))
        reached = times.cheapest <= times.scaled.unmet_price
        if times.scaled.rounding or self.world.elements.with_inner_nodes:
            reached[self.flows.shipment] = True
            search = RouteSearch(Scaled(ExactPrices(self.world, Stage("rules"), ())))
            idle = np.ones(len(reached), dtype=bool)
            idle[self.flows.shipment] = False
            for shipment in np.flatnonzero(reached & idle & search.doubtful()).tolist():
                reached[shipment] = search.cheapest(shipment, cutoff=1) < UNREACHED
        return np.asarray(reached)

    @cached_property
    def marginal_cost(self) -> tuple[Floats, Mask]:
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
            if refined.stage.objective == "cost":
                found = least
            else:
                unserved |= (cargo.firm_class != PRICED) & (least > _NOTHING)
        return np.where(unserved, np.nan, found), unsure
