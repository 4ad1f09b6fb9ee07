"""Tolerances of a published result."""

from __future__ import annotations

GAP = 1e-6
"""Largest proven gap, relative to the cost, that may be called optimal."""


BLANK_GAP = 0.99
"""Gap from which on none is told of a plan that leaves more than is proved."""


REST = 1e-12
"""Largest part of a row of demand that may stay unmet for want of digits."""


RESIDUAL = 1e-6
"""Relative difference between two figures that are told to be the same."""


HHI_RESIDUAL = 1e-8
"""Largest excess over a limit of the HHI (0 to 1) that a plan may have."""


UNTOLD = 1e-9
"""Largest excess over a rule that must give way, relative to the demand of the rule,
that need not be told."""


SLOPE = 1e-6
"""Relative error of what one more saves or one less costs, prices and plans together:
of that, or of a thousandth of the average cost if that is more."""


CURVED = 1e-3
"""The same where an index of concentration has a price: the cost is a curve then."""


FLAT = 1e-9
"""Part of the cost that prices may leave which prove that one more saves nothing."""


DEAREST = 1e30
"""Prices are below this: those of scarce capacities may be far above any cost."""
