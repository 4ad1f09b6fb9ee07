"""What limits and rules charge, and what each step then costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from solver.network.network import Network
    from solver.rules.rule_set import Diversification, ValueCoefficient

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What limits and rules charge, and what money counts.

    Parameters
    ----------
    limits : ndarray, shape (limits,)
        Price per unit of each limit, 0 or more.
    rules : dict of int to float
        Price of each priced row of a rule, by its number.
    money : float
        What a unit of money counts: 1 if routes cost what they cost, 0 if nothing.
    weights : dict of int to ndarray, shape (values,)
        Weights of priced rows that bound all values together, by their number.
    coefficient : ValueCoefficient, optional
        Value that costs something to carry.
    """

    limits: Floats
    rules: dict[int, float]
    money: float = 1.0
    weights: dict[int, Floats] = field(default_factory=dict)
    coefficient: ValueCoefficient | None = None


def step_costs(network: Network, prices: Prices) -> Callable[[int, int], Floats]:
    """Money per unit of each step at some prices, by treatment and period.

    Returns
    -------
    callable
        From a treatment and a period to an array of shape (steps,), infinite where a
        step is closed.
    """
    limits, steps, usage = network.limits, network.steps, network.step_usage
    charges = []
    for period in range(len(network.instance.periods)):
        counts = (limits.period == period) | (limits.period < 0)
        priced = np.flatnonzero(counts & (prices.limits != 0.0))
        base, price = limits.base[priced], prices.limits[priced]
        charges.append(np.bincount(base, price, limits.usage.shape[0]))

    def step_cost(treatment: int, period: int) -> Floats:
        charge = charges[period] * limits.counted[:, treatment]
        open_ = np.isfinite(steps.cost[treatment])
        money = np.full(len(open_), np.inf)
        money[open_] = prices.money * steps.cost[treatment, open_]
        return np.asarray(money + usage @ charge)

    return step_cost


def line_charges(rules: Diversification, prices: Prices) -> Floats:
    """Charges of priced rows for a unit of each line, shape (lines,)."""
    charges = np.zeros(len(rules.lines))
    for number, price in prices.rules.items():
        row, lines = rules.rows[number], rules.lines_of[number]
        if not row.is_lifted:
            charges[lines] = price
            continue
        form = row.linear(prices.weights.get(number))
        charge = np.append(form.values, form.base)[: len(lines)]
        if len(lines) == len(row.values):
            charge = charge + form.base
        charges[lines] = price * charge / row.scale
    return charges


def constant(rules: Diversification, prices: Prices) -> float:
    """Sum of priced rows' prices times their limits: what bounds leave off."""
    forms = (
        (price, rules.rows[number].linear(prices.weights.get(number)))
        for number, price in prices.rules.items()
    )
    return float(sum(price * form.limit for price, form in forms))
