"""Checks of the table of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.tables import NO_CORRIDOR
from solver.verification.facts.costs import PARTS
from solver.verification.figures.columns import (
    HHI_SCALE,
    MEASURED_BY,
    ratio,
    unit_costs,
)
from solver.verification.rules.cargo_scopes import flows_by_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from solver.problem.rules import By
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells, Floats, Positions


_OF_VALUE = ("traded_value", "value_share", "landed_cost")
"""Columns of traded value."""


# ---- shares and rules


def corridors_table(evidence: Evidence) -> Cells:
    """Return the table of shares, computed afresh."""
    blocks = [*_share_blocks(evidence)]

    def joined(title: str) -> list[Any]:
        return [cell for block in blocks for cell in block[title]]

    hhi = np.array(joined("hhi"), dtype=np.float64)
    return {
        **{title: joined(title) for title in ("scope", "by", "value")},
        "quantity": joined("quantity"),
        **{title: joined(title) for title in ("share", *_OF_VALUE)},
        "hhi": hhi,
        "hhi_10000": HHI_SCALE * hhi,
        "effective": joined("effective"),
    }


def _share_blocks(evidence: Evidence) -> Iterator[dict[str, NDArray[np.object_]]]:
    """Yield the rows of each scope and of what its shares are counted of."""
    world = evidence.world
    every = np.ones(len(evidence.flows), dtype=bool)
    unit = _per_unit(evidence)
    for by in MEASURED_BY:
        if set(world.elements.values(by)) - {NO_CORRIDOR}:
            yield _share_block(evidence, "all", by, every, unit)
    yield _block(evidence, "all", "market", _by_market(evidence), every, unit)
    if len(world.elements.corridors) > 1:
        for scope, inside in _parts_of_cargo(evidence):
            yield _share_block(evidence, scope, "corridor", inside, unit)


def _parts_of_cargo(evidence: Evidence) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield product groups, and periods if there are several, with their flows."""
    cargo, instance = evidence.world.cargo, evidence.world.instance
    shipment = evidence.flows.shipment
    groups = instance.products["group"]
    for group in dict.fromkeys(groups):
        if group:
            yield f"group={group}", groups[cargo.product[shipment]] == group
    if len(instance.periods) > 1:
        for number, name in enumerate(instance.periods):
            yield f"period={name}", cargo.period[shipment] == number


def _by_market(evidence: Evidence) -> dict[str, Positions]:
    """Flows to each market that asks for cargo."""
    cargo, demand = evidence.world.cargo, evidence.world.instance.demand
    asked = demand["market"][cargo.demand]
    supplied = asked[evidence.flows.shipment]
    return {name: np.flatnonzero(supplied == name) for name in dict.fromkeys(asked)}


def _share_block(
    evidence: Evidence,
    scope: str,
    by: By,
    inside: NDArray[np.bool_],
    unit: tuple[Floats, Floats],
) -> dict[str, NDArray[np.object_]]:
    flows_of = dict(flows_by_value(evidence.flows, by))
    return _block(evidence, scope, by, flows_of, inside, unit)


def _block(
    evidence: Evidence,
    scope: str,
    by: str,
    flows_of: dict[str, Positions],
    inside: NDArray[np.bool_],
    unit: tuple[Floats, Floats],
) -> dict[str, NDArray[np.object_]]:
    """Rows of one scope: quantity, traded value and landed cost of each value."""
    quantity = np.where(inside, evidence.flows.quantity.floats(), 0.0)
    value_of, cost_of = unit
    traded = np.where(quantity == 0, 0.0, quantity * value_of)
    money = quantity * cost_of
    sums, value, paid = (
        np.array([of_flow[at].sum() for at in flows_of.values()], dtype=np.float64)
        for of_flow in (quantity, traded, money)
    )
    share = ratio(sums, quantity.sum())
    index = np.full(1, (share**2).sum() if by == "corridor" else np.nan)
    size = len(flows_of)
    return {
        "scope": np.full(size, scope, dtype=object),
        "by": np.full(size, by, dtype=object),
        "value": np.array([*flows_of], dtype=object),
        "quantity": sums,
        "share": share,
        "traded_value": value,
        "value_share": ratio(value, traded.sum()),
        "landed_cost": ratio(value + paid, sums),
        "hhi": np.repeat(index, size),
        "effective": np.repeat(1 / index, size),
    }


def _per_unit(evidence: Evidence) -> tuple[Floats, Floats]:
    """Value of a unit of each flow, NaN where it is not known, and its transport."""
    product = evidence.world.cargo.product[evidence.flows.shipment]
    value = evidence.world.instance.products["value"].astype(np.float64)[product]
    cost = np.sum([unit_costs(evidence, part) for part in PARTS], axis=0)
    return value, np.asarray(cost)
