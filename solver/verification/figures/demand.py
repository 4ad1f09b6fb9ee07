"""Checks of the table of demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution.keys import ShipmentKey
from solver.verification.facts.costs import PARTS
from solver.verification.figures.both_ways import demand_both_ways
from solver.verification.figures.columns import (
    days_and_emissions,
    ratio,
    shipment_columns,
    unit_costs,
)
from solver.verification.figures.comparison import SHARE, FigureColumn

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells, Floats, Positions


def demand_table(evidence: Evidence) -> Cells:
    """Return the table of demand, computed afresh."""
    flows, cargo = evidence.flows, evidence.world.cargo
    quantity = flows.quantity.floats()
    days, _ = days_and_emissions(evidence)
    cost = np.sum([unit_costs(evidence, part) for part in PARTS], axis=0)
    size = len(cargo)
    marginal_cost, unsure = evidence.marginal_cost
    # What is left of steep prices that cancel out is no finer than they are.
    steepest = max(evidence.cost_stage.rules.values(), default=0.0)
    price_size = np.maximum(np.abs(marginal_cost), steepest)
    carried, money, time = (
        _shipment_sums(flows.shipment, quantity * unit, size)
        for unit in (np.ones_like(cost), cost, days)
    )
    return {
        **shipment_columns(evidence, np.arange(size)),
        "quantity": evidence.world.instance.shipments.quantity,
        "served": carried,
        "unmet": flows.plan.unmet,
        "dual_value": FigureColumn(marginal_cost, SHARE, unsure, price_size),
        **demand_both_ways(evidence, _keys(evidence)),
        "average_cost": ratio(money, carried),
        "days": ratio(time, carried),
    }


def _keys(evidence: Evidence) -> list[ShipmentKey]:
    cargo, periods = evidence.world.cargo, evidence.world.instance.periods
    rows = zip(cargo.demand.tolist(), cargo.period.tolist(), strict=True)
    return [ShipmentKey(row + 1, periods[period]) for row, period in rows]


def _shipment_sums(shipment: Positions, values: Floats, size: int) -> Floats:
    return np.bincount(shipment, values, size).astype(np.float64)
