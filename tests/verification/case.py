"""An instance with its best plan and the prices that prove it, written by hand.

Most ask for 10 t from A to B: by the leg N at 3 USD, or by C (S1, S2) at 2 + 3 = 5 USD.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.rules import Rule
from solver.solution.certificate import Certificate, Stage
from solver.solution.keys import CapacityKey, RowKey, UnmetKey
from solver.solution.plan import Plan

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.keys import Measure

YEAR = "all year"

N, S1, S2 = 0, 1, 2

LEGS: list[dict[str, Any]] = [
    {"leg": "N", "from": "A", "to": "B", "cost": 3.0},
    {"leg": "S1", "from": "A", "to": "C", "cost": 2.0},
    {"leg": "S2", "from": "C", "to": "B", "cost": 3.0},
]
CORRIDORS = [
    {**LEGS[N], "corridor": "north"},
    {**LEGS[S1], "corridor": "south"},
    LEGS[S2],
]
DEMAND: dict[str, Any] = {
    "product": "p",
    "origin": "A",
    "market": "B",
    "quantity": 10.0,
}
FIRM = {UnmetKey(None): 100.0}

Flow = tuple[int, float, list[int]]


@dataclass(frozen=True)
class Case:
    """An instance, its best plan, and prices that prove it.

    `cost` is None where the prices prove that the rules cannot hold together; `unmet`
    is what must stay unmet of firm demand, `penalties` what is paid for broken rules.
    """

    instance: Instance
    plan: Plan | None
    stages: tuple[Stage, ...]
    cost: float | None
    unmet: float = 0.0
    bounds: tuple[float, ...] = field(default=())
    penalties: float = 0.0

    @property
    def objective(self) -> float:
        """Cost and penalties."""
        return (self.cost or 0.0) + self.penalties

    @property
    def certificate(self) -> Certificate:
        """The prices as they are published."""
        return Certificate(self.stages)

    def with_flows(self, *flows: Flow, unmet: list[float] | None = None) -> Case:
        """Return the case with another plan."""
        size = len(self.instance.shipments)
        return replace(self, plan=plan(*flows, unmet=unmet or [0.0] * size))

    def with_stage(self, number: int, **changes: Any) -> Case:
        """Return the case with another set of prices."""
        stages = [*self.stages]
        stages[number] = replace(stages[number], **changes)
        return replace(self, stages=tuple(stages))


def plan(*flows: Flow, unmet: list[float]) -> Plan:
    """Plan of flows: shipment, quantity, elements."""
    starts = np.cumsum([0, *(len(elements) for _, _, elements in flows)])
    return Plan(
        shipment=np.array([shipment for shipment, _, _ in flows], dtype=np.int64),
        quantity=np.array([quantity for _, quantity, _ in flows], dtype=float),
        starts=starts.astype(np.int64),
        elements=np.array([e for _, _, es in flows for e in es], dtype=np.int64),
        unmet=np.array(unmet, dtype=float),
    )


def rule(**given: Any) -> Rule:
    """Return a rule of the name `r`."""
    return Rule(**{"name": "r", "by": "corridor", **given})


def capacity(kind: Any, name: str, period: str = YEAR) -> CapacityKey:
    """Key of a limit."""
    return CapacityKey(kind, name, period)


def share(value: str, side: Any = "max", period: str = YEAR) -> RowKey:
    """Key of a row of the rule `r`."""
    return RowKey("r", (), period, value, side)


def spread(measure: Measure, period: str = YEAR, **scope: str) -> RowKey:
    """Key of a row of the rule `r` that bounds all values together."""
    side: Any = "min" if measure == "effective" else "max"
    return RowKey("r", tuple(scope.items()), period, "", side, measure)


def before(period: str = YEAR, **quantities: float) -> list[dict[str, Any]]:
    """Return the reference of a rule on change, by value."""
    return [
        {"period": period, "value": value, "quantity": quantity}
        for value, quantity in quantities.items()
    ]
