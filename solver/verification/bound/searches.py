"""Cheapest walks of all shipments at several prices, searched together."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np

from solver.records import dataclass
from solver.verification.bound.trips import MOST_BITS
from solver.verification.bound.walks import UNREACHED, Bits, Block, Graph, Pairs, walks
from solver.verification.exact.amounts import ZERO, ceiling, floor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from numpy.typing import NDArray

    from solver.problem.rules import By
    from solver.verification.bound.prices import PricedTerms, PricedTouch
    from solver.verification.bound.scaled import Scaled
    from solver.verification.facts.elements import ExactElements

    Positions = NDArray[np.int64]
    Key = tuple[int, tuple[PricedTouch, ...]]


NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a graph and its copies follow from, whatever the prices are.

    Parameters
    ----------
    corridor : int
        Its elements, and those of none, may be used.
    values : tuple of (By, str)
        Values that count once: a bit each.
    required : bool
        Only routes that use the corridor count: the last bit.
    """

    corridor: int
    values: tuple[tuple[By, str], ...]
    required: bool

    def graph(self, elements: ExactElements) -> Graph:
        """Elements of the corridor, and of none."""
        none = len(elements.corridors) - 1
        corridor = elements.corridor
        numbers = np.flatnonzero((corridor == self.corridor) | (corridor == none))
        tails, heads = elements.tails[numbers], elements.heads[numbers]
        return Graph(elements.num_nodes, numbers, tails, heads)

    def bits(self, elements: ExactElements) -> Bits:
        """Give each value that counts once a bit; last, a required corridor."""
        on_element = np.zeros(len(elements), dtype=np.int64)
        at_node = np.zeros(elements.num_nodes, dtype=np.int64)
        preset = np.zeros(elements.num_nodes, dtype=np.int64)
        for bit, (by, value) in enumerate(self.values):
            on_element[elements.carriers(by).get(value, NONE)] |= 1 << bit
            marked = preset if by == "country" else at_node
            marked[elements.nodes_with(by, value)] |= 1 << bit
        required = 0
        if self.required:
            required = 1 << len(self.values)
            on_element[elements.corridor == self.corridor] |= required
        return Bits(on_element, at_node, preset, required)


@dataclass(frozen=True, slots=True, eq=False)
class _WalkSearch:
    """Trades of one bound that have the same costs and charges in a shape.

    Parameters
    ----------
    number : int
        Which bound.
    kind : int
        Which of its arcs.
    touches : tuple of PricedTouch
        Values that count once, with their prices.
    offsets : dict of int to int
        By index of the terms, what is added to every walk, in units.
    """

    number: int
    kind: int
    touches: tuple[PricedTouch, ...]
    offsets: dict[int, int] = field(default_factory=dict)


class Searches:
    """All searches that several bounds need.

    Parameters
    ----------
    bounds : sequence of Scaled
        Bounds of the same world.
    """

    def __init__(self, bounds: Sequence[Scaled]) -> None:
        self.bounds = bounds
        counts = [len(bound.trades.kind) for bound in bounds]
        self._first = np.concatenate([[0], np.cumsum(counts)]).tolist()
        self._costs: dict[tuple[int, int], tuple[Positions, Positions]] = {}
        self._searches: dict[Shape, dict[tuple[int, Key], _WalkSearch]] = {}
        for number in range(len(bounds)):
            self._gather(number)

    def cheapest(self) -> list[Positions]:
        """Cost of the cheapest walk of each shipment, for each bound."""
        found = np.full(self._first[-1], UNREACHED)
        for shape, searches in self._searches.items():
            self._walk(shape, [*searches.values()], found)
        own = np.split(found, self._first[1:-1])
        return [
            costs[bound.trades.of_shipment]
            for costs, bound in zip(own, self.bounds, strict=True)
        ]

    # ---- which searches

    def _gather(self, number: int) -> None:
        """Find the shapes that a bound needs, and the terms that share a search."""
        bound = self.bounds[number]
        ways = [[*_ways(term, bound.places)] for term in bound.terms]
        for kind, term in bound.trades.used():
            for shape, touches, units in ways[term]:
                searches = self._searches.setdefault(shape, {})
                search = searches.setdefault(
                    (number, (kind, touches)), _WalkSearch(number, kind, touches)
                )
                search.offsets[term] = units

    # ---- walks

    def _walk(
        self, shape: Shape, searches: list[_WalkSearch], found: Positions
    ) -> None:
        elements = self.bounds[0].world.elements
        blocks = [self._block(shape, search) for search in searches]
        trips = [[*self._trips(search)] for search in searches]
        parts = [np.concatenate(columns, axis=1) for columns in trips]
        counts = [part.shape[1] for part in parts]
        trade, start, end, offset = np.concatenate(parts, axis=1)
        pairs = Pairs(np.repeat(np.arange(len(blocks)), counts), start, end)
        costs = walks(shape.graph(elements), shape.bits(elements), blocks, pairs)
        costs = np.where(costs < UNREACHED, costs + offset, UNREACHED)
        np.minimum.at(found, trade, costs)

    def _trips(self, search: _WalkSearch) -> Iterator[Positions]:
        """Yield trade, start, end and offset of all pairs of nodes."""
        bound, first = self.bounds[search.number], self._first[search.number]
        for term, units in search.offsets.items():
            own = bound.trips.of(search.kind, term)
            offset = np.full(len(own.trade), units)
            yield np.array([own.trade + first, own.start, own.end, offset])

    def _block(self, shape: Shape, search: _WalkSearch) -> Block:
        bound = self.bounds[search.number]
        key, places = (search.number, search.kind), bound.places
        if key not in self._costs:
            self._costs[key] = bound.open_costs(search.kind)
        on_element, at_start = self._costs[key]
        charges = [max(0, floor(t.charge, places)) for t in search.touches]
        rewards = [max(0, ceiling(-t.charge, places)) for t in search.touches]
        none = [0] * shape.required
        return Block(
            on_element=on_element,
            at_start=at_start,
            charges=(*charges, *none),
            rewards=(*rewards, *none),
            limit=bound.limit,
        )


def _ways(
    terms: PricedTerms, places: int
) -> Iterator[tuple[Shape, tuple[PricedTouch, ...], int]]:
    """Yield how shipments of some terms are searched: shape, touches and offset."""
    offsets, touches = relaxed(terms)
    values = tuple((touch.by, touch.value) for touch in touches)
    none = len(offsets) - 1
    for corridor, offset in enumerate(offsets):
        # Another corridor's graph may hold all routes without a corridor.
        needless = corridor == none and none > 0 and offsets[0] == offsets[none]
        if not needless:
            shape = Shape(corridor, values, offset < offsets[none])
            yield shape, touches, floor(offset, places)


def relaxed(terms: PricedTerms) -> tuple[tuple[Decimal, ...], tuple[PricedTouch, ...]]:
    """Offsets, and the touches that walks count: of too many, grant the rewards."""
    order = sorted(terms.touches, key=lambda t: (-abs(t.charge), t.by, t.value))
    granted = sum((t.charge for t in order[MOST_BITS:] if t.charge < 0), ZERO)
    counted = sorted(order[:MOST_BITS], key=lambda t: (t.by, t.value))
    return tuple(offset + granted for offset in terms.offset), tuple(counted)
