"""The table of limits: used, and with which price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.reports.tables.both_ways import SLACK, both_ways
from solver.reports.tables.columns import text_column
from solver.solution.keys import CapacityKey, RowKey

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.reports.account import Account
    from solver.reports.tables.columns import Table
    from solver.solution.certificate import Stage

Key = CapacityKey | RowKey


def capacity_table(account: Account) -> Table:
    """Return the table of limits, then of rules that bound a quantity as limits do."""
    limits = account.network.limits
    pairs = account.rows_told_in("capacity")
    rows = [row for row, _ in pairs]
    keys: list[Key] = [*limits.keys, *(row.key for row in rows)]
    names = [
        *((key.kind, key.name) for key in limits.keys),
        *((row.key.measure, row.key.value) for row in rows),
    ]
    capacity = np.concatenate([limits.capacity, [row.limit_shown for row in rows]])
    used = used_quantities(account)
    side = np.array([*(1.0 for _ in limits.keys), *(row.side for row in rows)])
    ones = np.ones(len(keys))
    unmet = account.stages("unmet")
    extra_quantity = [sum(_price(stage, key) for stage in unmet) for key in keys]
    return {
        "kind": text_column([kind for kind, _ in names]),
        "limit": text_column([name for _, name in names]),
        "period": text_column([key.period for key in keys]),
        "capacity": capacity,
        "used": used,
        "utilisation": used / np.where(capacity > 0, capacity, np.nan),
        "price": np.array([_price(account.cost_stage, key) for key in keys], float),
        **both_ways(account, keys, _room(side * (capacity - used), capacity), ones),
        "extra_quantity": np.array(
            extra_quantity if unmet else [np.nan] * len(keys), dtype=float
        ),
    }


def used_quantities(account: Account) -> Floats:
    """Return what the plan puts on each row of the table, in all its digits."""
    levels = [own.level for _, own in account.rows_told_in("capacity")]
    return np.concatenate([account.loads, levels])


def _price(stage: Stage, key: Key) -> float:
    """Price of a limit or of a row of a rule."""
    if isinstance(key, CapacityKey):
        return stage.capacities.get(key, 0.0)
    return stage.rules.get(key, 0.0)


def _room(free: Floats, capacity: Floats) -> Floats:
    """Return what is free of each limit; NaN where it binds."""
    return np.where(free > SLACK * np.abs(capacity), free, np.nan)
