"""What no route reaches, whatever the capacities: demand, and legs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.checks.coding import Coded
from solver.messages import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from solver.arrays import Ints, Mask
    from solver.checks.connections import Connections
    from solver.problem.instance import Instance


def unreachable_demand(connections: Connections) -> dict[int, str]:
    """Return rows of demand without any route, each with the gap that keeps it.

    Rows of quantity 0 ask for none.
    """
    search, classes = _ReachSearch(connections), connections.class_of_demand
    asks = _asks(connections.instance)
    found: dict[int, str] = {}
    for number in np.unique(classes).tolist():
        rows = np.flatnonzero((classes == number) & asks)
        found |= search.gaps(number, rows)
    return dict(sorted(found.items()))


MOST_WORK = 20_000_000
"""Elements times corridors times classes of products up to which legs are looked at."""


def unused_legs(connections: Connections, lost: Iterable[int]) -> list[int]:
    """Return rows of legs of a corridor whose every way to a market is in two.

    Other legs may be idle as well: ways lead from any origin of a class of products to
    any of its markets, may pass a node twice, and take as long as they do. Legs of no
    corridor that join two are left out: networks have them for what they are.

    Parameters
    ----------
    connections : Connections
        What routes of an instance could take.
    lost : iterable of int
        Rows of demand without any route, which are told of apart.
    """
    asks = _asks(connections.instance)
    asks[[*lost]] = False
    arcs, classes = connections.arcs, connections.class_of_demand
    numbers = np.unique(classes[asks]).tolist()
    mixed, single = np.zeros((2, len(arcs.tail)), dtype=bool)
    if len(arcs.tail) * (1 + len(arcs.corridors)) * len(numbers) > MOST_WORK:
        return []
    search = _ReachSearch(connections)
    for number in numbers:
        rows = np.flatnonzero((classes == number) & asks)
        mixed |= search.on_ways(number, rows, [connections.is_open[number]])
        single |= search.on_ways(number, rows, search.layers(number))
    idle = mixed & ~single & (arcs.corridor >= 0)
    return np.flatnonzero(idle[: len(connections.instance.legs)]).tolist()


def _asks(instance: Instance) -> Mask:
    """Whether each row of demand asks for something."""
    return np.asarray(instance.demand["quantity"] > 0, dtype=bool)


class _ReachSearch:
    """Reachability, apart for every class of products."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self._demand = connections.instance.demand

    def gaps(self, number: int, rows: Ints) -> dict[int, str]:
        """Return those of the demand rows that no route serves, and why."""
        demand, connections = self._demand, self.connections
        origins = Coded(demand["origin"][rows])
        markets = Coded(demand["market"][rows])
        targets = self._incidence(number, markets.names)
        lost = np.ones(len(rows), dtype=bool)
        for usable in self.layers(number):
            wanted = np.unique(origins.codes[lost])
            graph = connections.graph(usable)
            reached = np.zeros((len(origins.names), connections.num_nodes), dtype=bool)
            for code in wanted.tolist():
                reached[code] = connections.reached(number, graph, origins.names[code])
            hits = (targets @ reached.T.astype(np.float32)) > 0
            lost &= ~hits[markets.codes, origins.codes]
            if not lost.any():
                return {}
        return {
            int(rows[place]): self._gap(
                number,
                origins.names[origins.codes[place]],
                markets.names[markets.codes[place]],
            )
            for place in np.flatnonzero(lost)
        }

    def layers(self, number: int) -> Iterator[Mask]:
        """Elements usable together: those of each corridor with those of none."""
        arcs, is_open = self.connections.arcs, self.connections.is_open[number]
        yield is_open & (arcs.corridor < 0)
        for corridor in range(len(arcs.corridors)):
            yield is_open & ((arcs.corridor < 0) | (arcs.corridor == corridor))

    def on_ways(self, number: int, rows: Ints, layers: Iterable[Mask]) -> Mask:
        """Elements of any layer on a way from an origin of demand rows to a market."""
        connections, arcs = self.connections, self.connections.arcs
        origins, markets = (
            Coded(self._demand[title][rows]).names for title in ("origin", "market")
        )
        found = np.zeros(len(arcs.tail), dtype=bool)
        for usable in layers:
            graph = connections.graph(usable)
            reached = connections.reached(number, graph, *origins)
            reaching = connections.reached(number, graph.T.tocsr(), *markets)
            found |= usable & reached[arcs.tail] & reaching[arcs.head]
        return found

    def _incidence(self, number: int, names: Sequence[str]) -> sparse.csr_array:
        """Open nodes (columns) of each place (rows)."""
        is_open = self.connections.open_nodes[number]
        pairs = [
            (row, node)
            for row, name in enumerate(names)
            for node in self.connections.members[name]
            if is_open[node]
        ]
        rows, nodes = zip(*pairs, strict=True) if pairs else ((), ())
        ones = np.ones(len(pairs), dtype=np.float32)
        shape = (len(names), self.connections.num_nodes)
        return sparse.csr_array((ones, (rows, nodes)), shape=shape)

    def _gap(self, number: int, origin: str, market: str) -> str:
        """Say where the way from origin to market breaks off."""
        connections = self.connections
        is_open, arcs = connections.is_open[number], connections.arcs
        starts, ends = connections.members[origin], connections.members[market]
        if not np.isin(arcs.tail[is_open], starts).any():
            return f"no leg leaves {shown(origin)}"
        if not np.isin(arcs.head[is_open], ends).any():
            return f"no leg reaches {shown(market)}"
        reached = connections.reached(number, connections.graph(is_open), origin)
        if reached[ends].any():
            return "every way would mix two corridors"
        count = int(reached.sum()) - len(starts)
        return (
            f"legs from {shown(origin)} lead to {count} more nodes, "
            f"but none of them to {shown(market)}"
        )
