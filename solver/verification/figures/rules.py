"""Checks of the table of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution.form import MONEY, SHARE
from solver.verification.figures.both_ways import SLACK, both_ways
from solver.verification.figures.comparison import FigureColumn

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells
    from solver.verification.rules.cells import Carried
    from solver.verification.rules.row import ExactRow


def rules_table(evidence: Evidence) -> Cells:
    """Return the table of rules, computed afresh."""
    rules, prices = evidence.world.rules, evidence.cost_stage.rules
    rows = rules.told_in("rules")
    figures = [_figures(row, evidence.carried[row.scope.rule]) for row in rows]
    columns = np.array(figures, dtype=np.float64).reshape(-1, 7).T
    base, limit, level, excess, unit, paid, dearest = columns
    sign = np.array([row.sign for row in rows], dtype=np.float64)
    price = np.array([prices.get(row.key, 0.0) for row in rows], dtype=np.float64)
    keys = [row.key for row in rows]
    size = np.fmax(np.abs(limit), np.abs(level))
    return {
        "rule": [key.rule for key in keys],
        "scope": [", ".join(f"{n}={value}" for n, value in key.scope) for key in keys],
        "period": [key.period for key in keys],
        "by": [rules.coverages[row.scope.rule].rule.by for row in rows],
        "measure": [key.measure for key in keys],
        "value": [key.value for key in keys],
        "side": [key.side for key in keys],
        "level": level,
        "limit": limit,
        "slack": FigureColumn(sign * (limit - level), SHARE, size=size),
        "penalty": FigureColumn(paid, MONEY, size=np.fmax(dearest, np.abs(paid))),
        "price": price * unit,
        **both_ways(evidence, keys, _room(-excess, base, unit), unit, SHARE),
    }


def _figures(row: ExactRow, carried: Carried) -> tuple[float, ...]:
    """Return base, limit, level, excess and unit of a row, and what it pays if soft.

    Last comes what it would pay for an excess as large as the base.
    """
    base, paid, dearest = float(row.base(carried)), np.nan, np.nan
    if row.scope.penalty is not None:
        paid, dearest = float(row.penalty(carried)), row.penalty_of_base(base)
    excess, unit = float(row.excess(carried)), row.limit_unit(base)
    return base, float(row.limit), row.level(carried), excess, unit, paid, dearest


def _room(free: Floats, base: Floats, unit: Floats) -> Floats:
    """Return what is free of each limit, in its own unit; NaN where it binds."""
    room = np.full(len(free), np.nan)
    slack = (free > SLACK * base) & (unit > 0.0)
    room[slack] = free[slack] / unit[slack]
    return room
