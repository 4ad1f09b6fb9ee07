"""Columns of result tables as the verifier computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from numpy.typing import NDArray

    from solver.problem.rules import By
    from solver.verification.evidence import Evidence
    from solver.verification.figures.comparison import FigureColumn

    Floats = NDArray[np.float64]
    Positions = NDArray[np.int64]
    Cells = dict[str, NDArray[Any] | Sequence[Any] | FigureColumn]


ROUTE_JOIN = " > "


MEASURED_BY: tuple[By, ...] = ("corridor", "country", "port", "mode", "tag")
"""What the table of corridors counts shares of, over all cargo."""


HHI_SCALE = 10_000


def float_column(values: list[Decimal]) -> Floats:
    """Return decimals as a column of floats."""
    return np.array([float(value) for value in values], dtype=np.float64)


def ratio(part: Floats, whole: Floats | float) -> Floats:
    """Quotient; NaN where the whole is 0."""
    whole = np.broadcast_to(np.asarray(whole, dtype=np.float64), part.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole != 0, part / whole, np.nan)


# ---- allocation and demand


def shipment_columns(evidence: Evidence, shipments: Positions) -> Cells:
    """Columns that say which demand a row is about."""
    cargo, instance = evidence.world.cargo, evidence.world.instance
    demand = cargo.demand[shipments]
    periods = np.array(instance.periods, dtype=object)
    return {
        "row": demand + 1,
        "demand": instance.demand["demand"][demand],
        "product": instance.demand["product"][demand],
        "origin": instance.demand["origin"][demand],
        "market": instance.demand["market"][demand],
        "period": periods[cargo.period[shipments]],
    }


def unit_costs(evidence: Evidence, part: str) -> Floats:
    """Money per unit of each flow."""
    flows, costs = evidence.flows, evidence.world.costs
    kind = costs.kind[evidence.world.cargo.product[flows.shipment]]
    on_element = np.array([rates.on_element[part].floats() for rates in costs.rates])
    at_start = np.array([rates.at_start[part].floats() for rates in costs.rates])
    found = _chain_sums(evidence, on_element[kind[flows.owner], flows.chain.items])
    return np.asarray(found + at_start[kind, flows.start])


def _chain_sums(evidence: Evidence, values: Floats) -> Floats:
    """Return sums over the elements of each flow."""
    if not len(evidence.flows):
        return np.zeros(0)
    return np.add.reduceat(values, evidence.flows.chain.starts[:-1])


def days_and_emissions(evidence: Evidence) -> tuple[Floats, Floats]:
    """Return days and emissions of each flow, by unit."""
    elements, flows = evidence.world.elements, evidence.flows
    dwell = float_column(elements.dwell)
    days = float_column(elements.days) + dwell[elements.heads]
    emissions = float_column(elements.emissions)
    return (
        _chain_sums(evidence, days[flows.chain.items]) + dwell[flows.start],
        _chain_sums(evidence, emissions[flows.chain.items]),
    )
