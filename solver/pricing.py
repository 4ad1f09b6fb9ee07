"""Cheapest routes for all demands at given prices.

Shipments of one period, treatment and group of rule terms share a search. For each
corridor the graph holds its elements and those of no corridor, so that no route mixes
two; all origins are searched at once by Dijkstra's method, and the routes wanted are
traced together. Rules by country, port, node, mode, tag or leg count once for a
route: the graph is copied for every set of priced values already touched, a charge is
paid at the first touch, rewards are taken off at the end, so that no arc is negative.

Where a traced walk is no route (a node twice, too many days) `Elementary` finds the
route; a search's value is thus the least of all routes below the threshold, and a
lower bound on it elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from solver.elementary import Elementary, Query, Touch
from solver.routes import Routes, empty_routes, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from solver.cargo import Cargo
    from solver.diversification import Diversification, Terms, Watch
    from solver.network import Network

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_LAYERS = 256
"""Copies of a graph at most; beyond it touches are relaxed and labels decide."""

_DAYS_SLACK = 1e-9
"""Excess of days that comes from adding decimals in binary."""


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What limits and rules charge, and what money counts.

    Parameters
    ----------
    limits : ndarray, shape (limits,)
        Price per unit of each limit, 0 or more.
    rules : dict of int to float
        Price of each priced row of a rule, by its number.
    money : float
        What a unit of money counts: 1 if routes cost what they cost, 0 if nothing.
    weights : dict of int to ndarray, shape (values,)
        Weights of priced rows that bound all values together, by their number.
    watch : Watch, optional
        Value that costs something to carry.
    """

    limits: Floats
    rules: dict[int, float]
    money: float = 1.0
    weights: dict[int, Floats] = field(default_factory=dict)
    watch: Watch | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
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


@dataclass(frozen=True, slots=True, eq=False)
class _Graph:
    """Arcs sorted by tail and head, parallel ones reduced to the cheapest."""

    size: int
    keys: Ints
    elements: Ints
    matrix: sparse.csr_array

    @classmethod
    def of(
        cls, size: int, ends: tuple[Ints, Ints], cost: Floats, elements: Ints
    ) -> _Graph:
        tail, head = ends
        keys = tail * size + head
        order = np.lexsort((cost, keys))
        first = np.ones(len(order), dtype=bool)
        first[1:] = keys[order][1:] != keys[order][:-1]
        order = order[first]
        counts = np.bincount(tail[order], minlength=size)
        pointers = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        entries = (cost[order], head[order].astype(np.int32), pointers)
        matrix = sparse.csr_array(entries, shape=(size, size))
        return cls(size, keys[order], elements[order], matrix)

    def trace(
        self, pred: NDArray[np.int32], rows: Ints, ends: Ints
    ) -> tuple[Ints, Ints]:
        """Return starts and elements of the paths to ends, in the trees of rows."""
        at, alive = ends, np.arange(len(ends))
        owners, arcs = [], []
        while len(alive):
            before = pred[rows[alive], at].astype(int)
            moved = before >= 0
            alive, at, before = alive[moved], at[moved], before[moved]
            owners.append(alive)
            arcs.append(np.searchsorted(self.keys, before * self.size + at))
            at = before
        owner = np.concatenate([*owners, np.zeros(0, dtype=int)])
        arc = np.concatenate([*arcs, np.zeros(0, dtype=int)])
        rank = np.repeat(np.arange(len(owners)), [len(part) for part in owners])
        order = np.lexsort((-rank, owner))
        starts = np.concatenate(
            [[0], np.cumsum(np.bincount(owner, minlength=len(ends)))]
        )
        return starts.astype(int), self.elements[arc[order]]


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """Shipments of one period, treatment and group of terms, with their pairs."""

    shipments: Ints
    pairs: Ints
    step_cost: Floats
    corridor: Floats
    touches: list[Touch]


class Pricer:
    """Searches for the cheapest routes of an instance.

    Attributes
    ----------
    searches : int
        Trees of cheapest routes computed so far.
    """

    def __init__(self, network: Network, cargo: Cargo, rules: Diversification) -> None:
        self.network, self.cargo, self.rules = network, cargo, rules
        self.searches = 0
        self._labels = Elementary(network)
        self._touches: dict[tuple[str, int], tuple[NDArray[np.bool_], ...]] = {}

    def search(self, prices: Prices, threshold: Floats) -> Found:
        """Least cost of a route for every shipment, and the routes below a threshold.

        Parameters
        ----------
        prices : Prices
            What limits and rules charge.
        threshold : ndarray, shape (shipments,)
            Routes are wanted only where they cost less than this, money per unit.
        """
        value = np.full(len(self.cargo), np.inf)
        lots, costs = [empty_routes(self.network, self.cargo)], [np.zeros(0)]
        for task in self._tasks(prices):
            found = self._solve(task, threshold)
            value[task.shipments] = found.value[task.shipments]
            lots.append(found.routes)
            costs.append(found.routes_value)
        return Found(value, joined(lots), np.concatenate(costs))

    def _tasks(self, prices: Prices) -> Iterator[_Task]:
        cargo = self.cargo
        terms = self.rules.terms(prices.rules, prices.weights, prices.watch)
        kinds = len(self.network.treatments.time_value)
        code = (terms.group * kinds + cargo.treatment) * (
            cargo.period.max(initial=0) + 1
        )
        code = code + cargo.period
        order = np.argsort(code, kind="stable")
        borders = np.flatnonzero(np.diff(code[order])) + 1
        pair_order = np.argsort(code[cargo.pair_shipment], kind="stable")
        pair_code = code[cargo.pair_shipment][pair_order]
        for shipments in np.split(order, borders) if len(order) else []:
            one = shipments[0]
            low, high = np.searchsorted(pair_code, [code[one], code[one] + 1])
            yield _Task(
                shipments=shipments,
                pairs=pair_order[low:high],
                step_cost=self._step_cost(
                    prices, cargo.treatment[one], cargo.period[one]
                ),
                corridor=terms.corridor[terms.group[one]],
                touches=self._touch_list(terms, int(terms.group[one])),
            )

    def _step_cost(self, prices: Prices, treatment: int, period: int) -> Floats:
        limits = self.network.limits
        counts = (limits.period == period) | (limits.period < 0)
        charge = np.bincount(
            limits.base[counts], prices.limits[counts], limits.usage.shape[0]
        )
        charge = charge * limits.counted[:, treatment]
        money = self.network.steps.cost[treatment]
        closed = np.isinf(money)
        money = np.where(closed, np.inf, prices.money * np.where(closed, 0.0, money))
        return np.asarray(money + limits.usage.T @ charge)

    def _touch_list(self, terms: Terms, group: int) -> list[Touch]:
        touches = []
        for (by, value), price in terms.touches[group].items():
            if (by, value) not in self._touches:
                incidence = self.network.incidence(by)
                steps = incidence.steps[[value]].toarray()[0] > 0
                ends = incidence.ends[[value]].toarray()[0] > 0
                self._touches[by, value] = (steps, ends)
            steps, ends = self._touches[by, value]
            touches.append(Touch(price, steps, ends))
        return touches

    @cached_property
    def _some_without_corridor(self) -> bool:
        """Whether any shipment can go without touching a corridor."""
        if not self.network.corridors:
            return True
        elements = np.flatnonzero(self.network.corridor == -1)
        size = self.network.num_nodes
        ends = (self.network.tail[elements], self.network.head[elements])
        graph = _Graph.of(size, ends, np.ones(len(elements)), elements)
        starts, rows = np.unique(self.cargo.pair_start, return_inverse=True)
        distance = dijkstra(graph.matrix, indices=starts)
        return bool(np.isfinite(distance[rows, self.cargo.pair_end]).any())

    def _solve(self, task: _Task, threshold: Floats) -> Found:
        value = np.full(len(self.cargo), np.inf)
        lots, costs, refine = [], [], [np.zeros(0, dtype=int)]
        relaxed = 2 ** (len(task.touches) + 1) > MOST_LAYERS
        for corridor, base, touches in self._jobs(task, relaxed=relaxed):
            best, routes = self._sweep(task, (corridor, base, touches), threshold)
            value = np.minimum(value, best)
            valid = self._valid(routes, checked=bool(touches)) & (not relaxed)
            refine.append(routes.shipment[~valid])
            routes = routes.chosen(np.flatnonzero(valid))
            lots.append(routes)
            costs.append(best[routes.shipment])
        for shipment in np.unique(np.concatenate(refine)).tolist():
            answer = self._refined(task, shipment, float(threshold[shipment]))
            value[shipment] = threshold[shipment] if answer is None else answer[0]
            if answer is not None:
                lots.append(self._single(shipment, answer[1]))
                costs.append(np.array([answer[0]]))
        return Found(value, joined(lots), np.concatenate(costs))

    def _jobs(
        self, task: _Task, *, relaxed: bool
    ) -> Iterator[tuple[int, float, list[Touch]]]:
        """Corridor, constant and touches of every graph that a task needs."""
        without = float(task.corridor[-1])
        touches = task.touches
        if relaxed:
            without += sum(min(touch.price, 0.0) for touch in touches)
            touches = []
        free = self._some_without_corridor
        if not self.network.corridors or (free and np.ptp(task.corridor) > 0):
            yield -1, without, touches
        nowhere = np.zeros(self.network.num_nodes, dtype=bool)
        for corridor in range(len(self.network.corridors)):
            extra = float(task.corridor[corridor] - task.corridor[-1])
            if free and extra < 0 and not relaxed:
                uses = np.zeros(self.network.num_steps, dtype=bool)
                uses[: self.network.num_elements] = self.network.corridor == corridor
                yield corridor, without, [*touches, Touch(extra, uses, nowhere)]
            else:
                yield corridor, without + extra, touches

    def _sweep(
        self, task: _Task, job: tuple[int, float, list[Touch]], threshold: Floats
    ) -> tuple[Floats, Routes]:
        """Best value of each shipment in one graph, and its routes below threshold."""
        corridor, base, touches = job
        cargo, size = self.cargo, self.network.num_nodes
        layers = _Layers(touches, self.network)
        graph = layers.graph(self.network, corridor, task.step_cost)
        start, end = cargo.pair_start[task.pairs], cargo.pair_end[task.pairs]
        ignored = layers.ends[start] | layers.ends[end]
        own = layers.steps[self.network.num_elements + start]
        sources, rows = np.unique(start + (own | ignored) * size, return_inverse=True)
        distance, pred = dijkstra(
            graph.matrix, indices=sources, return_predecessors=True
        )
        self.searches += len(sources)
        fixed = base + task.step_cost[self.network.num_elements + start]
        fixed = fixed + layers.charge[own & ~ignored]
        value = np.full(len(start), np.inf)
        layer = np.zeros(len(start), dtype=int)
        for touched in range(layers.count):
            cost = (
                distance[rows, end + touched * size] + layers.reward[touched & ~ignored]
            )
            layer = np.where(cost < value, touched, layer)
            value = np.minimum(value, cost)
        value = value + fixed
        shipment = cargo.pair_shipment[task.pairs]
        best = np.full(len(cargo), np.inf)
        np.minimum.at(best, shipment, value)
        wanted = (value < threshold[shipment]) & (value == best[shipment])
        chosen = np.flatnonzero(wanted)
        chosen = chosen[np.unique(shipment[chosen], return_index=True)[1]]
        starts, elements = graph.trace(
            pred, rows[chosen], end[chosen] + layer[chosen] * size
        )
        return best, Routes(self.network, cargo, shipment[chosen], starts, elements)

    def _valid(self, routes: Routes, *, checked: bool) -> NDArray[np.bool_]:
        """Whether each walk visits no node twice and keeps its time."""
        valid = np.ones(len(routes), dtype=bool)
        if not len(routes):
            return valid
        if checked or self.network.chains:
            used = routes.steps[:, : self.network.num_elements]
            visits = sparse.coo_array(used @ self.network.inner_nodes.T)
            valid[visits.row[visits.data > 1]] = False
            again = visits.col == routes.first_node[visits.row]
            valid[visits.row[again]] = False
        max_days = self.cargo.max_days[routes.shipment]
        if np.isfinite(max_days).any():
            days = routes.total(self.network.steps.days)
            valid &= days <= max_days + _DAYS_SLACK
        return valid

    def _refined(
        self, task: _Task, shipment: int, upper: float
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


class _Layers:
    """Copies of a graph, one for each set of values already touched.

    Sets are bit masks. `steps` and `ends` hold the values of each step and those
    that each end node makes not count; `charge` and `reward` what a set costs and
    earns.
    """

    def __init__(self, touches: list[Touch], network: Network) -> None:
        self.count = 2 ** len(touches)
        self.steps = np.zeros(network.num_steps, dtype=int)
        self.ends = np.zeros(network.num_nodes, dtype=int)
        self.charge = np.zeros(self.count)
        self.reward = np.zeros(self.count)
        sets = np.arange(self.count)
        for bit, touch in enumerate(touches):
            self.steps |= touch.steps.astype(int) << bit
            self.ends |= touch.ends.astype(int) << bit
            inside = (sets >> bit & 1).astype(bool)
            self.charge += np.where(inside, max(touch.price, 0.0), 0.0)
            self.reward += np.where(inside, min(touch.price, 0.0), 0.0)

    def graph(self, network: Network, corridor: int, step_cost: Floats) -> _Graph:
        """Graph of a corridor and of no corridor, in all its copies."""
        allowed = (network.corridor == corridor) | (network.corridor == -1)
        cost = step_cost[: network.num_elements]
        elements = np.flatnonzero(allowed & np.isfinite(cost))
        size, touches = network.num_nodes, self.steps[elements]
        tails, heads, costs = [], [], []
        for touched in range(self.count):
            tails.append(network.tail[elements] + touched * size)
            heads.append(network.head[elements] + (touched | touches) * size)
            costs.append(cost[elements] + self.charge[touches & ~touched])
        ends = (np.concatenate(tails), np.concatenate(heads))
        every = np.tile(elements, self.count)
        return _Graph.of(size * self.count, ends, np.concatenate(costs), every)
