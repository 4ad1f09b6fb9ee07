"""From the solver's floats to published decimals: plan and certificate.

Quantities become whole multiples of a small power of ten, chosen so that sums of them
are exact in 53 bits; each shipment's quantities add up to it exactly. Prices are
rounded likewise: a bound holds for any prices, so rounding costs almost nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from solver.prices import Prices
from solver.routes import joined
from solver.solution import Plan, Stage, UnmetKey
from solver.spreads import TopRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from solver.cargo import Cargo
    from solver.diversification import Diversification
    from solver.master import Duals, Master
    from solver.measures import Row
    from solver.network import Network
    from solver.routes import Routes
    from solver.solution import RowKey

    Floats = NDArray[np.float64]

NEGLIGIBLE = 1e-9
"""Quantity, relative to the demand or a unit, below which a flow is noise."""

FEW_DIGITS, MANY_DIGITS = 9, 12
"""Digits after the point of quantities; many where an index makes cost steep."""

_WEIGHT_DIGITS = 15
_BELOW = 1.0 - 1e-14
"""A penalty times this is surely no more than the penalty."""

_LARGEST = 2.0**52


def plan(routes: Routes, quantity: Floats, most_digits: int = FEW_DIGITS) -> Plan:
    """Plan with these quantities on routes, on a grid of decimals.

    Parameters
    ----------
    routes : Routes
        Routes that may carry something.
    quantity : ndarray, shape (routes,)
        What they carry; what is left of each shipment is unmet.
    most_digits : int
        Digits after the point of quantities, at most.
    """
    cargo = routes.cargo
    size = min(1.0, 0.1 * float(cargo.quantity.sum()))
    size *= 10.0 ** (FEW_DIGITS - most_digits)
    noise = NEGLIGIBLE * size * np.maximum(1.0, cargo.quantity)
    used = np.flatnonzero(quantity > noise[routes.shipment])
    order = np.lexsort((routes.cost[used], routes.shipment[used]))
    chosen = routes.chosen(used[order])
    scale = 10.0 ** _digits(cargo.quantity, most_digits)
    units = _snapped(quantity[used[order]], scale, size)
    demand = np.round(cargo.quantity * scale)
    left = demand - np.bincount(chosen.shipment, units, len(cargo))
    unmet = np.where(left > np.ceil(noise * scale), left, 0.0)
    unmet = np.minimum(_snapped(unmet / scale, scale, size), np.maximum(left, 0.0))
    units = _settled(chosen.shipment, units, left - unmet)
    kept = np.flatnonzero(units > 0)
    chosen = chosen.chosen(kept)
    return Plan(
        shipment=chosen.shipment,
        quantity=units[kept] / scale,
        starts=chosen.starts,
        elements=chosen.elements,
        unmet=(demand - np.bincount(chosen.shipment, units[kept], len(cargo))) / scale,
    )


def _digits(quantity: Floats, most: int) -> int:
    """Digits after the point that leave every sum of quantities exact."""
    largest = max(1.0, float(quantity.max(initial=0.0)))
    total = float(quantity.sum())
    smaller = max(0, -int(np.floor(np.log10(total / 10.0)))) if total > 0 else 0
    digits = min(most + smaller, 15)
    while digits and largest * 10.0**digits >= _LARGEST:
        digits -= 1
    return digits


def _snapped(quantity: Floats, scale: float, size: float) -> Floats:
    """Whole multiples of 1 / scale, short decimals where they are as near."""
    short = np.round(quantity, 4)
    near = np.abs(quantity - short) <= NEGLIGIBLE * size * np.maximum(1.0, quantity)
    return np.asarray(np.round(np.where(near, short, quantity) * scale))


def _settled(shipment: NDArray[np.int64], units: Floats, left: Floats) -> Floats:
    """Give what rounding left of each shipment to its largest flow."""
    order = np.lexsort((-units, shipment))
    _, first = np.unique(shipment[order], return_index=True)
    largest = order[first]
    result = units.copy()
    result[largest] += left[shipment[largest]]
    return result


def all_routes(master: Master, quantities: Sequence[Floats]) -> tuple[Routes, Floats]:
    """Routes of all lots, with quantities given for the first of them."""
    routes = joined([lot.routes for lot in master.lots[: len(quantities)]])
    return routes, np.concatenate(list(quantities))


def stage(
    master: Master, duals: Duals, objective: str, number: int | None = None
) -> Stage:
    """Prices of one objective, as published.

    Parameters
    ----------
    objective : str
        ``cost``, ``unmet`` (of class `number`) or ``rules``.
    """
    size = float(np.max(duals.worth[np.isfinite(duals.worth)], initial=0.0))
    digits = price_digits(size)
    limits = rounded(duals.prices.limits, digits)
    keys = master.network.limits.keys
    rules, weights = _rules(master, duals, digits, objective)
    return Stage(
        objective=objective,  # type: ignore[arg-type]
        priority=None if number is None else master.cargo.classes[number],
        capacities={keys[k]: float(limits[k]) for k in np.flatnonzero(limits)},
        rules=rules,
        weights=weights,
        unmet=_resort(master.cargo, duals, digits, number, objective),
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
    return Prices(
        limits=np.array([capacities.get(key, 0.0) for key in network.limits.keys]),
        rules={numbers[key]: price for key, price in of_rules.items()},
        money=1.0 if published.objective == "cost" else 0.0,
        weights={
            numbers[key]: np.array(
                [own.get(value, 0.0) for value in rules.rows[numbers[key]].values]
            )
            for key, own in weights.items()
        },
    )


def _rules(
    master: Master, duals: Duals, digits: int, objective: str
) -> tuple[dict[RowKey, float], dict[RowKey, dict[str, float]]]:
    """Prices of rows of rules, and the weights of those that need them."""
    prices, weights = {}, {}
    for number, raw in sorted(duals.prices.rules.items()):
        row = master.rules.rows[number]
        most = _most_price(row, objective, duals.budget)
        price = _rounded_down(raw, digits)
        if row.is_soft:
            price = min(price, most if _is_exact(row, objective) else most * _BELOW)
        if price > 0:
            prices[row.key] = price
            given = duals.prices.weights.get(number)
            if given is not None:
                weights[row.key] = _weights(row, given)
    return prices, weights


def _is_exact(row: Row, objective: str) -> bool:
    """Whether the most that a soft row may cost is its penalty as it is written."""
    return objective == "cost" and row.most_price == row.scope.rule.penalty


def _most_price(row: Row, objective: str, budget: float) -> float:
    """Return the most that a soft row may cost."""
    match objective:
        case "cost":
            return row.most_price
        case "dependence":
            return row.most_price * budget
        case _:
            return 0.0


def _weights(row: Row, given: Floats) -> dict[str, float]:
    """Weights by value, other than 0, rounded so that they stay allowed."""
    weights = np.round(given, _WEIGHT_DIGITS)
    if isinstance(row, TopRow):
        spare = Decimal(row.count) - sum(map(_exact, weights.tolist()), Decimal(0))
        if spare < 0:
            largest = int(np.argmax(weights))
            weights[largest] = float(_exact(float(weights[largest])) + spare)
    return {
        value: weight
        for value, weight in zip(row.values, weights.tolist(), strict=True)
        if weight
    }


def _exact(weight: float) -> Decimal:
    """Decimal that a weight is written as."""
    return Decimal(repr(weight))


def _resort(
    cargo: Cargo, duals: Duals, digits: int, number: int | None, objective: str
) -> dict[UnmetKey, float]:
    """Price of each class that comes first: its row's, or more than any route's."""
    if objective == "rules":
        return {}
    before = range(len(cargo.classes) if number is None else number)
    return {
        UnmetKey(cargo.classes[position]): resort_price(cargo, duals, position, digits)
        for position in before
    }


def resort_price(
    cargo: Cargo, duals: Duals, position: int, digits: int | None = None
) -> float:
    """Price of leaving a class, or `PRICED`, behind: its row's, or above all routes."""
    if position in duals.resort:
        price = duals.resort[position]
        digits = price_digits(price) if digits is None else digits
        return float(rounded(np.array([price]), digits)[0])
    worth = duals.worth[cargo.unmet_class == position]
    return float(np.ceil(np.max(worth[np.isfinite(worth)], initial=0.0)) + 1)


def price_digits(size: float) -> int:
    """Digits after the point of prices, for unit costs of some size."""
    magnitude = int(np.floor(np.log10(size))) if size > 0 else 0
    return min(max(13 - magnitude, 4), 15)


def _rounded_down(price: float, digits: int) -> float:
    """Price of a share row, no more than it was: what it rewards must not grow.

    Fourteen digits in all are kept, since the last ones of a float are noise.
    """
    digits = min(digits, price_digits(price))
    short = float(rounded(np.array([price]), digits)[0])
    exact = short <= price or short == round(short, 4)
    return short if exact else round(short - 10.0**-digits, digits)


def rounded(prices: Floats, digits: int) -> Floats:
    """Prices with some digits after the point, fewer where that is as near."""
    short = np.round(prices, 4)
    near = np.abs(prices - short) <= 1e-10 * np.maximum(1.0, prices)
    return np.where(near, short, np.round(prices, digits))
