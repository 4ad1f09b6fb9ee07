"""Boxstep stabilisation: prices stay in a trust region around the best ones known.

References
----------
Marsten, R. E., Hogan, W. W. and Blankenship, J. W. (1975), The Boxstep method for
large-scale optimization, Operations Research 23(3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats, Mask
    from solver.solving.start.flow_sums import Sums


ACCEPTANCE_RATIO, SHRINK_FACTOR, STRONG_SHRINK_FACTOR, WIDENING_FACTOR = (
    0.1,
    0.8,
    0.4,
    5.0,
)
"""Share of the expected gain with which a step is accepted; factors of the reach after
a poor step, one that lowers the bound, and where the border alone keeps the program
from its optimum."""

GROWTH = ((0.9, 100.0), (0.5, 20.0), (0.0, 5.0))
"""Factors of the reach after an accepted step to the border, by the least share of the
expected gain: where all of it comes, the program knows what lies ahead."""


_SMALL = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class PriceRange:
    """Lowest and highest price per unit of each sum, shape (sums,)."""

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """What the program found.

    Parameters
    ----------
    cost : float
        Least cost, with what prices at its border pay and get.
    values : ndarray, shape (flows,)
        Share of its group that each flow takes.
    prices : ndarray, shape (sums,)
        Money per unit of each sum.
    concentrations : dict of int to tuple
        Price and weights of priced rows that bound all values together.
    marginal_cost : ndarray, shape (groups,)
        What each group costs at these prices.
    held : ndarray of bool, shape (sums,)
        Sums whose price stands at the border.
    """

    cost: float
    values: Floats
    prices: Floats
    concentrations: dict[int, tuple[float, Floats]]
    marginal_cost: Floats
    held: Mask


@dataclass(slots=True, eq=False)
class TrustRegion:
    """Where prices are sought.

    `centre` holds the best prices known, `reach` how far from them others may be, by
    sum; `bound` is what the best ones prove.
    """

    sums: Sums
    centre: Floats
    reach: Floats
    bound: float

    @property
    def price_range(self) -> PriceRange:
        """Prices within reach."""
        low = self.centre - self.reach
        low = np.where(self.sums.is_level, low, np.maximum(0.0, low))
        return PriceRange(low, np.minimum(self.centre + self.reach, self.sums.most))

    def learn(self, found: Optimum, prices: Floats, bound: float) -> None:
        """Move to prices whose bound is better; reach further or less far."""
        gain, expected = bound - self.bound, found.cost - self.bound
        moved = np.abs(found.prices - self.centre)
        if gain > ACCEPTANCE_RATIO * expected:
            at_border = moved >= (1 - _SMALL) * self.reach
            growth = next(by for least, by in GROWTH if gain >= least * expected)
            self.reach = np.where(at_border, growth, 1.0) * self.reach
        else:
            self.reach = self.reach * (
                STRONG_SHRINK_FACTOR if gain < -expected else SHRINK_FACTOR
            )
        if gain > 0.0:
            self.centre, self.bound = prices, bound

    def widen(self, held: Mask) -> None:
        """Reach further where the border alone keeps the program from its optimum."""
        self.reach = np.where(held, WIDENING_FACTOR, 1.0) * self.reach
