"""The master problem: which shipments, routes and rows the model holds by now.

A shipment enters the model when it has a choice: when its one route touches a row of
the model, or when pricing finds another. Until then it takes its first route whole, or
is left unmet whole, and costs a constant. A row enters when it is broken. Whatever the
rows are is for their families to say: the master sums over them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.families.families import Families
from solver.model.objective import Duals
from solver.model.outside import Outside
from solver.model.program import Model, no_entries
from solver.model.route_columns import RouteColumns
from solver.model.scale import scale_of, scale_of_objective
from solver.pricing.prices import Prices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints
    from solver.model.answer import Answer
    from solver.model.families.family import Broken
    from solver.model.objective import Objective
    from solver.model.route_columns import RouteBatch
    from solver.model.scale import Scale
    from solver.network.network import Network
    from solver.network.routes import Routes
    from solver.network.shipments import Cargo
    from solver.rules.rule_set import Diversification


class Master:
    """Shipments, routes and rows of the model.

    Attributes
    ----------
    model : Model
        The linear program.
    routes : RouteColumns
        The routes known so far, and their columns.
    outside : Outside
        Shipments that are not in the model.
    families : Families
        The rows, family by family.
    as_given : ndarray, shape (shipments,)
        Quantities of the cargo, none of them moved.
    """

    def __init__(
        self,
        network: Network,
        cargo: Cargo,
        rules: Diversification,
        objective: Objective,
    ) -> None:
        self.network, self.cargo, self.rules = network, cargo, rules
        self.objective = objective
        self.scale = scale_of(network, cargo, rules.rows)
        unit = self.scale.quantity
        self.model = Model(unit, reach=float(cargo.quantity.sum()) / unit)
        self._count_costs()
        self.routes = RouteColumns(self.model, rules)
        self.outside = Outside(self.model, cargo, self.routes)
        self.as_given = cargo.quantity.copy()
        self.demand_row, self.unmet_column = np.full((2, len(cargo)), -1)
        self.families = Families(self)
        self.families.set_objective(objective)

    # ---- routes and shipments

    def start(self, routes: Routes) -> None:
        """Give every shipment its first route, where it costs less than leaving it."""
        self.routes.append(routes)
        self.outside.start(routes)
        self.price_outside()

    def add_routes(self, routes: Routes, shipments: Ints) -> int:
        """Add new routes, and shipments for which any route improves on what they have.

        A shipment that is unmet may want the very route it has had from the start.
        Returns how many routes and shipments came in.
        """
        entering = int((~self.outside.entered[shipments]).sum())
        self.enter(shipments)
        if len(routes):
            self._add_columns(self.routes.append(routes), np.arange(len(routes)))
        self.price_outside()
        return len(routes) + entering

    def enter(self, shipments: Ints) -> None:
        """Bring shipments into the model, with the route they have."""
        fresh = shipments[~self.outside.entered[shipments]]
        if not len(fresh):
            return
        carried = self.outside.carried[fresh]
        self.outside.enter(fresh)
        quantity, count = self.cargo.quantity[fresh], len(fresh)
        rows = self.model.add_rows(quantity, no_entries(count), equal=True)
        self.demand_row[fresh] = rows
        self._add_unmet(fresh)
        column = self.unmet_column[fresh]
        for number, batch in enumerate(self.routes.batches):
            mine = np.flatnonzero(self.outside.batch[fresh] == number)
            if len(mine):
                own = self.outside.route[fresh[mine]]
                self._add_columns(batch, own)
                is_taken = carried[mine]
                column[mine[is_taken]] = batch.columns[own[is_taken]]
        self.model.fill_rows(rows, column)

    def begin_at(self, quantities: Sequence[Floats]) -> None:
        """Tell solvers of a plan that is nearly the best, before they solve anything.

        Parameters
        ----------
        quantities : list of ndarray
            Quantities by batch of routes; what they leave is unmet.
        """
        values, left = np.zeros(len(self.model.columns)), self.cargo.quantity.copy()
        for batch, own in zip(self.routes.batches, quantities, strict=True):
            held = batch.columns >= 0
            values[batch.columns[held]] = own[held]
            left -= np.bincount(batch.routes.shipment, own, len(left))
        inside = np.flatnonzero(self.outside.entered)
        values[self.unmet_column[inside]] = np.maximum(left[inside], 0.0)
        values[self.outside.constant] = 1.0
        self.model.begin_at(values)

    def _add_unmet(self, shipments: Ints) -> None:
        """Add the unmet column of each shipment."""
        rows, factors = [self.demand_row[shipments]], [np.ones(len(shipments))]
        for own, values in self.families.unmet_entries(shipments):
            rows.append(own)
            factors.append(values)
        row, factor = np.column_stack(rows), np.column_stack(factors)
        held = row >= 0
        starts = np.concatenate([[0], np.cumsum(held.sum(axis=1))])
        entry = (starts, row[held], factor[held])
        cost, upper = (
            self.objective.unmet[shipments],
            self.families.most_unmet(shipments),
        )
        self.unmet_column[shipments] = self.model.add_columns(cost, upper, entry)

    def _add_columns(self, batch: RouteBatch, index: Ints) -> None:
        """Make routes of a batch columns, with their entries in all rows."""
        demand = self.demand_row[batch.routes.shipment[index]]
        parts = [(demand, np.arange(len(index)), np.ones(len(index)))]
        parts += self.families.entries(batch, index)
        self.routes.add(batch, index, self.objective, parts)

    def costlier_than_unmet(self, duals: Duals, step: float) -> Ints:
        """Shipments outside whose one route costs more than leaving them unmet."""
        unmet = self._unmet_costs(duals)
        self.families.hold_unmet(unmet, duals)
        dear = duals.marginal_cost > unmet + step
        return np.flatnonzero(self.outside.carried & dear)

    def move_demand(self, shipment: int, shift: float) -> None:
        """Make the demand of a shipment in the model so much more than it is.

        The cargo must be the master's own.
        """
        quantity = self.as_given[shipment] + shift
        self.cargo.quantity[shipment] = quantity
        row = int(self.demand_row[shipment])
        self.model.set_limit(row, float(quantity), equal=True)

    # ---- rows and objective

    def add_broken_rows(self, values: Floats, quantities: Sequence[Floats]) -> Broken:
        """Add the rows that a plan breaks, and the cuts that it calls for.

        Parameters
        ----------
        values : ndarray, shape (columns,)
            Value of each column.
        quantities : list of ndarray
            Quantities by batch of routes.
        """
        broken = self.families.add_broken(values, quantities)
        if broken.rows:
            self.price_outside()
        return broken

    def set_objective(self, objective: Objective) -> None:
        """Minimise something else from now on."""
        self.objective = objective
        self._count_costs()
        self.routes.set_costs(objective)
        inside = np.flatnonzero(self.outside.entered)
        self.model.set_costs(self.unmet_column[inside], objective.unmet[inside])
        self.families.set_objective(objective)
        self.price_outside()

    def _count_costs(self) -> None:
        """Let solvers count the objective in units of its own size."""
        self.model.count_costs_in(self.objective_scale.money)

    @property
    def objective_scale(self) -> Scale:
        """Units of quantity, and of what the objective makes a unit of it cost."""
        return scale_of_objective(self.scale, self.objective, self.rules.rows)

    def price_outside(self) -> None:
        """Give the constant what everything costs that is not in the model."""
        self.outside.price(self.objective)
        self.families.price_outside()

    def money_rows(self) -> list[int]:
        """Rows that count money: columns that cost some have an entry there."""
        return self.families.money_rows()

    # ---- back from the solver

    def duals(self, answer: Answer) -> Duals:
        """Prices of all rows; never of the wrong sign."""
        nothing = np.zeros(len(self.network.limits))
        money, coefficient = float(self.objective.money), self.objective.coefficient
        prices = Prices(nothing, {}, money, coefficient=coefficient)
        duals = self.families.priced(Duals(prices, {}, np.zeros(0)), answer)
        return replace(duals, marginal_cost=self._marginal_costs(answer, duals))

    def _marginal_costs(self, answer: Answer, duals: Duals) -> Floats:
        result = self._unmet_costs(duals)
        carried, inside = self.outside.carried, self.outside.entered
        own = self.outside.costs(carried, self.objective)
        result[carried] = self.families.charge_outside(own, carried, duals)
        charged = self.outside.charged(duals)
        if charged is not None:
            result[carried] += charged[carried]
        result[inside] = answer.duals[self.demand_row[inside]]
        return result

    def _unmet_costs(self, duals: Duals) -> Floats:
        """Cost of leaving a unit unmet, with what families charge for it."""
        unmet = self.objective.unmet.copy()
        self.families.charge_unmet(unmet, duals)
        return unmet

    def unmet(self, answer: Answer) -> Floats:
        """Quantity of each shipment that is left unmet, shape (shipments,)."""
        inside = self.outside.entered
        unmet = np.where(self.outside.carried, 0.0, self.cargo.quantity)
        unmet[inside] = answer.values[self.unmet_column[inside]]
        return np.asarray(np.maximum(unmet, 0.0))

    def cost(self, answer: Answer, quantities: Sequence[Floats]) -> float:
        """Objective of a plan, without the firm shipments that have no route."""
        unmet = np.where(self.outside.lost, 0.0, self.unmet(answer))
        total = self.families.cost(float(self.objective.unmet @ unmet), answer)
        for batch, quantity in zip(self.routes.batches, quantities, strict=True):
            total += float(self.routes.costs(batch, self.objective) @ quantity)
        return total

    def bound(self, duals: Duals, value: Floats) -> float:
        """Lagrangian bound at some prices, for cheapest routes of this value."""
        unmet = self._unmet_costs(duals)
        self.families.hold_unmet(unmet, duals)
        value = self.families.least_values(value, duals)
        least = np.where(self.outside.lost, 0.0, np.minimum(unmet, value))
        return self.families.less_constant(float(least @ self.cargo.quantity), duals)
