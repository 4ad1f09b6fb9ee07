"""Proofs of what is less than a solver sees, and no stages but those that are needed.

A solver keeps rows to within a tolerance: that 1e12 and 1e-6 do not pass a limit of
1e12, or that shares of 0.3333333333 each leave three corridors no cargo at all, it
cannot see. The plan in decimals can. A second model whose full limits and rules are a
little tighter gives prices; they are prices of the instance too, whose bound is taken.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.objective import Objective
from solver.network.routes import limit_loads, routes_of_plan
from solver.problem.tables import ABSURD
from solver.solution.certificate import Certificate
from solver.solution.solution import Solution
from solver.solution.status import Status
from solver.solution.tolerances import REST
from solver.solving.column_generation import Known, StoppedError
from solver.solving.lexicographic import NOISE, excess_alone, infeasible
from solver.solving.plan_to_decimals import RowsBrokenError
from solver.solving.prices_to_decimals import stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.model.objective import Duals
    from solver.network.shipments import Cargo
    from solver.solution.certificate import Stage
    from solver.solution.keys import CapacityKey
    from solver.solution.plan import Plan
    from solver.solving.column_generation import ColumnGeneration
    from solver.solving.lexicographic import LexicographicSolve
    from solver.solving.reductions.reduction import Reduction

_LITTLE = 2.0**-16
"""Part by which limits and rules are tighter."""

_STEEPER = 4.0
"""Factor between the multiples of prices that are tried."""

_NEARLY = 1.0 - 1e-7
"""Part of a shortage that is as good as all of it."""


def in_decimals(
    steps: LexicographicSolve, reduction: Reduction, cargo: Cargo
) -> Solution:
    """Solve, and return the solution in decimals, as what it leaves unmet is proved.

    Parameters
    ----------
    steps : LexicographicSolve
        The steps of the solve.
    reduction : Reduction
        How the instance that is solved came of the one that was given.
    cargo : Cargo
        Shipments of that instance.
    """
    found = steps.solution()
    try:
        told = _told(steps, found, reduction, cargo)
    except RowsBrokenError:
        told = _unseen_at_odds(steps, found)
    if told.plan is None and steps.is_at_odds:
        told = _at_odds(steps, found)
    steps.loop.is_closed = steps.is_stopped
    return told


def _told(
    steps: LexicographicSolve, found: Solution, reduction: Reduction, cargo: Cargo
) -> Solution:
    """Solution in decimals, with a stage for each class that its plan leaves unmet."""
    told = reduction.invert(found)
    if told.plan is None or told.certificate is None or told.status is Status.LIMIT:
        return told
    with suppress(StoppedError):
        unseen = {} if steps.is_stopped else _unseen(steps.loop, found, told, cargo)
        if unseen:
            *stages, _ = told.certificate.stages
            left = [*_left(told.plan, cargo).values()]
            most = {number: left[number] for number in unseen}
            found = steps.with_more_unmet(found, most, [*stages, *unseen.values()])
            told = reduction.invert(found)
    return _with_needed_stages(told, cargo)


def _unseen(
    loop: ColumnGeneration, found: Solution, told: Solution, cargo: Cargo
) -> dict[int, Stage]:
    """Prices, by class, of what a plan in decimals leaves of it and nothing proves."""
    if told.plan is None or told.certificate is None:
        return {}
    proved = {prices.priority for prices in told.certificate.stages[:-1]}
    left = [*_left(told.plan, cargo).values()]
    return {
        number: _shortage(loop, found, left[: number + 1])
        for number, (priority, size) in enumerate(_left(told.plan, cargo, REST).items())
        if size > 0.0 and priority not in proved
    }


def _with_needed_stages(told: Solution, cargo: Cargo) -> Solution:
    """Return a solution with the stages of classes of which it leaves anything."""
    if told.plan is None or told.certificate is None:
        return told
    *stages, cost = told.certificate.stages
    left, known = (
        _left(told.plan, cargo),
        {prices.priority: prices for prices in stages},
    )
    needed = (known[name] for name in left if left[name] > 0.0 and name in known)
    certificate = replace(told.certificate, stages=(*needed, cost))
    return replace(told, certificate=certificate)


def _left(plan: Plan, cargo: Cargo, least: float = 0.0) -> dict[int | None, float]:
    """Return what a plan leaves of each class, without smaller parts of rows."""
    counts = cargo.firm & (plan.unmet > least * cargo.quantity)
    size = len(cargo.classes)
    sums = np.bincount(cargo.unmet_class[counts], plan.unmet[counts], size)
    return dict(zip(cargo.classes, sums.tolist(), strict=True))


def _shortage(loop: ColumnGeneration, found: Solution, left: Sequence[float]) -> Stage:
    """Prices of what a class must leave unmet, though a solver sees no need.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop over the instance's model.
    found : Solution
        What it found: tells which limits are full.
    left : list of float
        What a plan in decimals leaves of the class, last, and of those before it.

    Raises
    ------
    StoppedError
        If the deadline passes.
    """
    *before, own = left
    number = len(before)
    unmet = np.where(loop.master.cargo.unmet_class == number, 1.0, 0.0)
    objective = Objective(money=False, unmet=unmet, excess=0.0)
    tight, true = _tight(loop, found, objective), loop.afresh(objective)
    true.start()
    for fresh in (tight, true):
        fresh.master.families.rules.forbid_excess()
        for earlier, most in enumerate(before):
            fresh.master.families.unmet.limit(earlier, most)
    best, bound = _last_prices(tight, "unmet"), -np.inf
    for duals in _multiples(best):
        reached = true.bound(duals)
        if reached > bound:
            best, bound = duals, reached
        if bound >= _NEARLY * own:
            break
    return stage(true.master, best, "unmet", number)


def _at_odds(steps: LexicographicSolve, found: Solution) -> Solution:
    """Rules that cannot hold together, told by a model of its own.

    The model at hand may be one that a solver fails on, and what it takes for noise may
    be all that rules lack.
    """
    objective = excess_alone(steps.master)
    with suppress(StoppedError):
        fresh = steps.loop.afresh(objective)
        fresh.start()
        fresh.master.families.rules.loosen()
        run = fresh.run("rules")
        demand = (row.scope.demand for row in fresh.master.rules.rows)
        if run.bound > NOISE * max(demand, default=0.0):
            return infeasible(fresh.master, run)
    return _unseen_at_odds(steps, found)


def _unseen_at_odds(steps: LexicographicSolve, found: Solution) -> Solution:
    """Rules that cannot hold together, though a solver sees a plan that keeps them."""
    with suppress(StoppedError):
        tight = _tight(steps.loop, found, excess_alone(steps.master))
        tight.master.families.rules.loosen()
        prices = stage(tight.master, _last_prices(tight, "rules"), "rules")
        return Solution(Status.INFEASIBLE, None, Certificate((prices,)))
    return Solution(Status.NONE, None, None)


def _tight(
    loop: ColumnGeneration, found: Solution, objective: Objective
) -> ColumnGeneration:
    """Loop over a model with tighter rules, and a tighter row for each full limit."""
    master, limits = loop.master, loop.master.network.limits
    tight = loop.afresh(objective, master.rules.tightened(_LITTLE))
    keys: frozenset[CapacityKey] = frozenset()
    if found.plan is not None:
        routes = routes_of_plan(master.network, master.cargo, found.plan)
        loads = limit_loads(routes, found.plan.quantity)
        full = np.flatnonzero(loads > (1.0 - _LITTLE) * limits.capacity).tolist()
        keys = frozenset(limits.keys[limit] for limit in full)
    tight.start(Known(loop.known.routes, keys))
    tight.master.families.capacity.tighten(_LITTLE)
    return tight


def _last_prices(tight: ColumnGeneration, phase: str) -> Duals:
    """Prices of the last plan of a tighter model.

    Those of the best bound on the instance as it is, in floats, may be none at all.
    """
    last: list[Duals] = []

    def kept(duals: Duals) -> Duals:
        last.append(duals)
        return duals

    tight.run(phase, shorten=kept)
    return last[-1]


def _multiples(duals: Duals) -> Iterator[Duals]:
    """Yield multiples of prices, ever larger ones."""
    prices, factor = duals.prices, 1.0
    largest = max([*prices.rules.values(), *prices.limits.tolist()], default=0.0)
    while largest > 0.0 and factor * largest < ABSURD:
        rules = {number: factor * price for number, price in prices.rules.items()}
        steeper = replace(prices, limits=factor * prices.limits, rules=rules)
        unmet = {number: factor * p for number, p in duals.unmet_prices.items()}
        yield replace(duals, prices=steeper, unmet_prices=unmet)
        factor *= _STEEPER
