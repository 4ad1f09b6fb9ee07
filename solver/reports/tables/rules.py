"""The table of rules: level, limit, slack and price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.reports.tables.both_ways import SLACK, both_ways
from solver.reports.tables.columns import text_column

if TYPE_CHECKING:
    from solver.arrays import Floats
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
    base = np.array([found.base for found in levels], dtype=float)
    excess = np.array([found.excess for found in levels], dtype=float)
    unit = np.array(
        [row.limit_unit(whole) for row, whole in zip(rows, base.tolist(), strict=True)],
        dtype=float,
    )
    priced = account.cost_stage.rules
    price = np.array([priced.get(row.key, 0.0) for row in rows], dtype=float)
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
        "price": price * unit,
        **both_ways(
            account, [row.key for row in rows], _room(-excess, base, unit), unit
        ),
    }


def _room(free: Floats, base: Floats, unit: Floats) -> Floats:
    """Return what is free of each limit, in its own unit; NaN where it binds."""
    room = np.full(len(free), np.nan)
    slack = (free > SLACK * base) & (unit > 0.0)
    room[slack] = free[slack] / unit[slack]
    return room


def scope_text(key: RowKey) -> str:
    """Scope of a row of a rule, as `group=metals, market=Poti`; blank for all cargo."""
    return ", ".join(f"{name}={value}" for name, value in key.scope)
