"""Which walks are routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from solver.arrays import Floats, Mask
    from solver.network.routes import Routes
    from solver.pricing.tree_search import PricingTask

_DAYS_SLACK = 1e-9
"""Excess of days that comes from adding decimals in binary."""


def valid_walks(routes: Routes, *, checked: bool) -> Mask:
    """Whether each walk visits no node twice and keeps its time.

    Parameters
    ----------
    checked : bool
        Whether a node may be there twice though nothing is a chain of legs.
    """
    network, cargo = routes.network, routes.cargo
    valid = np.ones(len(routes), dtype=bool)
    if not len(routes):
        return valid
    if checked or network.chains:
        used = routes.steps[:, : network.num_elements]
        visits = sparse.coo_array(used @ network.inner_nodes.T)
        valid[visits.row[visits.data > 1]] = False
        again = visits.col == routes.first_node[visits.row]
        valid[visits.row[again]] = False
    max_days = cargo.max_days[routes.shipment]
    if np.isfinite(max_days).any():
        days = routes.total(network.steps.days)
        valid &= days <= max_days + _DAYS_SLACK
    return valid


def undecided(
    refine: dict[int, PricingTask],
    batches: list[Routes],
    costs: list[Floats],
    value: Floats,
) -> dict[int, PricingTask]:
    """Return shipments to refine of which no route found costs the least."""
    owner = np.concatenate([routes.shipment for routes in batches])
    found = owner[np.concatenate(costs) == value[owner]]
    decided = np.isin(list(refine), found)
    kept = zip(refine.items(), decided.tolist(), strict=True)
    return dict(item for item, is_decided in kept if not is_decided)
