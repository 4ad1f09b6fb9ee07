"""Routes that the model knows, batch by batch, and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.routes import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints
    from solver.model.objective import Objective
    from solver.model.program import Model
    from solver.network.routes import Routes
    from solver.problem.rules import By
    from solver.rules.rule_set import Diversification, ValueCoefficient

    Triples = tuple[Ints, Ints, Floats]


class RouteBatch:
    """Routes that came together, and their columns (-1: not in the model)."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.columns = np.full(len(routes), -1)
        self.in_lines: sparse.csr_array | None = None
        self.carried: dict[By, Floats] = {}


class RouteColumns:
    """Batches of routes, and those of them that are columns of the model.

    Parameters
    ----------
    rules : Diversification
        Tells which values routes carry.
    """

    def __init__(self, model: Model, rules: Diversification) -> None:
        self.model, self.rules = model, rules
        self.batches: list[RouteBatch] = []

    def append(self, routes: Routes) -> RouteBatch:
        """Keep routes, none of them a column yet."""
        batch = RouteBatch(routes)
        self.batches.append(batch)
        return batch

    def compact(self) -> None:
        """Put all batches of routes but the first together, with what is known."""
        first, *more = self.batches
        if len(more) > 1:
            batch = RouteBatch(joined([own.routes for own in more]))
            batch.columns = np.concatenate([own.columns for own in more])
            batch.carried = {
                by: np.hstack([self.carried(own, by) for own in more])
                for by in more[0].carried
            }
            lines = [own.in_lines for own in more if own.in_lines is not None]
            if len(lines) == len(more):
                batch.in_lines = sparse.csr_array(sparse.hstack(lines))
            self.batches = [first, batch]

    def add(
        self,
        batch: RouteBatch,
        index: Ints,
        objective: Objective,
        parts: Sequence[Triples],
    ) -> None:
        """Make routes of a batch columns.

        Parameters
        ----------
        index : ndarray of int
            Which routes of the batch.
        parts : list of (row, owner, value)
            Entries: rows of the model, positions in `index`, and values.
        """
        count = len(index)
        rows, owners, values = zip(*parts, strict=True)
        owner = np.concatenate(owners)
        order = np.argsort(owner, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))])
        entries = (
            starts.astype(int),
            np.concatenate(rows)[order],
            np.concatenate(values)[order],
        )
        cost = self.costs(batch, objective)[index]
        free = np.full(count, np.inf)
        batch.columns[index] = self.model.add_columns(cost, free, entries)

    def entries(self, parts: Sequence[sparse.csr_array]) -> tuple[Ints, Ints, Floats]:
        """Entries of new rows in the columns of routes.

        Parameters
        ----------
        parts : list of sparse matrix, shape (rows, routes)
            Entries of all routes, batch by batch.
        """
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

    def set_costs(self, objective: Objective) -> None:
        """Minimise something else from now on."""
        columns = np.concatenate([batch.columns for batch in self.batches])
        costs = [self.costs(batch, objective) for batch in self.batches]
        held = columns >= 0
        self.model.set_costs(columns[held], np.concatenate(costs)[held])

    def costs(self, batch: RouteBatch, objective: Objective) -> Floats:
        """Return what the routes of a batch cost, as the objective has it."""
        routes = batch.routes
        cost = routes.cost if objective.money else np.zeros(len(routes))
        coefficient = objective.coefficient
        if coefficient is None:
            return cost
        return cost + coefficient.cost * self.carrying(batch, coefficient)

    def carrying(self, batch: RouteBatch, coefficient: ValueCoefficient) -> Floats:
        """Whether each route of a batch carries a value."""
        return np.asarray(self.carried(batch, coefficient.by)[coefficient.value])

    def carried(self, batch: RouteBatch, by: By) -> Floats:
        """Whether routes of a batch carry each value, shape (values, routes)."""
        if by not in batch.carried:
            carried = self.rules.carried(batch.routes, by)
            batch.carried[by] = np.ascontiguousarray(carried.toarray().T)
        return batch.carried[by]
