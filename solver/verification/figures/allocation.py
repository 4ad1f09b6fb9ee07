"""Checks of the table of the allocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.verification.exact.ragged import Ragged
from solver.verification.facts.costs import PARTS
from solver.verification.figures.columns import (
    ROUTE_JOIN,
    days_and_emissions,
    shipment_columns,
    unit_costs,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.verification.evidence import Evidence
    from solver.verification.facts.flows import PlanFlows
    from solver.verification.figures.columns import Cells


def allocation_table(evidence: Evidence) -> Cells:
    """Return the table of the allocation, computed afresh."""
    flows, elements = evidence.flows, evidence.world.elements
    parts = {part: unit_costs(evidence, part) for part in PARTS}
    cost = np.sum([*parts.values()], axis=0)
    days, emissions = days_and_emissions(evidence)
    corridors = np.array(elements.corridors, dtype=object)
    nodes = np.array(elements.node_names, dtype=object)
    names = np.array(elements.names, dtype=object)
    return {
        **shipment_columns(evidence, flows.shipment),
        "quantity": flows.plan.quantity,
        "corridor": corridors[flows.corridor],
        "route": _joined(_with_start(flows), nodes),
        "legs": _joined(flows.chain, names),
        "cost": cost,
        **parts,
        "days": days,
        "emissions": emissions,
    }


def _with_start(flows: PlanFlows) -> Ragged:
    """Nodes of each flow, the one it starts at included."""
    visits = flows.visits
    nodes = np.insert(visits.items, visits.starts[:-1], flows.start)
    return Ragged(visits.starts + np.arange(len(visits.starts)), nodes)


def _joined(lists: Ragged, names: NDArray[np.object_]) -> list[str]:
    """Names of each list, as one text: cut out of the text of all lists."""
    whole = ROUTE_JOIN.join(names[lists.items].tolist())
    length = np.array([len(name) for name in names], dtype=np.int64) + len(ROUTE_JOIN)
    bounds = np.concatenate([[0], np.cumsum(length[lists.items])])[lists.starts]
    firsts, ends = bounds[:-1].tolist(), (bounds[1:] - len(ROUTE_JOIN)).tolist()
    return [whole[first:end] for first, end in zip(firsts, ends, strict=True)]
