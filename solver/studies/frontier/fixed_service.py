"""An instance that must carry what a plan carries, no more and no less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.checks.rules import selected_demand
from solver.errors import UsageError
from solver.messages import shown
from solver.network.routes import Routes
from solver.problem.instance import Instance
from solver.problem.tables import Table
from solver.rules.kinds import kinds_of
from solver.solving.column_generation import Known

if TYPE_CHECKING:
    from solver.problem.rules import Rule
    from solver.solution.plan import Plan


_DIGITS = 9
"""Digits after the point of quantities."""


@dataclass(frozen=True, slots=True, eq=False)
class FixedService:
    """The instance whose demand is what a plan carries.

    Parameters
    ----------
    instance : Instance
        One firm demand for each shipment that is carried.
    known : Known
        Routes and limits for it to begin with.
    unmet, unmet_cost : float
        Quantity that the plan leaves unmet, and what it pays for that.
    """

    instance: Instance
    known: Known
    unmet: float
    unmet_cost: float


def fixed_service(instance: Instance, plan: Plan, known: Known) -> FixedService:
    """Hold what a plan carries.

    Parameters
    ----------
    known : Known
        Routes of the instance's shipments, and limits.

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
    place = np.full(len(shipments), -1)
    place[kept] = np.arange(len(kept))
    routes = known.routes
    routes = routes.chosen(np.flatnonzero(place[routes.shipment] >= 0))
    moved = place[routes.shipment]
    its_routes = Routes(
        routes.network, routes.cargo, moved, routes.starts, routes.elements
    )
    cost = demand["unmet_cost"].astype(float)[shipments.demand]
    priced = np.isfinite(cost)
    return FixedService(
        instance=_with_demand(instance, table),
        known=Known(its_routes, known.limits),
        unmet=float(plan.unmet.sum()),
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
