"""Cheapest walks at prices, for many pairs of nodes and many prices at once.

Costs are integers below 2**53 in all, so that sums of floats are exact. Values that
count once for a route are bits of a state: the graph has one copy for each set of
values that a walk may have touched; charges are paid at the first touch, rewards at
the end, so that no arc is negative. Prices that differ are blocks of one matrix over
the same copies: one call of Dijkstra's method serves many of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.arrays import Floats, Ints
    from solver.verification.facts.marks import Marks


UNREACHED = np.int64(2**61)
"""Cost of a pair without a walk: above every other."""


_CHUNK = 2**22
"""Distances that are held at once."""


_TOGETHER = 2**18
"""Distances up to which blocks are searched together: most are of other blocks."""


class Graph(NamedTuple):
    """Elements that may be used.

    Parameters
    ----------
    num_nodes : int
        Nodes are numbered from 0.
    numbers, tails, heads : ndarray of int, shape (arcs,)
        Elements, and the nodes at their ends.
    """

    num_nodes: int
    numbers: Ints
    tails: Ints
    heads: Ints


class Toll(NamedTuple):
    """Values that count once: what they cost at first, earn at the end, and must."""

    charges: tuple[int, ...]
    rewards: tuple[int, ...]
    required: int

    def charge(self, touches: int) -> int:
        """Charges of a set of values."""
        return _sum(self.charges, touches)

    def reward(self, touches: int) -> int:
        """Rewards of a set of values."""
        return _sum(self.rewards, touches)


def _sum(amounts: tuple[int, ...], touches: int) -> int:
    found = 0
    while touches:
        bit = touches & -touches
        found += amounts[bit.bit_length() - 1]
        touches ^= bit
    return found


class Block(NamedTuple):
    """What walks cost at some prices.

    Parameters
    ----------
    on_element, at_start : ndarray of int
        Cost of each element, and of starting at each node; `UNREACHED` where none may.
    toll : Toll
        Values that count once; those required are the same at all prices.
    limit : int
        Walks that cost more are of no interest.
    """

    on_element: Ints
    at_start: Ints
    toll: Toll
    limit: int


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Nodes between which walks are searched; no pair has the same node twice.

    Parameters
    ----------
    block, start, end : ndarray of int, shape (pairs,)
        Index into the blocks, ascending, and nodes.
    """

    block: Ints
    start: Ints
    end: Ints

    def __len__(self) -> int:
        return len(self.block)

    def of_blocks(self, first: int, last: int) -> tuple[slice, Pairs]:
        """Where the pairs of some blocks are, and these, their blocks from 0."""
        begin, end = np.searchsorted(self.block, [first, last]).tolist()
        part = slice(begin, end)
        own = Pairs(self.block[part] - first, self.start[part], self.end[part])
        return part, own


class Copies:
    """A graph, copied for each set of values that a walk may have touched.

    Parameters
    ----------
    states : ndarray of int
        Sets of bits that walks may have touched, ascending.
    """

    def __init__(self, graph: Graph, marks: Marks, states: Ints) -> None:
        self.num_nodes, self.marks, self.states = graph.num_nodes, marks, states
        self.size = graph.num_nodes * len(states)
        position = np.zeros(int(states[-1]) + 1, dtype=np.int64)
        position[states] = np.arange(len(states))
        before = states[:, None]
        after = before | marks.on_element[graph.numbers]
        tails = position[before] * graph.num_nodes + graph.tails
        heads = position[after] * graph.num_nodes + graph.heads
        keys = (tails * self.size + heads).ravel()
        order = np.argsort(keys, kind="stable")
        self._element = np.tile(graph.numbers, len(states))[order]
        self._paid = (after & ~before).ravel()[order]
        keys, self._first = np.unique(keys[order], return_index=True)
        self._heads = keys % self.size
        counts = np.bincount(keys // self.size, minlength=self.size)
        self._starts = np.concatenate([[0], np.cumsum(counts)])

    def walks(self, blocks: Sequence[Block], pairs: Pairs) -> Ints:
        """Cost of the cheapest walk of each pair, as the function `walks` has it."""
        marks = self.marks
        preset = np.bitwise_or(marks.preset[pairs.start], marks.preset[pairs.end])
        found = self._without_start(blocks, pairs, preset)
        charges = np.array([_subset_sums(block.toll.charges) for block in blocks])
        first = np.array([block.at_start for block in blocks])[pairs.block, pairs.start]
        reached = (found < UNREACHED) & (first < UNREACHED)
        first = first + charges[pairs.block, marks.at_node[pairs.start]]
        return np.where(reached, found + np.where(reached, first, 0), UNREACHED)

    def _without_start(
        self, blocks: Sequence[Block], pairs: Pairs, preset: Ints
    ) -> Ints:
        limit = np.array([block.limit for block in blocks])[pairs.block]
        rewards = np.array([_subset_sums(block.toll.rewards) for block in blocks])
        begin = preset | self.marks.at_node[pairs.start]
        origin = pairs.block * self.size
        entry = origin + np.searchsorted(self.states, begin) * self.num_nodes
        sources, row = np.unique(entry + pairs.start, return_inverse=True)
        matrix, longest = self._matrix(blocks), max(block.limit for block in blocks)
        found = np.full(len(pairs), UNREACHED)
        for chunk, distances in _distances(matrix, sources, longest):
            at = np.flatnonzero((row >= chunk.start) & (row < chunk.stop))
            inside, end = row[at] - chunk.start, (origin + pairs.end)[at]
            for place in self._complete(blocks[0].toll.required):
                cost = distances[inside, end + place * self.num_nodes]
                reached = cost <= limit[at]
                state = self.states[place] & ~preset[at]
                whole = np.where(reached, cost, 0.0).astype(np.int64)
                whole -= rewards[pairs.block[at], state]
                found[at] = np.minimum(found[at], np.where(reached, whole, UNREACHED))
        return found

    def _complete(self, required: int) -> list[int]:
        """Return the copies in which walks may end."""
        places: list[int] = np.flatnonzero(self.states & required == required).tolist()
        return places

    def _matrix(self, blocks: Sequence[Block]) -> csr_array:
        """Arcs of all blocks; of parallel ones the cheapest, zeros remain arcs."""
        least = np.array([self._costs(block) for block in blocks], dtype=np.float64)
        shift = np.arange(len(blocks))[:, None]
        heads = (self._heads + shift * self.size).ravel().astype(np.int32)
        starts = (self._starts[:-1] + shift * len(self._heads)).ravel()
        starts = np.append(starts, least.size).astype(np.int32)
        size = len(blocks) * self.size
        return csr_array((least.ravel(), heads, starts), shape=(size, size))

    def _costs(self, block: Block) -> Ints:
        if not len(self._first):
            return self._first
        every = block.on_element[self._element]
        if block.toll.charges:
            every = every + _subset_sums(block.toll.charges)[self._paid]
        return np.minimum.reduceat(every, self._first)


def walks(graph: Graph, marks: Marks, blocks: Sequence[Block], pairs: Pairs) -> Ints:
    """Cost of the cheapest walk of each pair of nodes.

    Parameters
    ----------
    blocks : sequence of Block
        What it costs, for one part of the pairs after the other.

    Returns
    -------
    ndarray of int, shape (pairs,)
        Rewards subtracted; `UNREACHED` where there is none within the limit.
    """
    begin = marks.preset[pairs.start] | marks.preset[pairs.end]
    begin |= marks.at_node[pairs.start]
    touched = np.unique(marks.on_element[graph.numbers])
    copies = Copies(graph, marks, _reachable(np.unique(begin), touched))
    found = np.empty(len(pairs), dtype=np.int64)
    counts = np.bincount(pairs.block, minlength=len(blocks))
    for first, last in _batches(np.minimum(counts, copies.size).tolist(), copies.size):
        part, own = pairs.of_blocks(first, last)
        found[part] = copies.walks(blocks[first:last], own)
    return found


def _subset_sums(values: tuple[int, ...]) -> Ints:
    """Sum of the values of every set of bits."""
    sums = np.zeros(1, dtype=np.int64)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def _reachable(states: Ints, touched: Ints) -> Ints:
    """All sets of bits that walks may have touched."""
    while True:
        more = np.unique(np.bitwise_or.outer(states, np.append(touched, 0)))
        if len(more) == len(states):
            return states
        states = more


def _batches(sources: list[int], size: int) -> Iterator[tuple[int, int]]:
    """Yield blocks that are searched together, by their sources at most."""
    first, total = 0, 0
    for number, count in enumerate(sources):
        entries = (total + count) * (number + 1 - first) * size
        if number > first and entries > _TOGETHER:
            yield first, number
            first, total = number, 0
        total += count
    yield first, len(sources)


def _distances(
    matrix: csr_array, sources: Ints, limit: int
) -> Iterator[tuple[slice, Floats]]:
    """Yield distances from some sources at a time."""
    step = max(1, _CHUNK // max(1, matrix.shape[0]))
    for first in range(0, len(sources), step):
        chunk = slice(first, min(first + step, len(sources)))
        found = dijkstra(matrix, indices=sources[chunk], limit=float(limit))
        yield chunk, np.atleast_2d(found)
