"""Which limits, rows of rules and classes may have a price, and what routes owe."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.routes import limit_usage
from solver.pricing.prices import Prices
from solver.solution.keys import UnmetKey
from solver.solution.tolerances import HHI_RESIDUAL
from solver.studies.explanation.proved_plan import rule_entries
from solver.studies.explanation.row_weights import row_weights

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.rules.row import Linear, RuleRow
    from solver.studies.explanation.proved_plan import ProvedPlan
    from solver.studies.explanation.row_weights import RowWeights

_FULL = 1e-9
"""Part of a limit that may be free where it counts as full: crumbs may be left."""


@dataclass(frozen=True, eq=False)
class FaceColumns:
    """Everything that may have a price: capacities, rows of rules, then classes.

    Parameters
    ----------
    proved : ProvedPlan
        The plan.
    limits, rows, classes : ndarray of int
        Full limits, rows at their limit, and classes of firm demand with unmet demand.
    weights : dict of int to RowWeights
        Weights of rows that bound all values together, by their number; those that may
        be chosen are columns at the end.
    least, most : ndarray, shape (columns,)
        Bounds of prices; infinite where nothing bounds them.
    is_complete : bool
        Whether no other weights could prove the plan.
    """

    proved: ProvedPlan
    limits: Ints
    rows: Ints
    classes: Ints
    weights: dict[int, RowWeights]
    least: Floats
    most: Floats
    is_complete: bool

    def __len__(self) -> int:
        return len(self.least)

    @property
    def start(self) -> Floats:
        """Prices of the certificate, shape (columns,)."""
        prices, stage = self.proved.prices, self.proved.stage
        names = self.proved.known.cargo.classes
        of_rows = [prices.rules.get(number, 0.0) for number in self.rows.tolist()]
        of_class = [stage.unmet.get(UnmetKey(names[c]), 0.0) for c in self.classes]
        chosen = [
            prices.rules.get(own.number, 0.0) * own.start
            for own in self.weights.values()
        ]
        limits = prices.limits[self.limits]
        return np.concatenate([limits, of_rows, of_class, *chosen])

    def entries(self, routes: Routes) -> sparse.csr_array:
        """Return what a unit of each route owes, shape (routes, columns)."""
        owed = [
            rule_entries(self.proved.known, routes, number, self._form(number))
            for number in self.rows.tolist()
        ]
        of_rows = np.array(owed, dtype=float).reshape(len(owed), len(routes)).T
        none = sparse.csr_array((len(routes), len(self.classes)))
        parts = [limit_usage(routes, self.limits), sparse.csr_array(of_rows), none]
        chosen = [own.entries(self.proved, routes) for own in self.weights.values()]
        parts += [sparse.csr_array(own) for own in chosen if own.shape[1]]
        return sparse.csr_array(sparse.hstack(parts))

    @cached_property
    def links(self) -> sparse.csr_array:
        """Rows ``entries y >= 0`` that tie weights to the price of their row."""
        found = [sparse.csr_array((0, len(self)))]
        for number, place in self._chosen.items():
            own = self.weights[number].links()
            column = len(self.limits) + self.rows.tolist().index(number)
            columns = np.append(column, place)
            row, at = np.indices(own.shape)
            entries = own.ravel(), (row.ravel(), columns[at].ravel())
            shape = (len(own), len(self))
            found.append(sparse.csr_array(entries, shape=shape))
        return sparse.csr_array(sparse.vstack(found))

    @cached_property
    def _chosen(self) -> dict[int, Ints]:
        """Columns of the weights that may be chosen, by the number of their row."""
        first = len(self.limits) + len(self.rows) + len(self.classes)
        found = {}
        for number, own in self.weights.items():
            if own.count:
                found[number] = np.arange(first, first + own.count)
                first += own.count
        return found

    def class_entries(self, unmet_class: Ints) -> sparse.csr_array:
        """Return a 1 in the column of each class, shape (classes given, columns)."""
        first = len(self.limits) + len(self.rows)
        place = {number: first + n for n, number in enumerate(self.classes.tolist())}
        pairs = [
            (row, place[number])
            for row, number in enumerate(unmet_class.tolist())
            if number in place
        ]
        row, column = np.array(pairs, dtype=int).reshape(-1, 2).T
        shape = (len(unmet_class), len(self))
        return sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)

    def _form(self, number: int) -> Linear:
        own = self.weights.get(number)
        fixed = None if own is None else own.fixed
        return self.proved.known.rules.rows[number].linear(fixed)

    def prices(self, values: Floats) -> Prices:
        """Values of the columns as a search takes them."""
        limits = np.zeros(len(self.proved.known.network.limits))
        limits[self.limits] = np.maximum(values[: len(self.limits)], 0.0)
        of_rows = np.maximum(values[len(self.limits) :], 0.0)
        pairs = zip(self.rows.tolist(), of_rows.tolist(), strict=False)
        rules = {number: price for number, price in pairs if price > 0}
        weights = {
            n: own.weights(rules[n], values[self._chosen[n]])
            if own.count
            else own.fixed
            for n, own in self.weights.items()
            if n in rules
        }
        return Prices(limits=limits, rules=rules, weights=weights)


def face_columns(proved: ProvedPlan) -> FaceColumns:
    """Return what may have a price where a plan stands."""
    capacity = proved.known.network.limits.capacity
    room = capacity - proved.loads
    full = (room <= _FULL * np.maximum(1.0, capacity)) | (proved.prices.limits > 0)
    limits = np.flatnonzero(full)
    rows, weights, is_complete = _rows_at_limit(proved)
    classes = _classes_with_unmet(proved)
    bounds = [_bounds(proved, number) for number in rows]
    low = [low for low, _ in bounds]
    high = [high for _, high in bounds]
    chosen = [
        np.full(own.count, -np.inf if own.choice.least < 0 else 0.0)
        for own in weights.values()
    ]
    few = np.zeros(len(classes))
    no_end = np.full(len(classes) + sum(map(len, chosen)), np.inf)
    return FaceColumns(
        proved=proved,
        limits=limits,
        rows=np.array(rows, dtype=int),
        classes=classes,
        weights=weights,
        least=np.concatenate([np.zeros(len(limits)), low, few, *chosen]),
        most=np.concatenate([np.full(len(limits), np.inf), high, no_end]),
        is_complete=is_complete,
    )


def _rows_at_limit(
    proved: ProvedPlan,
) -> tuple[list[int], dict[int, RowWeights], bool]:
    """Rows at their limit or beyond, their weights, and whether others could do."""
    found, weights, is_complete = [], {}, True
    for number, row in enumerate(proved.known.rules.rows):
        level = proved.levels[number]
        at_limit = level.excess >= -_slack(row, level.base)
        if not at_limit and number not in proved.prices.rules:
            continue
        if row.is_lifted:
            own = row_weights(proved, number)
            is_complete &= own is not None and own.choice.is_all
            if own is None:
                continue
            weights[number] = own
        found.append(number)
    return found, weights, is_complete


def _slack(row: RuleRow, base: float) -> float:
    return (10 * HHI_RESIDUAL if row.key.is_index else _FULL) * max(base, 1.0)


def _bounds(proved: ProvedPlan, number: int) -> tuple[float, float]:
    """Least and largest price of a row: that of a broken one is its penalty."""
    row, level = proved.known.rules.rows[number], proved.levels[number]
    most = float(row.most_price)
    if row.is_soft and level.excess > _slack(row, level.base):
        return min(most, proved.prices.rules.get(number, most)), most
    return 0.0, max(most, proved.prices.rules.get(number, 0.0))


def _classes_with_unmet(proved: ProvedPlan) -> Ints:
    cargo = proved.known.cargo
    left = cargo.firm & (proved.plan.unmet > 0)
    return np.unique(cargo.unmet_class[left])
