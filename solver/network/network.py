"""The instance as arrays: steps, what they cost and use, and who ships what.

A route is a start at a node followed by elements, each of which ends with a visit of
its last node. Both are *steps*: step ``e`` for element ``e``, step
``num_elements + n`` for a start at node ``n``. Whatever a route costs, takes, emits
or uses is a sum over its steps.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.chains import chains
from solver.network.elements import element_corridors, incidence_matrix
from solver.network.incidence import build_incidence
from solver.network.limits import build_limits
from solver.network.steps import build_steps
from solver.network.tariffs import Treatments, treatments
from solver.problem.tables import NO_CORRIDOR

if TYPE_CHECKING:
    from solver.network.incidence import Incidence
    from solver.network.limits import Limits
    from solver.network.steps import Steps
    from solver.problem.instance import Instance
    from solver.problem.rules import By


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

    @cached_property
    def step_usage(self) -> sparse.csr_array:
        """How often each step passes what is limited, shape (steps, bases)."""
        return sparse.csr_array(self.limits.usage.T)

    @cached_property
    def steps(self) -> Steps:
        """Costs, days and emissions of every step."""
        return build_steps(self)

    @cached_property
    def limits(self) -> Limits:
        """Every capacity and what uses it."""
        return build_limits(self)

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
        return incidence_matrix(visits, self.num_nodes)

    def incidence(self, by: By) -> Incidence:
        """Return the steps that carry each value of `by` (not for `corridor`)."""
        if by not in self._incidences:
            self._incidences[by] = build_incidence(self, by)
        return self._incidences[by]
