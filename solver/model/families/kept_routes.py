"""Rows of what stays on earlier routes: ``y_j <= sum x_dr`` with ``y_j <= e_j``.

For each row j of an earlier plan, a demand and its route, y_j is how much of its
quantity e_j stays there: no more than the demand's shipments d have on that route r.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.families.family import RowFamily
from solver.model.writing.named import Named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats, Ints
    from solver.model.answer import Answer
    from solver.model.families.family import Host
    from solver.model.objective import Duals, Objective
    from solver.model.route_columns import RouteBatch
    from solver.network.routes import Routes


class KeptRoutes(RowFamily):
    """What stays where it was.

    Attributes
    ----------
    most : ndarray, shape (rows,)
        Quantity that each row had.
    columns : ndarray of int, shape (rows,)
        Column of what stays of it.
    numbers : ndarray of int, shape (rows,)
        Number of each row in the earlier plan.
    """

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.most = np.zeros(0)
        self.columns = self.numbers = self._rows = np.zeros(0, dtype=int)
        self._shipments = np.zeros(0, dtype=int)
        self._fingerprint = np.zeros(0, dtype=np.uint64)
        self._row_of = np.zeros(0, dtype=int)
        self._reward = 0.0

    def named_rows(self) -> Iterator[Named]:
        """Name the row of the earlier plan that each is of."""
        for row, number in zip(self._rows.tolist(), self.numbers, strict=True):
            name = ("kept", str(number + 1))
            yield Named(row, name, f"what stays of row {number + 1} of earlier.csv")

    def hold(self, routes: Routes, row: Ints, numbers: Ints, most: Floats) -> None:
        """Count what stays on routes, all of them known to the master, from now on.

        Parameters
        ----------
        routes : Routes
            Earlier routes, by shipment.
        row : ndarray of int, shape (routes,)
            Row that each is of.
        numbers : ndarray of int, shape (rows,)
            Number of each row in the earlier plan.
        most : ndarray, shape (rows,)
            Quantity of each row.
        """
        host, count = self.host, len(most)
        order = np.argsort(routes.fingerprint, kind="stable")
        self._fingerprint, self._row_of = routes.fingerprint[order], row[order]
        self._shipments = np.unique(routes.shipment)
        host.enter(self._shipments)
        self.most, self.numbers = most, numbers
        self._rows = np.full(count, -1)
        owners, columns = [np.zeros(0, dtype=int)], [np.zeros(0, dtype=int)]
        for batch in host.routes.batches:
            found, own = self._matches(batch, np.arange(len(batch.columns)))
            held = batch.columns[found] >= 0
            owners.append(own[held])
            columns.append(batch.columns[found[held]])
        owner, column = np.concatenate(owners), np.concatenate(columns)
        by_row = np.argsort(owner, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))])
        entries = (starts.astype(int), column[by_row], np.full(len(column), -1.0))
        self._rows = host.model.add_rows(np.zeros(count), entries)
        own_entries = (np.arange(count + 1), self._rows, np.ones(count))
        costs = np.full(count, -self._reward)
        self.columns = host.model.add_columns(costs, most, own_entries)
        host.price_outside()

    def _matches(self, batch: RouteBatch, index: Ints) -> tuple[Ints, Ints]:
        """Positions in `index` of earlier routes, and the row of each."""
        if not len(self._fingerprint) or not len(index):
            return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
        own = batch.routes.fingerprint[index]
        place = np.searchsorted(self._fingerprint, own)
        place = np.minimum(place, len(self._fingerprint) - 1)
        found = np.flatnonzero(self._fingerprint[place] == own)
        return found, self._row_of[place[found]]

    def entries(
        self, batch: RouteBatch, index: Ints
    ) -> tuple[Ints, Ints, Floats] | None:
        """Return what routes add to the rows they are of."""
        if not len(self._rows):
            return None
        found, row = self._matches(batch, index)
        return self._rows[row], found, np.full(len(found), -1.0)

    def set_objective(self, objective: Objective) -> None:
        """Reward what stays, or no more."""
        self._reward = objective.kept
        if len(self.columns):
            costs = np.full(len(self.columns), -self._reward)
            self.host.model.set_costs(self.columns, costs)

    def cost(self, answer: Answer) -> float:
        """Return the reward of a plan, as a cost below 0."""
        return -self._reward * float(answer.values[self.columns].sum())

    def priced(self, duals: Duals, answer: Answer) -> Duals:
        """Prices of what stays: what a unit more on each route is rewarded with."""
        if not len(self._rows):
            return duals
        kept = np.clip(-answer.duals[self._rows], 0.0, self._reward)
        return replace(duals, kept=kept)

    def least_values(self, value: Floats, duals: Duals) -> Floats:
        """Return least costs of routes, earlier routes with their reward included.

        These are columns of the model, in which none costs less than the marginal cost
        of its shipment.
        """
        if not len(self._rows):
            return value
        found, own = value.copy(), self._shipments
        found[own] = np.minimum(found[own], duals.marginal_cost[own])
        return found

    def less_constant(self, bound: float, duals: Duals) -> float:
        """Return a bound less what rows may earn beyond the reward of their routes."""
        if duals.kept is None:
            return bound
        return bound - float((self._reward - duals.kept) @ self.most)
