"""Checks of the table of limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.verification.figures.columns import float_column, ratio
from solver.verification.figures.comparison import (
    MONEY,
    SHARE,
    FigureColumn,
    numbers,
    text,
)

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence


# ---- limits


def capacity_table(evidence: Evidence) -> dict[str, FigureColumn]:
    """Return the table of limits, computed afresh."""
    limits = evidence.world.limits.all
    capacity = float_column([limit.quantity for limit in limits])
    used = float_column(evidence.used)
    prices = evidence.cost_stage.capacities
    relief = [
        sum(stage.capacities.get(limit.key, 0.0) for stage in evidence.unmet_stages)
        if evidence.unmet_stages
        else np.nan
        for limit in limits
    ]
    return {
        "kind": text([limit.key.kind for limit in limits]),
        "limit": text([limit.key.name for limit in limits]),
        "period": text([limit.key.period for limit in limits]),
        "capacity": numbers(capacity),
        "used": numbers(used, MONEY),
        "utilisation": numbers(ratio(used, capacity), SHARE),
        "price": numbers([prices.get(limit.key, 0.0) for limit in limits]),
        "relief": numbers(relief, SHARE),
    }
