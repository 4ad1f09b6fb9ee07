"""The prices of a stage, scaled to integers that walks sum exactly."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.verification.bound.walks import UNREACHED
from solver.verification.exact.amounts import ZERO, ceiling, digits_after_point

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.verification.bound.prices import ExactPrices, PricedArcs, PricedTerms
    from solver.verification.exact.amounts import Amounts, Integers
    from solver.verification.world import World


EXACT = 2**52
"""Largest integer that costs may reach: sums of two are exact as floats."""


MOST_BITS = 8
"""Values counted exactly by the walks; of others, only rewards are granted."""


MARGIN = 2 * MOST_BITS
"""Units of the last digit that rounding offsets and rewards may take."""


MOST_DIGITS = 300
"""Digits after the point that are tried: floats have no more."""


class Trips(NamedTuple):
    """Pairs of nodes that are searched, ordered by arcs, then by terms.

    A *trade* is all shipments between the same places that pay alike: they differ in
    quantity and unmet price only.

    Parameters
    ----------
    trade_of : ndarray of int, shape (shipments,)
        The trade of each shipment.
    code : ndarray of int, shape (trips,)
        Arcs and terms in one: ``kind * number of terms + term``.
    trade, start, end : ndarray of int, shape (trips,)
        Index into the trades, and nodes.
    """

    trade_of: Ints
    code: Ints
    trade: Ints
    start: Ints
    end: Ints

    @property
    def num_trades(self) -> int:
        """Number of trades."""
        return int(self.trade[-1]) + 1

    def of(self, code: int) -> slice:
        """Where the trips of some arcs and terms are."""
        return slice(*np.searchsorted(self.code, [code, code + 1]).tolist())


class Scaled:
    """Prices of one stage as integers that searches and sums keep exact.

    Attributes
    ----------
    places : int
        Digits after the point of all costs of walks.
    limit : int
        Walks that cost more are of no interest.
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
        self._known: dict[int, tuple[Ints, Ints]] = {}
        self._open: dict[int, tuple[Ints, Ints]] = {}

    # ---- the grid

    def _grid(self) -> tuple[int, int]:
        """Cost of walks that are of interest at most, and digits that keep it exact."""
        unmet_price, terms = self.prices.unmet_price, self.terms
        rewards = max(-_sum_below(term, -1) for term in terms)
        rewards += self.prices.aim.earned
        charges = max(_sum_below(term, 1) for term in terms)
        offsets = [*chain.from_iterable(term.offset for term in terms)]
        most = unmet_price.value(unmet_price.units.max()) - min(offsets) + rewards
        longest = max(map(self._longest, self.kinds)) + charges
        limit = max(min(most, longest), ZERO)
        largest = max(limit, rewards, charges, *map(abs, offsets))
        needed = places = min(self._digits(), MOST_DIGITS)
        while largest.scaleb(places) > EXACT:
            places -= 1
        if places < needed:
            self.rounding = self.world.elements.num_nodes + MARGIN
        return ceiling(limit, places) + MARGIN, places

    def _longest(self, arcs: PricedArcs) -> Decimal:
        """No simple route costs more."""
        most = arcs.on_element.units.max(initial=0)
        inner = arcs.on_element.value(most) * self.world.elements.num_nodes
        return inner + arcs.at_start.value(arcs.at_start.units.max())

    def _digits(self) -> int:
        """Digits after the point with which nothing is rounded."""
        charges = (touch.charge for term in self.terms for touch in term.touches)
        offsets = chain.from_iterable(term.offset for term in self.terms)
        arcs = ((own.on_element, own.at_start) for own in self.kinds)
        places = (costs.places for costs in chain.from_iterable(arcs))
        return max(digits_after_point(chain(charges, offsets)), *places)

    # ---- who goes where

    @cached_property
    def trips(self) -> Trips:
        """All pairs of nodes between which shipments go."""
        cargo = self.world.cargo
        places, size = cargo.places, len(cargo.places)
        code = (self.kind * len(self.terms) + self.term) * size + cargo.origin
        trades, trade_of = np.unique(code * size + cargo.market, return_inverse=True)
        starts = places.take(trades // size % size)
        ends = places.take(trades % size)
        counts = starts.lengths * ends.lengths
        trade = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(trade)) - np.repeat(np.cumsum(counts) - counts, counts)
        width = ends.lengths[trade]
        return Trips(
            trade_of=trade_of,
            code=(trades // size**2)[trade],
            trade=trade,
            start=starts.items[starts.starts[trade] + within // width],
            end=ends.items[ends.starts[trade] + within % width],
        )

    # ---- costs in units

    def costs(self, kind: int) -> tuple[Ints, Ints]:
        """Costs of elements and starts, rounded down; of no interest above `limit`."""
        if kind not in self._known:
            arcs, above = self.kinds[kind], self.limit + 1
            on_element, at_start = (
                np.minimum(floored(costs, self.places), above).astype(np.int64)
                for costs in (arcs.on_element, arcs.at_start)
            )
            self._known[kind] = on_element, at_start
        return self._known[kind]

    def open_costs(self, kind: int) -> tuple[Ints, Ints]:
        """Return the same; `UNREACHED` what is closed or of no interest."""
        if kind not in self._open:
            arcs, (on_element, at_start) = self.kinds[kind], self.costs(kind)
            closed = arcs.closed | (on_element > self.limit)
            closed_start = arcs.closed_start | (at_start > self.limit)
            self._open[kind] = (
                np.where(closed, UNREACHED, on_element),
                np.where(closed_start, UNREACHED, at_start),
            )
        return self._open[kind]

    @cached_property
    def unmet_price(self) -> Ints:
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
