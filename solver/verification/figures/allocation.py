"""Checks of the table of the allocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.verification.exact.ragged import Ragged
from solver.verification.figures.columns import joined_names, shipment_columns

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence
    from solver.verification.facts.flows import PlanRoutes
    from solver.verification.figures.columns import Cells


def allocation_table(evidence: Evidence) -> Cells:
    """Return the table of the allocation, computed afresh."""
    flows, elements = evidence.flows, evidence.world.elements
    routes, corridors = flows.routes, np.array(elements.corridors, dtype=object)
    return {
        **shipment_columns(evidence, flows.shipment),
        "quantity": flows.plan.quantity,
        "corridor": corridors[routes.corridor][flows.route],
        "route": joined_names(_with_start(routes), elements.node_names)[flows.route],
        "legs": joined_names(routes.chain, elements.names)[flows.route],
        "cost": evidence.cost,
        **evidence.cost_parts,
        "days": evidence.days,
        "emissions": evidence.emissions,
    }


def _with_start(routes: PlanRoutes) -> Ragged:
    """Nodes of each route, the one it starts at included."""
    visits = routes.visits
    nodes = np.insert(visits.items, visits.starts[:-1], routes.start)
    return Ragged(visits.starts + np.arange(len(visits.starts)), nodes)
