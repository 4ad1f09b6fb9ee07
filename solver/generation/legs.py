"""The legs: feeders to junctions, trunks along each corridor, and ways to markets.

Those that join everything come first; the rest are the nearest of those that could be
there besides: second feeders, roads beside railways, parallel trunks, more ports for a
market, and connections from one corridor to the next, which no route may use between
two trunks, since it would mix corridors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats, Ints, Mask
    from solver.generation.nodes import GeneratedNodes
    from solver.generation.order import Order


RAIL, ROAD, SEA = range(3)


MODES = ("rail", "road", "sea")


COST_PER_KM = (0.03, 0.08, 0.01)


_KM_PER_DAY = np.array([450.0, 600.0, 550.0])


_DETOUR = np.array([1.3, 1.2, 1.15])
"""Way over straight line, at best."""


_TAIL, _HEAD, _MODE, _LATE, _LINK = range(5)
"""Columns of an array of legs that could be there; the least late are."""


_LEGS_PER_NODE = 4


_ROAD_BESIDE = 1.0
"""How much later a road comes than the railway it runs beside."""


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedLegs:
    """The legs, as arrays of shape (legs,).

    Parameters
    ----------
    tail, head : ndarray of int
        Nodes where each starts and ends.
    mode : ndarray of int
        Index into `MODES`.
    corridor : ndarray of int
        Its corridor; -1 for none.
    is_link : ndarray of bool
        Whether it connects two corridors.
    distance : ndarray of int
        Kilometres.
    days : ndarray of float
        Days, to one digit.
    """

    tail: Ints
    head: Ints
    mode: Ints
    corridor: Ints
    is_link: Mask
    distance: Ints
    days: Floats

    @property
    def freight(self) -> Floats:
        """Money per unit of an average product, nodes left out."""
        return np.array(COST_PER_KM)[self.mode] * self.distance


def draw_legs(
    order: Order, node_table: GeneratedNodes, rng: np.random.Generator
) -> GeneratedLegs:
    """Return the legs of an order.

    Raises
    ------
    UsageError
        There are fewer than join everything, or more than could be there.
    """
    needed = _unique(np.concatenate(list(_joining(node_table))))
    wanted = order.legs or max(len(needed), _LEGS_PER_NODE * order.nodes)
    if wanted < len(needed):
        message = f"--legs {order.legs} is too few to join everything: {len(needed)} do"
        raise UsageError(message)
    ranks = 4
    found = needed
    while len(found) < wanted:
        noise = rng.spawn(1)[0]
        more = np.concatenate(list(_further(node_table, ranks, noise)))
        before, found = len(found), _unique(np.concatenate([needed, more]))
        if before == len(found) and ranks > order.nodes:
            if order.legs is None:
                break
            message = f"--legs {order.legs} is too many: there is room for {before}"
            raise UsageError(message)
        ranks *= 2
    first = np.argsort(found[:, _LATE], kind="stable")[:wanted]
    return _measured(node_table, found[np.sort(first)], rng)


def _joining(node_table: GeneratedNodes) -> Iterator[Floats]:
    """Yield legs that join everything."""
    home, ends = node_table.home, node_table.of_kind("port", "terminal")
    markets = node_table.of_kind("market")
    origin, hub, _ = _nearest(node_table, node_table.of_kind("origin"), home, 1)
    yield _legs(origin, hub, RAIL)
    near, far = _tree(node_table, home)
    yield _legs(near, far, RAIL)
    yield _legs(far, near, RAIL)
    border, hub, _ = _nearest(node_table, _gates(node_table), home, 1)
    yield _legs(hub, border, RAIL)
    for before, after in _steps(node_table):
        head, tail, _ = _nearest(node_table, after, before, 1)
        yield _legs(tail, head, RAIL)
        yield _legs(*_nearest(node_table, before, after, 1)[:2], RAIL)
    end, market, _ = _nearest(node_table, ends, markets, 1)
    yield _legs(end, market, _last_mode(node_table, end))
    market, end = _two_ways(node_table, markets, ends)
    yield _legs(end, market, _last_mode(node_table, end))


def _further(
    node_table: GeneratedNodes, ranks: int, rng: np.random.Generator
) -> Iterator[Floats]:
    """Yield legs that could be there besides, to the nearest `ranks` of each kind."""
    home, ends = node_table.home, node_table.of_kind("port", "terminal")
    origin, hub, rank = _nearest(node_table, node_table.of_kind("origin"), home, ranks)
    late = 0.8 * rank + rng.random(len(rank))
    yield _legs(origin, hub, RAIL, late)
    yield _legs(origin, hub, ROAD, late + _ROAD_BESIDE)
    near, far, rank = _nearest(node_table, home, home, ranks)
    late = rank + rng.random(len(rank))
    yield _legs(near, far, RAIL, late)
    yield _legs(far, near, RAIL, late)
    border, hub, rank = _nearest(node_table, _gates(node_table), home, ranks)
    yield _legs(hub, border, RAIL, 1.5 * rank + rng.random(len(rank)))
    for before, after in _steps(node_table):
        head, tail, rank = _nearest(node_table, after, before, ranks)
        yield _legs(tail, head, RAIL, 1.5 * rank + rng.random(len(rank)))
    market, end, rank = _nearest(node_table, node_table.of_kind("market"), ends, ranks)
    late = 0.7 * rank + rng.random(len(rank))
    yield _legs(end, market, _last_mode(node_table, end), late)
    for before, after in _steps(node_table, aside=1):
        tail, head, rank = _nearest(node_table, before, after, min(ranks, 2))
        late = 2 + 2 * rank + rng.random(len(rank))
        yield _legs(tail, head, ROAD, late, link=True)


def _legs(
    tail: Ints,
    head: Ints,
    mode: int | Ints,
    late: float | Floats = -1.0,
    *,
    link: bool = False,
) -> Floats:
    columns = np.broadcast_arrays(tail, head, mode, late, link)
    legs: Floats = np.column_stack(columns).astype(float)
    moving: Floats = legs[legs[:, _TAIL] != legs[:, _HEAD]]
    return moving


def _unique(legs: Floats) -> Floats:
    """Return the legs without those that are there already."""
    _, first = np.unique(legs[:, [_TAIL, _HEAD, _MODE]], axis=0, return_index=True)
    return legs[np.sort(first)]


def _nearest(
    node_table: GeneratedNodes, sources: Ints, targets: Ints, count: int
) -> tuple[Ints, Ints, Ints]:
    """Return for each source its nearest targets, and the rank of each."""
    from scipy.spatial import cKDTree

    points = np.column_stack([node_table.x, node_table.y])
    count = min(count, len(targets))
    ranks = list(range(1, count + 1))
    _, found = cKDTree(points[targets]).query(points[sources], ranks)
    rank = np.tile(np.arange(count), len(sources))
    return np.repeat(sources, count), targets[found.ravel()], rank


def _tree(node_table: GeneratedNodes, nodes: Ints) -> tuple[Ints, Ints]:
    """Join each node with the nearest of those before it."""
    x, y = node_table.x[nodes], node_table.y[nodes]
    nearest = [
        int(np.argmin((x[:at] - x[at]) ** 2 + (y[:at] - y[at]) ** 2))
        for at in range(1, len(nodes))
    ]
    return nodes[nearest], nodes[1:]


def _gates(node_table: GeneratedNodes) -> Ints:
    """Borders at which the corridors begin."""
    return np.flatnonzero(node_table.stage == 0)


def _steps(node_table: GeneratedNodes, aside: int = 0) -> Iterator[tuple[Ints, Ints]]:
    """Yield the nodes of each stage, and of the next in that corridor or one aside."""
    count = int(node_table.corridor.max()) + 1
    if aside and count == 1:
        return
    for corridor in range(count):
        here = node_table.corridor == corridor
        there = node_table.corridor == (corridor + aside) % count
        for stage in range(int(node_table.stage[here].max())):
            before = np.flatnonzero(here & (node_table.stage == stage))
            after = np.flatnonzero(there & (node_table.stage == stage + 1))
            if len(after):
                yield before, after


def _last_mode(node_table: GeneratedNodes, ends: Ints) -> Ints:
    return np.where(node_table.kind[ends] == "port", SEA, RAIL)


def _two_ways(
    node_table: GeneratedNodes, markets: Ints, ends: Ints
) -> tuple[Ints, Ints]:
    """Return for each market the nearest end of each of its two nearest corridors."""
    count = int(node_table.corridor.max()) + 1
    of_corridor = [ends[node_table.corridor[ends] == number] for number in range(count)]
    nearest = np.array([_nearest(node_table, markets, e, 1)[1] for e in of_corridor])
    away = np.hypot(
        node_table.x[nearest] - node_table.x[markets],
        node_table.y[nearest] - node_table.y[markets],
    )
    two = np.argsort(away, axis=0, kind="stable")[:2]
    chosen = np.take_along_axis(nearest, two, axis=0)
    return np.tile(markets, len(two)), chosen.ravel()


def _measured(
    node_table: GeneratedNodes, legs: Floats, rng: np.random.Generator
) -> GeneratedLegs:
    tail, head, mode = (legs[:, at].astype(int) for at in (_TAIL, _HEAD, _MODE))
    straight = np.hypot(
        node_table.x[tail] - node_table.x[head], node_table.y[tail] - node_table.y[head]
    )
    detour = _DETOUR[mode] * rng.uniform(1.0, 1.25, len(legs))
    distance = np.maximum(10, np.rint(straight * detour)).astype(int)
    is_link = legs[:, _LINK] > 0
    same = node_table.corridor[tail] == node_table.corridor[head]
    trunk = same & (node_table.corridor[tail] >= 0)
    return GeneratedLegs(
        tail=tail,
        head=head,
        mode=mode,
        corridor=np.where(trunk, node_table.corridor[tail], -1),
        is_link=is_link,
        distance=distance,
        days=np.maximum(0.1, np.round(distance / _KM_PER_DAY[mode], 1)),
    )
