"""Checks of the table of limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.verification.figures.columns import float_column, ratio
from solver.verification.figures.comparison import SHARE, FigureColumn

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells


# ---- limits


def capacity_table(evidence: Evidence) -> Cells:
    """Return the table of limits, computed afresh."""
    limits = evidence.world.limits.all
    capacity = float_column([limit.quantity for limit in limits])
    used = float_column(evidence.used)
    prices = evidence.cost_stage.capacities
    extra_quantity = [
        sum(stage.capacities.get(limit.key, 0.0) for stage in evidence.unmet_stages)
        if evidence.unmet_stages
        else np.nan
        for limit in limits
    ]
    return {
        "kind": [limit.key.kind for limit in limits],
        "limit": [limit.key.name for limit in limits],
        "period": [limit.key.period for limit in limits],
        "capacity": capacity,
        "used": used,
        "utilisation": ratio(used, capacity),
        "price": [prices.get(limit.key, 0.0) for limit in limits],
        "extra_quantity": FigureColumn(
            np.array(extra_quantity, dtype=np.float64), SHARE
        ),
    }
