"""Weights of rows that bound all values together, as columns of the small program.

Such a row enters through linear rows, one for each vector of weights that is as tight
at the plan as the row itself: of the largest together, those that tie for the last
place may share its weight in any way; of change, what stays as it was may count for
either side. A price y of the row and a price z_v for each such value stand for all of
them at once: the sum over vectors of price times weight, bounded by

    least y <= z_v <= y, least sum y <= sum_v z_v <= largest sum y.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.rules.row import Linear
from solver.studies.explanation.proved_plan import rule_entries

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.network.routes import Routes
    from solver.rules.row import RuleRow, WeightChoice
    from solver.studies.explanation.proved_plan import ProvedPlan

_TIED = 1e-7
"""Part of what a scope carries by which values that tie may differ."""


@dataclass(frozen=True, slots=True, eq=False)
class RowWeights:
    """Weights of one row: those that are fixed, and those that may be chosen.

    Parameters
    ----------
    number : int
        Number of the row.
    fixed : ndarray, shape (values,)
        Weights, 0 where one may be chosen.
    start : ndarray, shape (free values,)
        Weights of the certificate, of those that may be chosen; 0 without.
    choice : WeightChoice
        What they may be.
    """

    number: int
    fixed: Floats
    start: Floats
    choice: WeightChoice

    @property
    def count(self) -> int:
        """How many may be chosen."""
        return len(self.choice.free)

    def entries(self, proved: ProvedPlan, routes: Routes) -> Floats:
        """Return what a unit of each route owes, shape (routes, free values)."""
        row = proved.known.rules.rows[self.number]
        owed = [
            rule_entries(proved.known, routes, self.number, _of_value(row, value))
            for value in self.choice.free
        ]
        return np.array(owed, dtype=float).reshape(len(owed), len(routes)).T

    def links(self) -> Floats:
        """Rows ``entries >= 0`` over the price of the row and those of the values.

        Shape (links, 1 + free values).
        """
        size, choice = self.count, self.choice
        one, each, all_of = np.ones((size, 1)), np.eye(size), np.ones((1, size))
        parts = [
            np.hstack([one, -each]),
            np.hstack([-choice.least * one, each]),
        ]
        low, high = choice.sums
        if np.isfinite(low):
            parts.append(np.hstack([[[-low]], all_of]))
        if np.isfinite(high):
            parts.append(np.hstack([[[high]], -all_of]))
        return np.vstack(parts)

    def weights(self, price: float, chosen: Floats) -> Floats:
        """Weights at a price of the row, and prices of the values."""
        found = self.fixed.copy()
        found[list(self.choice.free)] = np.clip(chosen / price, self.choice.least, 1.0)
        return found


def row_weights(proved: ProvedPlan, number: int) -> RowWeights | None:
    """Return the weights of a row that bounds all values together.

    None if it is not known which: an index of nothing, of which no weights are given.

    Parameters
    ----------
    proved : ProvedPlan
        The plan.
    number : int
        Number of the row.
    """
    row, level = proved.known.rules.rows[number], proved.levels[number]
    given = proved.prices.weights.get(number)
    routes = proved.routes
    counted = row.scope.weight[routes.shipment] * proved.plan.quantity
    carried = proved.known.rules.carried(routes, row.scope.rule.by)
    amounts = np.zeros(len(row.values))
    found = np.asarray(carried.T @ counted)
    amounts[: len(found)] = found[: len(amounts)]
    choice = row.choice(amounts, level.base, _TIED * max(1.0, level.base))
    if given is None and not choice.is_all:
        return None
    free = list(choice.free)
    fixed = (choice.weights if given is None else given).copy()
    start = np.zeros(len(free)) if given is None else fixed[free]
    fixed[free] = 0.0
    return RowWeights(number, fixed, start, choice)


def _of_value(row: RuleRow, value: int) -> Linear:
    """Return what the weight of one value adds to the linear row."""
    unit = np.zeros(len(row.values))
    unit[value] = 1.0
    return Linear(row.form(unit).values, 0.0, 0.0)
