"""Checks of the table of the allocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.verification.exact.ragged import Ragged
from solver.verification.figures.columns import joined_names, shipment_columns

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence
    from solver.verification.facts.flows import PlanFlows
    from solver.verification.figures.columns import Cells


def allocation_table(evidence: Evidence) -> Cells:
    """Return the table of the allocation, computed afresh."""
    flows, elements = evidence.flows, evidence.world.elements
    corridors = np.array(elements.corridors, dtype=object)
    return {
        **shipment_columns(evidence, flows.shipment),
        "quantity": flows.plan.quantity,
        "corridor": corridors[flows.corridor],
        "route": joined_names(_with_start(flows), elements.node_names),
        "legs": joined_names(flows.chain, elements.names),
        "cost": evidence.cost,
        **evidence.cost_parts,
        "days": evidence.days,
        "emissions": evidence.emissions,
    }


def _with_start(flows: PlanFlows) -> Ragged:
    """Nodes of each flow, the one it starts at included."""
    visits = flows.visits
    nodes = np.insert(visits.items, visits.starts[:-1], flows.start)
    return Ragged(visits.starts + np.arange(len(visits.starts)), nodes)
