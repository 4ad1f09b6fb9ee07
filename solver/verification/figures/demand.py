"""Checks of the table of demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution.form import PRICE
from solver.verification.figures.both_ways import demand_both_ways
from solver.verification.figures.columns import ratio, shipment_columns
from solver.verification.figures.comparison import FigureColumn

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
        "marginal_cost": FigureColumn(marginal_cost, PRICE, unsure, price_size),
        **demand_both_ways(evidence),
        "average_cost": ratio(money, served),
        "days": ratio(time, served),
    }


def _steepest(evidence: Evidence) -> float:
    """Most that a price of a rule charges for a unit of any cargo."""
    rules, prices = evidence.world.rules, evidence.cost_stage.rules
    most = [float(own.weight.floats().max()) for own in rules.coverages]
    charges = (p * most[rules.by_key[key].scope.rule] for key, p in prices.items())
    return max(charges, default=0.0)
