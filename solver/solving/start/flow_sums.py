"""What is summed over flows, and what each sum may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.rules.concentration import ConcentrationRow
from solver.solving.start.flow_concentration import FlowConcentration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Mask
    from solver.rules.rule_set import Diversification


DEARER = 1.01
"""How much more than leaving a unit it costs that a limit is broken by one."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What is summed over flows: the loads of limits, then the lines of rules.

    Parameters
    ----------
    limit : ndarray, shape (sums,)
        What each may be at most.
    scale : ndarray, shape (sums,)
        What the solver sees as 1.
    most : ndarray, shape (sums,)
        Money per unit for which it may be more.
    is_level : ndarray of bool, shape (sums,)
        Lines of rows that bound all values together: they have a column, no limit.
    concentrations : sequence of FlowConcentration
        Those rows.
    """

    limit: Floats
    scale: Floats
    most: Floats
    is_level: Mask
    concentrations: Sequence[FlowConcentration]

    def __len__(self) -> int:
        return len(self.limit)


def bounded_sums(rules: Diversification, most: float, unmet: float) -> Sums:
    """Return loads of limits, then lines of rules; an empty scope bounds nothing.

    Parameters
    ----------
    most : float
        Money for which a unit may break a rule that must hold.
    unmet : float
        Dearest cost of leaving a unit. No limit need be dearer, where there is no rule
        that may reward what passes it.
    """
    capacity = rules.network.limits.capacity
    first, count = len(capacity), len(rules.lines)
    typical = float(rules.cargo.quantity.mean())
    of_limits = np.where(capacity > 0.0, capacity, typical)
    found = Sums(
        limit=np.concatenate([capacity, np.full(count, np.inf)]),
        scale=np.concatenate([of_limits, np.ones(count)]),
        most=np.full(first + count, np.inf),
        is_level=np.zeros(first + count, dtype=bool),
        concentrations=(concentrations := []),
    )
    if not rules.rows:
        found.most[:] = DEARER * unmet
    column = 2 * len(found)
    for number, row in enumerate(rules.rows):
        lines, demand = first + rules.lines_of[number], row.scope.demand
        if demand <= 0.0:
            continue
        price = min(row.most_price, most)
        if isinstance(row, ConcentrationRow):
            found.limit[lines], found.scale[lines] = 0.0, demand
            found.is_level[lines] = True
            further = len(row.lifted().factors)
            concentrations.append(
                FlowConcentration(number, row, lines, column, further, price)
            )
            column += concentrations[-1].width
        else:
            found.limit[lines], found.scale[lines] = row.linear().limit, demand
            found.most[lines] = price
    return found


def typical_prices(rules: Diversification, sums: Sums) -> Floats:
    """Typical price of each sum, in terms of one of a unit of cargo."""
    typical, first = np.ones(len(sums)), len(rules.network.limits)
    for number, row in enumerate(rules.rows):
        if row.scope.demand > 0.0:
            lines = first + rules.lines_of[number]
            inside = rules.cargo.quantity[row.scope.weight > 0.0].sum()
            typical[lines] = inside / sums.scale[lines]
    return typical
