"""All cargo on its cheapest routes, and what that puts on each leg."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats, Ints
    from solver.generation.demand import GeneratedDemand
    from solver.generation.legs import GeneratedLegs
    from solver.generation.nodes import GeneratedNodes


_AT_ONCE = 20_000_000
"""Cells of the predecessors that are held at once."""


class CheapestFlows:
    """The cargo between each origin and market, and the legs it may take.

    Legs between two corridors are left out, so that no route mixes any.
    """

    def __init__(
        self,
        node_table: GeneratedNodes,
        leg_table: GeneratedLegs,
        demand_table: GeneratedDemand,
    ) -> None:
        self._num_nodes = len(node_table.kind)
        self._legs = np.flatnonzero(~leg_table.is_link)
        self._num_legs = len(leg_table.tail)
        self._codes = leg_table.tail * self._num_nodes + leg_table.head
        origins, markets = node_table.of_kind("origin"), node_table.of_kind("market")
        pairs = demand_table.origin * len(markets) + demand_table.market
        codes, place = np.unique(pairs, return_inverse=True)
        self._start = origins[codes // len(markets)]
        self._end = markets[codes % len(markets)]
        shape = (int(demand_table.period.max()) + 1, len(codes))
        cells = demand_table.period * len(codes) + place
        volumes = np.bincount(
            cells, demand_table.quantity.astype(float), math.prod(shape)
        )
        self.volumes: Floats = volumes.reshape(shape).astype(float)

    @property
    def cells(self) -> int:
        """Distances from each origin to every node."""
        return len(np.unique(self._start)) * self._num_nodes

    def mean_cost(self, cost: Floats) -> float:
        """Return what the cheapest route costs, the mean of all cargo."""
        volume = self.volumes.sum(axis=0)
        dear = 0.0
        for pairs, tree, away, _ in self._trees(cost, self._cheapest(cost)):
            dear += float(volume[pairs] @ away[tree, self._end[pairs]])
        return dear / float(volume.sum())

    def loads(self, cost: Floats) -> Floats:
        """Return what is on each leg, by period, if all cargo goes the cheapest way."""
        result = np.zeros((len(self.volumes), self._num_legs))
        legs = self._cheapest(cost)
        codes = self._codes[legs]
        for pairs, tree, _, before in self._trees(cost, legs):
            for moving, step in _steps_back(self._end[pairs], tree, before):
                code = step[0] * self._num_nodes + step[1]
                passed = legs[np.searchsorted(codes, code)]
                for period, volumes in enumerate(self.volumes[:, pairs[moving]]):
                    result[period] += np.bincount(passed, volumes, self._num_legs)
        return result

    def _cheapest(self, cost: Floats) -> Ints:
        """Legs by their two nodes, of parallel ones the cheapest."""
        order = self._legs[np.lexsort((cost[self._legs], self._codes[self._legs]))]
        _, first = np.unique(self._codes[order], return_index=True)
        return order[first]

    def _trees(
        self, cost: Floats, legs: Ints
    ) -> Iterator[tuple[Ints, Ints, Floats, Ints]]:
        """Yield pairs, the tree of each, and distances and predecessors by tree."""
        tail, head = np.divmod(self._codes[legs], self._num_nodes)
        shape = (self._num_nodes, self._num_nodes)
        graph = sparse.csr_array((cost[legs], (tail, head)), shape=shape)
        starts, tree = np.unique(self._start, return_inverse=True)
        size = max(1, _AT_ONCE // self._num_nodes)
        for first in range(0, len(starts), size):
            chosen = starts[first : first + size]
            away, before = dijkstra(graph, indices=chosen, return_predecessors=True)
            pairs: Ints = np.flatnonzero((tree >= first) & (tree < first + size))
            yield pairs, tree[pairs] - first, away, before.astype(np.int64)


def _steps_back(
    ends: Ints, tree: Ints, before: Ints
) -> Iterator[tuple[Ints, tuple[Ints, Ints]]]:
    """Yield step by step, towards the roots, what still moves, and its two nodes."""
    moving, at = np.arange(len(ends)), ends
    while len(moving):
        previous = before[tree[moving], at]
        going = previous >= 0
        moving, at, previous = moving[going], at[going], previous[going]
        yield moving, (previous, at)
        at = previous
