"""Cheapest walks of all shipments at several prices, searched together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver.verification.bound.scaled import MOST_BITS
from solver.verification.bound.walks import UNREACHED, Block, Graph, Pairs, Toll, walks
from solver.verification.exact.amounts import ZERO, ceiling, floor
from solver.verification.facts.marks import Marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from solver.arrays import Ints
    from solver.problem.rules import By
    from solver.verification.bound.prices import PricedTerms, PricedTouch
    from solver.verification.bound.scaled import Scaled
    from solver.verification.facts.elements import ExactElements

    Touches = tuple[PricedTouch, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a graph and its copies follow from, whatever the prices are.

    Parameters
    ----------
    corridor : int
        Its elements, and those of none, may be used.
    values : tuple of (By, str)
        Values that count once: a bit each.
    is_required : bool
        Only routes that use the corridor count: the last bit.
    """

    corridor: int
    values: tuple[tuple[By, str], ...]
    is_required: bool

    @property
    def required(self) -> int:
        """Bits without which a walk does not count."""
        return self.is_required << len(self.values)

    def graph(self, elements: ExactElements) -> Graph:
        """Elements of the corridor, and of none."""
        none = len(elements.corridors) - 1
        corridor = elements.corridor
        numbers = np.flatnonzero((corridor == self.corridor) | (corridor == none))
        tails, heads = elements.tails[numbers], elements.heads[numbers]
        return Graph(elements.num_nodes, numbers, tails, heads)

    def marks(self, elements: ExactElements) -> Marks:
        """Give each value that counts once a bit; last, a required corridor."""
        last: tuple[tuple[By, str], ...] = ()
        if self.is_required:
            last = (("corridor", elements.corridors[self.corridor]),)
        return Marks.of(elements, (*self.values, *last))

    def toll(self, touches: Touches, places: int) -> Toll:
        """Return what its values cost or earn in units, charges rounded down."""
        none = (0,) * self.is_required
        charges = (max(0, floor(touch.charge, places)) for touch in touches)
        rewards = (max(0, ceiling(-touch.charge, places)) for touch in touches)
        return Toll((*charges, *none), (*rewards, *none), self.required)


def shape_of(corridor: int, offsets: tuple[Decimal, ...], touches: Touches) -> Shape:
    """Return how walks in a corridor are searched, which must use it if that earns."""
    values = tuple((touch.by, touch.value) for touch in touches)
    return Shape(corridor, values, offsets[corridor] < offsets[-1])


@dataclass(frozen=True, slots=True, eq=False)
class _WalkSearch:
    """Trips of some prices that have the same costs and charges in a shape."""

    scaled: Scaled
    first: int
    """Number of their first trade, among those of all prices."""
    kind: int
    touches: Touches
    offsets: dict[int, int] = field(default_factory=dict)
    """By trips (their code), what is added to every walk, in units."""

    def block(self, shape: Shape) -> Block:
        """Return what walks cost."""
        toll = shape.toll(self.touches, self.scaled.places)
        return Block(*self.scaled.open_costs(self.kind), toll, self.scaled.limit)


def cheapest_walks(prices: Sequence[Scaled]) -> list[Ints]:
    """Cost of the cheapest walk of each shipment at each of several prices.

    Returns
    -------
    list of ndarray of int, shape (shipments,)
        In units of the prices; `UNREACHED` where no walk is of interest.
    """
    firsts = np.cumsum([0, *(scaled.trips.num_trades for scaled in prices)]).tolist()
    gathered: dict[Shape, dict[tuple[int, int, Touches], _WalkSearch]] = {}
    for number, scaled in enumerate(prices):
        for shape, kind, touches, code, units in _wanted(scaled):
            searches = gathered.setdefault(shape, {})
            fresh = _WalkSearch(scaled, firsts[number], kind, touches)
            searches.setdefault((number, kind, touches), fresh).offsets[code] = units
    found = np.full(firsts[-1], UNREACHED)
    for shape, searches in gathered.items():
        _walk(shape, [*searches.values()], found)
    own = np.split(found, firsts[1:-1])
    return [
        costs[scaled.trips.trade_of] for costs, scaled in zip(own, prices, strict=False)
    ]


def _wanted(scaled: Scaled) -> Iterator[tuple[Shape, int, Touches, int, int]]:
    """Yield the searches of some prices: shape, arcs, touches, trips and offset."""
    ways = [[*_ways(term, scaled.places)] for term in scaled.terms]
    for code in np.unique(scaled.trips.code).tolist():
        kind, term = divmod(code, len(ways))
        for shape, touches, units in ways[term]:
            yield shape, kind, touches, code, units


def _walk(shape: Shape, searches: list[_WalkSearch], found: Ints) -> None:
    """Search walks of one shape; keep the costs that are less than those found."""
    elements = searches[0].scaled.world.elements
    block, trade, start, end, offset = _trips(searches)
    pairs = Pairs(block, start, end)
    blocks = [search.block(shape) for search in searches]
    costs = walks(shape.graph(elements), shape.marks(elements), blocks, pairs)
    costs = np.where(costs < UNREACHED, costs + offset, UNREACHED)
    np.minimum.at(found, trade, costs)


def _trips(searches: list[_WalkSearch]) -> Ints:
    """Search, trade, start, end and offset of all pairs of nodes, shape (5, trips)."""
    of_search, parts = [], []
    for number, search in enumerate(searches):
        trips = search.scaled.trips
        for code, units in search.offsets.items():
            own = trips.of(code)
            of_search.append((number, search.first, units, own.stop - own.start))
            parts.append((trips.trade[own], trips.start[own], trips.end[own]))
    numbers, firsts, added, counts = np.array(of_search, dtype=np.int64).T
    trade, start, end = (np.concatenate(column) for column in zip(*parts, strict=True))
    trade = trade + np.repeat(firsts, counts)
    block, offset = np.repeat(numbers, counts), np.repeat(added, counts)
    return np.array([block, trade, start, end, offset])


def _ways(terms: PricedTerms, places: int) -> Iterator[tuple[Shape, Touches, int]]:
    """Yield how shipments of some terms are searched: shape, touches and offset."""
    offsets, touches = relaxed(terms)
    none = len(offsets) - 1
    for corridor, offset in enumerate(offsets):
        # Another corridor's graph may hold all routes without a corridor.
        needless = corridor == none and none > 0 and offsets[0] == offsets[none]
        if not needless:
            yield shape_of(corridor, offsets, touches), touches, floor(offset, places)


def relaxed(terms: PricedTerms) -> tuple[tuple[Decimal, ...], Touches]:
    """Offsets, and the touches that walks count: of too many, grant the rewards."""
    order = sorted(terms.touches, key=lambda t: (-abs(t.charge), t.by, t.value))
    granted = sum((t.charge for t in order[MOST_BITS:] if t.charge < 0), ZERO)
    counted = sorted(order[:MOST_BITS], key=lambda t: (t.by, t.value))
    return tuple(offset + granted for offset in terms.offset), tuple(counted)
