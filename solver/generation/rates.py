"""What things cost: what tariffs ask, handling, days; and what a mean tonne pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.generation.legs import RAIL
from solver.generation.names import product_names

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.generation.demand import GeneratedDemand
    from solver.generation.legs import GeneratedLegs
    from solver.generation.nodes import GeneratedNodes


HANDLING = {"origin": 3, "junction": 1, "border": 4, "port": 7, "terminal": 5}


DWELL = {"origin": 0.5, "junction": 0.2, "border": 1, "port": 2.5, "terminal": 1.5}
"""Money per unit, and days, at each kind of place; nothing at others."""


GROUPS = {
    "bulk": (60, 250, 0.02),
    "liquids": (350, 900, 0.05),
    "metals": (600, 4000, 0.1),
    "general": (300, 2500, 0.2),
    "containers": (2000, 9000, 1),
}
"""Of each group the least and most value, and the value of a day, per unit."""


RAIL_FACTORS = {"bulk": 0.8, "liquids": 1.1, "containers": 1.3}


CORRIDOR_FACTORS = (0.8, 0.9, 1, 1.1, 1.2)


def mean_cost(
    node_table: GeneratedNodes,
    leg_table: GeneratedLegs,
    demand_table: GeneratedDemand,
    corridor_factors: Floats,
) -> Floats:
    """Return what each leg, and the node it ends at, cost the mean tonne of cargo.

    Parameters
    ----------
    corridor_factors : ndarray of float, shape (corridors,)
        Factors of the tariffs.
    """
    groups = product_names(int(demand_table.product.max()) + 1)[1]
    tonnes = np.bincount(demand_table.product, demand_table.quantity.astype(float))
    rail = np.array([RAIL_FACTORS.get(group, 1.0) for group in groups])
    days = np.array([GROUPS[group][2] for group in groups])
    rail_factor, day = (tonnes @ own / tonnes.sum() for own in (rail, days))
    handling, dwell = (
        np.array([own.get(kind, 0.0) for kind in node_table.kind.tolist()])
        for own in (HANDLING, DWELL)
    )
    factor = np.append(corridor_factors, 1.0)[leg_table.corridor]
    factor = np.where(leg_table.mode == RAIL, rail_factor, 1.0) * factor
    in_days = day * (leg_table.days + dwell[leg_table.head])
    return np.asarray(leg_table.freight * factor + in_days + handling[leg_table.head])
