"""Bounds from below on the objective of a stage, for every possible plan."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from solver.verification.amounts import (
    ZERO,
    ceiling,
    digits_after_point,
    floor,
    product_sum,
)
from solver.verification.paths import UNREACHED, Bits, Graph, walks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from solver.verification.prices import Arcs, Prices, Terms, Touch
    from solver.verification.world import World

    Positions = NDArray[np.int64]
    Key = tuple[int, int, tuple[Touch, ...], bool]

NONE = np.zeros(0, dtype=np.int64)

EXACT = 2**52
"""Largest integer that costs may reach: sums of two are exact as floats."""

MOST_BITS = 8
"""Values counted exactly by the walks; of others, only rewards are granted."""

MARGIN = 2 * MOST_BITS
"""Units of the last digit that rounding offsets and rewards may take."""

MOST_DIGITS = 300
"""Digits after the point that are tried: floats have no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Trades:
    """Shipments that differ in quantity and worth only, as one.

    Parameters
    ----------
    kind, term, origin, market : ndarray of int, shape (trades,)
        Index into the arcs and terms of the prices, and places.
    of_shipment : ndarray of int, shape (shipments,)
        The trade of each shipment.
    """

    kind: Positions
    term: Positions
    origin: Positions
    market: Positions
    of_shipment: Positions


class Bound:
    """Bound of one stage: the walks of all shipments at its prices.

    Parameters
    ----------
    prices : Prices
        Prices of a stage.

    Attributes
    ----------
    places : int
        Digits after the point of all costs of walks.
    rounding : int
        Units of the last digit that a route may cost more than its parts rounded down.
    cheapest : ndarray of int, shape (shipments,)
        Cost of the cheapest walk in units of the last digit, rounded down;
        `UNREACHED` if there is none that costs less than leaving it unmet.
    """

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        self.world: World = prices.world
        self.kinds, self.kind = prices.kinds
        self.terms, self.term = prices.terms
        self.rounding = 0
        self.limit, self.places = self._grid()
        self._known: dict[int, tuple[Positions, Positions]] = {}
        self.cheapest = self._cheapest()

    # ---- the grid

    def _grid(self) -> tuple[int, int]:
        """Cost of walks that are of interest at most, and digits that keep it exact."""
        worth, terms = self.prices.worth, self.terms
        rewards = max(-_sum_below(term, -1) for term in terms)
        charges = max(_sum_below(term, 1) for term in terms)
        offsets = [*chain.from_iterable(term.offset for term in terms)]
        most = worth.value(max(worth.units.tolist())) - min(offsets) + rewards
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

    def _longest(self, arcs: Arcs) -> Decimal:
        """No simple route costs more."""
        nodes = self.world.elements.num_nodes
        return max(arcs.on_element, default=ZERO) * nodes + max(arcs.at_start)

    def _digits(self) -> int:
        """Digits after the point with which nothing is rounded."""
        parts = [
            *(arcs.on_element for arcs in self.kinds),
            *(arcs.at_start for arcs in self.kinds),
            *(term.offset for term in self.terms),
            *([touch.charge for touch in term.touches] for term in self.terms),
        ]
        return digits_after_point(chain.from_iterable(parts))

    # ---- walks of all shipments

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

    def _cheapest(self) -> Positions:
        trades = self.trades
        found = np.full(len(trades.kind), UNREACHED)
        for search in self._searches():
            self._search(search, found)
        return found[trades.of_shipment]

    def _searches(self) -> Iterator[Search]:
        """Yield what is searched at once: graphs and bits shared by many trades."""
        trades = self.trades
        shared: dict[Key, dict[int, int]] = {}
        pairs = trades.kind * len(self.terms) + trades.term
        for pair in np.unique(pairs).tolist():
            kind, number = divmod(pair, len(self.terms))
            offsets, touches = relaxed(self.terms[number])
            none = offsets[-1]
            for corridor, offset in enumerate(offsets):
                if self._needless(corridor, offsets):
                    continue
                key = kind, corridor, touches, offset < none
                shared.setdefault(key, {})[number] = floor(offset, self.places)
        for (kind, corridor, touches, required), units in shared.items():
            yield Search(kind, corridor, touches, required, units)

    def _needless(self, corridor: int, offsets: tuple[Decimal, ...]) -> bool:
        """Whether another corridor's graph holds all routes without a corridor."""
        none = len(offsets) - 1
        return corridor == none and none > 0 and offsets[0] == offsets[none]

    def _search(self, search: Search, found: Positions) -> None:
        trades, places = self.trades, self.world.cargo.places
        offset = np.full(len(self.terms), UNREACHED)
        for term, units in search.offsets.items():
            offset[term] = units
        wanted = (trades.kind == search.kind) & (offset[trades.term] != UNREACHED)
        numbers = np.flatnonzero(wanted)
        starts = places.take(trades.origin[numbers])
        ends = places.take(trades.market[numbers])
        counts = starts.lengths * ends.lengths
        owner = np.repeat(np.arange(len(numbers)), counts)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        width = ends.lengths[owner]
        start = starts.items[starts.starts[owner] + within // width]
        end = ends.items[ends.starts[owner] + within % width]
        costs = walks(self.graph(search), self.bits(search), start, end)
        trade = numbers[owner]
        costs = np.where(
            costs < UNREACHED, costs + offset[trades.term[trade]], UNREACHED
        )
        np.minimum.at(found, trade, costs)

    def graph(self, search: Search) -> Graph:
        """Elements of a corridor, and of none, at the prices."""
        elements, arcs = self.world.elements, self.kinds[search.kind]
        none = len(elements.corridors) - 1
        usable = (elements.corridor == search.corridor) | (elements.corridor == none)
        costs, at_start = self.costs(search.kind)
        numbers = np.flatnonzero(usable & ~arcs.closed & (costs <= self.limit))
        closed = arcs.closed_start | (at_start > self.limit)
        return Graph(
            num_nodes=elements.num_nodes,
            numbers=numbers,
            tails=elements.tails[numbers],
            heads=elements.heads[numbers],
            costs=costs[numbers],
            at_start=np.where(closed, UNREACHED, at_start),
            limit=self.limit,
        )

    def costs(self, kind: int) -> tuple[Positions, Positions]:
        """Costs of elements and starts in units."""
        if kind not in self._known:
            arcs = self.kinds[kind]
            self._known[kind] = (
                np.array([self._units(cost) for cost in arcs.on_element], np.int64),
                np.array([self._units(cost) for cost in arcs.at_start], np.int64),
            )
        return self._known[kind]

    def _units(self, cost: Decimal) -> int:
        """Cost in units, rounded down; what is of no interest is above the limit."""
        return min(floor(cost, self.places), self.limit + 1)

    def bits(self, search: Search) -> Bits:
        """Give each value that counts once a bit; last, a required corridor."""
        elements = self.world.elements
        on_element = np.zeros(len(elements), dtype=np.int64)
        at_node = np.zeros(elements.num_nodes, dtype=np.int64)
        preset = np.zeros(elements.num_nodes, dtype=np.int64)
        for bit, touch in enumerate(search.touches):
            carriers = elements.carriers(touch.by)
            on_element[carriers.get(touch.value, NONE)] |= 1 << bit
            marked = preset if touch.by == "country" else at_node
            marked[elements.nodes_with(touch.by, touch.value)] |= 1 << bit
        charges = [max(0, floor(t.charge, self.places)) for t in search.touches]
        rewards = [max(0, ceiling(-t.charge, self.places)) for t in search.touches]
        required = 0
        if search.required:
            required = 1 << len(search.touches)
            on_element[elements.corridor == search.corridor] |= required
            charges, rewards = [*charges, 0], [*rewards, 0]
        return Bits(
            on_element, at_node, preset, tuple(charges), tuple(rewards), required
        )

    # ---- the bound

    @cached_property
    def worth(self) -> Positions:
        """Worth of each shipment in units of the walks' costs, rounded up."""
        worth = self.prices.worth
        different, inverse = np.unique(worth.units, return_inverse=True)
        units = (ceiling(worth.value(unit), self.places) for unit in different.tolist())
        capped = [min(unit, int(UNREACHED)) for unit in units]
        return np.array(capped, dtype=np.int64)[inverse]

    def units_value(self, units: int) -> Decimal:
        """Money per unit of a cost in units of the walks."""
        return Decimal(units).scaleb(-self.places)

    def total(self) -> Decimal:
        """Lower bound on the objective."""
        quantity, worth = self.world.cargo.quantity, self.prices.worth
        walks_win = self.cheapest < self.worth
        carried = product_sum(quantity.units[walks_win], self.cheapest[walks_win])
        unmet = product_sum(quantity.units[~walks_win], worth.units[~walks_win])
        return (
            quantity.value(carried).scaleb(-self.places)
            + quantity.value(unmet).scaleb(-worth.places)
            - self.prices.constant
        )


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Trades that share a graph and the values that count once.

    Parameters
    ----------
    kind, corridor : int
        Which arcs.
    touches : tuple of Touch
        Values that have a price.
    required : bool
        Only routes that use the corridor count.
    offsets : dict of int to int
        By index of the terms, what is added to every walk, in units.
    """

    kind: int
    corridor: int
    touches: tuple[Touch, ...]
    required: bool
    offsets: dict[int, int]


def _sum_below(terms: Terms, sign: int) -> Decimal:
    """Sum of all charges (sign 1) or of all rewards (sign -1)."""
    return sum((t.charge for t in terms.touches if t.charge * sign > 0), ZERO)


def relaxed(terms: Terms) -> tuple[tuple[Decimal, ...], tuple[Touch, ...]]:
    """Offsets, and the touches that walks count: of too many, grant the rewards."""
    order = sorted(terms.touches, key=lambda t: (-abs(t.charge), t.by, t.value))
    granted = sum((t.charge for t in order[MOST_BITS:] if t.charge < 0), ZERO)
    return tuple(offset + granted for offset in terms.offset), tuple(order[:MOST_BITS])
