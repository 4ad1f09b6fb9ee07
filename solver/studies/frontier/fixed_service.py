"""An instance that must carry what a plan carries, no more and no less.

It is a reduction: a plan of it, with what was left unmet before, is a plan of the
instance it was made of, at a cost higher by what that costs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.checks.rules import selected_demand
from solver.errors import UsageError
from solver.messages import shown
from solver.problem.instance import Instance
from solver.problem.tables import Table
from solver.rules.kinds import kinds_of
from solver.solution.plan import Plan
from solver.solving.prepared import Prepared

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.problem.rules import Rule
    from solver.solution.solution import Solution


_DIGITS = 9
"""Digits after the point of quantities."""


@dataclass(frozen=True, slots=True, eq=False)
class FixedService:
    """The instance whose demand is what a plan carries.

    Parameters
    ----------
    reduced : Prepared
        One firm demand for each shipment that is carried.
    kept : ndarray of int, shape (demands of it,)
        Shipment of the other instance that each of them is.
    left : ndarray, shape (shipments of the other instance,)
        Quantity that the plan leaves unmet.
    unmet_cost : float
        What the plan pays for that.
    """

    reduced: Prepared
    kept: Ints
    left: Floats
    unmet_cost: float

    @property
    def instance(self) -> Instance:
        """The instance whose demand is what the plan carries."""
        return self.reduced.instance

    @property
    def unmet(self) -> float:
        """Quantity that the plan leaves unmet."""
        return float(self.left.sum())

    def project(self, plan: Plan) -> Plan:
        """Return the flows of shipments that are carried, under their own numbers."""
        place = np.full(len(self.left), -1)
        place[self.kept] = np.arange(len(self.kept))
        index = np.flatnonzero(place[plan.shipment] >= 0)
        counts = np.diff(plan.starts)
        held = np.repeat(place[plan.shipment] >= 0, counts)
        return Plan(
            shipment=place[plan.shipment[index]],
            quantity=plan.quantity[index],
            starts=np.concatenate([[0], np.cumsum(counts[index])]).astype(int),
            elements=plan.elements[held],
            unmet=np.zeros(len(self.kept)),
        )

    def invert(self, solution: Solution) -> Solution:
        """Return a solution with what the plan left, and what that costs."""
        proved, plan = solution.proved, solution.plan
        if plan is None:
            return solution
        unmet = self.left.copy()
        unmet[self.kept] += plan.unmet
        more = {
            key: getattr(proved, key) + self.unmet_cost
            for key in ("bound", "objective")
            if getattr(proved, key) is not None
        }
        plan = replace(plan, shipment=self.kept[plan.shipment], unmet=unmet)
        return replace(solution, plan=plan, proved=replace(proved, **more))


def fixed_service(instance: Instance, plan: Plan) -> FixedService:
    """Hold what a plan carries.

    Raises
    ------
    UsageError
        Something stays unmet, and a rule counts by the demand.
    """
    bound = [rule.name for rule in instance.diversification if _counts_demand(rule)]
    if plan.unmet.any() and bound:
        message = (
            f"rule {shown(bound[0])} counts by the demand, of which some stays unmet: "
            "there is no frontier; leave the rule out, or let all be carried"
        )
        raise UsageError(message)
    shipments, demand = instance.shipments, instance.demand
    carried = np.round(shipments.quantity - plan.unmet, _DIGITS)
    kept = np.flatnonzero(carried > 0)
    rows = shipments.demand[kept]
    columns = {name: column[rows] for name, column in demand.columns.items()}
    columns["quantity"] = carried[kept]
    columns["period"] = np.array(instance.periods, dtype=object)[shipments.period[kept]]
    columns["unmet_cost"] = np.full(len(kept), np.inf)
    columns["priority"] = np.full(len(kept), np.nan)
    table = Table(columns, demand.files, demand.file_of[rows], demand.lines[rows])
    cost = demand["unmet_cost"].astype(float)[shipments.demand]
    priced = np.isfinite(cost)
    return FixedService(
        reduced=Prepared(_with_demand(instance, table)),
        kept=kept,
        left=plan.unmet,
        unmet_cost=float(plan.unmet[priced] @ cost[priced]),
    )


def _counts_demand(rule: Rule) -> bool:
    """Whether less demand, carried alike, would change what a rule says.

    The penalty of an index is in proportion to the part of the demand that is carried.
    """
    by_demand = any(kind.penalty_by_demand for kind in kinds_of(rule))
    return rule.of == "demand" or (rule.penalty is not None and by_demand)


def _with_demand(instance: Instance, demand: Table) -> Instance:
    """Return a new instance, without the rules that cover none of the demand.

    A copy would keep the shipments of the old demand.
    """
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    changed = Instance(**{**kept, "demand": demand})
    rules = [
        rule
        for rule in instance.diversification
        if selected_demand(changed, rule).any()
    ]
    return changed.model_copy(update={"diversification": tuple(rules)})
