"""Everything a person is told about a result, as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.reports.screen.wording import scale
from solver.reports.shortage import leg_ends, shortage_rows
from solver.rules.kinds import rules_of
from solver.solution.form import EARLIER
from solver.solution.keys import KEY_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from solver.problem.instance import Instance
    from solver.solution.solution import Result

    Table = Mapping[str, NDArray[Any]]


VALUED = ("corridor", "country", "market")
"""What traded value is told by."""


MOST_VALUED = 10
"""Corridors, countries and markets of the largest traded value that are listed."""


MOST_DEAR = 10
"""Demands that are listed by what one more unit costs."""


def answer(
    result: Result, instance: Instance, beside: Mapping[str, Any]
) -> dict[str, Any]:
    """Document that `--json` prints, and that a screen is made of.

    It is the summary, with what keeps a `shortage`, the size of each binding limit,
    every rule, the exposure of the plan (`ranges`), the largest traded `values`, the
    costliest demand, what moved against an earlier plan (`moves`), and what the run
    tells `beside` its result. Rules say in what their levels are counted
    (`wording.scale`).
    """
    told = {**result.summary, **beside}
    return {
        **told,
        "instance": {**result.summary["instance"], "periods": len(instance.periods)},
        "units": instance.units.model_dump(),
        "shortage": shortage_rows(result, instance),
        "values": _values(result.tables["corridors"]),
        "ranges": rows(result.tables["exposure"]),
        "binding_capacities": _binding(result, instance),
        "rules": scaled(rows(result.tables["rules"]), instance),
        "loosening": scaled(told["loosening"], instance),
        "costliest_demand": _costliest(result.tables["demand"]),
        **_moves(result, instance),
    }


def _moves(result: Result, instance: Instance) -> dict[str, Any]:
    """Cargo that moved against an earlier plan, by corridor, if there is one."""
    if EARLIER not in result.tables:
        return {}
    from solver.studies.moved_cargo import CorridorNames, demand_moves

    corridors = CorridorNames(instance)
    moves = demand_moves(result.tables[EARLIER], result.tables["allocation"])
    return {
        "moves": [
            {
                **dict(zip(KEY_TITLES, move.key, strict=True)),
                "quantity": move.quantity,
                "from": corridors.sums(move.less),
                "to": corridors.sums(move.more),
            }
            for move in moves
            if move.less
        ]
    }


def rows(table: Table, chosen: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """Rows of a table as dicts, None for an empty number.

    Parameters
    ----------
    table : dict of str to ndarray
        Columns by name.
    chosen : iterable of int, optional
        Rows wanted, in their order; all by default.
    """
    size = len(next(iter(table.values())))
    index = list(range(size)) if chosen is None else list(chosen)
    columns = [map(_cell, column[index].tolist()) for column in table.values()]
    return [dict(zip(table, row, strict=True)) for row in zip(*columns, strict=True)]


def _cell(value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, float):
        return value
    if np.isnan(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _values(table: Table) -> dict[str, list[dict[str, Any]]]:
    """Corridors, countries and markets of the largest traded value, where known."""
    columns = ("value", "quantity", "traded_value", "value_share", "landed_cost")
    told = {column: table[column] for column in columns}
    found = {}
    for by in VALUED:
        chosen = (table["scope"] == "all") & (table["by"] == by)
        known = np.flatnonzero(chosen & (table["traded_value"] > 0))
        order = known[np.argsort(-table["traded_value"][known], kind="stable")]
        found[by] = rows(told, order[:MOST_VALUED].tolist())
    return found


def _binding(result: Result, instance: Instance) -> list[dict[str, Any]]:
    """Limits that the summary names, whole, with the ends of legs."""
    table = result.tables["capacity"]
    names = zip(table["kind"], table["limit"], table["period"], strict=True)
    index = {name: number for number, name in enumerate(names)}
    binding = result.summary["binding_capacities"]
    keys = [(row["kind"], row["limit"], row["period"]) for row in binding]
    ends = leg_ends(instance)
    found = rows(table, [index[key] for key in keys])
    return [
        {**row, "ends": ends[row["limit"]] if row["kind"] == "leg" else None}
        for row in found
    ]


def scaled(
    entries: Iterable[Mapping[str, Any]], instance: Instance
) -> list[dict[str, Any]]:
    """Return rows of rules, with what they are shares of and are counted in."""
    rules = {rule.name: rule for rule in rules_of(instance)}
    return [
        {
            **entry,
            "of": (rule := rules[entry["rule"]]).of,
            **scale(rule, entry["measure"], instance.units),
        }
        for entry in entries
    ]


def _costliest(table: Table) -> list[dict[str, Any]]:
    cost = table["marginal_cost"]
    known = np.flatnonzero(~np.isnan(cost) & (table["served"] > 0))
    order = known[np.argsort(-cost[known], kind="stable")]
    return rows(table, order[:MOST_DEAR].tolist())
