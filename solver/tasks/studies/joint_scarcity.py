"""Limits of which one more saves nothing alone, and something together with another.

Limits in series are so: each is of use only as far as the others let cargo through.
Each pair of one period is solved with both a little wider, and verified.
"""

from __future__ import annotations

import time
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.options import Options
from solver.problem.columns import column_specs
from solver.problem.edits import blanks, joined, texts, with_columns
from solver.problem.instance import Instance
from solver.problem.tables import Table, split_names
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
    limits : sequence of dict
        Rows of `prices_document`.
    objective : float
        Cost and penalties of its plan.
    """
    alone = [
        row
        for row in limits
        if row["price_more"] == 0 and row["price_less"] and row["capacity"]
    ]
    alone = sorted(alone, key=lambda row: -row["price_less"])[:MOST_LIMITS]
    found = []
    for pair in combinations(alone, 2):
        if pair[0]["period"] != pair[1]["period"]:
            continue
        far = _PART * min(row["capacity"] for row in pair)
        saving = objective - _wider(instance, pair, far)
        if saving > _NOISE * max(1.0, abs(objective)):
            names = [f"{row['kind']} {row['limit']}" for row in pair]
            rate = round(saving / far, 6)
            found.append(
                {
                    "limits": names,
                    "period": pair[0]["period"],
                    "price_more": rate,
                    "good_for_more": far,
                }
            )
    return sorted(found, key=lambda own: -float(own["price_more"]))


def _wider(
    instance: Instance, limits: Sequence[Mapping[str, Any]], far: float
) -> float:
    """Cost and penalties with some limits wider, solved and verified."""
    tables = {name: getattr(instance, name) for name in Instance.model_fields}
    kept = [_elsewhere(instance, limit) for limit in limits]
    for limit in limits:
        name, column = TABLES[limit["kind"]]
        values = tables[name][column].astype(float).copy()
        values[list(tables[name][limit["kind"]]).index(limit["limit"])] += far
        tables[name] = with_columns(tables[name], {column: values})
    for rows in kept:
        tables["capacities"] = joined(tables["capacities"], rows)
    options, clock = Options(sensitivity="none"), Clock(time.monotonic())
    summary = run(Instance(**tables), options, clock).result.summary
    return float(summary["cost"] + summary["penalties"])


def _elsewhere(instance: Instance, limit: Mapping[str, Any]) -> Table:
    """Return capacities that keep a limit as it is in all periods but its own.

    A table's capacity holds in every period that it names; only one is to be wider.
    """
    kind, name = limit["kind"], limit["limit"]
    own = {f"{kind}s": name} if kind != "capacity" else {}
    periods: Sequence[str] = instance.periods
    if kind == "capacity":
        table = instance.capacities
        row = list(table["capacity"]).index(name)
        columns = ("legs", "nodes", "routes", "product", "group")
        own = {column: table[column][row] for column in columns}
        periods = split_names(table["period"][row]) or periods
    others = [period for period in periods if period != limit["period"]]
    cells = {
        **{column: texts([cell] * len(others)) for column, cell in own.items()},
        "capacity": texts([f"{kind} {name} in {period}" for period in others]),
        "period": texts(others),
        "quantity": np.full(len(others), float(limit["capacity"])),
    }
    specs = column_specs("capacities").values()
    filled = {spec.name: blanks(spec, len(others)) for spec in specs}
    places = np.zeros(len(others), dtype=np.int64)
    return Table({**filled, **cells}, ("",), places, places)
