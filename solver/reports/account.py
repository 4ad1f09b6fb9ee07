"""A plan on its instance, with all that its tables are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.network.routes import limit_loads, routes_of_plan
from solver.solution.certificate import Stage
from solver.solving.prepared import Prepared

if TYPE_CHECKING:
    from scipy import sparse

    from solver.arrays import Floats, Ints
    from solver.network.network import Network
    from solver.network.routes import Routes
    from solver.network.shipments import Cargo
    from solver.pricing.pricer import Pricer
    from solver.problem.instance import Instance
    from solver.problem.rules import By
    from solver.rules.row import RuleRow
    from solver.rules.rule_set import Diversification, Level
    from solver.solution.certificate import Certificate
    from solver.solution.keys import MovableKey
    from solver.solution.plan import Plan
    from solver.solution.slopes import Relief, Slope


class MergedFlows(NamedTuple):
    """Flows on the same route in a period, of products alike: each kind once.

    Tables do not tell them apart; products are alike that have the same treatment and
    the same product group. A plan of a million flows has some ten thousand routes.

    Parameters
    ----------
    routes : Routes
        That of the first flow of each kind.
    kind : ndarray of int, shape (flows,)
        Kind of each flow.
    """

    routes: Routes
    kind: Ints

    def sums(self, of_flow: Floats) -> Floats:
        """Return the sum of a figure of the flows over each kind."""
        found = np.bincount(self.kind, of_flow, len(self.routes))
        return np.asarray(found, dtype=float)


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
    def merged(self) -> MergedFlows:
        """Flows that tables do not tell apart, as one."""
        return merged_flows(self.routes)

    @cached_property
    def loads(self) -> Floats:
        """What passes each limit, shape (limits,)."""
        merged = self.merged
        return limit_loads(merged.routes, merged.sums(self.plan.quantity))

    def total(self, of_step: Floats) -> Floats:
        """Sum of a figure over the steps of each flow."""
        return self.merged.routes.total(of_step)[self.merged.kind]

    def sum_by_value(self, by: By, of_flow: Floats) -> Floats:
        """Sum of a figure over the flows that count for each value of `by`."""
        if by not in self._carried_by:
            carried = self.diversification.carried(self.merged.routes, by)
            self._carried_by[by] = carried.T
        return np.asarray(self._carried_by[by] @ self.merged.sums(of_flow))

    @cached_property
    def _carried_by(self) -> dict[By, sparse.csr_array]:
        """Whether each value counts for merged flows, as far as it was asked."""
        return {}

    @cached_property
    def levels(self) -> list[Level]:
        """Where the plan stands on every row of the rules."""
        return self.diversification.levels(self.routes, self.plan.quantity)

    def rows_told_in(self, table: str) -> list[tuple[RuleRow, Level]]:
        """Rows of rules that a table tells of, each with where the plan stands."""
        pairs = zip(self.diversification.rows, self.levels, strict=True)
        return [(row, level) for row, level in pairs if row.told_in == table]

    @cached_property
    def cost_parts(self) -> dict[str, Floats]:
        """Money per unit of each flow, by part of the generalised cost."""
        parts, kind = self.merged.routes.cost_parts, self.merged.kind
        return {name: part[kind] for name, part in parts.items()}

    @cached_property
    def cost(self) -> Floats:
        """Money per unit of each flow."""
        parts = [*self.merged.routes.cost_parts.values()]
        return np.asarray(np.sum(parts, axis=0)[self.merged.kind])

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


def merged_flows(routes: Routes) -> MergedFlows:
    """Merge the flows of a plan whose routes these are."""
    cargo, own = routes.cargo, routes.shipment
    chain, chains = _chains(routes)
    code = _alike_products(routes.network)[cargo.product[own]]
    code = code * len(routes.network.instance.periods) + cargo.period[own]
    _, first, kind = np.unique(
        code * max(1, chains) + chain, return_index=True, return_inverse=True
    )
    return MergedFlows(routes.chosen(first), kind)


def _chains(routes: Routes) -> tuple[Ints, int]:
    """Return a number for each route's elements, and how many of them differ."""
    content, size = routes.elements.tobytes(), routes.elements.itemsize
    number: dict[bytes, int] = {}
    chain = [
        number.setdefault(content[first:end], len(number))
        for first, end in pairwise((routes.starts * size).tolist())
    ]
    return np.array(chain, dtype=np.int64), len(number)


def _alike_products(network: Network) -> Ints:
    """Return a number that products of one treatment and product group share."""
    groups = network.instance.products["group"].tolist()
    number = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    group = np.array([number[name] for name in groups], dtype=np.int64)
    return np.asarray(network.treatments.of_product * len(number) + group)
