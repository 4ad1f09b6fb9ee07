"""How far a plan may be beyond a limit and still keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.solution.tolerances import HHI_RESIDUAL, RESIDUAL
from solver.verification.exact.amounts import ONE, decimal

if TYPE_CHECKING:
    from decimal import Decimal


MARGIN = decimal(RESIDUAL)
"""Excess over a limit that a plan may have, relative to max(1, limit)."""


HHI_MARGIN = decimal(HHI_RESIDUAL)
"""Excess over a limit of the Herfindahl-Hirschman index that a plan may have."""


def allowed(limit: Decimal) -> Decimal:
    """Excess that a limit of this size may have."""
    return MARGIN * max(ONE, limit)
