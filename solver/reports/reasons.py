"""Why cargo stays behind: no route, no room, a rule, or a cost above its worth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import limit_usage
from solver.pricing.prices import Prices
from solver.reports.marginal_costs import cheapest, stage_prices
from solver.solution.keys import ALL_PERIODS
from solver.solution.tolerances import RESIDUAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from solver.network.routes import Routes
    from solver.reports.account import Account
    from solver.solution.certificate import Stage

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Names = dict[int, dict[str, None]]


_MOST_NAMED = 3


_MOST_WAYS = 3


_NEAR = 1e-9


def unmet_reasons(account: Account) -> dict[int, str]:
    """Why each shipment that stays behind, in whole or in part, does so."""
    unmet = np.flatnonzero(account.plan.unmet > 0)
    if not len(unmet):
        return {}
    reasons = {shipment: _left_over(account, shipment) for shipment in unmet.tolist()}
    firm = account.cargo.firm
    free = Prices(np.zeros(len(account.network.limits)), {}, money=0.0)
    reached = np.isfinite(_search(account, free, unmet)[0])
    for shipment in unmet[~reached[unmet]].tolist():
        reasons[shipment] = _no_route(account, shipment)
    left = unmet[reached[unmet]]
    classes = np.array([*account.cargo.classes, None], dtype=object)
    for stage in account.stages("unmet"):
        own = classes[account.cargo.unmet_class[left]] == stage.priority
        reasons |= _kept(account, stage, left[own & firm[left]])
    return reasons | _too_dear(account, left[~firm[left]])


def _search(
    account: Account, prices: Prices, shipments: Ints, most: Floats | None = None
) -> tuple[Floats, Routes]:
    """Least cost of some shipments' routes, and those that cost it (or `most`)."""
    threshold = np.full(len(account.cargo), -np.inf)
    threshold[shipments] = np.inf
    found = cheapest(account, prices, threshold)
    limit = (found.value if most is None else most)[found.routes.shipment]
    near = _NEAR * np.maximum(1.0, np.abs(limit))
    chosen = np.flatnonzero(found.routes_value <= limit + near)
    return found.value, found.routes.chosen(chosen)


def _left_over(account: Account, shipment: int) -> str:
    """Reason where nothing is in the way: no proof tells so little from nothing."""
    cargo, unmet = account.cargo, account.plan.unmet
    alike = cargo.firm & (cargo.unmet_class == cargo.unmet_class[shipment])
    least = RESIDUAL * max(1.0, float(unmet[alike].sum()))
    if cargo.firm[shipment] and unmet[shipment] <= least:
        return "within the precision of the proof"
    return "no better plan was found in time"


def _no_route(account: Account, shipment: int) -> str:
    days = float(account.cargo.max_days[shipment])
    within = f" within {days:g} days" if np.isfinite(days) else ""
    return f"no route{within} from its origin to its market"


def _too_dear(account: Account, shipments: Ints) -> dict[int, str]:
    """Reasons of priced cargo: its best way costs more than leaving it."""
    if not len(shipments) or not account.stages("cost"):
        return {}
    prices = stage_prices(account, account.cost_stage)
    names = _charging(account, prices, _search(account, prices, shipments)[1])
    return {
        shipment: f"kept by {_listed(names[shipment])}"
        if names.get(shipment)
        else "dearer to carry than to leave"
        for shipment in shipments.tolist()
    }


def _kept(account: Account, stage: Stage, shipments: Ints) -> dict[int, str]:
    """Reasons of firm cargo: what stands on its best ways."""
    if not len(shipments):
        return {}
    prices = stage_prices(account, stage)
    best, routes = _search(account, prices, shipments)
    names = _charging(account, prices, routes)
    # Other ways may be as full: look for some that avoid the limits found so far.
    for _ in range(_MOST_WAYS):
        priced = np.flatnonzero(prices.limits)
        passed = limit_usage(routes, priced).sum(axis=0) > 0
        dearer = prices.limits.copy()
        dearer[priced[passed]] += 1.0
        prices = replace(prices, limits=dearer)
        _, routes = _search(account, prices, shipments, best)
        if not len(routes):
            break
        for shipment, more in _charging(account, prices, routes).items():
            names.setdefault(shipment, {}).update(more)
    return {
        shipment: f"kept by {_listed(names[shipment])}"
        for shipment in shipments.tolist()
        if names.get(shipment)
    }


def _charging(account: Account, prices: Prices, routes: Routes) -> Names:
    """Names of the limits and rules that charge each route, by shipment."""
    names: Names = {shipment: {} for shipment in routes.shipment.tolist()}
    priced = np.flatnonzero(prices.limits)
    used = limit_usage(routes, priced).tocoo()
    for route, column in sorted(zip(used.row.tolist(), used.col.tolist(), strict=True)):
        key = account.network.limits.keys[priced[column]]
        span = " over all periods" if key.period == ALL_PERIODS else ""
        names[int(routes.shipment[route])][f"{key.kind} {key.name}{span}"] = None
    for rule, charge in _rule_charges(account, prices, routes):
        for route in np.flatnonzero(charge > _NEAR).tolist():
            names[int(routes.shipment[route])][f"rule {rule}"] = None
    return names


def _rule_charges(
    account: Account, prices: Prices, routes: Routes
) -> Iterator[tuple[str, Floats]]:
    """Yield each priced row's rule, and what it counts of a unit of each route."""
    rules = account.diversification
    for number in prices.rules:
        row = rules.rows[number]
        form = row.linear(prices.weights.get(number))
        carried = rules.carried(routes, row.scope.rule.by)
        counted = form.base + carried @ form.values[: carried.shape[1]]
        yield row.key.rule, row.scope.weight[routes.shipment] * counted


def _listed(names: dict[str, None]) -> str:
    shown = ", ".join(list(names)[:_MOST_NAMED])
    return f"{shown} and more" if len(names) > _MOST_NAMED else shown
