"""Bounds from below on the objective of a stage, for every possible plan."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from solver.verification.bound.scaled import Scaled
from solver.verification.bound.searches import Searches
from solver.verification.exact.amounts import product_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.verification.bound.prices import ExactPrices
    from solver.verification.bound.trips import Positions


class Bound(Scaled):
    """Bound of one stage: the walks of all shipments at its prices."""

    @cached_property
    def cheapest(self) -> Positions:
        """Cost of the cheapest walk of each shipment, in units, rounded down.

        `UNREACHED` if there is none that costs less than leaving it unmet.
        """
        return Searches([self]).cheapest()[0]

    def total(self) -> Decimal:
        """Lower bound on the objective."""
        quantity, unmet_price = self.world.cargo.quantity, self.prices.unmet_price
        walks_win = self.cheapest < self.unmet_price
        carried = product_sum(quantity.units[walks_win], self.cheapest[walks_win])
        unmet = product_sum(quantity.units[~walks_win], unmet_price.units[~walks_win])
        return (
            quantity.value(carried).scaleb(-self.places)
            + quantity.value(unmet).scaleb(-unmet_price.places)
            - self.prices.constant
        )


def bounds(prices: Sequence[ExactPrices]) -> list[Bound]:
    """Bounds at several prices of one world, searched together."""
    found = [Bound(own) for own in prices]
    if found:
        for bound, cheapest in zip(found, Searches(found).cheapest(), strict=True):
            bound.cheapest = cheapest
    return found
