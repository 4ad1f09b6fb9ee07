"""Instances built in code, for tests that need no files."""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.problem.instance import Instance
from solver.problem.tables import DEFINITIONS, FIRM, FIRM_WORDS, Table

Row = dict[str, Any]


def build_instance(
    legs: list[Row],
    demand: list[Row],
    nodes: list[Row] | None = None,
    products: list[Row] | None = None,
    tariffs: list[Row] | None = None,
    routes: list[Row] | None = None,
    capacities: list[Row] | None = None,
    **manifest: Any,
) -> Instance:
    """Return an instance of these rows, with nodes and products filled in."""
    legs = _named(legs)
    ends = dict.fromkeys(end for leg in legs for end in (leg["from"], leg["to"]))
    known = {row["product"] for row in products or []}
    wanted = dict.fromkeys(row["product"] for row in demand)
    missing = [{"product": name} for name in wanted if name not in known]
    default = manifest.get("unmet_cost", FIRM)
    tables = {
        "nodes": nodes if nodes is not None else [{"node": end} for end in ends],
        "legs": legs,
        "demand": [{"unmet_cost": default, **row} for row in demand],
        "products": [*(products or []), *missing],
        "tariffs": tariffs or [],
        "routes": routes or [],
        "capacities": capacities or [],
    }
    return Instance(
        **manifest, **{name: _table(name, rows) for name, rows in tables.items()}
    )


def _named(legs: list[Row]) -> list[Row]:
    pairs = [(leg["from"], leg["to"]) for leg in legs]
    result = []
    for leg, pair in zip(legs, pairs, strict=True):
        name = f"{pair[0]}>{pair[1]}"
        if pairs.count(pair) > 1:
            name = f"{name}:{leg.get('mode', '')}"
        result.append({"leg": name, **leg})
    return result


def _table(name: str, rows: list[Row]) -> Table:
    columns = {}
    fields = DEFINITIONS[name].model_fields
    titles = {field.alias or key for key, field in fields.items()}
    for row in rows:
        assert set(row) <= titles, set(row) - titles
    for key, field in fields.items():
        title = field.alias or key
        default = "" if field.is_required() else field.default
        cells = [row.get(title, default) for row in rows]
        columns[title] = _column(title, cells, default)
    return Table(
        columns=columns,
        files=(f"{name}.csv",),
        file_of=np.zeros(len(rows), dtype=np.int64),
        lines=np.arange(2, len(rows) + 2),
    )


def _column(title: str, cells: list[Any], default: Any) -> np.ndarray[Any, Any]:
    if title == "closed":
        return np.array(cells, dtype=bool)
    if title == "unmet_cost":
        return np.array([np.inf if c in FIRM_WORDS else c for c in cells], float)
    if title == "quantity" or default is None or isinstance(default, float):
        return np.array([np.nan if c is None else c for c in cells], dtype=float)
    return np.array(cells, dtype=object)
