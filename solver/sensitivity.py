"""What a rule at its limit is worth, in each direction.

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

from solver.column_generation import StoppedError
from solver.publishing import stage
from solver.routes import routes_of_plan
from solver.solution import Sides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.column_generation import ColumnGeneration
    from solver.solution import Plan, Stage

_ENOUGH = 5e-7
"""Relative gap, half of what is allowed, that prices must leave."""

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
        held = master.rows.row[number] >= 0
        if held and level.base > 0 and abs(level.excess) <= row.tolerance(level.base):
            shift = SHIFT * level.base
            try:
                looser = _moved(loop, number, shift, needed)
                tighter = _moved(loop, number, -shift, needed)
            except _UnprovedError:
                continue
            if looser is not None:
                yield Sides(row.key, tighter, looser)


class _UnprovedError(Exception):
    """Prices beside the limit do not prove the plan at the limit."""


def _moved(
    loop: ColumnGeneration, number: int, shift: float, needed: float
) -> Stage | None:
    """Prices where the limit of a row is moved; None if no plan keeps it there."""
    master = loop.master
    master.rows.move(number, shift)
    try:
        run = loop.run("sides")
    except StoppedError:
        return None
    finally:
        master.rows.move(number, 0.0)
    price = run.duals.prices.rules.get(number, 0.0)
    if run.bound + price * shift < needed:
        raise _UnprovedError
    return stage(master, run.duals, "cost")
