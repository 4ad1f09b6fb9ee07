"""Checks of the table of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.tables import NO_CORRIDOR
from solver.verification.figures.columns import ratio
from solver.verification.rules.cargo_scopes import flows_by_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from solver.arrays import Ints, Mask
    from solver.problem.rules import By
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells


_MEASURED_BY: tuple[By, ...] = ("corridor", "country", "port", "mode", "tag")
"""What shares are counted of, over all cargo."""


_HHI_SCALE = 10_000


def corridors_table(evidence: Evidence) -> Cells:
    """Return the table of shares, computed afresh."""
    blocks = [*_blocks(evidence)]
    return {
        title: np.concatenate([block[title] for block in blocks]) for title in blocks[0]
    }


def _blocks(evidence: Evidence) -> Iterator[dict[str, NDArray[Any]]]:
    """Yield the rows of each scope and of what its shares are counted of."""
    flows = evidence.flows
    carriers = {by: dict(flows_by_value(flows, by)) for by in _MEASURED_BY}
    every = np.ones(len(flows), dtype=bool)
    for by, of_value in carriers.items():
        if set(of_value) - {NO_CORRIDOR}:
            yield _block(evidence, "all", by, of_value, every)
    yield _block(evidence, "all", "market", _by_market(evidence), every)
    if len(carriers["corridor"]) > 1:
        for scope, inside in _parts_of_cargo(evidence):
            yield _block(evidence, scope, "corridor", carriers["corridor"], inside)


def _parts_of_cargo(evidence: Evidence) -> Iterator[tuple[str, Mask]]:
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


def _by_market(evidence: Evidence) -> dict[str, Ints]:
    """Flows to each market that asks for cargo."""
    cargo, demand = evidence.world.cargo, evidence.world.instance.demand
    asked = demand["market"][cargo.demand]
    supplied = asked[evidence.flows.shipment]
    return {name: np.flatnonzero(supplied == name) for name in dict.fromkeys(asked)}


def _block(
    evidence: Evidence,
    scope: str,
    by: str,
    of_value: dict[str, Ints],
    inside: Mask,
) -> dict[str, NDArray[Any]]:
    """Rows of one scope: quantity, traded value and landed cost of each value."""
    world, flows = evidence.world, evidence.flows
    quantity = np.where(inside, flows.quantity.floats(), 0.0)
    value_of = world.instance.products["value"].astype(np.float64)
    of_flow = value_of[world.cargo.product[flows.shipment]]
    traded = np.where(quantity == 0, 0.0, quantity * of_flow)
    sums, value, paid = (
        np.array([own[at].sum() for at in of_value.values()], dtype=np.float64)
        for own in (quantity, traded, quantity * evidence.cost)
    )
    share, size = ratio(sums, quantity.sum()), len(of_value)
    hhi = np.full(size, (share**2).sum() if by == "corridor" else np.nan)
    return {
        "scope": np.full(size, scope, dtype=object),
        "by": np.full(size, by, dtype=object),
        "value": np.array([*of_value], dtype=object),
        "quantity": sums,
        "share": share,
        "traded_value": value,
        "value_share": ratio(value, traded.sum()),
        "landed_cost": ratio(value + paid, sums),
        "hhi": hhi,
        "hhi_10000": _HHI_SCALE * hhi,
        "effective": 1 / hhi,
    }
