"""Limits of which one more saves nothing alone, and something together with another.

Limits in series are so: each is of use only as far as the others let cargo through.
Every pair is solved with both a little wider, and verified.
"""

from __future__ import annotations

import time
from itertools import combinations
from typing import TYPE_CHECKING, Any

from solver.options import Options
from solver.problem.edits import with_columns
from solver.problem.instance import Instance
from solver.tasks.clock import Clock
from solver.tasks.solve import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TABLES = {
    "leg": ("legs", "capacity"),
    "node": ("nodes", "capacity"),
    "route": ("routes", "capacity"),
    "capacity": ("capacities", "quantity"),
}
"""Table and column of each kind of limit."""

MOST_LIMITS = 6
"""Limits that are looked at in pairs, those first of which one less costs most."""

_PART = 1e-3
"""How much wider both are made, as a part of the smaller."""

_NOISE = 1e-9
"""Part of the cost that is no saving."""


def joint_scarcity(
    instance: Instance, limits: Sequence[Mapping[str, Any]], objective: float
) -> list[dict[str, Any]]:
    """Return pairs of limits that save something together, and what.

    Parameters
    ----------
    instance : Instance
        The instance, of one period.
    limits : sequence of dict
        Rows of `prices_document`.
    objective : float
        Cost and penalties of its plan.
    """
    if len(instance.periods) > 1:
        return []
    alone = [
        row
        for row in limits
        if row["price_more"] == 0 and row["price_less"] and row["capacity"]
    ]
    alone = sorted(alone, key=lambda row: -row["price_less"])[:MOST_LIMITS]
    found = []
    for pair in combinations(alone, 2):
        far = _PART * min(row["capacity"] for row in pair)
        saving = objective - _wider(instance, pair, far)
        if saving > _NOISE * max(1.0, abs(objective)):
            names = [f"{row['kind']} {row['limit']}" for row in pair]
            rate = round(saving / far, 6)
            found.append({"limits": names, "price_more": rate, "good_for_more": far})
    return sorted(found, key=lambda own: -float(own["price_more"]))


def _wider(
    instance: Instance, limits: Sequence[Mapping[str, Any]], far: float
) -> float:
    """Cost and penalties with some limits wider, solved and verified."""
    tables = {name: getattr(instance, name) for name in Instance.model_fields}
    for limit in limits:
        name, column = TABLES[limit["kind"]]
        values = tables[name][column].astype(float).copy()
        values[list(tables[name][limit["kind"]]).index(limit["limit"])] += far
        tables[name] = with_columns(tables[name], {column: values})
    options, clock = Options(sensitivity="none"), Clock(time.monotonic())
    summary = run(Instance(**tables), options, clock).result.summary
    return float(summary["cost"] + summary["penalties"])
