"""Cheapest routes for all demands at given prices.

Shipments whose steps all cost the same, under the same rule terms, are a task: of one
period and treatment, or of several that prices do not tell apart.
For each corridor the graph holds its elements and those of no corridor, so that no
route mixes two; all tasks and origins are searched at once by Dijkstra's method, and
the routes wanted are traced together. Rules by country, port, node, mode, tag or leg
count once for a route: the graph is copied for every set of priced values already
touched, a charge is paid at the first touch, rewards are taken off at the end, so that
no arc is negative.

Where a traced walk is no route (a node twice, too many days) `Elementary` finds the
route; a search's value is thus the least of all routes below the threshold, and a
lower bound on it elsewhere.
"""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import Routes, empty_routes, joined, valid_walks
from solver.pricing.labels import Elementary, Query, Touch
from solver.pricing.tasks import Tasks
from solver.pricing.tree_search import (
    Forest,
    Found,
    Job,
    OutOfTimeError,
    PairsKept,
    TreeSearch,
    cheapest,
    least_values,
    undecided,
)
from solver.pricing.trees import Ends, Structure, Trees, chunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.arrays import Floats, Ints, Mask
    from solver.network.network import Network
    from solver.network.shipments import Cargo
    from solver.pricing.cheapest import Cheapest
    from solver.pricing.prices import Prices
    from solver.pricing.tasks import Place, PricingTask
    from solver.rules.rule_set import Diversification

    Plot = tuple[Structure, list[Job]]
    Key = tuple[int, tuple[Place, ...], int | None]


MOST_LAYERS = 256
"""Copies of a graph at most; beyond it touches are relaxed and labels decide."""

MOST_TOGETHER = 100_000
"""Nodes of all trees of graphs that are searched together: more gain nothing by it."""

MOST_HELD = 20_000_000
"""Size of all searches that are held until the cheapest of all graphs is known."""

MOST_NODES_KEPT, OF_SHIPMENT = 1_000_000, 5
"""Nodes of all trees of a search that may be kept; as many of them is a shipment."""


class Pricer:
    """Searches for the cheapest routes of an instance.

    Attributes
    ----------
    searches : int
        Trees of cheapest routes computed so far.
    deadline : float
        Moment, on the monotonic clock, at which searches stop.
    """

    def __init__(self, network: Network, cargo: Cargo, rules: Diversification) -> None:
        self.network, self.cargo, self.rules = network, cargo, rules
        self.searches, self.deadline = 0, np.inf
        self._labels = Elementary(network)
        self._tasks = Tasks(network, cargo, rules)
        self._structures: dict[Key, Structure] = {}
        self._reach: dict[int, Mask] = {}
        self._pairs = PairsKept(network, cargo)

    def search(
        self, prices: Prices, threshold: Floats, *, single: bool = False
    ) -> Found:
        """Least cost of a route for every shipment, and the routes below a threshold.

        Parameters
        ----------
        prices : Prices
            What limits and rules charge.
        threshold : ndarray, shape (shipments,)
            Routes are wanted only where they cost less than this, money per unit.
        single : bool
            Whether one of each shipment will do, a cheapest: else one in each graph.

        Raises
        ------
        OutOfTimeError
            If the deadline passes before all is found.
        """
        value = np.full(len(self.cargo), np.inf)
        batches, costs = [empty_routes(self.network, self.cargo)], [np.zeros(0)]
        refine: dict[int, PricingTask] = {}
        shared = self._shared(prices)
        for forest in self._forests(shared, MOST_HELD if single else 0):
            most = np.minimum(threshold, value) if single else threshold
            found, doubtful = self._walked(forest, most, single=single)
            value = np.minimum(value, found.value)
            batches.append(found.routes)
            costs.append(found.routes_value)
            refine |= doubtful
        if single and refine:
            refine = undecided(refine, batches, costs, value)
        for shipment, task in sorted(refine.items(), key=lambda item: item[0]):
            self._look_at_the_clock()
            answer = self._refined(task, shipment, float(threshold[shipment]))
            value[shipment] = threshold[shipment] if answer is None else answer[0]
            if answer is not None:
                batches.append(self._single(shipment, answer[1]))
                costs.append(np.array([answer[0]]))
        every = Found(value, joined(batches), np.concatenate(costs))
        return cheapest(every) if single else every

    def cheapest(self, prices: Prices, threshold: Floats) -> Cheapest:
        """Return a cheapest route of each shipment below a threshold.

        Parameters
        ----------
        prices, threshold
            As those of `search`.
        """
        from solver.pricing import cheapest as ways

        shared = self._shared(prices)
        if not self._stays_in_trees(shared):
            found = self.search(prices, threshold, single=True)
            return ways.Cheapest(found.routes, found.value, prices)
        own, searches = (self.network, self.cargo), self._every_search(shared)
        return ways.CheapestInTrees(own, searches, threshold, prices)

    def values(self, prices: Prices, threshold: Floats) -> Floats:
        """Return the least cost of a route of each shipment, as `search` does.

        What is not below its threshold may be less.
        """
        shared = self._shared(prices)
        if self._has_routes_alone(shared):
            return least_values(self._every_search(shared), len(self.cargo))
        return self.search(prices, threshold, single=True).value

    def _has_routes_alone(self, shared: Mapping[Key, list[Job]]) -> bool:
        """Whether every walk back is a route."""
        if self.network.chains or np.isfinite(self.cargo.max_days).any():
            return False
        has_copies = any(places or over is not None for _, places, over in shared)
        jobs = chain.from_iterable(shared.values())
        return not has_copies and not any(job.is_relaxed for job in jobs)

    def _stays_in_trees(self, shared: Mapping[Key, list[Job]]) -> bool:
        """Whether every walk back is a route, and trees are few enough to be kept."""
        trees = len(np.unique(self.cargo.pair_start)) * sum(map(len, shared.values()))
        nodes = trees * self.network.num_nodes
        are_few = max(nodes, OF_SHIPMENT * len(self.cargo)) <= MOST_NODES_KEPT
        return are_few and self._has_routes_alone(shared)

    def _shared(self, prices: Prices) -> dict[Key, list[Job]]:
        """Return what is searched at some prices, by graph."""
        shared: dict[Key, list[Job]] = {}
        for task in self._tasks.at(prices):
            for key, job in self._jobs(task):
                shared.setdefault(key, []).append(job)
        return shared

    def _look_at_the_clock(self) -> None:
        if time.monotonic() > self.deadline:
            raise OutOfTimeError

    # ---- graphs

    def _joined(self, task: PricingTask, corridor: int) -> Ints:
        """Pairs of a task that the graph of a corridor joins."""
        if corridor not in self._reach:
            structure = self._structure((corridor, (), None))
            start, end = self.cargo.pair_start, self.cargo.pair_end
            costs = structure.costs(np.zeros((1, self.network.num_steps)), None)
            places = np.zeros(len(start), dtype=int), start, end
            trees = Trees(costs, Ends(structure, places, 1))
            self._reach[corridor] = np.isfinite(trees.distances(0))
        return task.split.joined(corridor, self._reach[corridor])

    def _jobs(self, task: PricingTask) -> Iterator[tuple[Key, Job]]:
        """Graphs that a task needs, by their structure."""
        without = float(task.corridor[-1])
        places, prices = task.places, [touch.price for touch in task.touches]
        relaxed = 2 ** (len(places) + 1) > MOST_LAYERS
        if relaxed:
            without += sum(min(price, 0.0) for price in prices)
            places, prices = (), []
        free = self._joined(task, -1)
        if not self.network.corridors or (len(free) and np.ptp(task.corridor) > 0):
            yield (-1, places, None), Job(task, free, without, prices, relaxed)
        for corridor in range(len(self.network.corridors)):
            pairs = self._joined(task, corridor)
            extra = float(task.corridor[corridor] - task.corridor[-1])
            if len(free) and extra < 0 and not relaxed:
                job = Job(task, pairs, without, [*prices, extra], relaxed)
                yield (corridor, places, corridor), job
            else:
                job = Job(task, pairs, without + extra, prices, relaxed)
                yield (corridor, places, None), job

    def _structure(self, key: Key) -> Structure:
        """Graph of a corridor; the last value may be that of using the corridor."""
        if key not in self._structures:
            corridor, places, required = key
            touches = [self._tasks.touch(place, 0.0) for place in places]
            if required is not None:
                nowhere = np.zeros(self.network.num_nodes, dtype=bool)
                uses = np.zeros(self.network.num_steps, dtype=bool)
                count = self.network.num_elements
                uses[:count] = self.network.corridor == required
                touches.append(Touch(0.0, uses, nowhere))
            self._structures[key] = Structure(self.network, corridor, touches)
        return self._structures[key]

    # ---- searches

    def _plots(self, shared: Mapping[Key, list[Job]]) -> Iterator[list[Plot]]:
        """Yield graphs and what is searched in them, those of few entries together."""
        together: list[Plot] = []
        total = 0
        for key, every in shared.items():
            jobs = [job for job in every if len(job.pairs)]
            structure = self._structure(key)
            sizes = [len(job.pairs) for job in jobs]
            for first, last in chunks(sizes, structure.size):
                nodes = sum(sizes[first:last]) * structure.size
                if together and total + nodes > MOST_TOGETHER:
                    yield together
                    together, total = [], 0
                together.append((structure, jobs[first:last]))
                total += nodes
        if together:
            yield together

    def _forests(self, shared: Mapping[Key, list[Job]], most: int) -> Iterator[Forest]:
        """Search all graphs; yield searches, together while their trees are so small.

        Parameters
        ----------
        most : int
            Size of all searches up to which they are held together.
        """
        searches: list[TreeSearch] = []
        held = 0
        for plots in self._plots(shared):
            for found in self._searches(plots):
                searches.append(found)
                held += found.size
            if held >= most:
                yield Forest(searches, len(self.cargo))
                searches, held = [], 0
        if searches:
            yield Forest(searches, len(self.cargo))

    def _walked(
        self, forest: Forest, threshold: Floats, *, single: bool
    ) -> tuple[Found, dict[int, PricingTask]]:
        """Best value of each shipment in some graphs, and its routes below threshold.

        Shipments whose walk is no route come beside, with their task.
        """
        chosen = forest.cheapest_below(threshold, single=single)
        shipment, value = forest.shipment[chosen], forest.value[chosen]
        routes = Routes(self.network, self.cargo, shipment, *forest.routes(chosen))
        checked = any(own.structure.count > 1 for own in forest.searches)
        valid = valid_walks(routes, checked=checked)
        if any(job.is_relaxed for own in forest.searches for job in own.jobs):
            relaxed = [forest.job(pair).is_relaxed for pair in chosen.tolist()]
            valid &= ~np.array(relaxed, dtype=bool)
        doubtful = {
            int(forest.shipment[pair]): forest.job(pair).task
            for pair in chosen[~valid].tolist()
        }
        if not valid.all():
            kept = np.flatnonzero(valid)
            routes, value = routes.chosen(kept), value[kept]
        return Found(forest.best.min(axis=0), routes, value), doubtful

    def _searches(self, plots: list[Plot]) -> Iterator[TreeSearch]:
        """Search graph by graph."""
        self._look_at_the_clock()
        stacks: dict[tuple[int, ...], Floats] = {}
        for structure, jobs in plots:
            tasks = tuple(id(job.task) for job in jobs)
            if tasks not in stacks:
                stacks[tasks] = np.array([job.task.step_cost for job in jobs])
            pairs = self._pairs.of(structure, jobs)
            found = TreeSearch(structure, jobs, pairs, stacks[tasks])
            self.searches += found.trees.searched
            yield found

    def _every_search(self, shared: Mapping[Key, list[Job]]) -> Iterator[TreeSearch]:
        """Search all graphs."""
        return chain.from_iterable(map(self._searches, self._plots(shared)))

    def usable(self, routes: Routes) -> Ints:
        """Routes that are open and keep their time, of those found elsewhere."""
        valid = valid_walks(routes, checked=True) & np.isfinite(routes.cost)
        return np.flatnonzero(valid)

    def _refined(
        self, task: PricingTask, shipment: int, upper: float
    ) -> tuple[float, list[int]] | None:
        low, high = np.searchsorted(self.cargo.pair_shipment, [shipment, shipment + 1])
        starts, ends = self.cargo.pair_start[low:high], self.cargo.pair_end[low:high]
        self.searches += 1
        return self._labels.best(
            Query(
                pairs=list(zip(starts.tolist(), ends.tolist(), strict=True)),
                step_cost=task.step_cost,
                corridor=task.corridor,
                touches=task.touches,
                max_days=float(self.cargo.max_days[shipment]),
                upper=upper,
            )
        )

    def _single(self, shipment: int, elements: list[int]) -> Routes:
        return Routes(
            self.network,
            self.cargo,
            np.array([shipment]),
            np.array([0, len(elements)]),
            np.array(elements, dtype=int),
        )
