"""An instance that must carry what a plan carries, no more and no less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.errors import UsageError
from solver.instance import Table
from solver.routes import Routes

if TYPE_CHECKING:
    from solver.instance import Instance
    from solver.solution import Plan

_DIGITS = 9
"""Digits after the point of quantities."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The instance whose demand is what a plan carries.

    Parameters
    ----------
    instance : Instance
        One firm demand for each shipment that is carried.
    known : Routes
        Routes for it to begin with.
    unmet_cost : float
        What the plan pays for demand that stays unmet.
    """

    instance: Instance
    known: Routes
    unmet_cost: float


def held(instance: Instance, plan: Plan, known: Routes) -> Held:
    """Hold what a plan carries.

    Parameters
    ----------
    known : Routes
        Routes of the instance's shipments.

    Raises
    ------
    UsageError
        Something stays unmet, and a rule speaks of shares of demand.
    """
    if plan.unmet.any() and any(r.of == "demand" for r in instance.diversification):
        message = "demand stays unmet, and a rule is of demand: there is no frontier"
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
    routes = known.chosen(np.flatnonzero(place[known.shipment] >= 0))
    moved = place[routes.shipment]
    cost = demand["unmet_cost"].astype(float)[shipments.demand]
    priced = np.isfinite(cost)
    return Held(
        instance=instance.model_copy(update={"demand": table}),
        known=Routes(
            routes.network, routes.cargo, moved, routes.starts, routes.elements
        ),
        unmet_cost=float(plan.unmet[priced] @ cost[priced]),
    )
