"""Checks of the table of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.tables import NO_CORRIDOR
from solver.verification.figures.columns import HHI_SCALE, MEASURED_BY, ratio
from solver.verification.rules.cargo_scopes import flows_by_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from solver.problem.rules import By
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells


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
        "share": joined("share"),
        "hhi": hhi,
        "hhi_10000": HHI_SCALE * hhi,
        "effective": joined("effective"),
    }


def _share_blocks(evidence: Evidence) -> Iterator[dict[str, NDArray[np.object_]]]:
    """Yield the rows of each scope and of what its shares are counted of."""
    world = evidence.world
    every = np.ones(len(evidence.flows), dtype=bool)
    for by in MEASURED_BY:
        if set(world.elements.values(by)) - {NO_CORRIDOR}:
            yield _share_block(evidence, "all", by, every)
    if len(world.elements.corridors) > 1:
        for scope, inside in _parts_of_cargo(evidence):
            yield _share_block(evidence, scope, "corridor", inside)


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


def _share_block(
    evidence: Evidence, scope: str, by: By, inside: NDArray[np.bool_]
) -> dict[str, NDArray[np.object_]]:
    flows = evidence.flows
    quantity = np.where(inside, flows.quantity.floats(), 0.0)
    found = {value: quantity[at].sum() for value, at in flows_by_value(flows, by)}
    sums = np.array([*found.values()], dtype=np.float64)
    share = ratio(sums, quantity.sum())
    index = np.full(1, (share**2).sum() if by == "corridor" else np.nan)
    size = len(found)
    return {
        "scope": np.full(size, scope, dtype=object),
        "by": np.full(size, by, dtype=object),
        "value": np.array([*found], dtype=object),
        "quantity": sums,
        "share": share,
        "hhi": np.repeat(index, size),
        "effective": np.repeat(1 / index, size),
    }
