"""Checks of the table of limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution.form import MONEY, SHARE
from solver.verification.figures.both_ways import SLACK, both_ways
from solver.verification.figures.columns import float_column, ratio
from solver.verification.figures.comparison import FigureColumn

if TYPE_CHECKING:
    from solver.solution.keys import CapacityKey, RowKey
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells


def capacity_table(evidence: Evidence) -> Cells:
    """Return the table of limits and of rows told as limits are, computed afresh."""
    limits = evidence.world.limits.all
    rows = evidence.world.rules.told_in("capacity")
    levels = [row.level(evidence.carried[row.scope.rule]) for row in rows]
    bounds = [*(limit.quantity for limit in limits), *(row.limit for row in rows)]
    capacity = float_column(bounds)
    used = np.concatenate([float_column(evidence.used), levels])
    side = np.array([*(1 for _ in limits), *(row.sign for row in rows)])
    free = side * (capacity - used)
    keys: list[CapacityKey | RowKey] = [limit.key for limit in limits]
    keys += [row.key for row in rows]
    unmet = [[*map(stage.price_of, keys)] for stage in evidence.unmet_stages]
    extra_quantity = np.sum(unmet, axis=0) if unmet else np.full(len(used), np.nan)
    return {
        "kind": [*(own.key.kind for own in limits), *(row.key.measure for row in rows)],
        "limit": [*(own.key.name for own in limits), *(row.key.value for row in rows)],
        "period": [*(own.key.period for own in limits), *(r.key.period for r in rows)],
        "capacity": capacity,
        "used": used,
        "utilisation": ratio(used, capacity),
        "price": [*map(evidence.cost_stage.price_of, keys)],
        **both_ways(
            evidence,
            keys,
            np.where(free > SLACK * np.abs(capacity), free, np.nan),
            np.ones(len(capacity)),
            MONEY,
        ),
        "extra_quantity": FigureColumn(extra_quantity, SHARE),
    }
