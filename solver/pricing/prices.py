"""What limits and rules charge, and what each step then costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.network.network import Network
    from solver.rules.rule_set import Diversification, ValueCoefficient


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


def step_costs(
    network: Network, prices: Prices, treatment: Ints, period: Ints
) -> list[Floats]:
    """Money per unit of each step at some prices, by treatment and period.

    Parameters
    ----------
    treatment, period : ndarray of int, shape (kinds,)
        Which treatments in which periods.

    Returns
    -------
    list of ndarray, shape (steps,) each
        One for each kind, infinite where a step is closed; kinds that pay the same
        have one array together.
    """
    charges = network.limits.charges(prices.limits)
    counted, alike = network.counted_alike, network.closed_alike
    charged: dict[tuple[int, int], Floats] = {}
    cost_of: dict[tuple[int, int, int], Floats] = {}
    known: dict[bytes, Floats] = {}
    found = []
    for kind, when in zip(treatment.tolist(), period.tolist(), strict=True):
        own = alike[kind] if prices.money == 0.0 else kind
        place = when, counted[kind], own
        if place not in cost_of:
            if place[:2] not in charged:
                charge = charges[when] * network.limits.counted[:, kind]
                charged[place[:2]] = np.asarray(network.step_usage @ charge)
            cost = _money(network, prices.money, kind) + charged[place[:2]]
            cost_of[place] = known.setdefault(cost.tobytes(), cost)
        found.append(cost_of[place])
    return found


def _money(network: Network, counts: float, kind: int) -> Floats:
    """Return what steps cost a treatment, a unit of money counting so much."""
    if counts == 0.0:
        return np.asarray(network.no_cost[kind])
    cost = np.asarray(network.steps.cost[kind])
    if counts == 1.0:
        return cost
    with np.errstate(invalid="ignore"):
        money = counts * cost
    return np.where(np.isnan(money), np.inf, money)


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
        charges[lines] = price * charge
    return charges


def constant(rules: Diversification, prices: Prices) -> float:
    """Sum of priced rows' prices times their limits: what bounds leave off."""
    forms = (
        (price, rules.rows[number].linear(prices.weights.get(number)))
        for number, price in prices.rules.items()
    )
    return float(sum(price * form.limit for price, form in forms))
