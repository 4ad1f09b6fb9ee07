"""Cheapest walks at prices, for many pairs of nodes at once.

Costs are integers below 2**53 in all, so that sums of floats are exact. Values that
count once for a route are bits of a state: the graph has one copy for each set of
values that a walk may have touched; charges are paid at the first touch, rewards at
the end, so that no arc is negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Positions = NDArray[np.int64]

UNREACHED = np.int64(2**61)
"""Cost of a pair without a walk: above every other."""

_CHUNK = 2**22
"""Distances that are held at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Bits:
    """Values that count once for a route, as bits.

    Parameters
    ----------
    on_element, at_node : ndarray of int
        Bits that an element, or a start at a node, touches.
    preset : ndarray of int, shape (nodes,)
        Bits that do not count for a route with an end at this node.
    charges, rewards : tuple of int
        For each bit, what its first touch costs, and what it earns at the end.
    required : int
        Bits without which a walk is none of ours.
    """

    on_element: Positions
    at_node: Positions
    preset: Positions
    charges: tuple[int, ...]
    rewards: tuple[int, ...]
    required: int

    def charge_of(self) -> Positions:
        """Charges of every set of bits."""
        return _subset_sums(self.charges)

    def reward_of(self) -> Positions:
        """Rewards of every set of bits."""
        return _subset_sums(self.rewards)


def _subset_sums(values: tuple[int, ...]) -> Positions:
    sums = np.zeros(1, dtype=np.int64)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Elements that may be used, with their integer costs.

    Parameters
    ----------
    num_nodes : int
        Nodes are numbered from 0.
    numbers, tails, heads, costs : ndarray of int, shape (arcs,)
        Elements, the nodes at their ends, and their costs.
    at_start : ndarray of int, shape (nodes,)
        Cost of starting at a node; `UNREACHED` where none may start.
    limit : int
        Walks that cost more are of no interest.
    """

    num_nodes: int
    numbers: Positions
    tails: Positions
    heads: Positions
    costs: Positions
    at_start: Positions
    limit: int

    def matrix(self, states: Positions, bits: Bits) -> csr_array:
        """Arcs of the copies of the graph, parallel ones reduced to the cheapest."""
        charge_of, touched = bits.charge_of(), bits.on_element[self.numbers]
        position = np.full(int(states[-1]) + 1, -1)
        position[states] = np.arange(len(states))
        tails, heads, costs = [], [], []
        for place, state in enumerate(states.tolist()):
            tails.append(self.tails + place * self.num_nodes)
            heads.append(self.heads + position[state | touched] * self.num_nodes)
            costs.append(self.costs + charge_of[touched & ~state])
        return _cheapest(
            np.concatenate(tails),
            np.concatenate(heads),
            np.concatenate(costs),
            self.num_nodes * len(states),
        )


def _cheapest(
    tails: Positions, heads: Positions, costs: Positions, size: int
) -> csr_array:
    """Matrix of arcs; zeros are stored, so that they remain arcs."""
    order = np.lexsort((costs, heads, tails))
    tails, heads, costs = tails[order], heads[order], costs[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    counts = np.bincount(tails[first], minlength=size)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    data = costs[first].astype(np.float64)
    return csr_array((data, heads[first].astype(np.int32), starts), shape=(size, size))


def walks(graph: Graph, bits: Bits, starts: Positions, ends: Positions) -> Positions:
    """Cost of the cheapest walk of each pair of nodes.

    Parameters
    ----------
    graph : Graph
        What may be used, at which cost.
    bits : Bits
        Values that count once.
    starts, ends : ndarray of int, shape (pairs,)
        Nodes; no pair has the same node twice.

    Returns
    -------
    ndarray of int, shape (pairs,)
        Rewards subtracted; `UNREACHED` where there is none within the limit.
    """
    preset = bits.preset[starts] | bits.preset[ends]
    begin = preset | bits.at_node[starts]
    touched = np.unique(bits.on_element[graph.numbers])
    states = _reachable(np.unique(begin), touched)
    matrix = graph.matrix(states, bits)
    size = graph.num_nodes
    entry = np.searchsorted(states, begin) * size + starts
    sources, row = np.unique(entry, return_inverse=True)
    found, reward_of = np.full(len(starts), UNREACHED), bits.reward_of()
    for chunk, distances in _distances(matrix, sources, graph.limit):
        pairs = np.flatnonzero((row >= chunk.start) & (row < chunk.stop))
        inside = row[pairs] - chunk.start
        for place, state in enumerate(states.tolist()):
            if state & bits.required != bits.required:
                continue
            cost = distances[inside, place * size + ends[pairs]]
            reward = reward_of[state & ~preset[pairs]]
            reached = np.isfinite(cost)
            cost = np.where(reached, cost, 0.0).astype(np.int64) - reward
            found[pairs] = np.minimum(found[pairs], np.where(reached, cost, UNREACHED))
    first = graph.at_start[starts] + bits.charge_of()[bits.at_node[starts]]
    reached = (found < UNREACHED) & (graph.at_start[starts] < UNREACHED)
    return np.where(reached, found + np.where(reached, first, 0), UNREACHED)


def _reachable(states: Positions, touched: Positions) -> Positions:
    """All sets of bits that walks may have touched."""
    while True:
        more = np.unique(np.bitwise_or.outer(states, np.append(touched, 0)))
        if len(more) == len(states):
            return states
        states = more


def _distances(
    matrix: csr_array, sources: Positions, limit: int
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yield distances from some sources at a time."""
    step = max(1, _CHUNK // max(1, matrix.shape[0]))
    for first in range(0, len(sources), step):
        chunk = slice(first, min(first + step, len(sources)))
        found = dijkstra(matrix, indices=sources[chunk], limit=float(limit))
        yield chunk, np.atleast_2d(found)
