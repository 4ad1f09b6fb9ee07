"""Trees of cheapest routes for many groups of shipments at once.

A structure is the graph of one corridor, copied for every set of counted values that
a route may have touched; it depends on the network alone. Groups that pay differently
are blocks of one matrix over the same structure, so that one call of Dijkstra's method
serves them all.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from solver.arrays import numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints
    from solver.network.network import Network
    from solver.pricing.labels import Touch


MOST_ENTRIES = 4_000_000
"""Distances that one call may yield: rows of sources times nodes of all blocks."""


MOST_MARKED = 4_000_000
"""Places of a table that is looked up; beyond it what is sought is sorted."""


MOST_SUMMED = 50_000
"""Nodes of trees over which loads are summed together: what is near is quick."""


MOST_NODES_PER_PAIR = 20
"""Nodes of trees for each pair up to which loads are summed over trees: in larger ones
it is quicker to walk the pairs back."""


_NOWHERE = -9999


class Structure:
    """A corridor's graph, and that of no corridor, in all its copies.

    Parameters
    ----------
    corridor : int
        Corridor whose elements may be used, besides those of none.
    touches : sequence of Touch
        Values that count once; sets of them are bit masks. Their prices are not used.

    Attributes
    ----------
    count : int
        Copies: one for each set of values.
    size : int
        Nodes of all copies.
    steps, ends : ndarray of int
        Values of each step, and those that an end node makes not count.
    """

    def __init__(
        self, network: Network, corridor: int, touches: Sequence[Touch]
    ) -> None:
        self.network, self.nodes = network, network.num_nodes
        self.count = 2 ** len(touches)
        self.size = self.nodes * self.count
        self.steps = np.zeros(network.num_steps, dtype=int)
        self.ends = np.zeros(network.num_nodes, dtype=int)
        for bit, touch in enumerate(touches):
            self.steps |= touch.steps.astype(int) << bit
            self.ends |= touch.ends.astype(int) << bit
        allowed = (network.corridor == corridor) | (network.corridor == -1)
        elements = np.flatnonzero(allowed)
        touched = np.repeat(np.arange(self.count), len(elements))
        every = np.tile(elements, self.count)
        carried = self.steps[every]
        tail = network.tail[every] + touched * self.nodes
        head = network.head[every] + (touched | carried) * self.nodes
        keys = tail * self.size + head
        order = np.argsort(keys, kind="stable")
        self.element = every[order]
        self.paid = (carried & ~touched)[order]
        self.keys, first, counts = np.unique(
            keys[order], return_index=True, return_counts=True
        )
        self.first = first
        self._several = np.flatnonzero(counts > 1)
        widest = int(counts.max(initial=1))
        within = np.minimum(np.arange(widest), counts[self._several][:, None] - 1)
        self._alternatives = first[self._several][:, None] + within
        self.indices = (self.keys % self.size).astype(np.int32)
        degrees = np.bincount(self.keys // self.size, minlength=self.size)
        self.pointers = np.concatenate([[0], np.cumsum(degrees)])

    def sums(self, prices: Sequence[Sequence[float]]) -> tuple[Floats, Floats]:
        """Charges and rewards of every set of values, shape (groups, copies) each.

        Parameters
        ----------
        prices : sequence of sequence of float
            For each group the price of each value; negative: a reward.
        """
        values = int(self.count - 1).bit_length()
        given = np.array(prices, dtype=float).reshape(len(prices), values)
        sets = np.arange(self.count)
        inside = (sets >> np.arange(values)[:, None] & 1).astype(float)
        return np.maximum(given, 0.0) @ inside, np.minimum(given, 0.0) @ inside

    def costs(self, step_cost: Floats, charge: Floats | None) -> Floats:
        """Cost of each element in each copy for each group.

        Parameters
        ----------
        step_cost : ndarray, shape (groups, steps)
            Money per unit of each step.
        charge : ndarray or None, shape (groups, copies)
            Money per unit of the values of a set, if there are any.
        """
        cost = step_cost[:, self.element]
        return cost if charge is None else cost + charge[:, self.paid]

    def least(self, cost: Floats) -> Floats:
        """Cost of each arc, that of the cheapest of its elements."""
        least = cost[:, self.first]
        if len(self._several):
            least[:, self._several] = cost[:, self._alternatives].min(axis=2)
        return least

    def arc(self, tail: Ints, head: Ints) -> Ints:
        """Return the arc between nodes that one joins."""
        key = tail * self.size + head
        if self.size**2 > MOST_MARKED:
            return np.asarray(np.searchsorted(self.keys, key))
        return np.asarray(self._arcs[key])

    @cached_property
    def _arcs(self) -> NDArray[np.int32]:
        """Arc of each pair of nodes that one joins."""
        arcs = np.zeros(self.size**2, dtype=np.int32)
        arcs[self.keys] = np.arange(len(self.keys))
        return arcs

    def cheapest(self, cost: Floats) -> Ints:
        """Element that each arc then is."""
        chosen = np.broadcast_to(self.first, (len(cost), len(self.first)))
        if len(self._several):
            best = cost[:, self._alternatives].argmin(axis=2)
            rows = np.arange(len(self._several))
            chosen = chosen.copy()
            chosen[:, self._several] = self._alternatives[rows, best]
        return self.element[chosen]


class Ends:
    """Pairs that are searched in a structure: arrays by pair.

    Parameters
    ----------
    structure : Structure
        The graph.
    block : ndarray of int
        Group of each pair, ascending from 0.
    start, end : ndarray of int
        Nodes of the structure: origin, and market in the first copy.
    blocks : int
        Groups.

    Attributes
    ----------
    sources, rows : ndarray of int
        Nodes of all blocks that trees grow from, and which of them each pair's is.
    own : ndarray of int, shape (sources,)
        Block of each of them.
    """

    def __init__(
        self, structure: Structure, places: tuple[Ints, Ints, Ints], blocks: int
    ) -> None:
        self.structure, self.blocks = structure, blocks
        self.block, self.start, self.end = places
        self.sources, self.rows = np.unique(
            self.block * structure.size + self.start, return_inverse=True
        )
        self.own = self.sources // structure.size

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """Arcs of all blocks, whose entries are what they cost in one search."""
        structure, blocks = self.structure, self.blocks
        arcs = len(structure.indices)
        offset = np.arange(blocks)[:, None]
        indices = structure.indices + (offset * structure.size).astype(np.int32)
        pointers = structure.pointers[:-1] + offset * arcs
        ending = np.append(pointers.ravel(), blocks * arcs).astype(np.int32)
        size = blocks * structure.size
        entries = np.zeros(blocks * arcs), indices.ravel(), ending
        return sparse.csr_array(entries, shape=(size, size))

    def of_own_block(self, found: NDArray[Any]) -> NDArray[Any]:
        """Return what is found from each source in its own block: no other is reached.

        Parameters
        ----------
        found : ndarray, shape (sources, nodes of all blocks)
            By source and node.
        """
        if self.blocks == 1:
            return found
        by_block = found.reshape(len(found), self.blocks, self.structure.size)
        return np.asarray(by_block[np.arange(len(found)), self.own])


class Trees:
    """Trees of cheapest routes from all starts of some pairs.

    Parameters
    ----------
    costs : ndarray, shape (blocks, elements of all copies)
        Cost of each element, as the structure orders them.
    ends : Ends
        The pairs, and the structure.

    Attributes
    ----------
    searched : int
        Trees computed.
    """

    def __init__(self, costs: Floats, ends: Ends) -> None:
        self.structure, self.ends, self.rows = ends.structure, ends, ends.rows
        self._costs = costs
        matrix = ends.matrix
        matrix.data = self.structure.least(costs).ravel()
        found = dijkstra(matrix, indices=ends.sources, return_predecessors=True)
        self.distance, self.before = (ends.of_own_block(own) for own in found)
        self.searched = len(ends.sources)

    def forget_distances(self) -> None:
        """Keep what ways are traced by, no more."""
        self.distance = np.zeros((0, 0))

    @cached_property
    def elements(self) -> Ints:
        """Element of each arc, shape (blocks, arcs)."""
        return self.structure.cheapest(self._costs)

    def distances(self, copy: int) -> Floats:
        """Cost of getting to each pair's end in one copy."""
        nodes = self.structure.nodes
        return np.asarray(self.distance[self.rows, self.ends.end + copy * nodes])

    def routes(self, pairs: Ints, copy: Ints) -> tuple[Ints, Ints]:
        """Return starts and elements of the routes of some pairs, to their copies."""
        if not len(pairs):
            return np.zeros(1, dtype=int), pairs
        before, size = self.before.ravel(), self.structure.size
        at = self.rows[pairs] * size + self.ends.end[pairs]
        at += copy * self.structure.nodes
        # Nodes before are counted through all blocks.
        offset = (self.rows[pairs] - self.ends.block[pairs]) * size
        alive = np.arange(len(pairs))
        counts = np.zeros(len(pairs), dtype=int)
        walked: list[tuple[Ints, Ints]] = []
        while True:
            moved = np.flatnonzero(before[at] != _NOWHERE)
            if not len(moved):
                break
            if len(moved) < len(alive):
                alive, offset, at = alive[moved], offset[moved], at[moved]
            walked.append((alive, at))
            counts[alive] += 1
            at = offset + before[at]
        starts = np.concatenate([[0], np.cumsum(counts)])
        places = np.empty(starts[-1], dtype=int)
        for number, (owner, place) in enumerate(walked):
            places[starts[owner + 1] - 1 - number] = place
        return starts, self._elements_before(places)

    def loads(
        self, pairs: Ints, group: Ints, quantity: Floats
    ) -> tuple[Ints, Ints, Floats]:
        """Return what routes of pairs put on elements: group, element and load.

        An element may be there several times, with parts of its load.

        Parameters
        ----------
        pairs : ndarray of int
            Pairs, whose routes end in the first copy.
        group : ndarray of int
            Group of each of them, for which loads are summed.
        quantity : ndarray
            What goes along each.
        """
        size, groups = self.structure.size, int(group.max(initial=0)) + 1
        key, count = self.rows[pairs] * groups + group, len(self.before) * groups
        cells, cell = numbered(key, count, MOST_MARKED)
        if len(cells) * size > MOST_NODES_PER_PAIR * len(pairs):
            starts, walked = self.routes(pairs, np.zeros(len(pairs), dtype=int))
            lengths = np.diff(starts)
            return np.repeat(group, lengths), walked, np.repeat(quantity, lengths)
        row, of_group = np.divmod(cells, groups)
        own = cell * size + self.ends.end[pairs]
        load = np.bincount(own, quantity, len(cells) * size).astype(float)
        before, together = self.before[row], max(1, MOST_SUMMED // size)
        before -= (self.ends.own[row] * size)[:, None].astype(np.int32)
        for first in range(0, len(cells), together):
            last = first + together
            own = slice(first * size, last * size)
            load[own] = _passing(before[first:last], load[own])
        before = before.ravel()
        used = np.flatnonzero((load > 0.0) & (before >= 0))
        which, node = np.divmod(used, size)
        arc = self.structure.arc(before[used].astype(int), node)
        element = self.elements[self.ends.own[row[which]], arc]
        passing: Floats = np.asarray(load[used], dtype=float)
        return of_group[which], np.asarray(element, dtype=int), passing

    def _elements_before(self, places: Ints) -> Ints:
        """Element by which trees get to places, each a tree times nodes and a node."""
        if len(places) <= self.before.size:
            return self._looked_up(places)
        known = np.flatnonzero(self.before.ravel() != _NOWHERE)
        table = np.zeros(self.before.size, dtype=np.int32)
        table[known] = self._looked_up(known)
        return table[places].astype(int)

    def _looked_up(self, places: Ints) -> Ints:
        structure, size = self.structure, self.structure.size
        row, node = np.divmod(places, size)
        before, block = self.before.ravel()[places].astype(int), self.ends.own[row]
        arc = structure.arc(before - block * size, node)
        return np.asarray(self.elements[block, arc], dtype=int)


def _passing(before: NDArray[np.int32], load: Floats) -> Floats:
    """Return what passes each node of some trees, of what ends at each.

    Parameters
    ----------
    before : ndarray of int, shape (trees, nodes)
        Node before each; negative where there is none.
    load : ndarray, shape (trees times nodes,)
        What ends there.
    """
    count = before.size
    first = np.arange(0, count, before.shape[1])[:, None]
    places = np.where(before < 0, count, before + first).ravel()
    ahead, load = np.append(places, count), np.append(load, 0.0)
    # Each doubling brings what comes from twice as many steps behind.
    while (ahead < count).any():
        load += np.bincount(ahead, load, count + 1)
        load[count] = 0.0
        ahead = ahead[ahead]
    return load[:count]


def chunks(sources: Sequence[int], size: int) -> list[tuple[int, int]]:
    """First and last group of each batch that one call may search.

    Parameters
    ----------
    sources : sequence of int
        Pairs of each group: no fewer than its starts.
    size : int
        Nodes of one block.
    """
    result, first, total = [], 0, 0
    for number, count in enumerate(sources):
        entries = (total + count) * (number + 1 - first) * size
        if number > first and entries > MOST_ENTRIES:
            result.append((first, number))
            first, total = number, 0
        total += count
    if len(sources):
        result.append((first, len(sources)))
    return result
