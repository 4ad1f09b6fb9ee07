"""Checks of the table of demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution.keys import ShipmentKey
from solver.verification.figures.both_ways import demand_both_ways
from solver.verification.figures.columns import ratio, shipment_columns
from solver.verification.figures.comparison import SHARE, FigureColumn

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells


def demand_table(evidence: Evidence) -> Cells:
    """Return the table of demand, computed afresh."""
    flows, cargo = evidence.flows, evidence.world.cargo
    quantity, size = flows.quantity.floats(), len(cargo)
    marginal_cost, unsure = evidence.marginal_cost
    # What is left of steep prices that cancel out is no finer than they are.
    steepest = _steepest(evidence)
    price_size = np.maximum(np.abs(marginal_cost), steepest)
    served, money, time = (
        np.bincount(flows.shipment, quantity * unit, size).astype(np.float64)
        for unit in (np.ones(len(flows)), evidence.cost, evidence.days)
    )
    return {
        **shipment_columns(evidence, np.arange(size)),
        "quantity": evidence.world.instance.shipments.quantity,
        "served": served,
        "unmet": flows.plan.unmet,
        "marginal_cost": FigureColumn(marginal_cost, SHARE, unsure, price_size),
        **demand_both_ways(evidence, _keys(evidence)),
        "average_cost": ratio(money, served),
        "days": ratio(time, served),
    }


def _steepest(evidence: Evidence) -> float:
    """Most that a price of a rule charges for a unit of any cargo."""
    rules = evidence.world.rules
    weights = [float(own.weight.floats().max()) for own in rules.coverages]
    return max(
        (
            price * weights[rules.by_key[key].scope.rule]
            for key, price in evidence.cost_stage.rules.items()
        ),
        default=0.0,
    )


def _keys(evidence: Evidence) -> list[ShipmentKey]:
    cargo, periods = evidence.world.cargo, evidence.world.instance.periods
    rows = zip(cargo.demand.tolist(), cargo.period.tolist(), strict=True)
    return [ShipmentKey(row + 1, periods[period]) for row, period in rows]
