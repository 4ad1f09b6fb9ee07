"""Demand that no route could carry, whatever the capacities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.checks.coding import Coded
from solver.checks.connections import Connections
from solver.messages import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from solver.problem.instance import Instance

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


def unreachable_demand(instance: Instance) -> dict[int, str]:
    """Return rows of demand without any route, each with the gap that keeps it.

    Rows of quantity 0 ask for none.
    """
    search = _ReachSearch(instance)
    classes = search.connections.class_of_demand
    asks = np.asarray(instance.demand["quantity"] > 0, dtype=bool)
    found: dict[int, str] = {}
    for number in np.unique(classes).tolist():
        rows = np.flatnonzero((classes == number) & asks)
        found |= search.gaps(number, rows)
    return dict(sorted(found.items()))


class _ReachSearch:
    """Reachability, apart for every class of products."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self.connections = Connections(instance)

    def gaps(self, number: int, rows: Ints) -> dict[int, str]:
        """Return those of the demand rows that no route serves, and why."""
        demand, connections = self._instance.demand, self.connections
        origins = Coded(demand["origin"][rows])
        markets = Coded(demand["market"][rows])
        targets = self._incidence(number, markets.names)
        lost = np.ones(len(rows), dtype=bool)
        for usable in self._layers(number):
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

    def _layers(self, number: int) -> Iterator[Mask]:
        """Elements usable together: those of each corridor with those of none."""
        arcs, is_open = self.connections.arcs, self.connections.is_open[number]
        yield is_open & (arcs.corridor < 0)
        for corridor in range(len(arcs.corridors)):
            yield is_open & ((arcs.corridor < 0) | (arcs.corridor == corridor))

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
