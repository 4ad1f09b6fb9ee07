"""Demand that no route could carry, whatever the capacities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from solver.checks.chains import chains
from solver.checks.coding import Coded
from solver.checks.rows import places
from solver.spelling import shown
from solver.tariffs import element_rates, node_rates, treatments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from solver.instance import Instance

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


def unreachable_demand(instance: Instance) -> dict[int, str]:
    """Return rows of demand without any route, each with the gap that keeps it."""
    search = _Search(instance)
    demand = instance.demand
    product = {name: row for row, name in enumerate(instance.products["product"])}
    kinds = np.array([product[name] for name in demand["product"]], dtype=np.int64)
    classes = search.class_of_product[kinds]
    found: dict[int, str] = {}
    for number in np.unique(classes).tolist():
        rows = np.flatnonzero(classes == number)
        found |= search.gaps(number, rows)
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True, eq=False)
class _Arcs:
    """Where every element leads, and its corridor (-1: none)."""

    tail: Ints
    head: Ints
    corridor: Ints
    num_corridors: int


class _Search:
    """Reachability, apart for every set of products closed at the same places."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._arcs = _arcs(instance)
        self._num_nodes = len(instance.nodes)
        self._members = places(instance)
        kinds = treatments(instance)
        named = chains(instance)
        elements = element_rates(instance, kinds, named).closed.copy()
        nodes = node_rates(instance, kinds).closed
        for number, chain in enumerate(named, len(instance.legs)):
            elements[:, number] |= elements[:, list(chain.legs)].any(axis=1)
            elements[:, number] |= nodes[:, list(chain.nodes)].any(axis=1)
        elements |= nodes[:, self._arcs.tail] | nodes[:, self._arcs.head]
        closed = np.hstack([elements, nodes])
        unique, of_kind = np.unique(closed, axis=0, return_inverse=True)
        self._open = ~unique[:, : elements.shape[1]]
        self._open_nodes = ~unique[:, elements.shape[1] :]
        self.class_of_product: Ints = of_kind.reshape(-1)[kinds.of_product]

    def gaps(self, number: int, rows: Ints) -> dict[int, str]:
        """Return those of the demand rows that no route serves, and why."""
        demand = self._instance.demand
        origins = Coded(demand["origin"][rows])
        markets = Coded(demand["market"][rows])
        targets = self._incidence(number, markets.names)
        lost = np.ones(len(rows), dtype=bool)
        for usable in self._layers(number):
            wanted = np.unique(origins.codes[lost])
            graph = self._graph(usable)
            reached = np.zeros((len(origins.names), self._num_nodes), dtype=bool)
            for code in wanted.tolist():
                reached[code] = self._reached(number, graph, origins.names[code])
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
        arcs, is_open = self._arcs, self._open[number]
        yield is_open & (arcs.corridor < 0)
        for corridor in range(arcs.num_corridors):
            yield is_open & ((arcs.corridor < 0) | (arcs.corridor == corridor))

    def _graph(self, usable: Mask) -> sparse.csr_array:
        tail, head = self._arcs.tail[usable], self._arcs.head[usable]
        shape = (self._num_nodes, self._num_nodes)
        return sparse.csr_array((np.ones(len(tail)), (tail, head)), shape=shape)

    def _reached(self, number: int, graph: sparse.csr_array, place: str) -> Mask:
        """Nodes that a place's nodes lead to."""
        result = np.zeros(self._num_nodes, dtype=bool)
        for node in self._members[place]:
            if self._open_nodes[number, node] and not result[node]:
                order = csgraph.breadth_first_order(
                    graph, node, return_predecessors=False
                )
                result[order] = True
        return result

    def _incidence(self, number: int, names: Sequence[str]) -> sparse.csr_array:
        """Open nodes (columns) of each place (rows)."""
        is_open = self._open_nodes[number]
        pairs = [
            (row, node)
            for row, name in enumerate(names)
            for node in self._members[name]
            if is_open[node]
        ]
        rows, nodes = zip(*pairs, strict=True) if pairs else ((), ())
        ones = np.ones(len(pairs), dtype=np.float32)
        shape = (len(names), self._num_nodes)
        return sparse.csr_array((ones, (rows, nodes)), shape=shape)

    def _gap(self, number: int, origin: str, market: str) -> str:
        """Say where the way from origin to market breaks off."""
        is_open, arcs = self._open[number], self._arcs
        ends = self._members[market]
        if not np.isin(arcs.tail[is_open], self._members[origin]).any():
            return f"no leg leaves {shown(origin)}"
        if not np.isin(arcs.head[is_open], ends).any():
            return f"no leg reaches {shown(market)}"
        reached = self._reached(number, self._graph(is_open), origin)
        if reached[ends].any():
            return "every way would mix two corridors"
        count = int(reached.sum()) - len(self._members[origin])
        return (
            f"legs from {shown(origin)} lead to {count} more nodes, "
            f"but none of them to {shown(market)}"
        )


def _arcs(instance: Instance) -> _Arcs:
    legs, named = instance.legs, chains(instance)
    node = {name: row for row, name in enumerate(instance.nodes["node"])}
    tail = [node[name] for name in legs["from"]] + [c.nodes[0] for c in named]
    head = [node[name] for name in legs["to"]] + [c.nodes[-1] for c in named]
    corridors = list(legs["corridor"])
    for own, chain in zip(instance.routes["corridor"], named, strict=True):
        parts = (legs["corridor"][leg] for leg in chain.legs)
        corridors.append(own or next((name for name in parts if name), ""))
    coded = {name: number for number, name in enumerate(dict.fromkeys(corridors))}
    numbers = {name: number for number, name in enumerate(n for n in coded if n)}
    return _Arcs(
        tail=np.array(tail, dtype=np.int64),
        head=np.array(head, dtype=np.int64),
        corridor=np.array([numbers.get(name, -1) for name in corridors], np.int64),
        num_corridors=len(numbers),
    )
