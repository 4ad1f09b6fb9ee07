"""Shipments searched together, the cheapest way of each pair, and what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.pricing.trees import Ends, Trees

if TYPE_CHECKING:
    from collections.abc import Iterable

    from solver.arrays import Floats, Ints
    from solver.network.network import Network
    from solver.network.routes import Routes
    from solver.network.shipments import Cargo
    from solver.pricing.tasks import PricingTask
    from solver.pricing.trees import Structure


MOST_KEPT, MOST_PAIRS = 64, 1_000_000
"""Ends of searches that are kept for the next, and pairs that they may have in all:
memory follows."""


OF_PAIR = 10
"""As many nodes of trees as take the memory of a pair."""


class Found(NamedTuple):
    """Answer of a search.

    Parameters
    ----------
    value : ndarray, shape (shipments,)
        Least cost of a route at the prices; infinite without one.
    routes : Routes
        Routes below their shipment's threshold.
    routes_value : ndarray, shape (routes,)
        Their cost at the prices.
    """

    value: Floats
    routes: Routes
    routes_value: Floats


class OutOfTimeError(Exception):
    """The deadline passed during a search."""


def cheapest(found: Found) -> Found:
    """Return what is found with one route of each shipment, a cheapest, in order."""
    shipment = found.routes.shipment
    if np.all(np.diff(shipment) > 0):
        return found
    order = np.lexsort((found.routes_value, shipment))
    kept = order[np.unique(shipment[order], return_index=True)[1]]
    return Found(found.value, found.routes.chosen(kept), found.routes_value[kept])


class Job(NamedTuple):
    """A task in the graph of one corridor.

    `pairs` are those of its shipments that the graph joins, `base` is money per unit of
    every route, `prices` that of each value that counts once there; `is_relaxed` tells
    that there are too many of them.
    """

    task: PricingTask
    pairs: Ints
    base: float
    prices: list[float]
    is_relaxed: bool


class JobPairs:
    """The pairs of some jobs in a structure, whatever they pay.

    Attributes
    ----------
    of : list of ndarray
        The jobs' own pairs.
    block, shipment : ndarray of int, shape (pairs,)
        Job and shipment of each pair.
    start_step : ndarray of int, shape (pairs,)
        Step of the visit of each pair's origin.
    ends : Ends
        Where they begin and end.
    own, ignored : ndarray of int, shape (pairs,)
        Values that the origin has, and those that an end makes not count.
    """

    def __init__(
        self, network: Network, cargo: Cargo, structure: Structure, of: list[Ints]
    ) -> None:
        self.of = of
        count = network.num_elements
        self.block = np.repeat(np.arange(len(of)), [len(pairs) for pairs in of])
        pairs = np.concatenate(of)
        self.shipment = cargo.pair_shipment[pairs]
        start, end = cargo.pair_start[pairs], cargo.pair_end[pairs]
        self.ignored = structure.ends[start] | structure.ends[end]
        self.start_step = count + start
        self.own = structure.steps[self.start_step]
        first = start + (self.own | self.ignored) * structure.nodes
        self.ends = Ends(structure, (self.block, first, end), len(of))


class PairsKept:
    """Pairs of jobs, kept from one search to the next where they are few.

    Parameters
    ----------
    network, cargo
        What is searched.
    """

    def __init__(self, network: Network, cargo: Cargo) -> None:
        self.network, self.cargo = network, cargo
        self._kept: dict[tuple[int, ...], JobPairs] = {}
        self._size = 0

    def of(self, structure: Structure, jobs: list[Job]) -> JobPairs:
        """Return the pairs of some jobs in a structure."""
        own = [job.pairs for job in jobs]
        # What is kept holds these very arrays, so that no other has their numbers.
        key = id(structure), *map(id, own)
        if key in self._kept:
            return self._kept[key]
        found = JobPairs(self.network, self.cargo, structure, own)
        size = sum(map(len, own))
        if len(self._kept) >= MOST_KEPT or self._size + size > MOST_PAIRS:
            self._kept.clear()
            self._size = 0
        self._kept[key] = found
        self._size += size
        return found


class TreeSearch:
    """Trees of some jobs in one graph, and the cheapest way of each of their pairs.

    Parameters
    ----------
    structure : Structure
        The graph.
    jobs : list of Job
        What is searched in it.
    pairs : JobPairs
        Their pairs.
    step_cost : ndarray, shape (jobs, steps)
        Money per unit of each step for each job.

    Attributes
    ----------
    value : ndarray, shape (pairs,)
        Cost of the cheapest way.
    copy : ndarray of int, shape (pairs,)
        Copy of the graph in which it ends.
    """

    def __init__(
        self, structure: Structure, jobs: list[Job], pairs: JobPairs, step_cost: Floats
    ) -> None:
        self.structure, self.jobs, self.pairs = structure, jobs, pairs
        self.copy = np.zeros(len(pairs.block), dtype=int)
        base = np.array([job.base for job in jobs])[pairs.block]
        first = base + step_cost[pairs.block, pairs.start_step]
        if structure.count == 1:
            self.trees = Trees(structure.costs(step_cost, None), pairs.ends)
            self.value = self.trees.distances(0) + first
        else:
            charge, reward = structure.sums([job.prices for job in jobs])
            self.trees = Trees(structure.costs(step_cost, charge), pairs.ends)
            self.value = self._cheapest(reward) + first
            self.value += charge[pairs.block, pairs.own & ~pairs.ignored]

    @property
    def size(self) -> int:
        """Memory that it takes, in nodes of trees."""
        return self.trees.before.size + OF_PAIR * len(self.value)

    def _cheapest(self, reward: Floats) -> Floats:
        """Return the least cost over all copies, less the rewards of each."""
        block, ignored = self.pairs.block, self.pairs.ignored
        least = np.full(len(block), np.inf)
        for touched in range(self.structure.count):
            cost = self.trees.distances(touched) + reward[block, touched & ~ignored]
            self.copy = np.where(cost < least, touched, self.copy)
            least = np.minimum(least, cost)
        return least


def least_values(searches: Iterable[TreeSearch], count: int) -> Floats:
    """Return the cost of each shipment's cheapest way in any graph.

    Parameters
    ----------
    count : int
        How many shipments there are.
    """
    value = np.full(count, np.inf)
    for search in searches:
        np.minimum.at(value, search.pairs.shipment, search.value)
    return value


class Forest:
    """Searches in several graphs, as arrays over the pairs of all of them.

    What there is of arrays is done once for all: in small instances that takes longer
    than the searches.

    Parameters
    ----------
    searches : list of TreeSearch
        One or more, graph by graph.
    count : int
        Shipments of the instance.

    Attributes
    ----------
    graph, shipment : ndarray of int, shape (pairs,)
        Search and shipment of each pair.
    value : ndarray, shape (pairs,)
        Cost of its cheapest way.
    best : ndarray, shape (searches, shipments)
        Cost of each shipment's cheapest way in each graph.
    """

    def __init__(self, searches: list[TreeSearch], count: int) -> None:
        self.searches = searches
        sizes = [len(search.value) for search in searches]
        self._first = np.concatenate([[0], np.cumsum(sizes)])
        self.graph = np.repeat(np.arange(len(searches)), sizes)
        self.shipment = np.concatenate([search.pairs.shipment for search in searches])
        self.value = np.concatenate([search.value for search in searches])
        self._place = self.graph * count + self.shipment
        best = np.full(len(searches) * count, np.inf)
        np.minimum.at(best, self._place, self.value)
        self.best = best.reshape(len(searches), count)

    def cheapest_below(self, threshold: Floats, *, single: bool = False) -> Ints:
        """Return a cheapest pair of each shipment in each graph, if it costs less.

        Parameters
        ----------
        threshold : ndarray, shape (shipments,)
            Than this, money per unit.
        single : bool
            Whether one of each shipment is wanted, whatever its graph.
        """
        best = self.best.min(axis=0)[self.shipment] if single else self._best_there
        wanted = (self.value < threshold[self.shipment]) & (self.value == best)
        chosen = np.flatnonzero(wanted)
        place = self.shipment if single else self._place
        first = np.unique(place[chosen], return_index=True)[1]
        return chosen[np.sort(first) if single else first]

    @property
    def _best_there(self) -> Floats:
        """Cost of the cheapest pair of each pair's shipment in its graph."""
        return np.asarray(self.best.ravel()[self._place])

    def routes(self, pairs: Ints) -> tuple[Ints, Ints]:
        """Return starts and elements of the routes of some pairs, graph by graph."""
        borders = np.searchsorted(pairs, self._first)
        parts = []
        for number, search in enumerate(self.searches):
            own = pairs[borders[number] : borders[number + 1]] - self._first[number]
            if len(own):
                parts.append(search.trees.routes(own, search.copy[own]))
        counts = [np.diff(starts) for starts, _ in parts]
        none = np.zeros(1, dtype=int)
        starts = np.cumsum(np.concatenate([none, *counts]))
        return starts, np.concatenate([none[:0], *(own for _, own in parts)])

    def job(self, pair: int) -> Job:
        """Return the job of a pair."""
        search = self.searches[int(self.graph[pair])]
        within = pair - int(self._first[self.graph[pair]])
        return search.jobs[int(search.pairs.block[within])]


def undecided(
    refine: dict[int, PricingTask],
    batches: list[Routes],
    costs: list[Floats],
    value: Floats,
) -> dict[int, PricingTask]:
    """Return shipments to refine of which no route found costs the least."""
    owner = np.concatenate([routes.shipment for routes in batches])
    found = owner[np.concatenate(costs) == value[owner]]
    decided = np.isin(list(refine), found)
    kept = zip(refine.items(), decided.tolist(), strict=True)
    return dict(item for item, is_decided in kept if not is_decided)
