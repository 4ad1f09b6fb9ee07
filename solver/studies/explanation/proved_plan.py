"""A plan with the prices that prove it, and what routes pay at these prices.

For a route r of a shipment d, at the prices of the stage `cost`,

    pays_dr = cost_dr + sum_k price_k a_rk + sum_i price_i g_idr,

over capacities k and rows of rules i, in the words of `solution.certificate.Stage`. The
*marginal transport cost* of d is the least of it over all its routes. A route that the
plan takes pays just that, by complementary slackness; what another route pays beyond is
its reduced cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import limit_loads, limit_usage, routes_of_plan
from solver.solution.certificate import Stage
from solver.solution.keys import UnmetKey
from solver.solving.prices_to_decimals import published_prices

if TYPE_CHECKING:
    from scipy import sparse

    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.network.shipments import Cargo
    from solver.pricing.prices import Prices
    from solver.rules.row import Linear
    from solver.rules.rule_set import Level
    from solver.solution.certificate import Certificate
    from solver.solution.plan import Plan
    from solver.solving.prepared import Prepared


@dataclass(frozen=True, eq=False)
class ProvedPlan:
    """A plan, its prices, and everything that follows from both.

    Parameters
    ----------
    known : Prepared
        The instance.
    plan : Plan
        What ships where.
    certificate : Certificate or None
        The prices; without any, nothing has a price.
    """

    known: Prepared
    plan: Plan
    certificate: Certificate | None

    @cached_property
    def routes(self) -> Routes:
        """The route of each flow."""
        return routes_of_plan(self.known.network, self.known.cargo, self.plan)

    @property
    def has_prices(self) -> bool:
        """Whether there are prices of the stage `cost`."""
        return bool(self.stages("cost"))

    def stages(self, objective: str) -> list[Stage]:
        """Stages of the certificate with one objective."""
        stages = self.certificate.stages if self.certificate else ()
        return [stage for stage in stages if stage.objective == objective]

    @property
    def stage(self) -> Stage:
        """Prices of the stage `cost`; none if there is no such stage."""
        return next(iter(self.stages("cost")), Stage("cost"))

    @cached_property
    def prices(self) -> Prices:
        """Prices of the stage `cost` as a search takes them."""
        known = self.known
        return published_prices(self.stage, known.network, known.rules)

    @cached_property
    def priced_limits(self) -> Ints:
        """Limits that have a price."""
        return np.flatnonzero(self.prices.limits)

    @cached_property
    def priced_rows(self) -> dict[int, Linear]:
        """Linear form of each row of a rule that has a price, by its number."""
        rows, weights = self.known.rules.rows, self.prices.weights
        return {n: rows[n].linear(weights.get(n)) for n in sorted(self.prices.rules)}

    @cached_property
    def loads(self) -> Floats:
        """What passes each limit, shape (limits,)."""
        return limit_loads(self.routes, self.plan.quantity)

    @cached_property
    def levels(self) -> list[Level]:
        """Where the plan stands on every row of the rules."""
        return self.known.rules.levels(self.routes, self.plan.quantity)

    @cached_property
    def served(self) -> Floats:
        """Quantity of each shipment that is served."""
        size = len(self.plan.unmet)
        sums = np.bincount(self.plan.shipment, self.plan.quantity, minlength=size)
        return sums.astype(float)

    # ---- what routes pay

    def charges(self, routes: Routes) -> sparse.csr_array:
        """Money per unit for each limit with a price, shape (routes, priced limits)."""
        used = limit_usage(routes, self.priced_limits)
        return used.multiply(self.prices.limits[self.priced_limits][None, :]).tocsr()

    def rule_charges(self, routes: Routes) -> Floats:
        """Money per unit for each row with a price, shape (routes, priced rows)."""
        found = [
            self.prices.rules[number] * rule_entries(self.known, routes, number, form)
            for number, form in self.priced_rows.items()
        ]
        return np.array(found, dtype=float).reshape(len(found), len(routes)).T

    def pays(self, routes: Routes) -> Floats:
        """Everything that a unit of each route pays, shape (routes,)."""
        charges = np.asarray(self.charges(routes).sum(axis=1)).ravel()
        return np.asarray(routes.cost + charges + self.rule_charges(routes).sum(axis=1))

    @cached_property
    def unmet_price(self) -> Floats:
        """Price of leaving a unit of each shipment unmet, shape (shipments,)."""
        return unmet_prices(self.known.cargo, self.stage)

    @cached_property
    def least(self) -> Floats:
        """Marginal transport cost of each shipment; infinite where leaving is cheaper.

        The value is the least over all routes, found by a search; it is exact where it
        is below the price of leaving the cargo unmet.
        """
        found = self.known.pricer.search(self.prices, self.unmet_price)
        return np.where(found.value <= self.unmet_price, found.value, np.inf)


def rule_entries(known: Prepared, routes: Routes, number: int, form: Linear) -> Floats:
    """Return what a unit of each route puts in a row of a rule, shape (routes,)."""
    row = known.rules.rows[number]
    carried = known.rules.carried(routes, row.scope.rule.by)
    counted = form.base + carried @ form.values[: carried.shape[1]]
    return np.asarray(row.scope.weight[routes.shipment] * counted)


def unmet_prices(cargo: Cargo, stage: Stage) -> Floats:
    """Price of leaving a unit of each shipment unmet, as a stage counts it.

    Parameters
    ----------
    cargo : Cargo
        The shipments.
    stage : Stage
        Of objective `unmet` or `cost`.

    Returns
    -------
    ndarray, shape (shipments,)
        Money per unit, or quantity per unit.
    """
    prices = [stage.unmet.get(UnmetKey(p), 0.0) for p in cargo.classes]
    if stage.objective == "unmet":
        own = [float(priority == stage.priority) for priority in cargo.classes]
        prices = [max(pair) for pair in zip(prices, own, strict=True)]
    of_class = np.array([*prices, 0.0], dtype=float)
    unmet_price = of_class[cargo.unmet_class]
    if stage.objective == "cost":
        unmet_price = np.where(cargo.firm, unmet_price, cargo.unmet_cost)
    return unmet_price
