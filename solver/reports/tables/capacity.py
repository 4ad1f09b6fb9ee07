"""The table of limits: used, and with which price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import limit_loads
from solver.reports.tables.columns import text_column

if TYPE_CHECKING:
    from solver.reports.account import Account
    from solver.reports.tables.columns import Table


def capacity_table(account: Account) -> Table:
    """Return the table of limits."""
    limits = account.network.limits
    used = limit_loads(account.routes, account.plan.quantity)
    size = np.where(limits.capacity > 0, limits.capacity, np.nan)
    unmet = account.stages("unmet")
    price = account.cost_stage.capacities
    extra_quantity = [
        sum(stage.capacities.get(key, 0.0) for stage in unmet) for key in limits.keys
    ]
    return {
        "kind": text_column([key.kind for key in limits.keys]),
        "limit": text_column([key.name for key in limits.keys]),
        "period": text_column([key.period for key in limits.keys]),
        "capacity": limits.capacity,
        "used": used,
        "utilisation": used / size,
        "price": np.array([price.get(key, 0.0) for key in limits.keys], dtype=float),
        "extra_quantity": np.array(
            extra_quantity if unmet else [np.nan] * len(limits), dtype=float
        ),
    }
