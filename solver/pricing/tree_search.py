"""Shipments that are searched together, and the cheapest way of each of their pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.pricing.trees import Ends, Trees

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.network.network import Network
    from solver.network.shipments import Cargo
    from solver.pricing.labels import Touch
    from solver.pricing.trees import Structure
    from solver.problem.rules import By

    Place = tuple[By, int]


MOST_KEPT, MOST_PAIRS = 64, 20_000
"""Ends of searches that are kept for the next, and pairs that they may have: memory
follows."""


@dataclass(frozen=True, slots=True, eq=False)
class PricingTask:
    """Shipments that pay the same for every step and term, with their pairs."""

    shipments: Ints
    pairs: Ints
    step_cost: Floats
    corridor: Floats
    touches: list[Touch]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A task in the graph of one corridor.

    `base` is money per unit of every route, `prices` that of each value that counts
    once there; `is_relaxed` tells that there are too many of them.
    """

    task: PricingTask
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

    def of(self, structure: Structure, jobs: list[Job]) -> JobPairs:
        """Return the pairs of some jobs in a structure."""
        own = [job.task.pairs for job in jobs]
        # What is kept holds these very arrays, so that no other has their numbers.
        key = id(structure), *map(id, own)
        if key in self._kept:
            return self._kept[key]
        found = JobPairs(self.network, self.cargo, structure, own)
        if sum(map(len, own)) <= MOST_PAIRS:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = found
        return found


class TreeSearch:
    """Trees of some jobs, and the cheapest way of each of their pairs.

    Attributes
    ----------
    block, shipment : ndarray of int, shape (pairs,)
        Job and shipment of each pair.
    value : ndarray, shape (pairs,)
        Cost of the cheapest way.
    copy : ndarray of int, shape (pairs,)
        Copy of the graph in which it ends.
    """

    def __init__(self, structure: Structure, jobs: list[Job], pairs: JobPairs) -> None:
        self.shipment = pairs.shipment
        self.block = block = pairs.block
        own, ignored = pairs.own, pairs.ignored
        charge, reward = structure.sums([job.prices for job in jobs])
        step_cost = np.array([job.task.step_cost for job in jobs])
        self.trees = Trees(structure.costs(step_cost, charge), pairs.ends)
        self.copy = np.zeros(len(block), dtype=int)
        self.value = np.full(len(block), np.inf)
        for touched in range(structure.count):
            cost = self.trees.distances(touched) + reward[block, touched & ~ignored]
            self.copy = np.where(cost < self.value, touched, self.copy)
            self.value = np.minimum(self.value, cost)
        base = np.array([job.base for job in jobs])
        self.value += base[block] + step_cost[block, pairs.start_step]
        self.value += charge[block, own & ~ignored]
