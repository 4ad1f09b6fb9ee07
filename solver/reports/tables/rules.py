"""The table of rules: level, limit, slack and price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.reports.tables.columns import text_column

if TYPE_CHECKING:
    from solver.reports.account import Account
    from solver.reports.tables.columns import Table
    from solver.solution.keys import RowKey


def rules_table(account: Account) -> Table:
    """Return the table of rules."""
    pairs = account.rows_told_in("rules")
    rows, levels = [row for row, _ in pairs], [level for _, level in pairs]
    level = np.array([found.level for found in levels], dtype=float)
    limit = np.array([row.limit_shown for row in rows], dtype=float)
    side = np.array([row.side for row in rows], dtype=float)
    prices = np.array(
        [
            [
                price * row.limit_unit(found.base)
                for price in both_ways(account, row.key)
            ]
            for row, found in zip(rows, levels, strict=True)
        ],
        dtype=float,
    ).reshape(-1, 3)
    return {
        "rule": text_column([row.key.rule for row in rows]),
        "scope": text_column([scope_text(row.key) for row in rows]),
        "period": text_column([row.key.period for row in rows]),
        "by": text_column([row.scope.rule.by for row in rows]),
        "measure": text_column([row.key.measure for row in rows]),
        "value": text_column([row.key.value for row in rows]),
        "side": text_column([row.key.side for row in rows]),
        "level": level,
        "limit": limit,
        "slack": side * (limit - level),
        "penalty": np.array([found.penalty for found in levels], dtype=float),
        "price": prices[:, 0],
        "price_tighter": prices[:, 1],
        "price_looser": prices[:, 2],
    }


def both_ways(account: Account, key: RowKey) -> tuple[float, float, float]:
    """Price of a row, that of making it tighter (NaN: impossible), and looser."""
    price = account.cost_stage.rules.get(key, 0.0)
    certificate = account.certificate
    for sides in certificate.sides if certificate is not None else ():
        if sides.key == key:
            looser = sides.looser.rules.get(key, 0.0)
            tighter = sides.tighter
            return price, tighter.rules.get(key, 0.0) if tighter else np.nan, looser
    return price, price, price


def scope_text(key: RowKey) -> str:
    """Scope of a row of a rule, as `group=metals, market=Poti`; blank for all cargo."""
    return ", ".join(f"{name}={value}" for name, value in key.scope)
