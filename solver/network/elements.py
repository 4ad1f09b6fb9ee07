"""Elements, legs and nodes in one numbering, and how steps relate to them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.chains import chains
from solver.network.tariffs import Treatments, treatments
from solver.problem.tables import NO_CORRIDOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from solver.network.chains import Chain
    from solver.problem.instance import Instance


class Elements:
    """The elements of an instance, in its own order, and what they pass.

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
        names = element_corridors(instance, self.chains)
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

    def passes(self, element: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Legs an element passes, and nodes it visits (all but its first)."""
        if element < self.num_legs:
            return (element,), (int(self.head[element]),)
        chain = self.chains[element - self.num_legs]
        return chain.legs, chain.nodes[1:]


def element_corridors(instance: Instance, chains: Sequence[Chain]) -> list[str]:
    """Return the corridor of each element; blank for none."""
    of_leg = list(instance.legs["corridor"])
    of_route = [
        own or next((of_leg[leg] for leg in chain.legs if of_leg[leg]), "")
        for own, chain in zip(instance.routes["corridor"], chains, strict=True)
    ]
    return [*of_leg, *of_route]


def incidence_matrix(rows: Iterable[Sequence[int]], size: int) -> sparse.csr_array:
    """How often each of `size` things stands in each sequence (columns)."""
    lists = list(rows)
    counts = np.fromiter((len(items) for items in lists), int, len(lists))
    columns = np.repeat(np.arange(len(lists)), counts)
    members = np.fromiter((i for items in lists for i in items), int, counts.sum())
    ones = np.ones(len(members))
    matrix = sparse.csr_array((ones, (members, columns)), shape=(size, len(lists)))
    matrix.sum_duplicates()
    return matrix
