"""Rows of capacities: ``sum_dr a_rk x_dr <= K_k`` for each limit k."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.model.families.family import Broken, RowFamily, add_sums
from solver.model.writing.named import Named, period_words
from solver.network.routes import limit_loads, limit_usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.arrays import Floats, Ints
    from solver.model.answer import Answer
    from solver.model.families.family import Host
    from solver.model.objective import Duals
    from solver.model.route_columns import RouteBatch


BROKEN = 1e-13
"""Excess over a limit, relative to what passes it, that calls for its row."""


class CapacityRows(RowFamily):
    """Rows of limits; a row enters when a plan breaks it.

    Attributes
    ----------
    row : ndarray of int, shape (limits,)
        Row of the model for each limit; -1 while it is not needed.
    extra_cost, extra_column : ndarray, shape (bases,)
        Cost of a unit beyond what is limited (infinite: not allowed), and its column.
    shift : ndarray, shape (limits,)
        How much higher than it is each limit stands in the model.
    """

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.limits = host.network.limits
        self.row = np.full(len(self.limits), -1)
        self.shift = np.zeros(len(self.limits))
        bases = self.limits.usage.shape[0]
        self.extra_cost = np.full(bases, np.inf)
        self.extra_column = np.full(bases, -1)

    def allow(self, cost: Floats) -> None:
        """Allow more of what is limited than there is, before any row is held.

        Parameters
        ----------
        cost : ndarray, shape (bases,)
            Cost of a unit more in every period; infinite: none is allowed.
        """
        self.extra_cost = cost

    def _add_extra(self, limits: Ints) -> None:
        """Let a column of each base widen its limits, one for all of its periods."""
        for number in limits.tolist():
            base, row = int(self.limits.base[number]), int(self.row[number])
            if not np.isfinite(self.extra_cost[base]):
                continue
            if self.extra_column[base] < 0:
                entry = (np.array([0, 1]), np.array([row]), -np.ones(1))
                cost, upper = self.extra_cost[[base]], np.array([np.inf])
                column = self.host.model.add_columns(cost, upper, entry)
                self.extra_column[base] = column[0]
            else:
                self.host.model.set_entry(row, int(self.extra_column[base]), -1.0)

    def beyond(self, answer: Answer) -> Floats:
        """How much more of each base a plan uses than there is, shape (bases,)."""
        held = self.extra_column >= 0
        extra = np.zeros(len(held))
        extra[held] = np.maximum(0.0, answer.values[self.extra_column[held]])
        return extra

    def cost(self, answer: Answer) -> float:
        """Return what all that is more than there is costs."""
        extra = self.beyond(answer)
        used = extra > 0
        return float(self.extra_cost[used] @ extra[used])

    def named_rows(self) -> Iterator[Named]:
        """Kind and name of each limit, with its ends if it is a leg."""
        instance = self.host.network.instance
        legs = instance.legs
        pairs = zip(legs["from"], legs["to"], strict=True)
        ends = dict(zip(legs["leg"], pairs, strict=True))
        for number in np.flatnonzero(self.row >= 0).tolist():
            key = self.limits.keys[number]
            words = ends[key.name] if key.kind == "leg" else (key.name,)
            period = period_words(instance, key.period)
            said = ", ".join([f"{key.kind} {key.name}: {' > '.join(words)}", *period])
            name = (key.kind, *map(str, words), *period)
            yield Named(int(self.row[number]), name, f"capacity of {said}")

    def add(self, limits: Ints) -> None:
        """Add limits as rows, and the shipments whose routes touch them."""
        if len(limits):
            parts = self._usage(limits)
            capacity = self._capacity[limits]
            self.row[limits] = add_sums(self.host, parts, capacity)
            self._add_extra(limits)

    def hold(self, limits: Ints) -> None:
        """Add limits as rows in which shipments outside stand as a constant."""
        parts, capacity = self._usage(limits), self._capacity[limits]
        self.row[limits] = self.host.outside.hold(
            parts, capacity, (self.charges, limits)
        )

    def _usage(self, limits: Ints) -> list[sparse.csr_array]:
        """How often all routes pass limits, shape (limits, routes) by batch."""
        batches = self.host.routes.batches
        parts = [limit_usage(batch.routes, limits) for batch in batches]
        return [sparse.csr_array(part.T) for part in parts]

    def add_broken(self, values: Floats, quantities: Sequence[Floats]) -> Broken:
        """Add limits that a plan exceeds."""
        del values
        loads, capacity = np.zeros(len(self.limits)), self._capacity
        for batch, own in zip(self.host.routes.batches, quantities, strict=True):
            loads += limit_loads(batch.routes, own)
        exceeded = loads > capacity + BROKEN * loads
        broken = np.flatnonzero(exceeded & (self.row < 0))
        self.add(broken)
        return Broken(rows=len(broken))

    def tighten(self, part: float) -> None:
        """Take a part of their capacity from the limits that are rows."""
        for number in np.flatnonzero(self.row >= 0).tolist():
            self.move(number, -part * float(self.limits.capacity[number]))

    def entries(self, batch: RouteBatch, index: Ints) -> tuple[Ints, Ints, Floats]:
        """How often routes pass the limits that are rows."""
        active = np.flatnonzero(self.row >= 0)
        used = limit_usage(batch.routes, active, index)
        route = np.repeat(np.arange(len(index)), np.diff(used.indptr))
        return self.row[active][used.indices], route, used.data

    def priced(self, duals: Duals, answer: Answer) -> Duals:
        """Prices of limits."""
        limits = np.zeros(len(self.row))
        held = self.row >= 0
        limits[held] = np.maximum(0.0, -answer.duals[self.row[held]])
        return replace(duals, prices=replace(duals.prices, limits=limits))

    def charges(self, duals: Duals) -> Floats:
        """Price of each limit."""
        return duals.prices.limits

    def less_constant(self, bound: float, duals: Duals) -> float:
        """Return a bound less prices times capacities."""
        return bound - float(duals.prices.limits @ self._capacity)

    @property
    def _capacity(self) -> Floats:
        """Limits as they stand in the model."""
        return np.asarray(self.limits.capacity + self.shift)

    def move(self, number: int, shift: float) -> None:
        """Put a limit so much higher than it is."""
        self.shift[number] = shift
        if self.row[number] >= 0:
            limit = float(self._capacity[number])
            self.host.model.set_limit(int(self.row[number]), limit)
