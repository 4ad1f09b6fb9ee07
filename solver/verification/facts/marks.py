"""Values that count once for a route, as bits: elements and routes that carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.problem.rules import By
    from solver.verification.exact.amounts import Integers
    from solver.verification.facts.elements import ExactElements
    from solver.verification.facts.flows import PlanRoutes


WORD = 62
"""Values that fit into one integer of 64 bits."""


class Marks(NamedTuple):
    """Some values, a bit each.

    A route carries what its elements do, and by node and port where it starts; the
    countries of its own two ends do not count.

    Parameters
    ----------
    on_element, at_node : ndarray of int
        Bits that an element, or a start at a node, carries.
    preset : ndarray of int, shape (nodes,)
        Bits that do not count for a route with an end at this node.
    """

    on_element: Integers
    at_node: Integers
    preset: Integers

    @classmethod
    def of(cls, elements: ExactElements, values: Sequence[tuple[By, str]]) -> Marks:
        """Give each value a bit, in their order; beyond `WORD` of them, as objects."""
        dtype = np.int64 if len(values) <= WORD else object
        on_element = np.zeros(len(elements), dtype=dtype)
        at_node, preset = np.zeros((2, elements.num_nodes), dtype=dtype)
        for bit, (by, value) in enumerate(values):
            on_element[elements.carriers(by).get(value, [])] |= 1 << bit
            marked = preset if by == "country" else at_node
            marked[elements.nodes_with(by, value)] |= 1 << bit
        return cls(on_element, at_node, preset)

    def carried(self, routes: PlanRoutes) -> Integers:
        """Return what each route carries, shape (routes,)."""
        if not len(routes):
            return np.zeros(0, dtype=self.on_element.dtype)
        passed = self.on_element[routes.chain.items]
        found = np.bitwise_or.reduceat(passed, routes.chain.starts[:-1])
        ends = self.preset[routes.start] | self.preset[routes.end]
        return np.asarray((found | self.at_node[routes.start]) & ~ends)
