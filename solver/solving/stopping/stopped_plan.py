"""The best plan that is known when a solve is stopped: it keeps limits and rules.

What is known exceeds limits, breaks rules, or serves less than there is room for. Each
plan is cut until it keeps all of them; the one that serves most is filled, and what it
then leaves takes routes around full limits, while there is time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import left_by
from solver.pricing.prices import Prices
from solver.solving.plan_to_decimals import all_routes
from solver.solving.stopping.filling import (
    filled,
    scaled_down,
    with_other_routes,
    within_limits,
)
from solver.solving.stopping.rule_keeping import towards, within_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats
    from solver.network.routes import Routes
    from solver.rules.rule_set import Diversification
    from solver.solving.column_generation import ColumnGeneration, LoopResult

    Plan = tuple[Routes, Floats]

TIGHTER = 2.0**-16
"""Part by which rules are tighter here: rounding must not break them."""


def stopped_plan(loop: ColumnGeneration, run: LoopResult | None) -> Plan | None:
    """Return the best plan that can be made of what is known; None if there is none.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop that was stopped.
    run : LoopResult, optional
        What it knew.
    """
    rules = loop.master.rules.tightened(TIGHTER)
    kept = scaled_down if rules.rows else within_limits
    known = [(routes, kept(routes, own)) for routes, own in _known(loop, run)]
    tried = (within_rules(rules, plan) for plan in known)
    plans = [plan for plan in tried if plan is not None]
    loop.use_spare_time()
    if not any(plan[1].any() for plan in plans):
        # Cargo all of which goes one way breaks a share, whatever is cut of it.
        spread = within_rules(rules, _fullest(loop, known[0]))
        plans += [spread] if spread is not None else []
    if not plans:
        return None
    best = min(plans, key=_rank)
    return _fuller(rules, best, _fullest(loop, best))


def _fullest(loop: ColumnGeneration, plan: Plan) -> Plan:
    """Return a plan filled, and led around full limits while there is time."""
    nothing = Prices(np.zeros(len(loop.master.network.limits)), {})
    prices = loop.known_prices.last or nothing
    routes, quantity = plan[0], filled(*plan)
    search = partial(loop.pricer.search, single=True)
    return with_other_routes(routes, quantity, search, prices)


def _known(loop: ColumnGeneration, run: LoopResult | None) -> Iterator[Plan]:
    """Yield plans that may break limits and rules; and nothing at all."""
    master = loop.master
    if run is not None:
        yield all_routes(master, run.quantities)
    if loop.given_plan is not None:
        yield loop.given_plan
    nothing = master.outside.quantities(np.zeros(len(master.model.columns)))
    routes, first = all_routes(master, nothing)
    if run is None and loop.given_plan is None:
        yield routes, first
    yield routes, 0.0 * first


def _fuller(rules: Diversification, plan: Plan, more: Plan) -> Plan:
    """Return a plan that carries more, or as much of that as rules allow."""
    if not rules.rows:
        return more
    cut = within_rules(rules, more)
    plans = [plan, towards(rules, plan, more), *([cut] if cut is not None else [])]
    return min(plans, key=_rank)


def _rank(plan: Plan) -> tuple[float, float]:
    """Return how good a plan is, the best least: firm demand left, and cost."""
    routes, quantity = plan
    cargo = routes.cargo
    unmet = left_by(routes, quantity)
    cost = float(quantity @ routes.cost)
    cost += float(unmet[~cargo.firm] @ cargo.unmet_cost[~cargo.firm])
    left = float(unmet[cargo.firm].sum()) / (float(cargo.quantity.sum()) or 1.0)
    return round(left, 4), cost
