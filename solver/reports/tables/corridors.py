"""The table of shares: of corridors, countries, ports, and all rules count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.reports.tables.columns import TEN_THOUSAND, text_column

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.reports.account import Account
    from solver.reports.tables.columns import Table


def corridors_table(account: Account) -> Table:
    """Return the table of shares."""
    instance, cargo = account.instance, account.cargo
    quantity = account.plan.quantity
    parts = [
        _shares(account, "all", by, quantity)
        for by in ("corridor", "country", "port", "mode", "tag")
    ]
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
    """Quantity and share of each value of `by` in a scope."""
    values = account.diversification.values(by)
    if by == "corridor" and len(values) == 1:
        values = ()
    carried = account.diversification.carried(account.routes, by)
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
        "hhi": np.full(len(values), index),
        "hhi_10000": np.full(len(values), TEN_THOUSAND * index),
        "effective": np.full(len(values), 1 / index if index else np.nan),
    }
