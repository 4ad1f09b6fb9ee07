"""The table of shares: of corridors, countries, ports, all that rules count, markets.

Shares are of quantity and of traded value, the quantity times the value of its product.
The landed cost of what a value carries is its traded value and what its transport
costs, per unit. Where the value of a product is not known, neither is a figure that it
would be a part of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from solver.reports.tables.columns import TEN_THOUSAND, text_column

if TYPE_CHECKING:
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
    of_flow = instance.products["group"][cargo.product[account.plan.shipment]]
    for group in dict.fromkeys(name for name in instance.products["group"] if name):
        chosen = np.where(of_flow == group, quantity, 0.0)
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
    values, carried = _carried(account, by)
    amounts = np.asarray(carried.T @ quantity)[: len(values)]
    total = quantity.sum()
    share = amounts / total if total > 0 else np.full(len(values), np.nan)
    index = np.nan if by != "corridor" else float(share @ share)
    return {
        "scope": text_column([scope] * len(values)),
        "by": text_column([by] * len(values)),
        "value": text_column(list(values)),
        "quantity": amounts,
        "share": share,
        **_values(account, carried, quantity, len(values)),
        "hhi": np.full(len(values), index),
        "hhi_10000": np.full(len(values), TEN_THOUSAND * index),
        "effective": np.full(len(values), 1 / index if index else np.nan),
    }


def _carried(account: Account, by: Any) -> tuple[tuple[str, ...], sparse.csc_array]:  # noqa: ANN401
    """Values of `by`, and whether each route counts for each."""
    if by == MARKET:
        return _markets(account)
    values = account.diversification.values(by)
    if by == "corridor" and len(values) == 1:
        values = ()
    return values, account.diversification.carried(account.routes, by)


def _markets(account: Account) -> tuple[tuple[str, ...], sparse.csc_array]:
    """Markets that ask for cargo, and which of them each route supplies."""
    of_shipment = account.instance.demand["market"][account.cargo.demand].tolist()
    number = {name: n for n, name in enumerate(dict.fromkeys(of_shipment))}
    market = np.array([number[name] for name in of_shipment], dtype=int)
    flows = np.arange(len(account.routes))
    entries = (np.ones(len(flows)), (flows, market[account.plan.shipment]))
    return tuple(number), sparse.csc_array(entries, shape=(len(flows), len(number)))


def _values(
    account: Account, carried: sparse.csc_array, quantity: Floats, count: int
) -> Table:
    """Traded value, its share, and the landed cost of each value."""
    product = account.cargo.product[account.plan.shipment]
    per_unit = account.instance.products["value"].astype(float)[product]
    transport = np.sum(list(account.cost_parts.values()), axis=0)
    chosen = quantity > 0
    value = np.zeros(len(quantity))
    value[chosen] = quantity[chosen] * per_unit[chosen]
    traded, money, amounts = (
        np.asarray(carried.T @ own)[:count]
        for own in (value, quantity * transport, quantity)
    )
    whole = value.sum()
    some = amounts > 0
    landed = np.full(count, np.nan)
    landed[some] = (traded[some] + money[some]) / amounts[some]
    return {
        "traded_value": traded,
        "value_share": traded / whole if whole > 0 else np.full(count, np.nan),
        "landed_cost": landed,
    }
