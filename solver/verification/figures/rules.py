"""Checks of the table of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.verification.figures.columns import float_column
from solver.verification.figures.comparison import MONEY, SHARE, FigureColumn

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells, Floats
    from solver.verification.rules.row import ExactRow


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
    price = np.array(
        [
            [own * row.limit_unit(whole) for own in _row_prices(evidence, row)]
            for row, whole in zip(rows, base.tolist(), strict=True)
        ],
        dtype=np.float64,
    ).reshape(-1, 3)
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
        "slack": FigureColumn(sign * (limit - level), SHARE, size=np.abs(limit)),
        "penalty": _penalties(evidence, base),
        "price": price[:, 0],
        "price_tighter": price[:, 1],
        "price_looser": price[:, 2],
    }


def _row_prices(evidence: Evidence, row: ExactRow) -> tuple[float, float, float]:
    """Price of a row, of making it tighter, and of making it looser."""
    price = evidence.cost_stage.rules.get(row.key, 0.0)
    sided = evidence.sides.get(row.key)
    if sided is None:
        return price, price, price
    tighter = np.nan
    if sided.tighter is not None:
        tighter = sided.tighter.rules.get(row.key, 0.0)
    return price, tighter, sided.looser.rules.get(row.key, 0.0)


def _penalties(evidence: Evidence, base: Floats) -> FigureColumn:
    """Money paid for each row that may be broken; empty for others."""
    rows = evidence.world.rules.told_in("rules")
    paid, size = np.full((2, len(rows)), np.nan)
    for number, row in enumerate(rows):
        if row.scope.penalty is not None:
            paid[number] = float(row.penalty(evidence.carried[row.scope.rule]))
            size[number] = row.penalty_of_base(base[number])
    return FigureColumn(paid, MONEY, size=np.fmax(size, np.abs(paid)))
