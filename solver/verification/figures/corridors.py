"""Checks of the table of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from solver.problem.tables import NO_CORRIDOR
from solver.verification.figures.columns import ratio
from solver.verification.rules.cargo_scopes import routes_by_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints, Mask
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


class _RouteSums(NamedTuple):
    """What some flows carry on each route, shape (routes,).

    Parameters
    ----------
    quantity, traded, paid : ndarray of float
        Quantity, its traded value and what its transport costs.
    """

    quantity: Floats
    traded: Floats
    paid: Floats


def _blocks(evidence: Evidence) -> Iterator[dict[str, NDArray[Any]]]:
    """Yield the rows of each scope and of what its shares are counted of."""
    routes, figures = evidence.flows.routes, _figures(evidence)
    carriers = {by: dict(routes_by_value(routes, by)) for by in _MEASURED_BY}
    whole = _sums_by(figures, evidence.flows.route, len(routes))
    for by, of_value in carriers.items():
        if set(of_value) - {NO_CORRIDOR}:
            yield _block("all", by, of_value, whole)
    yield _block("all", "market", *_by_market(evidence, figures))
    if len(carriers["corridor"]) > 1:
        for scope, inside in _parts_of_cargo(evidence):
            at = inside[evidence.flows.shipment]
            own = _RouteSums(*(figure[at] for figure in figures))
            sums = _sums_by(own, evidence.flows.route[at], len(routes))
            yield _block(scope, "corridor", carriers["corridor"], sums)


def _figures(evidence: Evidence) -> _RouteSums:
    """Quantity, traded value and transport cost of each flow."""
    world, flows = evidence.world, evidence.flows
    value_of = world.instance.products["value"].astype(np.float64)
    quantity = flows.quantity.floats()
    traded = quantity * value_of[world.cargo.product[flows.shipment]]
    return _RouteSums(quantity, traded, quantity * evidence.cost)


def _sums_by(figures: _RouteSums, number: Ints, size: int) -> _RouteSums:
    """Sum figures of equal number."""
    sums = (np.bincount(number, own, size) for own in figures)
    return _RouteSums(*(own.astype(np.float64) for own in sums))


def _parts_of_cargo(evidence: Evidence) -> Iterator[tuple[str, Mask]]:
    """Yield product groups, and periods if there are several, with their shipments."""
    cargo, instance = evidence.world.cargo, evidence.world.instance
    groups = instance.products["group"]
    for group in dict.fromkeys(groups):
        if group:
            yield f"group={group}", (groups == group)[cargo.product]
    if len(instance.periods) > 1:
        for number, name in enumerate(instance.periods):
            yield f"period={name}", cargo.period == number


def _by_market(
    evidence: Evidence, figures: _RouteSums
) -> tuple[dict[str, Mask], _RouteSums]:
    """Return markets that ask for cargo, and the sums of each as if of a route."""
    cargo, demand = evidence.world.cargo, evidence.world.instance.demand
    places, first, number = np.unique(
        cargo.market, return_index=True, return_inverse=True
    )
    sums = _sums_by(figures, number[evidence.flows.shipment], len(places))
    names = demand["market"][cargo.demand[first]]
    every = np.arange(len(places))
    return {names[own]: every == own for own in np.argsort(first).tolist()}, sums


def _block(
    scope: str, by: str, of_value: dict[str, Mask], sums: _RouteSums
) -> dict[str, NDArray[Any]]:
    """Rows of one scope: quantity, traded value and landed cost of each value."""
    carried, value, paid = (
        np.array([own[at].sum() for at in of_value.values()], dtype=np.float64)
        for own in sums
    )
    share, size = ratio(carried, sums.quantity.sum()), len(of_value)
    hhi = np.full(size, (share**2).sum() if by == "corridor" else np.nan)
    return {
        "scope": np.full(size, scope, dtype=object),
        "by": np.full(size, by, dtype=object),
        "value": np.array([*of_value], dtype=object),
        "quantity": carried,
        "share": share,
        "traded_value": value,
        "value_share": ratio(value, sums.traded.sum()),
        "landed_cost": ratio(value + paid, carried),
        "hhi": hhi,
        "hhi_10000": _HHI_SCALE * hhi,
        "effective": 1 / hhi,
    }
