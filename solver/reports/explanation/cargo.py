"""Cargo explained, as part of a document: every route with all that it pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.network.routes import limit_usage
from solver.reports.tables.allocation import route_texts
from solver.reports.tables.rules import scope_text
from solver.solution.form import SHARE
from solver.solution.rounding import figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from scipy import sparse

    from solver.arrays import Ints
    from solver.studies.explanation.cargo import ExplainedRoutes
    from solver.studies.explanation.price_face import Extreme, PriceFace
    from solver.studies.explanation.proved_plan import ProvedPlan


_SIDES = ("cost_more", "cost_less")
"""Columns of `demand.csv` on what one more unit costs and one less saves."""

_SAME = 1e-6
"""Relative difference of costs that is told as none."""

_APART = 1e-5
"""Relative difference of prices of one limit from which it has several."""


def cargo_rows(
    proved: ProvedPlan,
    explained: ExplainedRoutes,
    shipments: Ints,
    face: PriceFace | None,
    demand: Mapping[str, NDArray[Any]],
) -> list[dict[str, Any]]:
    """Return shipments with their routes, in the order given.

    Parameters
    ----------
    explained : ExplainedRoutes
        Routes of these shipments.
    shipments : ndarray of int
        Shipments wanted.
    face : PriceFace or None
        All prices that prove the plan, if it is proved.
    demand : dict of str to ndarray
        The result's table of demand.
    """
    varied = _varied_prices(proved, explained, face)
    routes = route_rows(proved, explained)
    of_shipment: dict[int, list[dict[str, Any]]] = {}
    owners = explained.routes.shipment.tolist()
    for owner, row in zip(owners, routes, strict=True):
        of_shipment.setdefault(owner, []).append(row)
    return [
        {
            **shipment_row(proved, shipment),
            "served": rounded(proved.served[shipment]),
            "unmet": rounded(proved.plan.unmet[shipment]),
            **_costs(proved, shipment),
            **{side: rounded(demand[side][shipment]) for side in _SIDES},
            "varied_prices": varied.get(shipment, []),
            "routes": of_shipment.get(shipment, []),
            "not_searched": [
                proved.known.network.corridor_names[corridor]
                for owner, corridor in explained.given_up
                if owner == shipment
            ],
        }
        for shipment in shipments.tolist()
    ]


def _varied_prices(
    proved: ProvedPlan, explained: ExplainedRoutes, face: PriceFace | None
) -> dict[int, list[dict[str, Any]]]:
    """Limits and rules that each shipment's routes pay, where prices are not unique.

    That of a closed element never is, and is left out.
    """
    if face is None:
        return {}
    owner, found = explained.routes.shipment, dict[int, list[dict[str, Any]]]()
    used = explained.charges
    rules = proved.known.rules.rows
    charged: list[tuple[dict[str, Any], tuple[Extreme, Extreme], Ints]] = [
        (limit_row(proved, limit), face.limit_prices(limit), _nonzero(used, n))
        for n, limit in enumerate(proved.priced_limits.tolist())
        if len(_nonzero(used, n)) and proved.known.network.limits.capacity[limit] > 0
    ]
    for n, row in enumerate(proved.priced_rows):
        paying = np.flatnonzero(explained.rule_charges[:, n])
        if len(paying):
            name = {"rule": rules[row].key.rule, "value": rules[row].key.value}
            charged.append((name, face.row_prices(row), paying))
    for name, (least, most), routes in charged:
        if most.value - least.value > _APART * max(1.0, least.value):
            told = {
                **name,
                "least": rounded(least.value),
                "most": rounded(most.value),
            }
            for shipment in np.unique(owner[routes]).tolist():
                found.setdefault(shipment, []).append(told)
    return found


def _nonzero(charges: sparse.csr_array, column: int) -> Ints:
    """Return the rows in which a column has an entry."""
    return np.flatnonzero(charges[:, [column]].toarray()[:, 0])


def _costs(proved: ProvedPlan, shipment: int) -> dict[str, float | None]:
    """Marginal transport cost, and what leaving the cargo unmet costs.

    Firm demand has no such price: what stands for it in the proof is one of many.
    """
    if not proved.has_prices:
        return {"marginal_transport_cost": None, "unmet_price": None}
    is_priced = (
        proved.plan.unmet[shipment] > 0 and not proved.known.cargo.firm[shipment]
    )
    leaving = proved.unmet_price[shipment] if is_priced else np.inf
    return {
        "marginal_transport_cost": rounded(proved.least[shipment]),
        "unmet_price": rounded(leaving),
    }


def shipment_row(proved: ProvedPlan, shipment: int) -> dict[str, Any]:
    """Say whose cargo a shipment is, and how much."""
    instance, cargo = proved.known.instance, proved.known.cargo
    row = int(cargo.demand[shipment])
    columns = ("demand", "product", "origin", "market")
    return {
        "row": row + 1,
        **{column: instance.demand[column][row] for column in columns},
        "period": instance.periods[cargo.period[shipment]],
        "quantity": rounded(cargo.quantity[shipment]),
    }


def route_rows(proved: ProvedPlan, explained: ExplainedRoutes) -> list[dict[str, Any]]:
    """Return every route with its parts, as dicts."""
    routes, quantity = explained.routes, explained.quantity
    corridors = proved.known.network.corridor_names
    nodes, legs = route_texts(routes)
    closed = np.flatnonzero(proved.known.network.limits.capacity == 0)
    passed = limit_usage(routes, closed).toarray() > 0
    return [
        {
            "corridor": corridors[routes.corridor[n]],
            "route": nodes[n],
            "legs": legs[n],
            "quantity": rounded(quantity[n]),
            "parts": {
                name: rounded(part[n]) for name, part in routes.cost_parts.items()
            },
            "capacities": list(_capacity_charges(proved, explained, n)),
            "rules": list(_rule_charges(proved, explained, n)),
            "closed": [
                limit_row(proved, limit) for limit in closed[passed[n]].tolist()
            ],
            "pays": rounded(explained.pays[n]),
            "beyond": _beyond(explained, n),
            "lacks": lacks_row(
                explained.lacks[n], explained.beyond[n], explained.pays[n]
            ),
        }
        for n in range(len(routes))
    ]


def _beyond(explained: ExplainedRoutes, number: int) -> float | None:
    """Reduced cost of a route, 0 where rounding alone makes it differ."""
    beyond = float(explained.beyond[number])
    near = _SAME * max(1.0, abs(float(explained.pays[number])))
    return 0.0 if abs(beyond) <= near else rounded(beyond)


def lacks_row(
    found: Extreme | None, beyond: float, pays: float
) -> dict[str, Any] | None:
    """Return what a route lacks: a number, or that no lower cost brings it.

    Parameters
    ----------
    found : Extreme or None
        Largest reduced cost over all prices that prove the plan; None if not asked.
    beyond, pays : float
        Reduced cost, and all that the route pays, at the prices of the certificate.
    """
    if found is None:
        return None
    is_finite = bool(np.isfinite(found.value))
    near = _SAME * max(1.0, abs(pays))
    amount = 0.0 if abs(beyond) <= near else beyond
    if is_finite and abs(found.value - beyond) > near:
        amount = found.value
    return {
        "amount": rounded(max(amount, 0.0)) if is_finite else None,
        "at_any_cost": is_finite,
        "exact": found.is_proved,
    }


def _capacity_charges(
    proved: ProvedPlan, explained: ExplainedRoutes, number: int
) -> Iterator[dict[str, Any]]:
    """Yield what a route pays for each capacity that it passes, the most first."""
    charges = explained.charges[[number]].toarray()[0]
    limits, prices = proved.priced_limits, proved.prices.limits
    for place in np.argsort(-charges, kind="stable").tolist():
        if charges[place] == 0:
            continue
        limit = int(limits[place])
        yield {
            **limit_row(proved, limit),
            "price": rounded(prices[limit]),
            "times": rounded(charges[place] / prices[limit]),
            "charge": rounded(charges[place]),
        }


def limit_row(proved: ProvedPlan, limit: int) -> dict[str, Any]:
    """Say what a limit is: kind, name, ends of a leg, period and size."""
    instance, limits = proved.known.instance, proved.known.network.limits
    key = limits.keys[limit]
    ends = None
    if key.kind == "leg":
        row = int(np.flatnonzero(instance.legs["leg"] == key.name)[0])
        ends = f"{instance.legs['from'][row]} > {instance.legs['to'][row]}"
    return {
        "kind": key.kind,
        "limit": key.name,
        "ends": ends,
        "period": key.period,
        "capacity": rounded(limits.capacity[limit]),
    }


def _rule_charges(
    proved: ProvedPlan, explained: ExplainedRoutes, number: int
) -> Iterator[dict[str, Any]]:
    """Yield what a route pays for each row of a rule; negative: it is rewarded."""
    rows = proved.known.rules.rows
    charges = explained.rule_charges[number].tolist()
    for row, charge in zip(proved.priced_rows, charges, strict=True):
        if charge:
            key = rows[row].key
            yield {
                "rule": key.rule,
                "scope": scope_text(key),
                "period": key.period,
                "measure": key.measure,
                "value": key.value,
                "side": key.side,
                "charge": rounded(charge),
            }


def rounded(value: float) -> float | None:
    """Return a number to nine digits after the point; None for none or no end."""
    return figure(float(value), SHARE) if np.isfinite(value) else None
