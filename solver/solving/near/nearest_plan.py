"""Of all plans of least cost, the one that moves least of an earlier plan's cargo.

A second model holds the cost at its least and counts what stays on its earlier route,
demand by demand. It is solved by column generation as any other: a budget has a price,
which is what routes cost, and what stays earns a price of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.master import Master
from solver.model.objective import Objective
from solver.solution.certificate import Movement
from solver.solving.column_generation import StoppedError
from solver.solving.near.as_it_was import as_it_was
from solver.solving.near.earlier_routes import earlier_routes
from solver.solving.plan_to_decimals import NEGLIGIBLE, all_routes
from solver.solving.prices_to_decimals import rounded, stage

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.network.routes import Routes
    from solver.solution.earlier import EarlierPlan
    from solver.solving.column_generation import ColumnGeneration, LoopResult
    from solver.solving.near.earlier_routes import EarlierRoutes


_SLACKS = (0.0, 1e-15, 1e-14, 1e-13, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7)
"""Parts of the least cost that may be spent besides, if they must: an index is within
its limit by a trifle only."""


_ENOUGH = 4e-7
"""Part of the earlier quantity that the least movement may be known within."""


_NOISE, _INDEX_NOISE = 1e-12, 3e-10
"""Part of the cost that decimals may change it by: where rules are linear, and where an
index is within its limit by a trifle only."""


_DIGITS = 12
"""Digits after the point of the price of what stays."""


@dataclass(frozen=True, slots=True, eq=False)
class NearestPlan:
    """Quantities by route, and the prices that prove that no plan moves less.

    Where nothing moved there are none.
    """

    routes: Routes
    quantity: Floats
    movement: Movement | None


def nearest_plan(
    loop: ColumnGeneration, earlier: EarlierPlan, objective: Objective, cost: float
) -> NearestPlan:
    """Return the plan of least cost that moves least.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop that found the least cost, its master as it was left; it stays so.
    earlier : EarlierPlan
        The plan that it is to be near.
    objective : Objective
        The cost, as the master has it.
    cost : float
        The least that was found.

    Raises
    ------
    StoppedError
        If the deadline passes or the solver gives up.
    """
    known = earlier_routes(loop.pricer, earlier)
    same = as_it_was(loop.master, known, earlier.quantity, cost)
    if same is not None:
        return NearestPlan(known.routes, same, None)
    own = _again(loop, objective)
    try:
        cost = own.run("cost").cost
        run = _moved_least(own, known, earlier.quantity, cost)
    finally:
        loop.rounds += own.rounds
        loop.iterations += own.iterations
    routes, quantity = all_routes(own.master, run.quantities)
    quantity = _as_before(routes, quantity, known, earlier.quantity)
    return NearestPlan(routes, quantity, _published(own.master, run))


def _again(loop: ColumnGeneration, objective: Objective) -> ColumnGeneration:
    """Return a loop over a second model that knows what the first does."""
    own = loop.afresh(objective)
    own.close = loop.close
    own.start(loop.known)
    families = own.master.families
    families.rules.forbid_excess()
    for number, most in loop.master.families.unmet.most.items():
        families.unmet.limit(number, most)
    return own


def _moved_least(
    own: ColumnGeneration, known: EarlierRoutes, quantity: Floats, cost: float
) -> LoopResult:
    """Solve for the least movement at the least cost, or at a trifle more."""
    master = own.master
    own.learn(known.routes)
    nothing = np.zeros(len(master.cargo))
    master.families.budget.limit(cost)
    # Rows that no shipment can take have no column: what they had has moved.
    rows, row = np.unique(known.row, return_inverse=True)
    master.families.kept.hold(known.routes, row, rows, quantity[rows])
    master.set_objective(Objective(money=False, unmet=nothing, excess=0.0, kept=1.0))
    enough = _ENOUGH * float(quantity.sum())
    for slack in _SLACKS:
        master.families.budget.limit(cost + slack * max(1.0, abs(cost)))
        try:
            run = own.run("movement")
        except StoppedError as stopped:
            if not stopped.is_infeasible or slack == _SLACKS[-1]:
                raise
            continue
        noise = _INDEX_NOISE if own.cut_rounds else _NOISE
        felt = run.duals.budget * noise * max(1.0, abs(cost))
        if run.cost - run.bound + felt <= enough or slack == _SLACKS[-1]:
            return run
    raise AssertionError


def _as_before(
    routes: Routes, quantity: Floats, known: EarlierRoutes, before: Floats
) -> Floats:
    """Quantities, to the digit what they were where they are as near."""
    prints = routes.fingerprint
    earlier = known.routes.fingerprint[known.is_single]
    size = before[known.row[known.is_single]]
    order = np.argsort(earlier, kind="stable")
    earlier, size = earlier[order], size[order]
    if not len(earlier) or not len(prints):
        return quantity
    place = np.minimum(np.searchsorted(earlier, prints), len(earlier) - 1)
    noise = NEGLIGIBLE * routes.cargo.quantity[routes.shipment]
    is_same = earlier[place] == prints
    is_same &= np.abs(quantity - size[place]) <= noise
    return np.where(is_same, size[place], quantity)


def _published(master: Master, run: LoopResult) -> Movement:
    """Return prices as they are published."""
    budget = float(f"{run.duals.budget:.15g}")
    prices = stage(master, replace(run.duals, budget=budget), "movement")
    kept = run.duals.kept
    short = np.zeros(0) if kept is None else np.minimum(rounded(kept, _DIGITS), 1.0)
    numbers = master.families.kept.numbers.tolist()
    pairs = zip(numbers, short.tolist(), strict=True)
    return Movement(prices, budget, {row: price for row, price in pairs if price > 0.0})
