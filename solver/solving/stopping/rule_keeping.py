"""A plan that keeps every rule that must hold, from one that does not yet.

Where a plan breaks a row, what stands in it too much is cut in proportion: the row is
taken for the plane that touches it there, below which its excess is nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.rules.rule_set import level_of

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.network.routes import Routes
    from solver.rules.row import RuleRow
    from solver.rules.rule_set import Diversification

    Plan = tuple[Routes, Floats]
    Amounts = list[tuple[Floats, float]]

_MOST_CUTS = 60
"""Times that all broken rows are cut: each may break another, by ever less."""

_SMALL = 1e-6
"""Part of what a scope carries by which slopes of a row are taken."""

_HALVINGS = 12
"""Halvings of the way from one plan to another."""


def within_rules(rules: Diversification, plan: Plan) -> Plan | None:
    """Return a plan cut wherever a rule is broken; None if that leads nowhere."""
    routes, quantity = plan
    for _ in range(_MOST_CUTS):
        amounts = rules.amounts(routes, quantity)
        broken = _broken(rules, amounts)
        if not broken:
            return routes, quantity
        for number in broken:
            row = rules.rows[number]
            quantity = _cut(rules, row, (routes, quantity), amounts[number])
    return None


def towards(rules: Diversification, plan: Plan, more: Plan) -> Plan:
    """Return the fullest plan on the way to one that carries more, all rules kept.

    Parameters
    ----------
    plan : (Routes, ndarray)
        A plan that keeps them.
    more : (Routes, ndarray)
        Another; its routes begin with those of the first.
    """
    routes, goal = more
    start = np.concatenate([plan[1], np.zeros(len(goal) - len(plan[1]))])
    ends = rules.amounts(routes, start), rules.amounts(routes, goal)
    low, high = 0.0, 1.0
    if not _broken(rules, ends[1]):
        return more
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if _broken(rules, _between(*ends, middle)):
            high = middle
        else:
            low = middle
    return routes, start + low * (goal - start)


def _broken(rules: Diversification, amounts: Amounts) -> list[int]:
    """Rows that amounts break."""
    pairs = zip(rules.rows, amounts, strict=True)
    return [n for n, (row, own) in enumerate(pairs) if level_of(row, *own).is_broken]


def _between(start: Amounts, goal: Amounts, part: float) -> Amounts:
    """Amounts at some part of the way."""
    return [
        (values + part * (other - values), total + part * (others - total))
        for (values, total), (other, others) in zip(start, goal, strict=True)
    ]


def _slopes(
    row: RuleRow, amounts: Floats, total: float, excess: float
) -> tuple[Floats, float]:
    """How the excess of a row grows with each value's amount, and with the total."""
    step = _SMALL * (total or row.scope.demand or 1.0)
    values = np.zeros(len(amounts))
    for value in range(len(amounts)):
        moved = amounts.copy()
        moved[value] += step
        values[value] = (level_of(row, moved, total).excess - excess) / step
    return values, (level_of(row, amounts, total + step).excess - excess) / step


def _cut(
    rules: Diversification,
    row: RuleRow,
    plan: Plan,
    amounts: tuple[Floats, float],
) -> Floats:
    """Quantities with less of what adds to the excess of a row at some amounts."""
    routes, quantity = plan
    excess = level_of(row, *amounts).excess
    values, total = _slopes(row, *amounts, excess)
    carried = rules.carried(routes, row.scope.rule.by)
    of_route = np.asarray(carried @ values[: carried.shape[1]]) + total
    of_route = of_route * row.scope.weight[routes.shipment]
    adds = of_route > 0.0
    size = float(of_route[adds] @ quantity[adds])
    left = 1.0 - min(1.0, excess / size) if size > 0.0 else 1.0
    return np.where(adds, left * quantity, quantity)
