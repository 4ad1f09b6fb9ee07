"""Powers of two in which solvers count an instance's quantities and costs.

Tolerances of solvers are absolute, made for numbers of ordinary size. In these units
the largest quantity is about a million and the largest cost about a thousand, whatever
the instance counts in; as they are powers of two, no digit changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.model.objective import Objective
    from solver.network.network import Network
    from solver.network.shipments import Cargo
    from solver.rules.row import RuleRow

QUANTITY_BITS, COST_BITS, SCOPE_BITS = 20, 10, 10
"""Bits of the largest quantity, the largest cost per unit, and the demand that a rule
speaks of, as the solver counts them."""


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """What the solver's 1 stands for.

    Parameters
    ----------
    quantity : float
        Quantity, in the instance's unit.
    cost : float
        Money per unit of quantity.
    """

    quantity: float
    cost: float

    @property
    def dearest(self) -> float:
        """About the largest cost, not below it."""
        return self.cost * 2.0**COST_BITS

    @property
    def money(self) -> float:
        """Money."""
        return self.quantity * self.cost


def scale_of(network: Network, cargo: Cargo, rules: Sequence[RuleRow]) -> Scale:
    """Scale of an instance; that of penalties where nothing else costs anything."""
    costs = np.concatenate([network.steps.cost.ravel(), cargo.unmet_cost])
    largest = float(np.max(costs[np.isfinite(costs)], initial=0.0))
    largest = largest or max(map(_penalty, rules), default=0.0)
    quantity = float(np.max(cargo.quantity, initial=0.0))
    return Scale(unit_of(quantity, QUANTITY_BITS), unit_of(largest, COST_BITS))


def _penalty(row: RuleRow) -> float:
    """Money that a unit of cargo may cost in a row; 0 if the row must hold."""
    weight = float(np.max(row.scope.weight, initial=0.0))
    return row.most_price * weight if row.is_soft else 0.0


def scale_of_objective(
    scale: Scale, objective: Objective, rows: Sequence[RuleRow]
) -> Scale:
    """Return a scale whose cost is what an objective makes a unit of quantity cost."""
    if objective.money:
        return scale
    weights = [weight_unit(row) for row in rows]
    return replace(scale, cost=max(weights, default=1.0) if objective.excess else 1.0)


def unit_of(size: float, bits: int) -> float:
    """Power of two in which a size has so many bits; 1 for nothing."""
    if size <= 0.0:
        return 1.0
    return float(np.ldexp(1.0, int(np.frexp(size)[1]) - bits))


def weight_unit(row: RuleRow) -> float:
    """Power of two of about what a unit of cargo counts in a row of a rule."""
    return unit_of(float(np.max(row.scope.weight, initial=0.0)), 1)
