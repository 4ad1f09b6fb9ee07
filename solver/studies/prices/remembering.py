"""Searches at prices that come again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.pricing.pricer import Pricer

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.pricing.prices import Prices
    from solver.pricing.tree_search import Found


_DIGITS = 9
"""Digits after the point by which prices are told apart."""


class RememberingPricer(Pricer):
    """A pricer that knows what it found at prices it has seen.

    Parameters
    ----------
    known : Pricer
        Of the same instance; what it has built is used.
    """

    def __init__(self, known: Pricer) -> None:
        self.__dict__.update(known.__dict__)
        self._seen: dict[bytes, Found] = {}

    def search(
        self, prices: Prices, threshold: Floats, *, single: bool = False
    ) -> Found:
        """Return what a search finds, or found at the same prices."""
        numbers = np.array([single, *prices.rules, *prices.rules.values()], dtype=float)
        parts = [prices.limits, threshold, numbers, *prices.weights.values()]
        key = b"".join(np.round(part, _DIGITS).tobytes() for part in parts)
        if key not in self._seen:
            self._seen[key] = super().search(prices, threshold, single=single)
        return self._seen[key]
