"""Of all optimal plans at a rate or capacity, the one that moves least of another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution.earlier import earlier_plan
from solver.solution.status import Status
from solver.solving.prepared import Prepared

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.earlier import EarlierPlan
    from solver.solution.plan import Plan
    from solver.studies.what_if import WhatIf

_SOURCE = "a plan beside it"
_JOIN = " > "


def nearest_to(study: WhatIf, instance: Instance, plan: Plan) -> Plan | None:
    """Return the optimal plan that moves least of another plan's cargo, proved.

    None if that could not be proved.

    Parameters
    ----------
    study : WhatIf
        What the instance came from.
    instance : Instance
        The instance at a rate or capacity.
    plan : Plan
        The other plan, of an instance with the same demand and elements.
    """
    whole = Prepared(instance, named(instance, plan))
    solution = study.solve(whole)
    is_proved = solution.status in {Status.OPTIMAL, Status.UNMET}
    return solution.plan if is_proved else None


def named(instance: Instance, plan: Plan) -> EarlierPlan:
    """Return a plan by the names of its demand and legs.

    Parameters
    ----------
    instance : Instance
        What the plan is of.
    """
    demand, shipments = instance.demand, instance.shipments
    rows = shipments.demand[plan.shipment]
    names = [*instance.legs["leg"].tolist(), *instance.routes["route"].tolist()]
    parts = np.split(plan.elements, plan.starts[1:-1]) if len(plan.quantity) else []
    periods = [instance.periods[n] for n in shipments.period[plan.shipment].tolist()]
    table = {
        title: demand[title][rows]
        for title in ("demand", "product", "origin", "market")
    }
    table["period"] = np.array([*periods, ""], dtype=object)[:-1]
    legs = [_JOIN.join(names[element] for element in part) for part in parts]
    table["legs"] = np.array([*legs, ""], dtype=object)[:-1]
    table["quantity"] = plan.quantity
    return earlier_plan(table, _SOURCE)
