"""Legs, nodes, routes, capacities, corridors and rules explained, for a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.reports.answer import rows
from solver.reports.explanation.cargo import (
    lacks_row,
    limit_row,
    rounded,
    shipment_row,
)
from solver.reports.screen.wording import scale
from solver.reports.tables.allocation import route_texts
from solver.studies.explanation.elements import (
    candidates,
    corridor_of,
    full_on,
    would_like,
    would_serve,
)
from solver.studies.explanation.proved_plan import rule_entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    from solver.arrays import Floats, Mask
    from solver.network.routes import Routes
    from solver.studies.explanation.elements import LimitedElement
    from solver.studies.explanation.price_face import Extreme, PriceFace
    from solver.studies.explanation.proved_plan import ProvedPlan

    Tables: TypeAlias = Mapping[str, Mapping[str, NDArray[Any]]]

_SIDES = ("price_more", "price_less", "good_for_more", "good_for_less")
"""Columns of `capacity.csv` on what one more and one less do, where there are any."""


def element_row(
    proved: ProvedPlan,
    face: PriceFace | None,
    tables: Tables,
    element: LimitedElement,
    chosen: Mask,
) -> dict[str, Any]:
    """Say who uses an element, who would like to, and what one more unit does.

    Parameters
    ----------
    proved, face
        The plan, and all prices that prove it; None if it is not proved.
    tables : dict of str to table
        Tables of the result.
    element : LimitedElement
        What is explained.
    chosen : ndarray of bool, shape (shipments,)
        Cargo that is looked at.
    """
    limits = element.limits(proved.known.network).tolist()
    times = element.times(proved.routes)
    flows = chosen[proved.plan.shipment] & (times > 0)
    wishes = None
    unmet: list[dict[str, Any]] = []
    if limits and proved.has_prices:
        wishes = would_like(proved, element, chosen)
        waiting = would_serve(proved, element, chosen)
        unmet = [
            {**row, "quantity": rounded(quantity)}
            for row, quantity in zip(
                _route_rows(proved, waiting.routes),
                waiting.quantity.tolist(),
                strict=True,
            )
        ]
    return {
        "kind": element.kind,
        "name": element.name,
        "limits": [_limit(proved, face, tables, limit) for limit in limits],
        "quantity": rounded(float(proved.plan.quantity @ (times * flows))),
        "users": list(_users(proved, flows, times)),
        "unmet": unmet,
        "would_like": []
        if wishes is None
        else [
            {
                **row,
                "quantity": rounded(quantity),
                "saves": rounded(gain),
                "also_full": [limit_row(proved, limit) for limit in full.tolist()],
            }
            for row, quantity, gain, full in zip(
                _route_rows(proved, wishes.routes),
                wishes.quantity.tolist(),
                wishes.gain.tolist(),
                full_on(proved, wishes.routes, element),
                strict=True,
            )
        ],
    }


def _limit(
    proved: ProvedPlan, face: PriceFace | None, tables: Tables, limit: int
) -> dict[str, Any]:
    """One limit: used, price, and what one more and one less do."""
    (row,) = rows(tables["capacity"], [limit])
    told = {**limit_row(proved, limit), **{key: row[key] for key in ("used", "price")}}
    known = {side: row[side] for side in _SIDES if side in row}
    reliefs = {side: row[side] for side in ("relief_more", "relief_less")}
    told_at_all = any(value is not None for value in known.values())
    if face is not None and not told_at_all and not any(reliefs.values()):
        lowest, highest = face.limit_prices(limit)
        known = {
            "price_more": rounded(lowest.value) if lowest.is_proved else None,
            "price_less": rounded(highest.value) if highest.is_proved else None,
        }
    return {**told, **known, **reliefs, "extra_quantity": row["extra_quantity"]}


def _users(proved: ProvedPlan, flows: Mask, times: Floats) -> Iterator[dict[str, Any]]:
    """Yield flows, the largest quantity first."""
    index = np.flatnonzero(flows)
    quantity = proved.plan.quantity
    order = index[np.argsort(-quantity[index], kind="stable")]
    rows = _route_rows(proved, proved.routes.chosen(order))
    for row, flow in zip(rows, order.tolist(), strict=True):
        yield {
            **row,
            "quantity": rounded(quantity[flow]),
            "times": rounded(times[flow]),
        }


def _route_rows(proved: ProvedPlan, routes: Routes) -> list[dict[str, Any]]:
    """Say whose routes these are, and where they go."""
    if not len(routes):
        return []
    names = proved.known.network.corridor_names
    texts = route_texts(routes)[0].tolist()
    found = zip(routes.shipment.tolist(), routes.corridor.tolist(), texts, strict=True)
    return [
        {
            **shipment_row(proved, shipment),
            "corridor": names[corridor],
            "route": text,
        }
        for shipment, corridor, text in found
    ]


def corridor_row(
    proved: ProvedPlan, face: PriceFace | None, corridor: str, chosen: Mask, most: int
) -> dict[str, Any]:
    """Say who uses a corridor, and what the nearest others lack to take it.

    Parameters
    ----------
    most : int
        Others of which it is worked out what they lack.
    """
    number = proved.known.network.corridor_names.index(corridor)
    flows = chosen[proved.plan.shipment] & (corridor_of(proved.routes) == number)
    near: list[dict[str, Any]] = []
    total = 0
    if proved.has_prices:
        every = candidates(proved, number, chosen)
        total, nearest = len(every.routes), every.first(most)
        pays = proved.pays(nearest.routes).tolist()
        near = [
            {
                **row,
                "quantity": rounded(quantity),
                "beyond": rounded(-gain),
                "lacks": lacks_row(lacks, -gain, cost),
            }
            for row, quantity, gain, lacks, cost in zip(
                _route_rows(proved, nearest.routes),
                nearest.quantity.tolist(),
                nearest.gain.tolist(),
                _lacks(face, nearest.routes),
                pays,
                strict=True,
            )
        ]
    return {
        "corridor": corridor,
        "quantity": rounded(float(proved.plan.quantity[flows].sum())),
        "users": list(_users(proved, flows, np.ones(len(flows)))),
        "candidates": near,
        "num_candidates": total,
    }


def _lacks(face: PriceFace | None, routes: Routes) -> list[Extreme | None]:
    """Return what routes lack; None for each if that is not known."""
    return [None] * len(routes) if face is None else [*face.lacks(routes)]


def rule_row(
    proved: ProvedPlan, tables: Tables, name: str, chosen: Mask
) -> dict[str, Any]:
    """Say where a rule stands, what it costs, and which cargo pays for it.

    Parameters
    ----------
    name : str
        Name of the rule.
    """
    known = proved.known.rules.rows
    own = [number for number, row in enumerate(known) if row.key.rule == name]
    rule = next(r for r in proved.known.instance.diversification if r.name == name)
    units = proved.known.instance.units
    charge = np.zeros(len(proved.plan.shipment))
    for number in own:
        if number in proved.priced_rows:
            form = proved.priced_rows[number]
            entries = rule_entries(proved.known, proved.routes, number, form)
            charge += proved.prices.rules[number] * entries
    return {
        "rule": name,
        "rows": [
            {**row, **scale(rule, row["measure"], units)}
            for row in rows(tables["rules"], own)
        ],
        "flows": list(_payers(proved, charge, chosen)),
    }


def _payers(
    proved: ProvedPlan, charge: Floats, chosen: Mask
) -> Iterator[dict[str, Any]]:
    """Yield flows that pay or are rewarded, by the money."""
    index = np.flatnonzero(chosen[proved.plan.shipment] & (charge != 0))
    quantity = proved.plan.quantity
    order = index[np.argsort(-np.abs(charge * quantity)[index], kind="stable")]
    rows = _route_rows(proved, proved.routes.chosen(order))
    for row, flow in zip(rows, order.tolist(), strict=True):
        yield {
            **row,
            "quantity": rounded(quantity[flow]),
            "charge": rounded(charge[flow]),
        }
