"""What the model minimises, and the prices that come back of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.pricing.prices import Prices
    from solver.rules.rule_set import ValueCoefficient


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """What the model minimises.

    Parameters
    ----------
    money : bool
        Whether routes cost what they cost, or nothing.
    unmet : ndarray, shape (shipments,)
        Cost of leaving a unit unmet.
    excess : float
        Cost of a unit of excess over a rule that must hold.
    coefficient : ValueCoefficient, optional
        Value that costs something to carry.
    kept : float
        Reward of a unit that stays on the route it had in an earlier plan.
    """

    money: bool
    unmet: Floats
    excess: float
    coefficient: ValueCoefficient | None = None
    kept: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Duals:
    """Prices of the model's rows.

    Parameters
    ----------
    prices : Prices
        Of limits and rules.
    unmet_prices : dict of int to float
        Price of each class's unmet-limit row, by its number.
    marginal_cost : ndarray, shape (shipments,)
        What a unit of each shipment costs at the margin.
    budget : float
        Price of the budget.
    kept : ndarray or None
        Price of what stays of each row of an earlier plan, shape (rows,).
    """

    prices: Prices
    unmet_prices: dict[int, float]
    marginal_cost: Floats
    budget: float = 0.0
    kept: Floats | None = None
