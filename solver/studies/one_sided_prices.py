"""Shadow prices of a rule at its limit, in each direction.

Where the plan has a kink, prices are not unique: making a rule stricter costs more
than making it looser saves. The limit is moved a little each way, and the prices there
are prices here too: the highest and the lowest of those that prove the plan.

References
----------
Gal, T. (1995), Postoptimal Analyses, Parametric Programming and Related Topics, 2nd
edition, de Gruyter: one-sided derivatives of the least cost are extreme duals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import routes_of_plan
from solver.solution.certificate import Sides
from solver.solving.column_generation import StoppedError
from solver.solving.prices_to_decimals import stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.solution.certificate import Stage
    from solver.solution.plan import Plan
    from solver.solving.column_generation import ColumnGeneration, LoopResult


_KEPT = 1e-3
"""Excess, as a share of a shift, with which a moved limit is still kept."""


_ENOUGH = 5e-7
"""Relative gap, half of what is allowed, that prices must leave."""


DEAR = 1e4
"""Cost of breaking a rule, in multiples of the dearest route."""


SHIFT = 1e-6
"""How far a limit is moved, as a share of what is carried in its scope."""


def sides(loop: ColumnGeneration, plan: Plan, cost: float) -> tuple[Sides, ...]:
    """Prices in each direction of every row that stands at its limit.

    Rows near which the cost is so steep that the prices there prove nothing here are
    left out.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop that found the plan, as it was left after its last run for cost.
    plan : Plan
        The plan.
    cost : float
        Its cost and penalties.
    """
    return tuple(_found(loop, plan, cost))


def _found(loop: ColumnGeneration, plan: Plan, cost: float) -> Iterator[Sides]:
    master = loop.master
    routes = routes_of_plan(master.network, master.cargo, plan)
    levels = master.rules.levels(routes, plan.quantity)
    needed = cost - _ENOUGH * max(1.0, abs(cost))
    for number, level in enumerate(levels):
        row = master.rules.rows[number]
        held = master.families.rules.row[number] >= 0
        if held and level.base > 0 and abs(level.excess) <= row.tolerance(level.base):
            shift = SHIFT * level.base
            try:
                looser = _moved(loop, number, shift, needed)
                tighter = _moved(loop, number, -shift, needed)
            except _UnprovedSideError:
                continue
            if looser is not None:
                yield Sides(row.key, tighter, looser)


class _UnprovedSideError(Exception):
    """Prices beside the limit do not prove the plan at the limit."""


def _moved(
    loop: ColumnGeneration, number: int, shift: float, needed: float
) -> Stage | None:
    """Prices where the limit of a row is moved; None if no plan keeps it there."""
    master = loop.master
    master.families.rules.move(number, shift)
    try:
        run = _run(loop, number, abs(shift))
    except StoppedError as stopped:
        if not stopped.is_infeasible:
            # Without time nothing is known of that side.
            raise _UnprovedSideError from None
        return None
    finally:
        master.families.rules.move(number, 0.0)
    price = run.duals.prices.rules.get(number, 0.0)
    if run.bound + price * shift < needed:
        raise _UnprovedSideError
    return stage(master, run.duals, "cost")


def _run(loop: ColumnGeneration, number: int, shift: float) -> LoopResult:
    """Solve with the limit of a row moved.

    Where most cargo stands aside, the routes of the model alone may not keep the limit:
    an excess that is dearer than any route then brings in those that do.

    Raises
    ------
    StoppedError
        No plan keeps the limit, or the time or work allowed is done.
    """
    rows, costs = loop.master.families.rules, loop.master.outside.cost
    try:
        return loop.run("sides")
    except StoppedError as stopped:
        if not (stopped.is_infeasible and rows.may_be_exceeded[number]):
            raise
    dearest = float(np.max(costs[np.isfinite(costs)], initial=1.0))
    with rows.allowed(number, DEAR * dearest) as excess:
        run = loop.run("sides")
        if excess(run.answer) > _KEPT * shift:
            raise StoppedError(run, is_infeasible=True)
    return run
