"""From the solver's floats to published decimals: the prices of a certificate.

A bound holds for any prices, so rounding them costs almost nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.pricing.prices import Prices, constant
from solver.solution.certificate import Stage
from solver.solution.keys import UnmetKey

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.model.master import Master
    from solver.model.objective import Duals
    from solver.network.network import Network
    from solver.network.shipments import Cargo
    from solver.rules.row import RuleRow
    from solver.rules.rule_set import Diversification
    from solver.solution.keys import RowKey

_WEIGHT_DIGITS = 15

_TINY = 1e-100

_CANCELLED = 1e-12
"""Part of what is added and taken away below which the rest may be but noise."""

_UNFELT = 1e-11
"""Part of the whole objective that a shorter price may change."""

_MOST_DIGITS, _SPARED = 60, 9
"""Digits after the point at most, and how many of them a short price does without."""

_NOISE = 1e-12
"""Part of the price of a rule by which a shorter one may always differ."""

_EXACT_POWER = 22
"""The largest power of ten that is a float."""

_BELOW = 1.0 - 1e-14
"""A penalty times this is surely no more than the penalty."""


def stage(
    master: Master, duals: Duals, objective: str, number: int | None = None
) -> Stage:
    """Prices of one objective, as published.

    Parameters
    ----------
    objective : str
        ``cost``, ``unmet`` (of class `number`) or ``rules``.
    """
    size = float(
        np.max(duals.marginal_cost[np.isfinite(duals.marginal_cost)], initial=0.0)
    )
    digits, unfelt = price_digits(size), _unfelt(master, duals, objective)
    felt = unfelt / np.maximum(master.network.limits.capacity, _TINY)
    limits = rounded(duals.prices.limits, digits, felt)
    keys = master.network.limits.keys
    rules, weights = _rules(master, duals, size, unfelt, objective)
    return Stage(
        objective=objective,  # type: ignore[arg-type]
        priority=None if number is None else master.cargo.classes[number],
        capacities={keys[k]: float(limits[k]) for k in np.flatnonzero(limits)},
        rules=rules,
        weights=weights,
        unmet=_unmet_prices(master.cargo, duals, (digits, unfelt), number, objective),
    )


def published_prices(
    published: Stage, network: Network, rules: Diversification
) -> Prices:
    """Prices of a stage as a search takes them.

    Parameters
    ----------
    published : Stage
        Of an objective: money counts if it is the cost.
    network, rules
        The instance that it is of.
    """
    given = published.capacities, published.rules, published.weights
    capacities, of_rules, weights = given
    numbers = {row.key: number for number, row in enumerate(rules.rows)}
    limits = np.zeros(len(network.limits))
    for limit, price in capacities.items():
        limits[network.limit_numbers[limit]] = price
    return Prices(
        limits=limits,
        rules={numbers[key]: price for key, price in of_rules.items()},
        money=1.0 if published.objective == "cost" else 0.0,
        weights={
            numbers[key]: np.array(
                [own.get(value, 0.0) for value in rules.rows[numbers[key]].values]
            )
            for key, own in weights.items()
        },
    )


def _unfelt(master: Master, duals: Duals, objective: str) -> float:
    """Return what a shorter price may change of the whole objective.

    Firm cargo without a route is no part of a cost, whatever a start charges for it.
    """
    cost = np.nan_to_num(duals.marginal_cost, posinf=0.0)
    if objective == "cost":
        cost = np.where(master.outside.lost, 0.0, cost)
    most = master.families.unmet.most
    parts = [
        float(cost @ master.cargo.quantity),
        -float(duals.prices.limits @ master.network.limits.capacity),
        -constant(master.rules, duals.prices),
        *(-price * most.get(n, 0.0) for n, price in duals.unmet_prices.items()),
    ]
    value, gross = abs(sum(parts)), sum(map(abs, parts))
    return _UNFELT * value if value > _CANCELLED * gross else 0.0


def _rules(
    master: Master, duals: Duals, size: float, unfelt: float, objective: str
) -> tuple[dict[RowKey, float], dict[RowKey, dict[str, float]]]:
    """Prices of rows of rules, and the weights of those that need them."""
    prices, weights = {}, {}
    for number, raw in sorted(duals.prices.rules.items()):
        row = master.rules.rows[number]
        most = _most_price(row, objective, duals.budget)
        felt = unfelt / max(row.scope.demand, _TINY)
        heaviest = float(np.max(row.scope.weight, initial=0.0)) or 1.0
        price = _rounded_down(raw, price_digits(size / heaviest), felt)
        if row.is_soft:
            price = min(price, most if _is_exact(row, objective) else most * _BELOW)
        if price > 0:
            prices[row.key] = price
            given = duals.prices.weights.get(number)
            if given is not None:
                weights[row.key] = _weights(row, given)
    return prices, weights


def _is_exact(row: RuleRow, objective: str) -> bool:
    """Whether the most that a soft row may cost is its penalty as it is written."""
    return objective == "cost" and row.most_price == row.scope.rule.penalty


def _most_price(row: RuleRow, objective: str, budget: float) -> float:
    """Return the most that a soft row may cost."""
    match objective:
        case "cost":
            return row.most_price
        case "exposure" | "movement":
            return row.most_price * budget
        case _:
            return 0.0


def _weights(row: RuleRow, given: Floats) -> dict[str, float]:
    """Weights by value, other than 0, rounded so that they stay allowed."""
    weights = row.published(given).tolist()
    pairs = zip(row.values, weights, strict=True)
    return {value: weight for value, weight in pairs if weight}


def _unmet_prices(
    cargo: Cargo,
    duals: Duals,
    digits: tuple[int, float],
    number: int | None,
    objective: str,
) -> dict[UnmetKey, float]:
    """Price of each class that comes first: its row's, or more than any route's."""
    if objective == "rules":
        return {}
    before = range(len(cargo.classes) if number is None else number)
    return {
        UnmetKey(cargo.classes[position]): unmet_price(cargo, duals, position, *digits)
        for position in before
    }


def unmet_price(
    cargo: Cargo,
    duals: Duals,
    position: int,
    digits: int | None = None,
    unfelt: float = np.inf,
) -> float:
    """Price of leaving a class, or `PRICED`, unmet: its row's, or above all routes."""
    members = cargo.unmet_class == position
    if position in duals.unmet_prices:
        price = duals.unmet_prices[position]
        digits = price_digits(price) if digits is None else digits
        felt = unfelt / max(float(cargo.quantity[members].sum()), _TINY)
        return float(rounded(np.array([price]), digits, felt)[0])
    marginal_cost = duals.marginal_cost[members]
    return float(
        np.ceil(np.max(marginal_cost[np.isfinite(marginal_cost)], initial=0.0)) + 1
    )


def price_above(
    marginal_cost: Floats, quantity: Floats, members: Ints, left: float
) -> float:
    """Return a marginal cost that about so much of a class is above."""
    cost = np.nan_to_num(marginal_cost[members], posinf=0.0)
    order = np.argsort(-cost, kind="stable")
    sums = np.cumsum(quantity[members][order])
    place = min(int(np.searchsorted(sums, left)), len(order) - 1)
    return float(cost[order[place]])


def price_digits(size: float) -> int:
    """Digits after the point of prices, for unit costs of some size."""
    magnitude = int(np.floor(np.log10(size))) if size > 0 else 0
    return min(max(13 - magnitude, 4), _MOST_DIGITS)


def _rounded_down(price: float, digits: int, felt: float) -> float:
    """Price of a share row, no more than it was: what it rewards must not grow.

    Fourteen digits in all are kept, since the last ones of a float are noise.
    """
    own = price_digits(price)
    digits = own if 0.0 < felt < 10.0**-digits else min(digits, own)
    # Near a share that all corridors just cannot have, a solver's price is less exact.
    felt = max(felt, _NOISE * price) if felt > 0.0 else felt
    short = float(rounded(np.array([price]), digits, felt)[0])
    exact = short <= price or short == round(short, 4)
    return short if exact else round(short - 10.0**-digits, digits)


def rounded(prices: Floats, digits: int, most: Floats | float = np.inf) -> Floats:
    """Prices with some digits after the point, fewer where that is as near.

    Those that this would change too much, beside an objective far below the largest
    price, keep all the digits that they have.

    Parameters
    ----------
    prices : ndarray
        Prices.
    digits : int
        Digits after the point.
    most : ndarray or float
        What fewer digits may change at most; 0 if nobody knows.
    """
    few = max(4, digits - _SPARED)
    short = _rounded_at(prices, few)
    size = np.maximum(10.0 ** (4 - few), prices)
    near = np.abs(prices - short) <= np.minimum(1e-10 * size, most)
    result = np.where(near, short, _rounded_at(prices, digits))
    for number in np.flatnonzero((np.abs(prices - result) > most) & (most > 0.0)):
        result[number] = round(prices[number], price_digits(prices[number]))
    return result


def _rounded_at(prices: Floats, digits: int) -> Floats:
    """Prices with some digits after the point, as they would be written."""
    if digits <= _EXACT_POWER:
        return np.round(prices, digits)
    return np.array([round(price, digits) for price in prices.tolist()], dtype=float)
