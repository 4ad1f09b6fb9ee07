"""Bounds from below on the objective of a stage, for every possible plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.verification.bound.scaled import Scaled
from solver.verification.bound.searches import cheapest_walks
from solver.verification.exact.amounts import product_sum

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from solver.verification.bound.prices import ExactPrices
    from solver.verification.bound.scaled import Positions


class Bound:
    """Bound of one stage: the walks of all shipments at its prices.

    Parameters
    ----------
    scaled : Scaled
        The prices, in integers.
    cheapest : ndarray of int, shape (shipments,)
        Cost of the cheapest walk of each shipment, in units, rounded down;
        `UNREACHED` if there is none that costs less than leaving it unmet.
    """

    def __init__(self, scaled: Scaled, cheapest: Positions) -> None:
        self.scaled, self.cheapest = scaled, cheapest
        self.prices, self.world = scaled.prices, scaled.world

    def total(self) -> Decimal:
        """Lower bound on the objective."""
        quantity, unmet_price = self.world.cargo.quantity, self.prices.unmet_price
        walks_win = self.cheapest < self.scaled.unmet_price
        carried = product_sum(quantity.units[walks_win], self.cheapest[walks_win])
        unmet = product_sum(quantity.units[~walks_win], unmet_price.units[~walks_win])
        return (
            quantity.value(carried).scaleb(-self.scaled.places)
            + quantity.value(unmet).scaleb(-unmet_price.places)
            - self.prices.constant
        )

    def least(self, shipment: int) -> Decimal:
        """Cost of carrying a unit of a shipment or leaving it, whichever is less."""
        walk, unmet_price = int(self.cheapest[shipment]), self.prices.unmet_price
        if walk < int(self.scaled.unmet_price[shipment]):
            return self.scaled.units_value(walk)
        return unmet_price.value(int(unmet_price.units[shipment]))


def bounds(prices: Sequence[ExactPrices]) -> list[Bound]:
    """Bounds at several prices of one world, searched together."""
    scaled = [Scaled(own) for own in prices]
    return [*map(Bound, scaled, cheapest_walks(scaled))]


def bound_at(prices: ExactPrices) -> Bound:
    """Bound at some prices."""
    return bounds([prices])[0]
