"""How far a plan may be from what is proved, and an index from its limit.

Limits and linear rules have no margin: a plan keeps them exactly.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.tolerances import GAP, HHI_RESIDUAL
from solver.verification.exact.amounts import decimal

if TYPE_CHECKING:
    from solver.arrays import Mask
    from solver.verification.exact.amounts import Amounts


HHI_MARGIN = decimal(HHI_RESIDUAL)
"""Excess over a limit of the Herfindahl-Hirschman index that a plan may have."""

REST = 10**12
"""A rest is what stays unmet of a row of demand of so many times its size, or more."""

_GAP = decimal(GAP)


def rests(unmet: Amounts, quantity: Amounts) -> Mask:
    """Whether what stays unmet of each shipment is but a rest of rounding."""
    places = max(unmet.places, quantity.places)
    left, whole = unmet.at(places), quantity.at(places)
    return np.asarray(left.astype(object) * REST <= whole, dtype=bool)


def least_to_prove(unmet: Decimal) -> Decimal:
    """Return what must be proved of a class that leaves so much, rests aside."""
    return unmet - _GAP * unmet
