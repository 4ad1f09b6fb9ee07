"""The cheapest route of one shipment where a plain search is not enough.

A plain search may answer with a walk that visits a node twice (a reward for touching
a value, a named route that passes it unseen) or that takes too long. Here labels are
extended best first, each with its cost, days, touched values and visited nodes; a
label that another one dominates is dropped. The bound that guides the search is the
cheapest way to the market without any touch, less every reward there is, so that the
first complete route that no open label can beat is the cheapest.

Labels with time are the label-setting method for the shortest path with resource
constraints; their number can grow exponentially with the nodes in the worst case.

References
----------
Irnich, S. and Desaulniers, G. (2005), Shortest Path Problems with Resource
Constraints, in Column Generation, Springer.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.network.routes import DAYS_SLACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Mask
    from solver.network.network import Network


class Touch(NamedTuple):
    """A value that a route counts for once.

    `price` is money per unit (negative: a reward); `steps` tells which steps carry
    the value, `ends` which start or end nodes make a route not count for it.
    """

    price: float
    steps: Mask
    ends: Mask


class Query(NamedTuple):
    """What one shipment pays: the arguments of `Elementary.best`.

    `corridor` is money per unit by corridor (`none` last); `upper` the value that a
    route must beat.
    """

    pairs: Sequence[tuple[int, int]]
    step_cost: Floats
    corridor: Floats
    touches: Sequence[Touch]
    max_days: float
    upper: float


@dataclass(order=True, slots=True)
class _Label:
    estimate: float
    number: int
    cost: float = field(compare=False)
    days: float = field(compare=False)
    node: int = field(compare=False)
    touched: int = field(compare=False)
    visited: int = field(compare=False)
    parent: _Label | None = field(compare=False, default=None)
    element: int = field(compare=False, default=-1)


class Elementary:
    """Searches with labels over a network's elements."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.leaving: list[list[int]] = [[] for _ in range(network.num_nodes)]
        self.visits: list[int] = []
        for element in range(network.num_elements):
            self.leaving[int(network.tail[element])].append(element)
            nodes = network.passes(element)[1]
            self.visits.append(sum(1 << node for node in nodes))

    def best(
        self, query: Query, corridor: int | None = None
    ) -> tuple[float, list[int]] | None:
        """Value and elements of the cheapest route below `query.upper`, if any.

        Parameters
        ----------
        query : Query
            What the shipment pays.
        corridor : int, optional
            The one that is looked at, -1 for legs of none; all by default.
        """
        upper, found = query.upper, None
        corridors: Sequence[int] = range(len(self.network.corridors)) or [-1]
        if corridor is not None:
            corridors = [corridor]
        for number in corridors:
            for start, end in query.pairs:
                search = _LabelSearch(self, query, number, (start, end))
                answer = search.run(upper)
                if answer is not None:
                    upper, found = answer[0], answer
        return found


class _LabelSearch:
    """One corridor, one pair of ends."""

    def __init__(
        self, rooms: Elementary, query: Query, corridor: int, ends: tuple[int, int]
    ) -> None:
        network = rooms.network
        self.rooms, self.query = rooms, query
        self.start, self.end = ends
        allowed = (network.corridor == corridor) | (network.corridor == -1)
        self.allowed = allowed & np.isfinite(query.step_cost[: network.num_elements])
        extra = query.corridor[corridor] - query.corridor[-1]
        uses = np.zeros(network.num_steps, dtype=bool)
        uses[: network.num_elements] = (network.corridor == corridor) & (corridor >= 0)
        touches = [(touch.price, touch.steps, touch.ends) for touch in query.touches]
        touches.append((extra, uses, np.zeros(network.num_nodes, dtype=bool)))
        live = [
            (price, steps)
            for price, steps, ignored in touches
            if not (ignored[self.start] or ignored[self.end])
        ]
        self.prices = [price for price, _ in live]
        self.rewards = sum(price for price in self.prices if price < 0)
        self.masks = np.zeros(network.num_steps, dtype=object)
        for bit, (_, steps) in enumerate(live):
            self.masks[steps] += 1 << bit
        self.exact = self.rewards < 0 or bool(network.chains)

    def run(self, upper: float) -> tuple[float, list[int]] | None:
        """Cheapest route below `upper`."""
        to_go = self._to_go(self.query.step_cost)
        self.days_to_go = self._to_go(self.rooms.network.steps.days)
        base = self.query.corridor[-1] + self.rewards
        first = self._first()
        heap = [] if first is None else [first]
        kept: dict[tuple[int, int], list[_Label]] = {}
        numbers = count(1)
        found: _Label | None = None
        while heap:
            label = heapq.heappop(heap)
            if label.estimate >= upper:
                break
            if label.node == self.end:
                value = label.cost + self.query.corridor[-1] + self._reward(label)
                if value < upper:
                    upper, found = value, label
                continue
            if self._dominated(label, kept):
                continue
            for fresh in self._extended(label, numbers):
                fresh.estimate = fresh.cost + to_go[fresh.node] + base
                if fresh.estimate < upper:
                    heapq.heappush(heap, fresh)
        return None if found is None else (upper, _elements(found))

    def _first(self) -> _Label | None:
        network = self.rooms.network
        step = network.num_elements + self.start
        cost = float(self.query.step_cost[step])
        if not np.isfinite(cost):
            return None
        touched = int(self.masks[step])
        return _Label(
            estimate=-np.inf,
            number=0,
            cost=cost + self._charge(touched),
            days=float(network.steps.days[step]),
            node=self.start,
            touched=touched,
            visited=1 << self.start,
        )

    def _extended(self, label: _Label, numbers: count[int]) -> list[_Label]:
        network, query = self.rooms.network, self.query
        labels = []
        for element in self.rooms.leaving[label.node]:
            visits = self.rooms.visits[element]
            if not self.allowed[element] or visits & label.visited:
                continue
            days = label.days + float(network.steps.days[element])
            node = int(network.head[element])
            if days + self.days_to_go[node] > query.max_days + DAYS_SLACK:
                continue
            mask = int(self.masks[element])
            charge = self._charge(mask & ~label.touched)
            labels.append(
                _Label(
                    estimate=0.0,
                    number=next(numbers),
                    cost=label.cost + float(query.step_cost[element]) + charge,
                    days=days,
                    node=node,
                    touched=label.touched | mask,
                    visited=label.visited | visits,
                    parent=label,
                    element=element,
                )
            )
        return labels

    def _charge(self, bits: int) -> float:
        return sum(
            price
            for bit, price in enumerate(self.prices)
            if bits >> bit & 1 and price > 0
        )

    def _reward(self, label: _Label) -> float:
        return sum(
            price
            for bit, price in enumerate(self.prices)
            if label.touched >> bit & 1 and price < 0
        )

    def _dominated(
        self, label: _Label, kept: dict[tuple[int, int], list[_Label]]
    ) -> bool:
        """Whether a kept label is as good in every way; keeps this one if not."""
        rivals = kept.setdefault((label.node, label.touched), [])
        timed = np.isfinite(self.query.max_days)
        for rival in rivals:
            if (
                rival.cost <= label.cost
                and (not timed or rival.days <= label.days)
                and (not self.exact or rival.visited & ~label.visited == 0)
            ):
                return True
        rivals.append(label)
        return False

    def _to_go(self, of_step: Floats) -> Floats:
        """Least sum of a figure from each node to the end, over allowed elements."""
        network = self.rooms.network
        distance = np.full(network.num_nodes, np.inf)
        distance[self.end] = 0.0
        elements = np.flatnonzero(self.allowed)
        tail, head = network.tail[elements], network.head[elements]
        weight = of_step[elements]
        while True:
            shorter = distance.copy()
            np.minimum.at(shorter, tail, distance[head] + weight)
            if np.array_equal(shorter, distance):
                return distance
            distance = shorter


def _elements(label: _Label) -> list[int]:
    chain = []
    at: _Label | None = label
    while at is not None and at.element >= 0:
        chain.append(at.element)
        at = at.parent
    return chain[::-1]
