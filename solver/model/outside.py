"""Shipments outside the model: each takes its one route whole, or is left unmet whole.

What they cost stands in one column, fixed at 1; so does what they put on rows that are
held while they stay outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.model.program import no_entries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.arrays import Floats, Ints, Mask
    from solver.model.objective import Duals, Objective
    from solver.model.program import Model
    from solver.model.route_columns import RouteColumns
    from solver.network.routes import Routes
    from solver.network.shipments import Cargo

    Charges = Callable[[Duals], Floats]


class Outside:
    """Shipments outside the model.

    Attributes
    ----------
    entered : ndarray of bool, shape (shipments,)
        Shipments that are in the model.
    batch, route, cost : ndarray, shape (shipments,)
        Batch and position of the route that each shipment has had from the start
        (-1: none), and its cost.
    constant : ndarray of int, shape (1,)
        The column that is fixed at 1.
    """

    def __init__(self, model: Model, cargo: Cargo, routes: RouteColumns) -> None:
        self.model, self.cargo, self.routes = model, cargo, routes
        count = len(cargo)
        self.entered = np.zeros(count, dtype=bool)
        self.batch, self.route = np.full(count, -1), np.full(count, -1)
        self.cost = np.full(count, np.inf)
        self._load, self._rows = np.zeros(0), np.zeros(0, dtype=int)
        self._held: list[tuple[Charges, Ints]] = []
        self._usage: sparse.csr_array | None = None
        one, nothing = np.ones(1), no_entries(1)
        self.constant = model.add_columns(np.zeros(1), one, nothing, unit=1.0)
        entry = (np.array([0, 1]), self.constant, one)
        model.add_rows(one, entry, equal=True, unit=1.0)

    def start(self, routes: Routes) -> None:
        """Give shipments their one route; they are the first batch."""
        self.batch[routes.shipment] = 0
        self.route[routes.shipment] = np.arange(len(routes))
        self.cost[routes.shipment] = routes.cost

    @property
    def carried(self) -> Mask:
        """Shipments that take their one route."""
        cheaper = self.cost < self.cargo.unmet_cost
        return ~self.entered & (self.route >= 0) & cheaper

    @property
    def lost(self) -> Mask:
        """Firm shipments that have no route at all."""
        return self.cargo.firm & (self.route < 0)

    @property
    def unmet(self) -> Mask:
        """Priced shipments that are left unmet."""
        return ~self.entered & ~self.carried & ~self.cargo.firm

    @property
    def is_held(self) -> bool:
        """Whether rows hold what shipments outside put on them as a constant."""
        return self._usage is not None

    def enter(self, shipments: Ints) -> None:
        """Take shipments that enter the model out of the constants of rows."""
        if self._usage is not None:
            mine = shipments[self.carried[shipments]]
            taken = self._usage[mine].T @ self.cargo.quantity[mine]
            for number in np.flatnonzero(taken).tolist():
                self._load[number] -= taken[number]
                load, row = self._load[number], self._rows[number]
                self.model.set_entry(int(row), int(self.constant[0]), float(load))
        self.entered[shipments] = True

    def touched(self, parts: Sequence[sparse.csr_array]) -> Ints:
        """Shipments outside whose one route has an entry.

        Parameters
        ----------
        parts : list of sparse matrix, shape (rows, routes)
            Entries of all routes, batch by batch.
        """
        found = []
        for number, part in enumerate(parts):
            routes = np.unique(sparse.coo_array(part).col)
            shipments = self.routes.batches[number].routes.shipment[routes]
            own = self.batch[shipments] == number
            own &= self.route[shipments] == routes
            found.append(shipments[own & self.carried[shipments]])
        return np.unique(np.concatenate(found))

    def hold(
        self,
        parts: Sequence[sparse.csr_array],
        limit: Floats,
        charged: tuple[Charges, Ints],
        *,
        equal: bool = False,
        unit: Floats | None = None,
    ) -> Ints:
        """Add rows in which shipments outside stand as a constant.

        Parameters
        ----------
        parts : list of sparse matrix, shape (rows, routes)
            Entries of all routes, batch by batch.
        charged : (callable, ndarray of int)
            Charges of a family at some prices, and which of them each row has.
        unit : ndarray, optional
            What solvers count each row in.
        """
        first = self.routes.batches[0].routes
        place = (first.shipment, np.arange(len(first)))
        shape = (len(self.cargo), len(first))
        of_shipment = sparse.csr_array((np.ones(len(first)), place), shape=shape)
        usage = sparse.csr_array(of_shipment @ parts[0].T)
        load = usage.T @ np.where(self.carried, self.cargo.quantity, 0.0)
        entries = self.routes.entries(parts)
        rows = self.model.add_rows(limit, entries, equal=equal, unit=unit)
        for row, own in zip(rows.tolist(), load, strict=True):
            self.model.set_entry(row, int(self.constant[0]), float(own))
        known = self._usage
        if known is not None:
            usage = sparse.csr_array(sparse.hstack([known, usage]))
        self._usage = usage
        self._rows = np.concatenate([self._rows, rows])
        self._load = np.concatenate([self._load, load])
        self._held.append(charged)
        return rows

    def quantities(self, values: Floats) -> list[Floats]:
        """Quantity on every route of every batch, of shipments in the model too.

        Parameters
        ----------
        values : ndarray, shape (columns,)
            Value of each column of the model.
        """
        carried = self.carried
        result = []
        for number, batch in enumerate(self.routes.batches):
            quantity = np.where(batch.columns >= 0, values[batch.columns], 0.0)
            mine = np.flatnonzero(carried & (self.batch == number))
            quantity[self.route[mine]] = self.cargo.quantity[mine]
            result.append(quantity)
        return result

    def charged(self, duals: Duals) -> Floats | None:
        """Return what held rows charge for a unit of each shipment, if any are held."""
        if self._usage is None:
            return None
        charges = {of: of(duals) for of, _ in self._held}
        own = [charges[of][index] for of, index in self._held]
        return np.asarray(self._usage @ np.concatenate(own))

    def price(self, objective: Objective) -> None:
        """Give the constant what everything costs that is not in the model."""
        carried, unmet = self.carried, self.unmet
        quantity = self.cargo.quantity
        cost = float(quantity[unmet] @ objective.unmet[unmet])
        cost += float(quantity[carried] @ self.costs(carried, objective))
        self.model.set_costs(self.constant, np.array([cost]))

    def costs(self, shipments: Mask, objective: Objective) -> Floats:
        """Return what the routes of shipments cost, as the objective has it."""
        coefficient = objective.coefficient
        cost = float(objective.money) * self.cost[shipments]
        if coefficient is None:
            return np.asarray(cost)
        carrying = np.zeros(len(self.cargo))
        for number, batch in enumerate(self.routes.batches):
            mine = shipments & (self.batch == number)
            if mine.any():
                own = self.routes.carrying(batch, coefficient)
                carrying[mine] = own[self.route[mine]]
        return np.asarray(cost + coefficient.cost * carrying[shipments])
