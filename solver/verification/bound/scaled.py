"""The prices of a stage, scaled to integers that walks sum exactly."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from solver.verification.bound.trips import MOST_BITS, Trades, Trips
from solver.verification.bound.walks import UNREACHED
from solver.verification.exact.amounts import (
    ZERO,
    ceiling,
    digits_after_point,
)

if TYPE_CHECKING:
    from solver.verification.bound.prices import ExactPrices, PricedArcs, PricedTerms
    from solver.verification.bound.trips import Positions
    from solver.verification.exact.amounts import Amounts, Integers
    from solver.verification.world import World


EXACT = 2**52
"""Largest integer that costs may reach: sums of two are exact as floats."""


MARGIN = 2 * MOST_BITS
"""Units of the last digit that rounding offsets and rewards may take."""


MOST_DIGITS = 300
"""Digits after the point that are tried: floats have no more."""


class Scaled:
    """Prices of one stage as integers that searches and sums keep exact.

    Parameters
    ----------
    prices : ExactPrices
        Prices of a stage.

    Attributes
    ----------
    places : int
        Digits after the point of all costs of walks.
    rounding : int
        Units of the last digit that a route may cost more than its parts rounded down.
    """

    def __init__(self, prices: ExactPrices) -> None:
        self.prices = prices
        self.world: World = prices.world
        self.kinds, self.kind = prices.kinds
        self.terms, self.term = prices.terms
        self.rounding = 0
        self.limit, self.places = self._grid()
        self._known: dict[int, tuple[Positions, Positions]] = {}

    # ---- the grid

    def _grid(self) -> tuple[int, int]:
        """Cost of walks that are of interest at most, and digits that keep it exact."""
        unmet_price, terms = self.prices.unmet_price, self.terms
        rewards = max(-_sum_below(term, -1) for term in terms)
        rewards += self.prices.most_earned
        charges = max(_sum_below(term, 1) for term in terms)
        offsets = [*chain.from_iterable(term.offset for term in terms)]
        most = unmet_price.value(unmet_price.units.max()) - min(offsets) + rewards
        longest = max(map(self._longest, self.kinds)) + charges
        limit = max(min(most, longest), ZERO)
        largest = max(limit, rewards, charges, *map(abs, offsets))
        needed = places = min(self._digits(), MOST_DIGITS)
        while largest.scaleb(places) > EXACT:
            places -= 1
        self.rounding = (
            0 if places == needed else self.world.elements.num_nodes + MARGIN
        )
        return ceiling(limit, places) + MARGIN, places

    def _longest(self, arcs: PricedArcs) -> Decimal:
        """No simple route costs more."""
        nodes = self.world.elements.num_nodes
        on_element, at_start = arcs.on_element, arcs.at_start
        return on_element.value(
            on_element.units.max(initial=0)
        ) * nodes + at_start.value(at_start.units.max())

    def _digits(self) -> int:
        """Digits after the point with which nothing is rounded."""
        parts = [
            *(term.offset for term in self.terms),
            *([touch.charge for touch in term.touches] for term in self.terms),
        ]
        places = [
            *(arcs.on_element.places for arcs in self.kinds),
            *(arcs.at_start.places for arcs in self.kinds),
        ]
        return max(digits_after_point(chain.from_iterable(parts)), *places)

    # ---- who goes where

    @cached_property
    def trades(self) -> Trades:
        """Shipments with the same terms between the same places."""
        cargo = self.world.cargo
        places = len(cargo.places)
        code = (self.kind * len(self.terms) + self.term) * places + cargo.origin
        code = code * places + cargo.market
        _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
        return Trades(
            kind=self.kind[first],
            term=self.term[first],
            origin=cargo.origin[first],
            market=cargo.market[first],
            of_shipment=inverse,
        )

    @cached_property
    def trips(self) -> Trips:
        """Pairs of nodes between which the trades go, in their order."""
        trades, places = self.trades, self.world.cargo.places
        starts, ends = places.take(trades.origin), places.take(trades.market)
        counts = starts.lengths * ends.lengths
        trade = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(trade)) - np.repeat(np.cumsum(counts) - counts, counts)
        width = ends.lengths[trade]
        return Trips(
            code=trades.kind[trade] * len(self.terms) + trades.term[trade],
            num_terms=len(self.terms),
            trade=trade,
            start=starts.items[starts.starts[trade] + within // width],
            end=ends.items[ends.starts[trade] + within % width],
        )

    # ---- costs in units

    def parts(self, kind: int) -> tuple[Integers, Integers]:
        """Costs of elements and starts in units, rounded down."""
        arcs = self.kinds[kind]
        return (
            floored(arcs.on_element, self.places),
            floored(arcs.at_start, self.places),
        )

    def costs(self, kind: int) -> tuple[Positions, Positions]:
        """Costs of elements and starts; what is of no interest is above the limit."""
        if kind not in self._known:
            on_element, at_start = self.parts(kind)
            above = self.limit + 1
            self._known[kind] = (
                np.minimum(on_element, above).astype(np.int64),
                np.minimum(at_start, above).astype(np.int64),
            )
        return self._known[kind]

    def open_costs(self, kind: int) -> tuple[Positions, Positions]:
        """Costs of elements and starts that may be used; `UNREACHED` of others."""
        arcs, (on_element, at_start) = self.kinds[kind], self.costs(kind)
        closed = arcs.closed | (on_element > self.limit)
        closed_start = arcs.closed_start | (at_start > self.limit)
        return (
            np.where(closed, UNREACHED, on_element),
            np.where(closed_start, UNREACHED, at_start),
        )

    @cached_property
    def unmet_price(self) -> Positions:
        """Worth of each shipment in units of the walks' costs, rounded up."""
        unmet_price = self.prices.unmet_price
        different, inverse = np.unique(unmet_price.units, return_inverse=True)
        units = (
            ceiling(unmet_price.value(unit), self.places) for unit in different.tolist()
        )
        capped = [min(unit, int(UNREACHED)) for unit in units]
        return np.array(capped, dtype=np.int64)[inverse]

    def units_value(self, units: int) -> Decimal:
        """Money per unit of a cost in units of the walks."""
        return Decimal(units).scaleb(-self.places)


def _sum_below(terms: PricedTerms, sign: int) -> Decimal:
    """Sum of all charges (sign 1) or of all rewards (sign -1)."""
    return sum((t.charge for t in terms.touches if t.charge * sign > 0), ZERO)


def floored(values: Amounts, places: int) -> Integers:
    """Units of so many digits after the point, rounded down."""
    if places >= values.places:
        return values.at(places)
    units: Integers = values.units.astype(object) // 10 ** (values.places - places)
    return units
