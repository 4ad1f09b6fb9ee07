"""Sets of prices of a certificate, each kept once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.solution.certificate import Stage


class PriceSets:
    """Sets of prices by number.

    Parameters
    ----------
    first : Stage
        What stands as number 0: the stage `cost` of the certificate.

    Attributes
    ----------
    kept : list of Stage
        The others, from number 1.
    """

    def __init__(self, first: Stage) -> None:
        self.first = first
        self.kept: list[Stage] = []
        self._numbers = {_told(first): 0}

    def number(self, prices: Stage) -> int:
        """Return the number of a set of prices, which is kept if it is new."""
        told = _told(prices)
        if told not in self._numbers:
            self.kept.append(prices)
            self._numbers[told] = len(self.kept)
        return self._numbers[told]

    def __getitem__(self, number: int) -> Stage:
        """Return a set of prices."""
        return self.kept[number - 1] if number else self.first


def _told(prices: Stage) -> str:
    """Return what tells sets of prices apart."""
    parts: Sequence[object] = (
        (prices.objective, prices.priority),
        sorted((str(key), price) for key, price in prices.capacities.items()),
        sorted((str(key), price) for key, price in prices.rules.items()),
        sorted((str(key), price) for key, price in prices.unmet.items()),
        sorted((str(key), sorted(own.items())) for key, own in prices.weights.items()),
    )
    return repr(parts)
