"""Rules on the largest together: `max_top`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.rules.row import Linear
from solver.rules.share import DUST
from solver.rules.spread import (
    LIMIT_DIGITS,
    Lifted,
    Part,
    SpreadLimit,
    SpreadRow,
    least_hhi,
    rounded_up,
)

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.problem.rules import TopShare


def top_limit(top: TopShare) -> SpreadLimit:
    """Return the bound that `max_top` sets."""

    def least(count: int) -> float:
        return min(top.k, max(1, count)) * least_hhi(count)

    return SpreadLimit(
        key="max_top.share",
        value=top.share,
        text=f"a share of {top.share:g} for the {top.k} largest together",
        holds=lambda count: least(count) <= top.share + DUST,
        remedy=lambda count: f"give {rounded_up(least(count), LIMIT_DIGITS)} at least",
    )


@dataclass(frozen=True, eq=False)
class TopRow(SpreadRow):
    """What the k largest values carry together."""

    count: int
    share: float

    @property
    def limit_shown(self) -> float:
        """Their largest share."""
        return self.share

    def _largest(self, amounts: Floats) -> float:
        return float(np.sort(amounts)[::-1][: self.count].sum())

    def excess(self, amounts: Floats, base: float) -> float:
        """Quantity above the share."""
        return self._largest(amounts) - self.share * base

    def level(self, amounts: Floats, base: float) -> float:
        """Share of the k largest."""
        return self._largest(amounts) / base if base > 0 else np.nan

    def _form(self, weights: Floats) -> Linear:
        return Linear(weights, -self.share, 0.0)

    def lifted(self) -> Lifted:
        """Return columns t and s_v >= F_v - t: k t + sum s_v <= share B."""
        size = len(self.values)
        factors = np.array([float(self.count), *np.ones(size)])
        parts = [
            Part(value, 1.0, 0.0, ((0, -1.0), (value + 1, -1.0)), 0.0, 1.0)
            for value in range(size)
        ]
        return Lifted(factors, -self.share, 0.0, parts)

    def sound(self, weights: Floats) -> Floats:
        """Weights between 0 and 1 that sum to k at most."""
        clipped = np.clip(weights, 0.0, 1.0)
        total = float(clipped.sum())
        return clipped * min(1.0, self.count / total) if total > 0 else clipped
