"""Why cargo is unmet: no route, no room, a rule, or a cost above its unmet cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import limit_usage
from solver.pricing.prices import Prices
from solver.reports.marginal_costs import cheapest, stage_prices
from solver.solution.keys import ALL_PERIODS
from solver.solution.tolerances import GAP, REST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from solver.arrays import Floats, Ints, Mask
    from solver.network.routes import Routes
    from solver.problem.instance import Instance
    from solver.reports.account import Account
    from solver.solution.certificate import Stage
    from solver.solution.keys import CapacityKey


DEARER = "no route costs less than leaving it"
"""Reason of priced cargo that nothing limits."""

ALL_DEARER = "; no route with room costs less than leaving it"
"""What follows the limits of priced cargo that could go past them."""

_MOST_NAMED = 3
_MOST_WAYS = 3
_MOST_AVOIDED = 8
_LITTLE = "within the precision of the proof"
_OPEN = "no plan that serves more was found, or ruled out"
_NEAR, _NOISE = 1e-9, 1e-12
_FREE = 0.5
"""Ways that cost less pass no full limit, where each costs 1."""


def unmet_reasons(account: Account) -> dict[int, str]:
    """Why each shipment that is unmet, in whole or in part, does so."""
    unmet = np.flatnonzero(account.plan.unmet > 0)
    if not len(unmet):
        return {}
    reasons = _left_over(account, unmet)
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
    near = _NEAR * np.maximum(_unit(prices, found.value), np.abs(limit))
    chosen = np.flatnonzero(found.routes_value <= limit + near)
    return found.value, found.routes.chosen(chosen)


def _unit(prices: Prices, value: Floats) -> float:
    """Cost beside which others are noise: 1 of unmet demand, or a part of the dearest.

    At prices of a stage without money what stays unmet costs 1 per unit.
    """
    dearest = float(np.max(np.abs(value[np.isfinite(value)]), initial=0.0))
    return dearest * _NOISE / _NEAR if prices.money else 1.0


def _left_over(account: Account, shipments: Ints) -> dict[int, str]:
    """Reasons where nothing is in the way: no proof tells so little from nothing."""
    cargo, unmet, firm = account.cargo, account.plan.unmet, account.cargo.firm
    by_class = np.bincount(cargo.unmet_class[firm], unmet[firm], len(cargo.classes))
    least = REST * cargo.quantity
    least[firm] = np.maximum(least[firm], GAP * by_class[cargo.unmet_class[firm]])
    little = firm & (unmet <= least)
    return {
        shipment: _LITTLE if is_little else _OPEN
        for shipment, is_little in zip(
            shipments.tolist(), little[shipments].tolist(), strict=True
        )
    }


def _no_route(account: Account, shipment: int) -> str:
    days = float(account.cargo.max_days[shipment])
    within = f" within {days:g} days" if np.isfinite(days) else ""
    return f"no route{within} from its origin to its market"


def _too_dear(account: Account, shipments: Ints) -> dict[int, str]:
    """Reasons of priced cargo: its best way costs more than leaving it.

    Where limits are what makes it dear, they are named; cargo that has ways past all
    that is full or has a price is told that these cost no less than leaving it.
    """
    if not len(shipments) or not account.stages("cost"):
        return {}
    prices = stage_prices(account, account.cost_stage)
    limited = _limited(account, prices, shipments)
    besides = _dear_besides(account, prices, shipments) if limited else set()
    return {
        shipment: f"{limited[shipment]}{ALL_DEARER if shipment in besides else ''}"
        if shipment in limited
        else DEARER
        for shipment in shipments.tolist()
    }


def _dear_besides(account: Account, prices: Prices, shipments: Ints) -> set[int]:
    """Cargo with ways that have room, of which none costs less than leaving it."""
    taken = _full(account) | (prices.limits > 0)
    barred = Prices(taken.astype(float), {}, money=0.0)
    has_room = _search(account, barred, shipments)[0][shipments] < _FREE
    leaving = account.cargo.unmet_cost[shipments]
    dear = Prices(np.where(taken, 1.0 + float(leaving.max()), 0.0), {})
    least = _search(account, dear, shipments)[0][shipments]
    is_dear = least >= leaving - _NEAR * np.maximum(1.0, np.abs(leaving))
    return set(shipments[has_room & is_dear].tolist())


def _kept(account: Account, stage: Stage, shipments: Ints) -> dict[int, str]:
    """Reasons of firm cargo: what stands on its best ways."""
    if not len(shipments):
        return {}
    return _limited(account, stage_prices(account, stage), shipments)


def _limited(account: Account, own: Prices, shipments: Ints) -> dict[int, str]:
    """Name what stands on all ways that are as good as the best, where anything does.

    A search gives one way; others are looked for that avoid the limits found, one by
    one and then all of them.
    """
    best, routes = _search(account, own, shipments)
    known = _Charges(account, own)
    known.add(routes, own)
    dear = own.limits.copy()
    for limit in _passed(own, routes)[:_MOST_AVOIDED]:
        avoided = own.limits.copy()
        avoided[limit] += 1.0
        other = replace(own, limits=avoided)
        known.add(_search(account, other, shipments, best)[1], own)
    for _ in range(_MOST_WAYS):
        dear[_passed(own, routes)] += 1.0
        _, routes = _search(account, replace(own, limits=dear), shipments, best)
        if not len(routes):
            break
        known.add(routes, own)
    reasons = {shipment: known.reason(shipment) for shipment in shipments.tolist()}
    return {shipment: reason for shipment, reason in reasons.items() if reason}


def _passed(prices: Prices, routes: Routes) -> list[int]:
    """Limits with a price that routes pass, those that most do first."""
    priced = np.flatnonzero(prices.limits)
    times = np.asarray(limit_usage(routes, priced).sum(axis=0)).ravel()
    order = np.argsort(-times, kind="stable")
    return [int(priced[place]) for place in order if times[place] > 0]


class _Charges:
    """What stands on ways of shipments: sets of limits and rules, given way together.

    On each way that is as good as leaving the cargo, every limit with a price and every
    full one that no other cargo could leave free must give way; the fewest are named.

    Parameters
    ----------
    prices : Prices
        Prices of a stage.
    """

    def __init__(self, account: Account, prices: Prices) -> None:
        self._account = account
        self._stuck = _stuck(account, prices)
        self._name_of = _limit_names(account.instance)
        self._ways: dict[int, list[dict[str, float]]] = {}

    def add(self, routes: Routes, prices: Prices) -> None:
        """Note what stands on each route, and its price."""
        account = self._account
        found: list[dict[str, float]] = [{} for _ in routes.shipment]
        counts = np.flatnonzero((prices.limits > 0) | self._stuck)
        used = limit_usage(routes, counts).tocoo()
        pairs = zip(used.row.tolist(), used.col.tolist(), strict=True)
        for route, column in sorted(pairs):
            limit = counts[column]
            name = self._name_of(account.network.limits.keys[limit])
            found[route][name] = float(prices.limits[limit])
        for rule, charge in _rule_charges(account, prices, routes):
            for route in np.flatnonzero(charge > _NEAR).tolist():
                found[route][f"rule {rule}"] = float(charge[route])
        for shipment, charges in zip(routes.shipment.tolist(), found, strict=True):
            self._ways.setdefault(shipment, []).append(charges)

    def reason(self, shipment: int) -> str:
        """Return what limits a shipment, the most effective first; blank: nothing."""
        ways = [charges for charges in self._ways.get(shipment, ()) if charges]
        fewest = [
            way for way in ways if not any(set(other) < set(way) for other in ways)
        ]
        fewest.sort(key=lambda way: (len(way), -sum(way.values())))
        names = dict.fromkeys(" with ".join(way) for way in fewest)
        return f"limited by {_listed(names)}" if names else ""


def _limit_names(instance: Instance) -> Callable[[CapacityKey], str]:
    """Return what names limits for people: legs with ends that do not name them."""
    legs = instance.legs
    ends = zip(legs["from"], legs["to"], strict=True)
    of_leg = dict(zip(legs["leg"], ends, strict=True))

    def name_of(key: CapacityKey) -> str:
        name = key.name
        if key.kind == "leg":
            start, end = of_leg[name]
            if not name.startswith(f"{start}>{end}"):
                name = f"{name} ({start} > {end})"
        span = " over all periods" if key.period == ALL_PERIODS else ""
        return f"{key.kind} {name}{span}"

    return name_of


def _stuck(account: Account, prices: Prices) -> Mask:
    """Full limits without a price that no cargo on them could leave for a free way.

    Where two limits in a row are full, prices may stand on the first alone, though
    more of it alone would carry nothing.
    """
    limits, routes, full = account.network.limits, account.routes, _full(account)
    doubtful = np.flatnonzero(full & (prices.limits == 0))
    if not len(doubtful):
        return np.zeros(len(limits), dtype=bool)
    barred = Prices(full.astype(float), {}, money=0.0)
    shipments = np.unique(routes.shipment)
    movable = _search(account, barred, shipments)[0][routes.shipment] < _FREE
    passes = limit_usage(routes, doubtful).T @ movable.astype(float)
    stuck = np.zeros(len(limits), dtype=bool)
    stuck[doubtful] = np.asarray(passes).ravel() == 0
    return stuck


def _full(account: Account) -> Mask:
    """Whether each limit is full, shape (limits,)."""
    limits = account.network.limits
    return np.asarray(account.loads >= limits.capacity * (1.0 - _NEAR))


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
