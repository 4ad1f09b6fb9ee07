"""Tolerances of a published result."""

from __future__ import annotations

GAP = 1e-6
"""Largest proven gap, relative to max(1, |cost|), that may be called optimal."""


RESIDUAL = 1e-6
"""Largest excess over a limit, relative to max(1, limit), that a plan may have."""


HHI_RESIDUAL = 1e-8
"""Largest excess over a limit of the HHI (0 to 1) that a plan may have."""
