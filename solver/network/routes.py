"""What a route is, what it uses, what it costs: many routes at once, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.solution.plan import Plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints, Mask
    from solver.network.network import Network
    from solver.network.shipments import Cargo


DAYS_SLACK = 1e-9
"""Excess of days that comes from adding decimals in binary."""


@dataclass(frozen=True, eq=False)
class Routes:
    """Routes of shipments, as elements one after the other.

    Parameters
    ----------
    network, cargo
        What the numbers refer to.
    shipment : ndarray of int, shape (routes,)
        Shipment that may take the route.
    starts : ndarray of int, shape (routes + 1,)
        Where each route's elements begin.
    elements : ndarray of int
        Elements of all routes.
    """

    network: Network
    cargo: Cargo
    shipment: Ints
    starts: Ints
    elements: Ints

    def __len__(self) -> int:
        return len(self.shipment)

    @cached_property
    def owner(self) -> Ints:
        """Route of each element."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    @cached_property
    def first_node(self) -> Ints:
        """Node where each route starts."""
        return self.network.tail[self.elements[self.starts[:-1]]]

    @cached_property
    def last_node(self) -> Ints:
        """Node where each route ends."""
        return self.network.head[self.elements[self.starts[1:] - 1]]

    @cached_property
    def steps(self) -> sparse.csr_array:
        """Steps of each route, shape (routes, steps), in order of the way."""
        ends = self.starts + np.arange(len(self) + 1)
        columns = np.empty(ends[-1], dtype=int)
        columns[np.arange(len(self.elements)) + self.owner] = self.elements
        columns[ends[1:] - 1] = self.network.num_elements + self.first_node
        shape = (len(self), self.network.num_steps)
        return sparse.csr_array((np.ones(len(columns)), columns, ends), shape=shape)

    def of_steps(self, table: sparse.csr_array) -> tuple[Ints, Ints, Floats]:
        """Return a table's entries of all steps: route, column and value of each.

        Parameters
        ----------
        table : sparse matrix, shape (steps, columns)
            What each step has.
        """
        step, first = self.steps.indices, table.indptr[self.steps.indices]
        owner = np.repeat(np.arange(len(self)), np.diff(self.steps.indptr))
        counts = table.indptr[step + 1] - first
        ends = np.cumsum(counts)
        offset = np.repeat(first - (ends - counts), counts)
        entry = offset + np.arange(len(offset))
        column: Ints = table.indices[entry].astype(int)
        return np.repeat(owner, counts), column, table.data[entry]

    def total(self, of_step: Floats) -> Floats:
        """Sum of a figure over each route's steps.

        Parameters
        ----------
        of_step : ndarray, shape (steps,) or (treatments, steps)
            Value of each step, for all shipments or by treatment.
        """
        treatment = self.cargo.treatment[self.shipment]
        start = self.network.num_elements + self.first_node
        if of_step.ndim == 1:
            values, first = of_step[self.elements], of_step[start]
        else:
            values = of_step[treatment[self.owner], self.elements]
            first = of_step[treatment, start]
        if not len(self):
            return np.zeros(0)
        return np.asarray(np.add.reduceat(values, self.starts[:-1]) + first)

    @cached_property
    def cost(self) -> Floats:
        """Generalised cost per unit of each route."""
        return self.total(self.network.steps.cost)

    @cached_property
    def cost_parts(self) -> dict[str, Floats]:
        """Money per unit of each route, by part of the generalised cost."""
        network, steps = self.network, self.network.steps
        time_value = network.treatments.time_value[self.cargo.treatment[self.shipment]]
        emission_price = network.instance.emission_price
        return {
            "tariff": self.total(steps.tariff),
            "handling": self.total(steps.handling),
            "surcharge": self.total(steps.surcharge),
            "time": self.total(steps.days) * time_value,
            "emission": self.total(steps.emissions) * emission_price,
        }

    @cached_property
    def corridor(self) -> Ints:
        """Corridor of each route, or -1."""
        if not len(self):
            return np.zeros(0, dtype=int)
        corridors = self.network.corridor[self.elements]
        return np.asarray(np.maximum.reduceat(corridors, self.starts[:-1]))

    @cached_property
    def usage(self) -> sparse.csr_array:
        """Use of what is limited, shape (routes, counters of the limits).

        A base that does not count the shipment's treatment has no entry.
        """
        limits = self.network.limits
        usage = sparse.csr_array(self.steps @ self.network.step_usage)
        if limits.num_periods > 1 or not limits.counted.all():
            user = np.repeat(np.arange(len(self)), np.diff(usage.indptr))
            base, shipment = usage.indices.astype(int), self.shipment[user]
            counted = limits.counted[base, self.cargo.treatment[shipment]]
            column = limits.counter(base, self.cargo.period[shipment])[counted]
            starts = np.concatenate([[0], np.cumsum(counted)])[usage.indptr]
            shape = (len(self), limits.num_counters)
            entries = usage.data[counted], column, starts
            usage = sparse.csr_array(entries, shape=shape)
        usage.sort_indices()
        return usage

    @cached_property
    def user(self) -> Ints:
        """Route of each entry of `usage`."""
        return np.repeat(np.arange(len(self)), np.diff(self.usage.indptr))

    @cached_property
    def fingerprint(self) -> NDArray[np.uint64]:
        """A number that tells routes of shipments apart, but for rare chances."""
        if not len(self):
            return np.zeros(0, dtype=np.uint64)
        table = _random_numbers(self.network.num_elements + len(self.cargo))
        sums = np.add.reduceat(table[self.elements], self.starts[:-1])
        own = table[self.network.num_elements + self.shipment]
        return np.asarray(sums ^ (own * np.uint64(3)))

    def among(self, fingerprints: NDArray[np.uint64]) -> Mask:
        """Whether each route has one of some fingerprints, shape (routes,)."""
        # The method that NumPy 2.0 would choose overflows with numbers of 64 bits.
        return np.isin(self.fingerprint, fingerprints, kind="sort")

    def other_than(self, fingerprints: NDArray[np.uint64]) -> Routes:
        """Return those of these routes that have none of some fingerprints."""
        known = self.among(fingerprints)
        return self.chosen(np.flatnonzero(~known)) if known.any() else self

    def of(self, network: Network, cargo: Cargo) -> Routes:
        """Return the same routes on a network with the same elements and shipments."""
        return Routes(network, cargo, self.shipment, self.starts, self.elements)

    def chosen(self, index: Ints) -> Routes:
        """Return some of these routes, in the order given."""
        counts = np.diff(self.starts)[index]
        starts = np.concatenate([[0], np.cumsum(counts)])
        first = np.repeat(self.starts[:-1][index] - starts[:-1], counts)
        elements = self.elements[first + np.arange(starts[-1])]
        return Routes(self.network, self.cargo, self.shipment[index], starts, elements)


@lru_cache(maxsize=1)
def _random_numbers(size: int) -> NDArray[np.uint64]:
    """Return as many numbers, always the same."""
    random = np.random.default_rng(0)
    return random.integers(0, 2**63, size=size, dtype=np.uint64)


def joined(parts: list[Routes]) -> Routes:
    """Routes of several batches, one after the other, with the use that is known."""
    filled = [part for part in parts if len(part)]
    if len(filled) <= 1:
        return (filled or parts)[0]
    sizes = np.concatenate([np.diff(part.starts) for part in filled])
    every = Routes(
        parts[0].network,
        parts[0].cargo,
        np.concatenate([part.shipment for part in filled]),
        np.concatenate([[0], np.cumsum(sizes)]).astype(int),
        np.concatenate([part.elements for part in filled]),
    )
    if all("usage" in vars(part) for part in filled):
        together = sparse.vstack([part.usage for part in filled], format="csr")
        vars(every)["usage"] = together
    return every


def empty_routes(network: Network, cargo: Cargo) -> Routes:
    """No routes at all."""
    none = np.zeros(0, dtype=int)
    return Routes(network, cargo, none, np.zeros(1, dtype=int), none)


def routes_of_plan(network: Network, cargo: Cargo, plan: Plan) -> Routes:
    """Routes that a plan's flows take, in the order of the flows."""
    return Routes(network, cargo, plan.shipment, plan.starts, plan.elements)


def plan_of(routes: Routes, quantity: Floats) -> Plan:
    """Plan of quantities on routes; what they leave of each shipment is unmet."""
    return Plan(
        shipment=routes.shipment,
        quantity=quantity,
        starts=routes.starts,
        elements=routes.elements,
        unmet=np.maximum(left_by(routes, quantity), 0.0),
    )


def left_by(routes: Routes, quantity: Floats) -> Floats:
    """Return what quantities leave of each shipment, shape (shipments,).

    Less than 0 where they carry more than there is.
    """
    cargo = routes.cargo
    return cargo.quantity - np.bincount(routes.shipment, quantity, len(cargo))


def limit_loads(routes: Routes, quantity: Floats) -> Floats:
    """Return what passes each limit, shape (limits,), at these quantities."""
    limits, usage = routes.network.limits, routes.usage
    passing = usage.data * quantity[routes.user]
    used = np.bincount(usage.indices, passing, limits.num_counters)
    return limits.summed(used.astype(float))


def loads_by_step(routes: Routes, quantity: Floats) -> Floats:
    """Return the same, but for rounding, in less time: summed step by step."""
    network, limits = routes.network, routes.network.limits
    if not limits.counted.all():
        return limit_loads(routes, quantity)
    first = routes.cargo.period[routes.shipment] * network.num_steps
    counts = np.diff(routes.starts)
    place = np.repeat(first, counts) + routes.elements
    start = first + network.num_elements + routes.first_node
    shape = limits.num_periods, network.num_steps
    load = np.bincount(place, np.repeat(quantity, counts), shape[0] * shape[1])
    load += np.bincount(start, quantity, shape[0] * shape[1])
    return limits.summed(limits.usage @ load.reshape(shape).T)


def valid_walks(routes: Routes, *, checked: bool) -> Mask:
    """Whether each walk visits no node twice and keeps its time.

    Parameters
    ----------
    checked : bool
        Whether a node may be there twice though nothing is a chain of legs.
    """
    network, cargo = routes.network, routes.cargo
    valid = np.ones(len(routes), dtype=bool)
    if not len(routes):
        return valid
    if checked or network.chains:
        used = routes.steps[:, : network.num_elements]
        visits = sparse.coo_array(used @ network.inner_nodes.T)
        valid[visits.row[visits.data > 1]] = False
        again = visits.col == routes.first_node[visits.row]
        valid[visits.row[again]] = False
    max_days = cargo.max_days[routes.shipment]
    if np.isfinite(max_days).any():
        days = routes.total(network.steps.days)
        valid &= days <= max_days + DAYS_SLACK
    return valid


def limit_usage(
    routes: Routes, limits: Ints, index: Ints | None = None
) -> sparse.csr_array:
    """How often routes, or some of them, pass some limits, shape (routes, limits)."""
    table = routes.network.limits
    rows, columns = table.counters(limits)
    usage = routes.usage
    if index is not None and not np.array_equal(index, np.arange(len(routes))):
        usage = usage[index]
    if len(rows) == len(limits) == len(np.unique(rows)):
        return _chosen_columns(usage, rows)
    chosen = sparse.csr_array(
        (np.ones(len(rows)), (rows, columns)), shape=(table.num_counters, len(limits))
    )
    return sparse.csr_array(usage @ chosen)


def _chosen_columns(matrix: sparse.csr_array, columns: Ints) -> sparse.csr_array:
    """Return some columns of a matrix, each row's entries the last first.

    That is the order in which a product of matrices leaves them.
    """
    place = np.full(matrix.shape[1], -1)
    place[columns] = np.arange(len(columns))
    column = place[matrix.indices]
    kept = np.flatnonzero(column >= 0)
    ends = np.searchsorted(kept, matrix.indptr)
    lengths = np.diff(ends)
    # Counted from the end of its row instead of from its beginning.
    within = np.arange(len(kept)) - np.repeat(ends[:-1], lengths)
    order = kept[np.repeat(ends[1:] - 1, lengths) - within]
    indices = column[order].astype(matrix.indices.dtype)
    entries = matrix.data[order], indices, ends.astype(matrix.indptr.dtype)
    return sparse.csr_array(entries, shape=(matrix.shape[0], len(columns)))
