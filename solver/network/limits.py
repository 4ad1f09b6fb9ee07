"""The limits of a network: which elements count towards each, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

from solver.network.elements import incidence_matrix
from solver.problem.tables import split_names
from solver.solution.keys import ALL_PERIODS, CapacityKey

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints, Mask
    from solver.network.elements import Elements
    from solver.problem.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Every capacity, in the order reports list them.

    Parameters
    ----------
    keys : tuple of CapacityKey
        What each limits.
    capacity : ndarray of float, shape (limits,)
        In the instance's unit of quantity.
    base : ndarray of int, shape (limits,)
        Row of `usage`.
    period : ndarray of int, shape (limits,)
        Index of the period, or -1 for the sum of all.
    usage : sparse matrix, shape (bases, steps)
        How often a step passes what is limited.
    counted : ndarray of bool, shape (bases, treatments)
        Whether the limit counts the treatment.
    num_periods : int
        Number of periods; each base is counted apart in each.
    """

    keys: tuple[CapacityKey, ...]
    capacity: Floats
    base: Ints
    period: Ints
    usage: sparse.csr_array
    counted: Mask
    num_periods: int

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def are_bases(self) -> bool:
        """Whether each base is one limit, in their order: there are no periods."""
        count = self.usage.shape[0]
        return self.num_periods == 1 and np.array_equal(self.base, np.arange(count))

    # ---- periods: a *counter* is a base in a period

    @property
    def num_counters(self) -> int:
        """Number of counters."""
        return self.usage.shape[0] * self.num_periods

    def counter(self, base: Ints, period: Ints) -> Ints:
        """Return the counter of each base in a period."""
        return base * self.num_periods + period

    def counters(self, limits: Ints) -> tuple[Ints, Ints]:
        """Return the counters that some limits sum, and of which of them each is."""
        period = self.period[limits]
        spans = np.where(period < 0, self.num_periods, 1)
        which = np.repeat(np.arange(len(limits)), spans)
        number = np.arange(len(which)) - np.repeat(np.cumsum(spans) - spans, spans)
        when = np.where(period[which] < 0, number, period[which])
        return self.counter(self.base[limits][which], when), which

    def summed(self, counted: Floats) -> Floats:
        """Sum what counters count up to the limits, shape (limits,)."""
        used = counted.reshape(-1, self.num_periods)
        every, single = used.sum(axis=1), np.maximum(self.period, 0)
        return np.where(self.period < 0, every[self.base], used[self.base, single])

    def charges(self, price: Floats) -> list[Floats]:
        """Return what passing each base costs in each period, at prices of limits."""
        found = []
        for number in range(self.num_periods):
            counts = (self.period == number) | (self.period < 0)
            priced = np.flatnonzero(counts & (price != 0.0))
            size = self.usage.shape[0]
            charge = np.bincount(self.base[priced], price[priced], size)
            found.append(charge.astype(np.float64))
        return found


def build_limits(network: Elements) -> Limits:
    """Return the limits of a network, and how often each step counts towards them."""
    instance = network.instance
    passes = [network.passes(element) for element in range(network.num_elements)]
    starts = [()] * network.num_nodes
    legs = [*(legs for legs, _ in passes), *starts]
    nodes = [*(nodes for _, nodes in passes), *((n,) for n in range(network.num_nodes))]
    own = [
        *([()] * network.num_legs),
        *((r,) for r in range(len(network.chains))),
        *starts,
    ]
    passed = {
        "leg": incidence_matrix(legs, network.num_legs),
        "node": incidence_matrix(nodes, network.num_nodes),
        "route": incidence_matrix(own, len(network.chains)),
    }
    usages, keys, rows = [], [], 0
    capacity: list[float] = []
    base: list[int] = []
    tables: list[tuple[Literal["leg", "node", "route"], Table]] = [
        ("leg", instance.legs),
        ("node", instance.nodes),
        ("route", instance.routes),
    ]
    for kind, table in tables:
        given = np.flatnonzero(~np.isnan(table["capacity"].astype(float)))
        usages.append(passed[kind][given])
        for number, row in enumerate(given.tolist()):
            for period in instance.periods:
                keys.append(CapacityKey(kind, table[kind][row], period))
                capacity.append(float(table["capacity"][row]))
                base.append(rows + number)
        rows += len(given)
    joint = instance.capacities
    usages.append(_joint_usage(network, passed))
    for row in range(len(joint)):
        periods = split_names(joint["period"][row]) or instance.periods
        for period in periods:
            keys.append(CapacityKey("capacity", joint["capacity"][row], period))
            capacity.append(float(joint["quantity"][row]))
            base.append(rows + row)
    counted = np.ones((rows + len(joint), len(network.treatments.time_value)), bool)
    counted[rows:] = network.treatments.counted.T
    index = {period: number for number, period in enumerate(instance.periods)}
    index[ALL_PERIODS] = -1
    return Limits(
        keys=tuple(keys),
        capacity=np.array(capacity, dtype=float),
        base=np.array(base, dtype=int),
        period=np.array([index[key.period] for key in keys], dtype=int),
        usage=sparse.csr_array(sparse.vstack(usages, format="csr")),
        counted=counted,
        num_periods=len(instance.periods),
    )


def _joint_usage(
    network: Elements, passed: dict[str, sparse.csr_array]
) -> sparse.csr_array:
    """Usage of the joint capacities: the sum of what they select."""
    instance = network.instance
    names = {
        "leg": list(instance.legs["leg"]),
        "node": network.node_names,
        "route": list(instance.routes["route"]),
    }
    joint = instance.capacities
    total = sparse.csr_array((len(joint), network.num_steps))
    for kind, column in (("leg", "legs"), ("node", "nodes"), ("route", "routes")):
        index = {name: number for number, name in enumerate(names[kind])}
        members = [[index[n] for n in split_names(cell)] for cell in joint[column]]
        chosen = incidence_matrix(members, len(index)).T
        total = total + sparse.csr_array(chosen) @ passed[kind]
    return sparse.csr_array(total)
