"""The master problem: which shipments, routes and rows the model holds by now.

A shipment enters the model when it has a choice: when its one route touches a row of
the model, or when pricing finds another. Until then it takes its first route whole,
or stays behind whole, and costs a constant. A row enters when it is broken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.model.families.family import Broken, Duals
from solver.model.families.rules import RuleRows, no_entries
from solver.model.program import Model
from solver.model.scale import scale_of
from solver.network.routes import joined, limit_loads, limit_usage
from solver.pricing.prices import Prices, constant, line_charges
from solver.rules.sums import RuleSums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints
    from solver.model.answer import Answer
    from solver.model.families.family import Objective
    from solver.network.network import Network
    from solver.network.routes import Routes
    from solver.network.shipments import Cargo
    from solver.problem.rules import By
    from solver.rules.row import Part
    from solver.rules.rule_set import Diversification, ValueCoefficient


BROKEN = 1e-13
"""Excess over a limit, relative to what passes it, that calls for its row."""


_FEW_BATCHES = 4


class _Batch:
    """Routes that came together, and their columns (-1: not in the model)."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.columns = np.full(len(routes), -1)
        self.entries: sparse.csr_array | None = None
        self.carried: dict[By, Floats] = {}


class Master:
    """Shipments, routes and rows of the model.

    Attributes
    ----------
    model : Model
        The linear program.
    sums : RuleSums
        What routes put on the lines of rules.
    """

    def __init__(
        self,
        network: Network,
        cargo: Cargo,
        rules: Diversification,
        objective: Objective,
    ) -> None:
        self.network, self.cargo, self.rules = network, cargo, rules
        self.sums = RuleSums(rules)
        self.objective = objective
        self.scale = scale_of(network, cargo)
        unit = self.scale.quantity
        self.model = Model(unit, reach=float(cargo.quantity.sum()) / unit)
        self._count_costs()
        self.batches: list[_Batch] = []
        count = len(cargo)
        self.current_batch = np.full(count, -1)
        self.current_route = np.full(count, -1)
        self.current_cost = np.full(count, np.inf)
        self.demand_row = np.full(count, -1)
        self.unmet_column = np.full(count, -1)
        self.limit_row = np.full(len(network.limits), -1)
        self.line_row = np.full(len(rules.lines), -1)
        self.rows = RuleRows(self.model, rules, self._add_lines)
        self.rows.set_costs(float(objective.money), objective.excess)
        self.most_unmet: dict[int, float] = {}
        self.unmet_row: dict[int, int] = {}
        self.budget, self.budget_row = np.inf, -1
        self.outside_load = np.zeros(0)
        self.outside_rows = np.zeros(0, dtype=int)
        self.outside_charged = np.zeros(0, dtype=int)
        self.outside_usage: sparse.csr_array | None = None
        one, nothing = np.ones(1), no_entries(1)
        self.constant = self.model.add_columns(np.zeros(1), one, nothing, unit=1.0)
        entry = (np.array([0, 1]), self.constant, one)
        self.model.add_rows(one, entry, equal=True, unit=1.0)

    # ---- routes and shipments

    def start(self, routes: Routes) -> None:
        """Give every shipment its first route, where it is worth taking."""
        self.batches.append(_Batch(routes))
        self.current_batch[routes.shipment] = 0
        self.current_route[routes.shipment] = np.arange(len(routes))
        self.current_cost[routes.shipment] = routes.cost
        self._price_outside()

    def add_routes(self, routes: Routes, shipments: Ints) -> int:
        """Add new routes, and shipments for which any route improves on what they have.

        A shipment that stayed behind may want the very route it has had from the
        start. Returns how many routes and shipments came in.
        """
        entering = int((~self.inside[shipments]).sum())
        self._enter(shipments)
        if len(routes):
            batch = _Batch(routes)
            self.batches.append(batch)
            self._add_columns(batch, np.arange(len(routes)))
        self._price_outside()
        return len(routes) + entering

    def hold(self, limits: Ints, rules: dict[int, list[Part]]) -> None:
        """Add rows of limits and rules that the present routes keep, with the rest.

        Shipments outside stay there: what they put on these rows is a constant.

        Parameters
        ----------
        limits : ndarray of int
            Limits.
        rules : dict of int to list of Part
            Rows of rules, with their parts.
        """
        capacity = self.network.limits.capacity[limits]
        usage = [
            sparse.csr_array(limit_usage(batch.routes, limits).T)
            for batch in self.batches
        ]
        self.limit_row[limits] = self._hold(usage, limits, capacity)
        self.rows.hold(rules)

    def _hold(
        self,
        parts: Sequence[sparse.csr_array],
        charged: Ints,
        limit: Floats,
        *,
        equal: bool = False,
        unit: Floats | None = None,
    ) -> Ints:
        """Add rows in which shipments outside stand as a constant.

        Parameters
        ----------
        parts : list of sparse matrix, shape (rows, routes)
            Entries of all routes, by lot.
        charged : ndarray of int
            What is priced: limits, and behind them lines of rules.
        """
        first, carried = self.batches[0].routes, self.carried_outside
        place = (first.shipment, np.arange(len(first)))
        shape = (len(self.cargo), len(first))
        of_shipment = sparse.csr_array((np.ones(len(first)), place), shape=shape)
        usage = sparse.csr_array(of_shipment @ parts[0].T)
        load = usage.T @ np.where(carried, self.cargo.quantity, 0.0)
        entries = self._row_entries(parts)
        rows = self.model.add_rows(limit, entries, equal=equal, unit=unit)
        for row, own in zip(rows.tolist(), load, strict=True):
            self.model.set_entry(row, int(self.constant[0]), float(own))
        known = self.outside_usage
        if known is not None:
            usage = sparse.csr_array(sparse.hstack([known, usage]))
        self.outside_usage = usage
        self.outside_rows = np.concatenate([self.outside_rows, rows])
        self.outside_charged = np.concatenate([self.outside_charged, charged])
        self.outside_load = np.concatenate([self.outside_load, load])
        return rows

    def _take_from_outside(self, shipments: Ints) -> None:
        """Shipments that enter are no longer part of the constant loads."""
        if self.outside_usage is None:
            return
        mine = shipments[self.carried_outside[shipments]]
        taken = self.outside_usage[mine].T @ self.cargo.quantity[mine]
        for number in np.flatnonzero(taken).tolist():
            self.outside_load[number] -= taken[number]
            load, row = self.outside_load[number], self.outside_rows[number]
            self.model.set_entry(int(row), int(self.constant[0]), float(load))

    def costlier_than_unmet(self, duals: Duals, step: float) -> Ints:
        """Shipments outside whose one route costs more than leaving them behind."""
        if self.outside_usage is None:
            return np.zeros(0, dtype=int)
        unmet = self._unmet_costs(duals.budget)
        for number in self.most_unmet:
            unmet[self.cargo.unmet_class == number] = np.inf
        return np.flatnonzero(
            self.carried_outside & (duals.marginal_cost > unmet + step)
        )

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Shipments that are in the model."""
        return self.demand_row >= 0

    @property
    def carried_outside(self) -> NDArray[np.bool_]:
        """Shipments outside the model that take their one route."""
        cheaper = self.current_cost < self.cargo.unmet_cost
        return ~self.inside & (self.current_route >= 0) & cheaper

    def _enter(self, shipments: Ints) -> None:
        """Bring shipments into the model, with the route they have."""
        fresh = shipments[~self.inside[shipments]]
        if not len(fresh):
            return
        self._take_from_outside(fresh)
        count = len(fresh)
        quantity = self.cargo.quantity[fresh]
        rows = self.model.add_rows(quantity, no_entries(count), equal=True)
        self.demand_row[fresh] = rows
        self._add_unmet(fresh)
        for number, batch in enumerate(self.batches):
            mine = fresh[self.current_batch[fresh] == number]
            if len(mine):
                self._add_columns(batch, self.current_route[mine])

    def _add_unmet(self, shipments: Ints) -> None:
        classes = self.cargo.unmet_class[shipments].tolist()
        none_left = {number for number, most in self.most_unmet.items() if most == 0.0}
        upper = [0.0 if number in none_left else np.inf for number in classes]
        class_rows = [self.unmet_row.get(number, -1) for number in classes]
        priced = np.where(self.cargo.firm[shipments], -1, self.budget_row)
        rows = np.column_stack([self.demand_row[shipments], class_rows, priced])
        factors = np.ones(rows.shape)
        factors[:, -1] = self.cargo.unmet_cost[shipments]
        held = rows >= 0
        starts = np.concatenate([[0], np.cumsum(held.sum(axis=1))])
        entries = (starts, rows[held], factors[held])
        cost = self.objective.unmet[shipments]
        columns = self.model.add_columns(cost, np.array(upper), entries)
        self.unmet_column[shipments] = columns

    def _add_columns(self, batch: _Batch, index: Ints) -> None:
        routes = batch.routes.chosen(index)
        count = len(routes)
        rows: list[Ints] = [self.demand_row[routes.shipment]]
        owners: list[Ints] = [np.arange(count)]
        values = [np.ones(count)]
        active = np.flatnonzero(self.limit_row >= 0)
        used = sparse.coo_array(limit_usage(routes, active))
        rows.append(self.limit_row[active][used.col])
        owners.append(used.row.astype(int))
        values.append(used.data)
        lines = np.flatnonzero(self.line_row >= 0)
        held = sparse.coo_array(self._line_entries(batch)[lines][:, index])
        rows.append(self.line_row[lines][held.row])
        owners.append(held.col.astype(int))
        values.append(held.data)
        if self.budget_row >= 0:
            rows.append(np.full(count, self.budget_row))
            owners.append(np.arange(count))
            values.append(routes.cost)
        owner = np.concatenate(owners)
        order = np.argsort(owner, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))])
        entries = (
            starts.astype(int),
            np.concatenate(rows)[order],
            np.concatenate(values)[order],
        )
        cost = self._route_costs(batch)[index]
        free = np.full(count, np.inf)
        batch.columns[index] = self.model.add_columns(cost, free, entries)

    def _route_costs(self, batch: _Batch) -> Floats:
        """Return what the routes of a lot cost, as the objective has it."""
        cost = (
            batch.routes.cost if self.objective.money else np.zeros(len(batch.routes))
        )
        coefficient = self.objective.coefficient
        return (
            cost
            if coefficient is None
            else cost + coefficient.cost * self._carrying(batch, coefficient)
        )

    def _carrying(self, batch: _Batch, coefficient: ValueCoefficient) -> Floats:
        """Whether each route of a lot carries a value."""
        if coefficient.by not in batch.carried:
            carried = self.rules.carried(batch.routes, coefficient.by)
            batch.carried[coefficient.by] = np.ascontiguousarray(carried.toarray().T)
        return np.asarray(batch.carried[coefficient.by][coefficient.value])

    def compact(self) -> None:
        """Put all lots of routes but the first together."""
        if len(self.batches) > _FEW_BATCHES:
            batch = _Batch(joined([batch.routes for batch in self.batches[1:]]))
            batch.columns = np.concatenate(
                [batch.columns for batch in self.batches[1:]]
            )
            self.batches = [self.batches[0], batch]

    def _line_entries(self, batch: _Batch) -> sparse.csr_array:
        if batch.entries is None:
            batch.entries = self.sums.of_routes(batch.routes)
        return batch.entries

    # ---- rows

    def quantities(self, values: Floats) -> list[Floats]:
        """Quantity on every route of every lot, by the values of the columns."""
        carried = self.carried_outside
        result = []
        for number, batch in enumerate(self.batches):
            quantity = np.where(batch.columns >= 0, values[batch.columns], 0.0)
            mine = np.flatnonzero(carried & (self.current_batch == number))
            quantity[self.current_route[mine]] = self.cargo.quantity[mine]
            result.append(quantity)
        return result

    def add_broken_rows(self, values: Floats, quantities: Sequence[Floats]) -> Broken:
        """Add the rows that a plan breaks, and the cuts that it calls for.

        Parameters
        ----------
        values : ndarray, shape (columns,)
            Value of each column.
        quantities : list of ndarray
            Quantities by lot of routes.
        """
        limits = self.network.limits
        loads = np.zeros(len(limits))
        sums = np.zeros(len(self.rules.lines))
        for batch, quantity in zip(self.batches, quantities, strict=True):
            loads += limit_loads(batch.routes, quantity)
            sums += self._line_entries(batch) @ quantity
        exceeded = loads > limits.capacity + BROKEN * loads
        broken = np.flatnonzero(exceeded & (self.limit_row < 0))
        self.add_limits(broken)
        rows, cuts = self.rows.broken(values, sums)
        self.rows.add(rows)
        if len(broken) or rows:
            self._price_outside()
        return Broken(len(broken) + len(rows), cuts)

    def add_limits(self, limits: Ints) -> None:
        """Add limits as rows, and the shipments whose routes touch them."""
        if not len(limits):
            return
        touching = [limit_usage(batch.routes, limits) for batch in self.batches]
        self._enter(self._whose_route_touches(touching))
        capacity = self.network.limits.capacity[limits]
        entries = self._row_entries([sparse.csr_array(part.T) for part in touching])
        self.limit_row[limits] = self.model.add_rows(capacity, entries)

    def _count_costs(self) -> None:
        """Let solvers count the objective in units of its own size."""
        cost = self.scale.cost if self.objective.money else 1.0
        self.model.count_costs_in(cost * self.scale.quantity)

    def _add_lines(
        self, lines: Ints, limit: Floats, is_equal: bool, unit: Floats
    ) -> Ints:
        """Add sums over routes as rows."""
        parts = [self._line_entries(batch)[lines] for batch in self.batches]
        if self.outside_usage is not None:
            charged = len(self.network.limits) + lines
            rows = self._hold(parts, charged, limit, equal=is_equal, unit=unit)
            self.line_row[lines] = rows
            return rows
        self._enter(
            self._whose_route_touches([sparse.csr_array(part.T) for part in parts])
        )
        entries = self._row_entries(parts)
        rows = self.model.add_rows(limit, entries, equal=is_equal, unit=unit)
        self.line_row[lines] = rows
        return self.line_row[lines]

    def _whose_route_touches(self, touching: Sequence[sparse.csr_array]) -> Ints:
        """Shipments outside the model whose present route has an entry."""
        found = []
        for number, part in enumerate(touching):
            routes = np.unique(sparse.coo_array(part).row)
            shipments = self.batches[number].routes.shipment[routes]
            own = self.current_batch[shipments] == number
            own &= self.current_route[shipments] == routes
            found.append(shipments[own & self.carried_outside[shipments]])
        return np.unique(np.concatenate(found))

    def _row_entries(
        self, parts: Sequence[sparse.csr_array]
    ) -> tuple[Ints, Ints, Floats]:
        """Entries of new rows (rows of each part) in the columns of the lots."""
        rows, columns, values = [], [], []
        for batch, part in zip(self.batches, parts, strict=True):
            entries = sparse.coo_array(part)
            column = batch.columns[entries.col]
            kept = (column >= 0) & (entries.data != 0)
            rows.append(entries.row[kept])
            columns.append(column[kept])
            values.append(entries.data[kept])
        row = np.concatenate(rows)
        order = np.argsort(row, kind="stable")
        counts = np.bincount(row, minlength=parts[0].shape[0])
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(int)
        return starts, np.concatenate(columns)[order], np.concatenate(values)[order]

    # ---- objective and last resort

    def set_objective(self, objective: Objective) -> None:
        """Minimise something else from now on."""
        self.objective = objective
        self._count_costs()
        for batch in self.batches:
            held = batch.columns >= 0
            self.model.set_costs(batch.columns[held], self._route_costs(batch)[held])
        inside = np.flatnonzero(self.inside)
        self.model.set_costs(self.unmet_column[inside], objective.unmet[inside])
        self.rows.set_costs(float(objective.money), objective.excess)
        self._price_outside()

    def limit_unmet(self, number: int, most: float) -> None:
        """Leave at most so much unmet in a class (or of `PRICED`) from now on.

        Where something must stay behind, which of the class does is a choice that
        all its shipments have, so they all enter the model.
        """
        self.most_unmet[number] = most
        members = np.flatnonzero((self.cargo.unmet_class == number) & ~self.lost)
        if most > 0.0:
            self._enter(members)
        columns = self.unmet_column[members[self.inside[members]]]
        if most > 0.0:
            entries = (np.array([0, len(columns)]), columns, np.ones(len(columns)))
            row = self.model.add_rows(np.array([most]), entries)
            self.unmet_row[number] = int(row[0])
        else:
            self.model.set_upper(columns, np.zeros(len(columns)))
        self._price_outside()

    def limit_unmet_again(self, number: int, most: float, slack: float) -> None:
        """Leave another quantity above 0 unmet at most in a class that has a limit.

        The model may leave a slack besides, which bounds do not know.
        """
        self.most_unmet[number] = most
        self.model.set_limit(self.unmet_row[number], most + slack)

    def free_unmet(self, number: int) -> None:
        """Let a class stay behind as it likes again."""
        members = np.flatnonzero(self.cargo.unmet_class == number)
        del self.most_unmet[number]
        row = self.unmet_row.pop(number, None)
        if row is not None:
            self.model.set_limit(row, float(self.cargo.quantity[members].sum()))
        columns = self.unmet_column[members[self.inside[members]]]
        self.model.set_upper(columns, np.full(len(columns), np.inf))

    def limit_cost(self, budget: float) -> None:
        """Spend at most so much on routes, unmet demand and penalties from now on."""
        self.budget = budget
        if self.budget_row >= 0:
            self.model.set_limit(self.budget_row, budget)
            return
        priced = np.flatnonzero(self.inside & ~self.cargo.firm)
        soft, penalty = self.rows.penalties()
        columns = [self.unmet_column[priced], soft]
        costs = [self.cargo.unmet_cost[priced], penalty]
        for batch in self.batches:
            held = batch.columns >= 0
            columns.append(batch.columns[held])
            costs.append(batch.routes.cost[held])
        index, value = np.concatenate(columns), np.concatenate(costs)
        entries = (np.array([0, len(index)]), index, value)
        money = self.scale.money
        rows = self.model.add_rows(np.array([budget]), entries, unit=money)
        self.budget_row = int(rows[0])
        self.rows.budget_row = self.budget_row
        self._price_outside()

    def _price_outside(self) -> None:
        """Give the constant what everything costs that is not in the model."""
        carried = self.carried_outside
        quantity = self.cargo.quantity
        unmet = ~self.inside & ~carried & ~self.cargo.firm
        cost = float(quantity[unmet] @ self.objective.unmet[unmet])
        cost += float(quantity[carried] @ self._current(carried))
        self.model.set_costs(self.constant, np.array([cost]))
        if self.budget_row >= 0:
            spent = float(quantity[carried] @ self.current_cost[carried])
            spent += float(quantity[unmet] @ self.cargo.unmet_cost[unmet])
            self.model.set_entry(self.budget_row, int(self.constant[0]), spent)

    def _current(self, shipments: NDArray[np.bool_]) -> Floats:
        """Return what present routes of shipments cost, as the objective has it."""
        coefficient = self.objective.coefficient
        cost = float(self.objective.money) * self.current_cost[shipments]
        if coefficient is None:
            return cost
        carrying = np.zeros(len(self.cargo))
        for number, batch in enumerate(self.batches):
            mine = shipments & (self.current_batch == number)
            if mine.any():
                carrying[mine] = self._carrying(batch, coefficient)[
                    self.current_route[mine]
                ]
        return cost + coefficient.cost * carrying[shipments]

    # ---- back from the solver

    def duals(self, answer: Answer) -> Duals:
        """Prices of all rows; never of the wrong sign."""
        limits = np.zeros(len(self.limit_row))
        held = self.limit_row >= 0
        limits[held] = np.maximum(0.0, -answer.duals[self.limit_row[held]])
        rules, weights = self.rows.prices(answer)
        unmet_prices = {
            number: max(0.0, -float(answer.duals[row]))
            for number, row in self.unmet_row.items()
        }
        spent = 0.0
        if self.budget_row >= 0:
            spent = max(0.0, -float(answer.duals[self.budget_row]))
        money = float(self.objective.money) + spent
        prices = Prices(limits, rules, money, weights, self.objective.coefficient)
        return Duals(
            prices, unmet_prices, self._marginal_costs(answer, prices, spent), spent
        )

    def _marginal_costs(self, answer: Answer, prices: Prices, spent: float) -> Floats:
        result = self._unmet_costs(spent)
        carried, inside = self.carried_outside, self.inside
        result[carried] = self._current(carried) + spent * self.current_cost[carried]
        if self.outside_usage is not None:
            charges = line_charges(self.rules, prices)
            charges = np.concatenate([prices.limits, charges])
            charged = self.outside_usage @ charges[self.outside_charged]
            result[carried] += charged[carried]
        result[inside] = answer.duals[self.demand_row[inside]]
        return result

    def _unmet_costs(self, spent: float) -> Floats:
        """Cost of leaving a unit unmet, with a price on the budget."""
        unmet = self.objective.unmet.copy()
        if spent:
            priced = ~self.cargo.firm
            unmet[priced] += spent * self.cargo.unmet_cost[priced]
        return unmet

    @property
    def lost(self) -> NDArray[np.bool_]:
        """Firm shipments that have no route at all."""
        return self.cargo.firm & (self.current_route < 0)

    def unmet(self, answer: Answer) -> Floats:
        """Quantity of each shipment that stays behind, shape (shipments,)."""
        inside = self.inside
        unmet = np.where(self.carried_outside, 0.0, self.cargo.quantity)
        unmet[inside] = answer.values[self.unmet_column[inside]]
        return np.asarray(np.maximum(unmet, 0.0))

    def cost(self, answer: Answer, quantities: Sequence[Floats]) -> float:
        """Objective of a plan, without the firm shipments that have no route."""
        unmet = np.where(self.lost, 0.0, self.unmet(answer))
        total = float(self.objective.unmet @ unmet)
        total += self.rows.cost(answer)
        for batch, quantity in zip(self.batches, quantities, strict=True):
            total += float(self._route_costs(batch) @ quantity)
        return total

    def bound(self, duals: Duals, value: Floats) -> float:
        """Lagrangian bound at some prices, for cheapest routes of this value."""
        cargo = self.cargo
        unmet = self._unmet_costs(duals.budget)
        for number in self.most_unmet:
            members = cargo.unmet_class == number
            unmet[members] += duals.unmet_prices.get(number, 0.0)
            if number not in self.unmet_row:
                unmet[members] = np.inf
        least = np.where(self.lost, 0.0, np.minimum(unmet, value))
        bound = float(least @ cargo.quantity)
        bound -= float(duals.prices.limits @ self.network.limits.capacity)
        bound -= constant(self.rules, duals.prices)
        for number, price in duals.prices.rules.items():
            bound -= price * float(self.rows.shift[number])
        for number, price in duals.unmet_prices.items():
            bound -= price * self.most_unmet[number]
        return bound - (duals.budget * self.budget if duals.budget else 0.0)
