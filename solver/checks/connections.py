"""Connections that routes could take, capacities and days aside."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from solver.checks.coding import Coded
from solver.checks.rows import node_members
from solver.network.chains import chains
from solver.network.tariffs import element_rates, node_rates, treatments
from solver.problem.tables import NO_CORRIDOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.arrays import Ints, Mask
    from solver.network.chains import Chain
    from solver.problem.instance import Instance

    _Trips = dict[tuple[int, str], Ints]


class ElementArcs(NamedTuple):
    """Where every element leads, and its corridor (index into the names, -1: none)."""

    tail: Ints
    head: Ints
    corridor: Ints
    corridors: tuple[str, ...]


class Connections:
    """What leads where, for each class of products closed at the same nodes.

    Parameters
    ----------
    instance : Instance
        With sound names, chains and closures.
    with_room : bool
        Whether elements and nodes of capacity 0 are closed as well.

    Attributes
    ----------
    arcs : ElementArcs
        Its elements.
    members : dict of str to list of int
        Nodes of each node and node group.
    is_open : ndarray of bool, shape (classes, elements)
        Whether a class may take an element.
    open_nodes : ndarray of bool, shape (classes, nodes)
        Whether a class may visit a node.
    """

    def __init__(self, instance: Instance, *, with_room: bool = False) -> None:
        named = chains(instance)
        self.arcs = _arcs(instance, named)
        self.members = node_members(instance)
        self.num_nodes = len(instance.nodes)
        self.instance = instance
        closed, self._class_of_product = _closures(
            instance, named, self.arcs, with_room=with_room
        )
        self.is_open: Mask = ~closed[:, : len(self.arcs.tail)]
        self.open_nodes: Mask = ~closed[:, len(self.arcs.tail) :]

    @cached_property
    def class_of_demand(self) -> Ints:
        """Class of each row of demand."""
        names = self.instance.products["product"]
        product = {name: row for row, name in enumerate(names)}
        coded = Coded(self.instance.demand["product"])
        of_name = np.array([product[name] for name in coded.names], dtype=np.int64)
        return self._class_of_product[of_name[coded.codes]]

    def graph(self, usable: Mask) -> sparse.csr_array:
        """Return what usable elements join, shape (nodes, nodes)."""
        return _graph(self.arcs.tail[usable], self.arcs.head[usable], self.num_nodes)

    def reached(self, number: int, graph: sparse.csr_array, *places: str) -> Mask:
        """Return the nodes of a graph that the nodes of places lead to, for a class."""
        result = np.zeros(graph.shape[0], dtype=bool)
        for node in (own for place in places for own in self.members[place]):
            if self.open_nodes[number, node] and not result[node]:
                order = csgraph.breadth_first_order(
                    graph, node, return_predecessors=False
                )
                result[order] = True
        return result

    def usable_corridors(self, selected: Mask) -> Iterator[str]:
        """Yield the corridors, `none` last, that could carry any of some demand.

        Parameters
        ----------
        selected : ndarray of bool, shape (demand rows,)
            The demand.
        """
        trips = self._trips(selected)
        for number, name in enumerate(self.arcs.corridors):
            if self._carries(number, trips):
                yield name
        if self._carries(-1, trips):
            yield NO_CORRIDOR

    def _trips(self, selected: Mask) -> _Trips:
        """Nodes of the markets of demand, by its class and origin."""
        rows = np.flatnonzero(selected)
        origins = Coded(self.instance.demand["origin"][rows])
        markets = Coded(self.instance.demand["market"][rows])
        shape = (len(self.is_open), len(origins.names), len(markets.names))
        codes = (self.class_of_demand[rows], origins.codes, markets.codes)
        cells = np.unravel_index(np.unique(np.ravel_multi_index(codes, shape)), shape)
        ends: dict[tuple[int, str], list[int]] = {}
        for number, origin, market in zip(*(p.tolist() for p in cells), strict=True):
            key = (number, origins.names[origin])
            ends.setdefault(key, []).extend(self.members[markets.names[market]])
        return {key: np.array(nodes, np.int64) for key, nodes in ends.items()}

    def _carries(self, corridor: int, trips: _Trips) -> bool:
        """Whether some trip has a way that uses a corridor (-1: that uses none)."""
        graphs: dict[int, sparse.csr_array] = {}
        for (number, origin), ends in trips.items():
            if number not in graphs:
                graphs[number] = self._layered(number, corridor)
            # The last nodes of the graph are those after the corridor's first leg.
            reached = self.reached(number, graphs[number], origin)[-self.num_nodes :]
            if reached[ends].any():
                return True
        return False

    def _layered(self, number: int, corridor: int) -> sparse.csr_array:
        """Two copies of the network: a leg of the corridor leads into the second.

        Of `none` there is one copy alone.
        """
        arcs, is_open = self.arcs, self.is_open[number]
        free = is_open & (arcs.corridor < 0)
        if corridor < 0:
            return self.graph(free)
        own = is_open & (arcs.corridor == corridor)
        second = self.num_nodes
        tail = np.concatenate(
            [arcs.tail[free], arcs.tail[own], arcs.tail[free | own] + second]
        )
        head = np.concatenate(
            [arcs.head[free], arcs.head[own] + second, arcs.head[free | own] + second]
        )
        return _graph(tail, head, 2 * self.num_nodes)


def _graph(tail: Ints, head: Ints, size: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(tail)), (tail, head)), shape=(size, size))


def _closures(
    instance: Instance, named: Sequence[Chain], arcs: ElementArcs, *, with_room: bool
) -> tuple[Mask, Ints]:
    """Distinct sets of closed elements and nodes, and that of each product."""
    kinds = treatments(instance)
    elements = element_rates(instance, kinds, named).closed.copy()
    nodes = node_rates(instance, kinds).closed.copy()
    if with_room:
        tables = (instance.legs, instance.routes, instance.nodes)
        legs, routes, passed = (
            table["capacity"].astype(float) == 0 for table in tables
        )
        elements |= np.concatenate([legs, routes])
        nodes |= passed
    for number, chain in enumerate(named, len(instance.legs)):
        elements[:, number] |= elements[:, list(chain.legs)].any(axis=1)
        elements[:, number] |= nodes[:, list(chain.nodes)].any(axis=1)
    elements |= nodes[:, arcs.tail] | nodes[:, arcs.head]
    closed, of_kind = np.unique(
        np.hstack([elements, nodes]), axis=0, return_inverse=True
    )
    return closed, of_kind.reshape(-1)[kinds.of_product]


def _arcs(instance: Instance, named: Sequence[Chain]) -> ElementArcs:
    legs = instance.legs
    node = {name: row for row, name in enumerate(instance.nodes["node"])}
    tail = [node[name] for name in legs["from"]] + [c.nodes[0] for c in named]
    head = [node[name] for name in legs["to"]] + [c.nodes[-1] for c in named]
    of_element = list(legs["corridor"])
    for own, chain in zip(instance.routes["corridor"], named, strict=True):
        parts = (legs["corridor"][leg] for leg in chain.legs)
        of_element.append(own or next((name for name in parts if name), ""))
    corridors = tuple(dict.fromkeys(name for name in of_element if name))
    numbers = {name: number for number, name in enumerate(corridors)}
    return ElementArcs(
        tail=np.array(tail, dtype=np.int64),
        head=np.array(head, dtype=np.int64),
        corridor=np.array([numbers.get(name, -1) for name in of_element], np.int64),
        corridors=corridors,
    )
