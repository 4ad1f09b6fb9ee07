"""Bounds from below on the objective of a stage, for every possible plan."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from solver.verification.bound.scaled import Scaled
from solver.verification.bound.searches import cheapest_walks
from solver.verification.exact.amounts import product_sum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from solver.arrays import Ints
    from solver.verification.bound.prices import ExactPrices
    from solver.verification.world import World


MOST_SHIPMENTS = 2**18
"""Shipments of all prices that are searched together: memory follows."""


class Bound:
    """Bound of one stage: the walks of all shipments at its prices.

    Parameters
    ----------
    cheapest : ndarray of int, shape (shipments,)
        Cost of the cheapest walk of each shipment, in units, rounded down;
        `UNREACHED` if there is none that costs less than leaving it unmet.
    """

    def __init__(self, scaled: Scaled, cheapest: Ints) -> None:
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
        walk = int(self.cheapest[shipment])
        if walk < int(self.scaled.unmet_price[shipment]):
            return self.scaled.units_value(walk)
        return self.prices.unmet_price[shipment]


def bounds(world: World, prices: Iterable[ExactPrices]) -> Iterator[Bound]:
    """Yield the bounds at several prices, many of which are searched together."""
    waiting, step = iter(prices), max(1, MOST_SHIPMENTS // max(1, len(world.cargo)))
    while scaled := [*map(Scaled, islice(waiting, step))]:
        yield from map(Bound, scaled, cheapest_walks(scaled))


def bound_at(prices: ExactPrices) -> Bound:
    """Bound at some prices."""
    return next(bounds(prices.world, [prices]))
