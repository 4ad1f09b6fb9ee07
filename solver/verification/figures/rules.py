"""Checks of the table of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.verification.figures.both_ways import SLACK, both_ways
from solver.verification.figures.columns import float_column
from solver.verification.figures.comparison import MONEY, SHARE, FigureColumn

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells, Floats


def rules_table(evidence: Evidence) -> Cells:
    """Return the table of rules, computed afresh."""
    rules = evidence.world.rules
    rows = rules.told_in("rules")
    carried = [evidence.carried[row.scope.rule] for row in rows]
    base = float_column(
        [row.base(sums) for row, sums in zip(rows, carried, strict=True)]
    )
    limit = float_column([row.limit for row in rows])
    level = np.array([row.level(sums) for row, sums in zip(rows, carried, strict=True)])
    sign = np.array([row.sign for row in rows], dtype=np.float64)
    unit = np.array(
        [row.limit_unit(whole) for row, whole in zip(rows, base.tolist(), strict=True)],
        dtype=np.float64,
    )
    prices = evidence.cost_stage.rules
    price = np.array([prices.get(row.key, 0.0) for row in rows], dtype=np.float64)
    excess = np.array(
        [float(row.excess(sums)) for row, sums in zip(rows, carried, strict=True)],
        dtype=np.float64,
    )
    scope = [", ".join(f"{key}={name}" for key, name in row.key.scope) for row in rows]
    by = [rules.coverages[row.scope.rule].rule.by for row in rows]
    return {
        "rule": [row.key.rule for row in rows],
        "scope": scope,
        "period": [row.key.period for row in rows],
        "by": by,
        "measure": [row.key.measure for row in rows],
        "value": [row.key.value for row in rows],
        "side": [row.key.side for row in rows],
        "level": level,
        "limit": limit,
        "slack": FigureColumn(
            sign * (limit - level), SHARE, size=np.fmax(np.abs(limit), np.abs(level))
        ),
        "penalty": _penalties(evidence, base),
        "price": price * unit,
        **both_ways(
            evidence,
            [row.key for row in rows],
            _room(-excess, base, unit),
            unit,
            SHARE,
        ),
    }


def _room(free: Floats, base: Floats, unit: Floats) -> Floats:
    """Return what is free of each limit, in its own unit; NaN where it binds."""
    room = np.full(len(free), np.nan)
    slack = (free > SLACK * base) & (unit > 0.0)
    room[slack] = free[slack] / unit[slack]
    return room


def _penalties(evidence: Evidence, base: Floats) -> FigureColumn:
    """Money paid for each row that may be broken; empty for others."""
    rows = evidence.world.rules.told_in("rules")
    paid, size = np.full((2, len(rows)), np.nan)
    for number, row in enumerate(rows):
        if row.scope.penalty is not None:
            paid[number] = float(row.penalty(evidence.carried[row.scope.rule]))
            size[number] = row.penalty_of_base(base[number])
    return FigureColumn(paid, MONEY, size=np.fmax(size, np.abs(paid)))
