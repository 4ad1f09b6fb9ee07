"""The table of shares: of corridors, countries, ports, all that rules count, markets.

Shares are of quantity and of traded value, the quantity times the value of its product.
The landed cost of what a value carries is its traded value and what its transport
costs, per unit. Where the value of a product is not known, neither is a figure that it
would be a part of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.reports.tables.columns import TEN_THOUSAND, text_column

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Floats
    from solver.reports.account import Account
    from solver.reports.tables.columns import Table

MARKET = "market"
"""What rows by market are told by."""


def corridors_table(account: Account) -> Table:
    """Return the table of shares."""
    instance, cargo = account.instance, account.cargo
    quantity = account.plan.quantity
    parts = [
        _shares(account, "all", by, quantity)
        for by in ("corridor", "country", "port", "mode", "tag")
    ]
    parts.append(_shares(account, "all", MARKET, quantity))
    groups, product = instance.products["group"], cargo.product[account.plan.shipment]
    for group in dict.fromkeys(name for name in groups if name):
        chosen = np.where((groups == group)[product], quantity, 0.0)
        parts.append(_shares(account, f"group={group}", "corridor", chosen))
    if len(instance.periods) > 1:
        period = cargo.period[account.plan.shipment]
        for number, name in enumerate(instance.periods):
            chosen = np.where(period == number, quantity, 0.0)
            parts.append(_shares(account, f"period={name}", "corridor", chosen))
    return {
        column: np.concatenate([part[column] for part in parts]) for column in parts[0]
    }


def _shares(account: Account, scope: str, by: Any, quantity: Floats) -> Table:  # noqa: ANN401
    """Quantity, traded value and shares of each value of `by` in a scope."""
    values, summed = _counted(account, by)
    amounts, total = summed(quantity), quantity.sum()
    share = amounts / total if total > 0 else np.full(len(values), np.nan)
    index = np.nan if by != "corridor" else float(share @ share)
    return {
        "scope": text_column([scope] * len(values)),
        "by": text_column([by] * len(values)),
        "value": text_column(list(values)),
        "quantity": amounts,
        "share": share,
        **_values(account, summed, quantity, amounts),
        "hhi": np.full(len(values), index),
        "hhi_10000": np.full(len(values), TEN_THOUSAND * index),
        "effective": np.full(len(values), 1 / index if index else np.nan),
    }


def _counted(
    account: Account,
    by: Any,  # noqa: ANN401
) -> tuple[tuple[str, ...], Callable[[Floats], Floats]]:
    """Values of `by`, and what sums a figure of the flows over each of them."""
    if by == MARKET:
        return _markets(account)
    values = account.diversification.values(by)
    if by == "corridor" and len(values) == 1:
        values = ()
    return values, lambda of_flow: account.sum_by_value(by, of_flow)[: len(values)]


def _markets(
    account: Account,
) -> tuple[tuple[str, ...], Callable[[Floats], Floats]]:
    """Markets that ask for cargo, and what sums a figure over the flows to each."""
    asked = account.instance.demand["market"]
    of_shipment = asked[account.cargo.demand].tolist()
    number = {name: n for n, name in enumerate(dict.fromkeys(of_shipment))}
    of_row = np.array([number.get(name, -1) for name in asked.tolist()], dtype=int)
    market = of_row[account.cargo.demand[account.plan.shipment]]

    def summed(of_flow: Floats) -> Floats:
        return np.bincount(market, of_flow, len(number)).astype(float)

    return tuple(number), summed


def _values(
    account: Account,
    summed: Callable[[Floats], Floats],
    quantity: Floats,
    amounts: Floats,
) -> Table:
    """Traded value, its share, and the landed cost of each value."""
    product = account.cargo.product[account.plan.shipment]
    per_unit = account.instance.products["value"].astype(float)[product]
    chosen = quantity > 0
    value = np.zeros(len(quantity))
    value[chosen] = quantity[chosen] * per_unit[chosen]
    traded, money = summed(value), summed(quantity * account.cost)
    whole, count = value.sum(), len(amounts)
    some = amounts > 0
    landed = np.full(count, np.nan)
    landed[some] = (traded[some] + money[some]) / amounts[some]
    return {
        "traded_value": traded,
        "value_share": traded / whole if whole > 0 else np.full(count, np.nan),
        "landed_cost": landed,
    }
