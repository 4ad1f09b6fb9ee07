"""A plan as arrays: the nodes each flow visits, its corridor, what it loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.problem.tables import ABSURD
from solver.solution.plan import Plan
from solver.verification.exact.amounts import Amounts, amounts, group_sums
from solver.verification.exact.ragged import Ragged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Ints, Mask
    from solver.verification.exact.amounts import Integers
    from solver.verification.facts.elements import ExactElements
    from solver.verification.facts.shipments import ExactCargo


def malformed(plan: Plan, elements: ExactElements, cargo: ExactCargo) -> str:
    """Say why a plan cannot be read at all; blank if it can."""
    flows, starts = len(plan.shipment), np.asarray(plan.starts)
    if len(plan.quantity) != flows or len(starts) != flows + 1:
        return "the plan's arrays differ in length"
    ends = starts[0] == 0 and starts[-1] == len(plan.elements)
    if not ends or (starts[1:] <= starts[:-1]).any():
        return "the plan has a flow without a leg"
    problems = {
        "unmet quantities are not one for each shipment": len(plan.unmet) != len(cargo),
        "quantities are not all numbers": not (
            (np.abs(plan.quantity) < ABSURD).all()
            and (np.abs(plan.unmet) < ABSURD).all()
        ),
        "legs are not all legs of the instance": not _within(
            plan.elements, len(elements)
        ),
        "shipments are not in order": not _within(plan.shipment, len(cargo))
        or bool((np.diff(plan.shipment) < 0).any()),
    }
    return next((f"the plan's {what}" for what, is_so in problems.items() if is_so), "")


def units_on(shipments: list[int], chains: Sequence[Sequence[int]], size: int) -> Plan:
    """Return a plan of a unit on each of some routes, for so many shipments."""
    return Plan(
        shipment=np.array(shipments, dtype=np.int64),
        quantity=np.ones(len(shipments)),
        starts=np.cumsum([0, *map(len, chains)], dtype=np.int64),
        elements=np.array([e for chain in chains for e in chain], dtype=np.int64),
        unmet=np.zeros(size),
    )


def _within(positions: Ints, size: int) -> bool:
    return bool(((positions >= 0) & (positions < size)).all())


class PlanFlows:
    """Flows of a plan.

    Attributes
    ----------
    chain, visits : Ragged
        Elements of each flow, and the nodes it visits after its start.
    start, end : ndarray of int, shape (flows,)
        Nodes.
    corridor : ndarray of int, shape (flows,)
        Index into the corridors of `elements`.
    mixed : ndarray of bool, shape (flows,)
        Flows in more than one corridor.
    """

    def __init__(self, plan: Plan, elements: ExactElements, cargo: ExactCargo) -> None:
        self.plan = plan
        self.shipment = np.asarray(plan.shipment, dtype=np.int64)
        self.quantity: Amounts = amounts(plan.quantity)
        self.unmet: Amounts = amounts(plan.unmet)
        self.chain = Ragged(
            np.asarray(plan.starts, dtype=np.int64),
            np.asarray(plan.elements, dtype=np.int64),
        )
        self.elements = elements
        self.cargo = cargo
        self.visits = elements.visits.flatten(self.chain)
        self.owner = self.chain.owners
        self.start = elements.tails[self.chain.items[self.chain.starts[:-1]]]
        self.end = elements.heads[self.chain.items[self.chain.starts[1:] - 1]]
        self.corridor, self.mixed = self._corridors()

    def __len__(self) -> int:
        return len(self.shipment)

    def _corridors(self) -> tuple[Ints, Mask]:
        none = len(self.elements.corridors) - 1
        of_element = self.elements.corridor[self.chain.items]
        if not len(self):
            return of_element, np.zeros(0, dtype=bool)
        first = np.minimum.reduceat(of_element, self.chain.starts[:-1])
        own = np.where(of_element == none, -1, of_element)
        last = np.maximum.reduceat(own, self.chain.starts[:-1])
        return first, (last >= 0) & (first != last)

    def element_loads(self, group: Ints, groups: int) -> Integers:
        """Quantity on each element by group of flows, shape (groups, elements)."""
        size = len(self.elements)
        index = group[self.owner] * size + self.chain.items
        loads = group_sums(index, self.quantity.units[self.owner], groups * size)
        return loads.reshape(groups, size)

    def start_loads(self, group: Ints, groups: int) -> Integers:
        """Quantity that starts at each node by group, shape (groups, nodes)."""
        size = self.elements.num_nodes
        index = group * size + self.start
        loads = group_sums(index, self.quantity.units, groups * size)
        return loads.reshape(groups, size)
