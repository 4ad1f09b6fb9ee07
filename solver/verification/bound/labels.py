"""The cheapest simple route of one shipment at prices, by labels.

Walks may repeat a node, or take too long; routes may not. Labels are extended in the
order of what a complete route from them costs at least, so that whenever the search
ends, the least of them is a lower bound.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.verification.bound.walks import Toll


NEVER = 2**200
"""Cost or time of what cannot be."""


@dataclass(frozen=True, slots=True)
class Arc:
    """An element: where it leads, and what it costs, takes, touches and visits."""

    tail: int
    head: int
    cost: int
    days: int
    touches: int
    visits: int


@dataclass(frozen=True, slots=True)
class WalkTask:
    """One search: from a node to another, within days, below a cost.

    Parameters
    ----------
    start, end : int
        Nodes.
    cost, days, touches : int
        What the start itself costs, takes and touches.
    preset : int
        Values that do not count between these two nodes.
    max_days : int or None
        Longest time.
    cutoff : int
        Routes of this cost or more are of no interest.
    """

    start: int
    end: int
    cost: int
    days: int
    touches: int
    preset: int
    max_days: int | None
    cutoff: int


@dataclass(frozen=True, slots=True)
class _WalkLabel:
    """The beginning of a route."""

    node: int
    cost: int
    days: int
    touches: int
    visited: int
    complete: bool = False


class Labels:
    """Searches over the same arcs.

    Parameters
    ----------
    most : int
        Labels to be looked at in one search.
    """

    def __init__(self, arcs: list[Arc], toll: Toll, most: int) -> None:
        self.toll, self.most = toll, most
        self.looked_at = 0
        self._out: dict[int, list[Arc]] = {}
        self._into: dict[int, list[Arc]] = {}
        for arc in arcs:
            self._out.setdefault(arc.tail, []).append(arc)
            self._into.setdefault(arc.head, []).append(arc)
        self._to_go: dict[tuple[int, bool], dict[int, int]] = {}

    def cheapest(self, task: WalkTask) -> int:
        """Lower bound on the cost of a route; `NEVER` if none is below the cutoff.

        It is the cost of the cheapest route, unless the search took too many labels.
        """
        every = (1 << len(self.toll.rewards)) - 1
        hoped = self.toll.reward(every & ~task.preset)
        heap: list[tuple[int, int, _WalkLabel]] = [(-NEVER, 0, self._first(task))]
        kept: dict[int, list[_WalkLabel]] = {}
        looked_at, number = 0, count(1)
        while heap:
            key, _, label = heapq.heappop(heap)
            if label.complete or looked_at >= self.most:
                return key
            if self._dominated(label, kept.setdefault(label.node, [])):
                continue
            looked_at += 1
            self.looked_at += 1
            for cost, longer in self._extended(label, task, hoped):
                if cost < task.cutoff:
                    heapq.heappush(heap, (cost, next(number), longer))
        return NEVER

    def _first(self, task: WalkTask) -> _WalkLabel:
        cost = task.cost + self.toll.charge(task.touches)
        touches = task.touches | task.preset
        return _WalkLabel(task.start, cost, task.days, touches, 1 << task.start)

    def _extended(
        self, label: _WalkLabel, task: WalkTask, hoped: int
    ) -> Iterator[tuple[int, _WalkLabel]]:
        """Yield longer labels, with the least that a route from them may cost."""
        if label.node == task.end:
            if not self.toll.required & ~label.touches:
                earned = self.toll.reward(label.touches & ~task.preset)
                yield label.cost - earned, replace(label, complete=True)
            return
        for arc in self._out.get(label.node, ()):
            if arc.visits & label.visited:
                continue
            days = label.days + arc.days
            last = days + self._left(task.end, arc.head, in_days=True)
            if task.max_days is not None and last > task.max_days:
                continue
            cost = (
                label.cost + arc.cost + self.toll.charge(arc.touches & ~label.touches)
            )
            left = self._left(task.end, arc.head, in_days=False)
            touches, visited = label.touches | arc.touches, label.visited | arc.visits
            yield (
                cost + left - hoped,
                _WalkLabel(arc.head, cost, days, touches, visited),
            )

    def _dominated(self, label: _WalkLabel, kept: list[_WalkLabel]) -> bool:
        """Whether a label known before can do all that this one can; else keep it."""
        for known in kept:
            if known.visited & ~label.visited or known.days > label.days:
                continue
            lacks = label.touches & ~known.touches
            if lacks & self.toll.required:
                continue
            lead = self.toll.charge(lacks) + self.toll.reward(lacks)
            if known.cost + lead <= label.cost:
                return True
        kept.append(label)
        return False

    def _left(self, end: int, node: int, *, in_days: bool) -> int:
        """Return the least cost, or time, from a node to the end."""
        key = end, in_days
        if key not in self._to_go:
            self._to_go[key] = self._backward(end, in_days=in_days)
        return self._to_go[key].get(node, NEVER)

    def _backward(self, end: int, *, in_days: bool) -> dict[int, int]:
        """Cheapest or fastest walks to the end, charges and rewards apart."""
        settled: dict[int, int] = {}
        heap = [(0, end)]
        while heap:
            distance, node = heapq.heappop(heap)
            if node in settled:
                continue
            settled[node] = distance
            for arc in self._into.get(node, ()):
                if arc.tail not in settled:
                    step = arc.days if in_days else arc.cost
                    heapq.heappush(heap, (distance + step, arc.tail))
        return settled
