"""The instance as arrays: steps, what they cost and use, and who ships what.

A route is a start at a node followed by elements, each of which ends with a visit of
its last node. Both are *steps*: step ``e`` for element ``e``, step
``num_elements + n`` for a start at node ``n``. Whatever a route costs, takes, emits
or uses is a sum over its steps.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from solver.network.elements import Elements, incidence_matrix
from solver.network.incidence import build_incidence
from solver.network.limits import build_limits
from solver.network.steps import build_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Floats
    from solver.network.incidence import Incidence
    from solver.network.limits import Limits
    from solver.network.steps import Steps
    from solver.problem.instance import Instance
    from solver.problem.rules import By
    from solver.solution.keys import CapacityKey


class Network(Elements):
    """An instance as arrays, in the instance's own order."""

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self._incidences: dict[By, Incidence] = {}

    @cached_property
    def step_usage(self) -> sparse.csr_array:
        """How often each step passes what is limited, shape (steps, bases)."""
        return sparse.csr_array(self.limits.usage.T)

    @cached_property
    def limit_numbers(self) -> dict[CapacityKey, int]:
        """Position of each limit among all."""
        return {key: number for number, key in enumerate(self.limits.keys)}

    @cached_property
    def no_cost(self) -> Floats:
        """Cost of each step where money counts nothing: 0, infinite where closed."""
        return np.where(np.isfinite(self.steps.cost), 0.0, np.inf)

    @cached_property
    def closed_alike(self) -> list[int]:
        """First treatment to which the same steps are closed, by treatment."""
        return _first_alike(self.no_cost)

    @cached_property
    def counted_alike(self) -> list[int]:
        """First treatment that the same limits count, by treatment."""
        return _first_alike(self.limits.counted.T)

    @cached_property
    def steps(self) -> Steps:
        """Costs, days and emissions of every step."""
        return build_steps(self)

    @cached_property
    def limits(self) -> Limits:
        """Every capacity and what uses it."""
        return build_limits(self)

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


def _first_alike(rows: NDArray[Any]) -> list[int]:
    """Return the number of the first row that is equal, row by row."""
    first: dict[bytes, int] = {}
    return [first.setdefault(row.tobytes(), n) for n, row in enumerate(rows)]
