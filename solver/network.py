"""The instance as arrays: steps, what they cost and use, and who ships what.

A route is a start at a node followed by elements, each of which ends with a visit of
its last node. Both are *steps*: step ``e`` for element ``e``, step
``num_elements + n`` for a start at node ``n``. Whatever a route costs, takes, emits
or uses is a sum over its steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

from solver.checks.chains import chains
from solver.instance import NO_CORRIDOR, split_names
from solver.solution import ALL_PERIODS, CapacityKey
from solver.tariffs import (
    Chain,
    Rates,
    Treatments,
    element_rates,
    leg_countries,
    node_rates,
    treatments,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from solver.instance import By, Instance, Table

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Money, days and emissions per unit of every step (columns).

    Parameters
    ----------
    tariff, handling, surcharge : ndarray, shape (treatments, steps)
        Parts of the cost, money per unit.
    days, emissions : ndarray, shape (steps,)
        Days, and kg CO2e per unit.
    cost : ndarray, shape (treatments, steps)
        Generalised cost, money per unit; infinite where closed.
    """

    tariff: Floats
    handling: Floats
    surcharge: Floats
    days: Floats
    emissions: Floats
    cost: Floats


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
    """

    keys: tuple[CapacityKey, ...]
    capacity: Floats
    base: Ints
    period: Ints
    usage: sparse.csr_array
    counted: Mask

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """Which steps carry which values of a rule's `by`.

    Parameters
    ----------
    values : tuple of str
        Known values, in order of first appearance.
    steps : sparse matrix of 0 and 1, shape (values, steps)
        Whether a step carries the value.
    ends : sparse matrix of 0 and 1, shape (values, nodes)
        Whether a route that starts or ends at the node does not count for the
        value (`country`); empty otherwise.
    """

    values: tuple[str, ...]
    steps: sparse.csr_array
    ends: sparse.csr_array


class Network:
    """An instance as arrays, in the instance's own order.

    Parameters
    ----------
    instance : Instance
        A checked instance.

    Attributes
    ----------
    tail, head : ndarray of int, shape (elements,)
        Nodes where an element starts and ends.
    corridor : ndarray of int, shape (elements,)
        Index into `corridors`, or -1.
    chains : list of Chain
        Legs and nodes of each named route.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._incidences: dict[By, Incidence] = {}
        legs, routes = instance.legs, instance.routes
        self.node_names: list[str] = list(instance.nodes["node"])
        self.node_index = {name: n for n, name in enumerate(self.node_names)}
        self.num_nodes = len(self.node_names)
        self.num_legs = len(legs)
        self.num_elements = len(legs) + len(routes)
        self.num_steps = self.num_elements + self.num_nodes
        starts = [self.node_index[name] for name in legs["from"]]
        ends = [self.node_index[name] for name in legs["to"]]
        self.chains = chains(instance)
        self.tail = np.array([*starts, *(c.nodes[0] for c in self.chains)], dtype=int)
        self.head = np.array([*ends, *(c.nodes[-1] for c in self.chains)], dtype=int)
        names = _element_corridors(instance, self.chains)
        self.corridors = tuple(dict.fromkeys(name for name in names if name))
        index = {name: c for c, name in enumerate(self.corridors)}
        self.corridor = np.array([index.get(name, -1) for name in names], dtype=int)

    @property
    def corridor_names(self) -> tuple[str, ...]:
        """Corridors, and last the name of having none (index -1)."""
        return (*self.corridors, NO_CORRIDOR)

    @cached_property
    def treatments(self) -> Treatments:
        """Groups of products that share costs and capacities."""
        return treatments(self.instance)

    @cached_property
    def step_usage(self) -> sparse.csr_array:
        """How often each step passes what is limited, shape (steps, bases)."""
        return sparse.csr_array(self.limits.usage.T)

    @cached_property
    def steps(self) -> Steps:
        """Costs, days and emissions of every step."""
        return _steps(self)

    @cached_property
    def limits(self) -> Limits:
        """Every capacity and what uses it."""
        return _limits(self)

    def passes(self, element: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Legs an element passes, and nodes it visits (all but its first)."""
        if element < self.num_legs:
            return (element,), (int(self.head[element]),)
        chain = self.chains[element - self.num_legs]
        return chain.legs, chain.nodes[1:]

    @cached_property
    def inner_nodes(self) -> sparse.csr_array:
        """Nodes that an element visits, shape (nodes, elements)."""
        visits = [self.passes(element)[1] for element in range(self.num_elements)]
        return _incidence_matrix(visits, self.num_nodes)

    def incidence(self, by: By) -> Incidence:
        """Return the steps that carry each value of `by` (not for `corridor`)."""
        if by not in self._incidences:
            self._incidences[by] = _incidence(self, by)
        return self._incidences[by]


def _element_corridors(instance: Instance, chains: Sequence[Chain]) -> list[str]:
    of_leg = list(instance.legs["corridor"])
    of_route = [
        own or next((of_leg[leg] for leg in chain.legs if of_leg[leg]), "")
        for own, chain in zip(instance.routes["corridor"], chains, strict=True)
    ]
    return [*of_leg, *of_route]


def _steps(network: Network) -> Steps:
    instance, kinds = network.instance, network.treatments
    elements = element_rates(instance, kinds, network.chains)
    nodes = node_rates(instance, kinds)
    node_days = instance.nodes["days"].astype(float)
    legs = network.num_legs
    days = np.concatenate([instance.legs["days"], instance.routes["days"]]).astype(
        float
    )
    emissions = np.zeros(network.num_elements)
    emissions[:legs] = instance.legs["emissions"]
    handling = np.zeros_like(elements.tariff)
    for number, chain in enumerate(network.chains):
        element, inner = legs + number, list(chain.nodes[1:-1])
        own, parts = np.isnan(elements.tariff[:, element]), list(chain.legs)
        if own.any():
            _sum_parts(elements, nodes, handling, (element, parts, inner))
        if np.isnan(days[element]):
            days[element] = days[parts].sum() + node_days[inner].sum()
        emissions[element] = emissions[parts].sum()
        closed = elements.closed[:, parts].any(axis=1)
        elements.closed[:, element] |= closed | nodes.closed[:, inner].any(axis=1)
    return _joined(network, (elements, handling, days, emissions), nodes)


def _sum_parts(
    elements: Rates,
    nodes: Rates,
    handling: Floats,
    place: tuple[int, list[int], list[int]],
) -> None:
    """Give a named route without a through rate the costs of its parts."""
    element, parts, inner = place
    elements.tariff[:, element] = elements.tariff[:, parts].sum(axis=1)
    surcharge = elements.surcharge[:, parts].sum(axis=1)
    elements.surcharge[:, element] = surcharge + nodes.surcharge[:, inner].sum(axis=1)
    handling[:, element] = nodes.tariff[:, inner].sum(axis=1)


def _joined(
    network: Network, parts: tuple[Rates, Floats, Floats, Floats], nodes: Rates
) -> Steps:
    """Element values with the visit of the last node added; then the starts."""
    elements, handling, days, emissions = parts
    head = network.head
    node_days = network.instance.nodes["days"].astype(float)
    tariff = np.hstack([elements.tariff, np.zeros_like(nodes.tariff)])
    handling = np.hstack([handling + nodes.tariff[:, head], nodes.tariff])
    surcharge = elements.surcharge + nodes.surcharge[:, head]
    surcharge = np.hstack([surcharge, nodes.surcharge])
    days = np.concatenate([days + node_days[head], node_days])
    emissions = np.concatenate([emissions, np.zeros(network.num_nodes)])
    closed = np.hstack([elements.closed | nodes.closed[:, head], nodes.closed])
    time = network.treatments.time_value[:, None] * days
    cost = tariff + handling + surcharge + time
    cost = cost + network.instance.emission_price * emissions
    cost = np.where(closed, np.inf, np.maximum(cost, 0.0))
    return Steps(tariff, handling, surcharge, days, emissions, cost)


def _incidence_matrix(rows: Iterable[Sequence[int]], size: int) -> sparse.csr_array:
    """How often each of `size` things stands in each sequence (columns)."""
    lists = list(rows)
    counts = np.fromiter((len(items) for items in lists), int, len(lists))
    columns = np.repeat(np.arange(len(lists)), counts)
    members = np.fromiter((i for items in lists for i in items), int, counts.sum())
    ones = np.ones(len(members))
    matrix = sparse.csr_array((ones, (members, columns)), shape=(size, len(lists)))
    matrix.sum_duplicates()
    return matrix


def _limits(network: Network) -> Limits:
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
        "leg": _incidence_matrix(legs, network.num_legs),
        "node": _incidence_matrix(nodes, network.num_nodes),
        "route": _incidence_matrix(own, len(network.chains)),
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
    )


def _joint_usage(
    network: Network, passed: dict[str, sparse.csr_array]
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
        chosen = _incidence_matrix(members, len(index)).T
        total = total + sparse.csr_array(chosen) @ passed[kind]
    return sparse.csr_array(total)


def _incidence(network: Network, by: By) -> Incidence:
    instance = network.instance
    starts: list[tuple[str, ...]] = [()] * network.num_nodes
    ends: list[tuple[str, ...]] = [()] * network.num_nodes
    of_leg: list[tuple[str, ...]] = [()] * network.num_legs
    of_node = starts
    if by == "mode":
        of_leg = [(name,) if name else () for name in instance.legs["mode"]]
    elif by == "tag":
        of_leg = [split_names(cell) for cell in instance.legs["tags"]]
    elif by == "leg":
        of_leg = [(name,) for name in instance.legs["leg"]]
    elif by == "country":
        of_leg = leg_countries(instance)
        ends = [split_names(cell) for cell in instance.nodes["country"]]
    else:
        kinds = instance.nodes["kind"]
        chosen = (by == "node") | (kinds == "port")
        rows = zip(network.node_names, chosen, strict=True)
        of_node = [(name,) if is_in else () for name, is_in in rows]
        starts = of_node
    known = [*of_node, *ends, *of_leg]
    values = tuple(dict.fromkeys(name for names in known for name in names))
    index = {value: number for number, value in enumerate(values)}
    carried = []
    for element in range(network.num_elements):
        legs, nodes = network.passes(element)
        names = {name for leg in legs for name in of_leg[leg]}
        names |= {name for node in nodes for name in of_node[node]}
        carried.append([index[name] for name in names])
    carried += [[index[name] for name in names] for names in starts]
    return Incidence(
        values=values,
        steps=_incidence_matrix(carried, len(values)),
        ends=_incidence_matrix(
            [[index[n] for n in names] for names in ends], len(values)
        ),
    )
