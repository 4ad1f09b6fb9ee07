"""A draft, as files give it, to a complete instance: every name stands in its table.

Legs without a name are named; where there is no table of nodes or products, each that
is used gets a row of defaults; and demand without an unmet cost takes the instance's.
Completing what is complete changes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import Fault
from solver.messages import shown
from solver.problem.edits import (
    derived_rows,
    empty_table,
    is_derived,
    joined,
    with_columns,
)
from solver.problem.instance import Instance
from solver.problem.tables import DEFINITIONS, FIRM, FIRM_WORDS

if TYPE_CHECKING:
    from solver.problem.tables import Table


_MOST_LINES = 12
"""Rows that one fault names."""


APPLIED_KEYS = ("scenarios", "changes")
"""Keys of an instance that tell what was done to it: no file gives them as its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """An instance as it is given.

    Parameters
    ----------
    manifest : dict
        Checked values of the manifest's keys, as `Instance` holds them.
    tables : dict of str to Table
        The tables that are there.
    scenarios : tuple of str
        Scenarios already applied, in order.
    changes : tuple of str
        Changes made after them, in order, each in one line.
    warnings : tuple of Fault
        What was passed over in its files.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    scenarios: tuple[str, ...] = field(default=())
    changes: tuple[str, ...] = field(default=())
    warnings: tuple[Fault, ...] = field(default=())


def draft_of(instance: Instance) -> Draft:
    """Return a complete instance as a draft, from which it can be completed again."""
    manifest = {
        key: getattr(instance, key)
        for key in Instance.model_fields
        if key not in DEFINITIONS and key not in APPLIED_KEYS
    }
    tables = {name: getattr(instance, name) for name in DEFINITIONS}
    return Draft(manifest, tables, instance.scenarios, instance.changes)


def completed(draft: Draft, faults: list[Fault]) -> Instance:
    """Complete instance of a draft; what cannot be completed becomes a fault."""
    given = draft.tables
    tables = {name: given.get(name) or empty_table(name) for name in DEFINITIONS}
    tables["legs"] = _with_leg_names(tables["legs"], faults)
    if is_derived(tables["nodes"], tables["legs"]):
        tables["nodes"] = _with_derived_nodes(tables["nodes"], tables["legs"])
    if is_derived(tables["products"], tables["demand"]):
        tables["products"] = _with_products(tables["products"], tables["demand"])
    default = draft.manifest.get("unmet_cost", FIRM)
    tables["demand"] = _with_unmet_costs(tables["demand"], default)
    return Instance(
        **draft.manifest,
        scenarios=draft.scenarios,
        changes=draft.changes,
        **tables,
    )


def _with_leg_names(legs: Table, faults: list[Fault]) -> Table:
    """Legs in which every blank name is `from>to`, or `from>to:mode` if need be."""
    unnamed = np.flatnonzero(legs["leg"] == "").tolist()
    if not unnamed:
        return legs
    plain = [f"{legs['from'][row]}>{legs['to'][row]}" for row in unnamed]
    counts = Counter(plain)
    names = legs["leg"].copy()
    for row, name in zip(unnamed, plain, strict=True):
        mode = legs["mode"][row]
        names[row] = f"{name}:{mode}" if counts[name] > 1 and mode else name
    alike = {name for name, count in Counter(names[unnamed]).items() if count > 1}
    if alike:
        rows = [row for row in unnamed if names[row] in alike]
        faults.append(_nameless(legs, rows, names[rows[0]]))
        for number, row in enumerate(rows):
            names[row] = f"{names[row]} ({number})"  # No other check stumbles over it.
    return with_columns(legs, {"leg": names})


def _nameless(legs: Table, rows: list[int], name: str) -> Fault:
    """Say that parallel legs need names: once, however many there are."""
    file, line = legs.place(rows[0])
    lines = [legs.place(row)[1] for row in rows]
    shown_lines = ", ".join(map(str, lines[:_MOST_LINES]))
    if len(lines) > _MOST_LINES:
        shown_lines = f"{shown_lines} and {len(lines) - _MOST_LINES} more"
    message = (
        f"parallel legs have no name, and no modes tell them apart: rows {shown_lines} "
        f"would share default names such as {shown(name)}"
    )
    remedy = "give each a name in the column `leg`"
    return Fault(file, message, remedy, line, "leg", name)


def _with_derived_nodes(nodes: Table, legs: Table) -> Table:
    """Nodes of the legs' ends, in order of first appearance, after those known."""
    known = set(nodes["node"])
    first: dict[str, int] = {}
    for row, ends in enumerate(zip(legs["from"], legs["to"], strict=True)):
        for name in ends:
            if name and name not in known:
                first.setdefault(name, row)
    if not first:
        return nodes
    return joined(nodes, derived_rows("nodes", "node", first, legs))


def _with_products(products: Table, demand: Table) -> Table:
    """Products, with a row of defaults for each that only demand names."""
    known = set(products["product"])
    column = demand["product"]
    missing = [name for name in dict.fromkeys(column) if name and name not in known]
    if not missing:
        return products
    wanted = set(missing)
    first: dict[str, int] = {}
    for row, name in enumerate(column):
        if name in wanted:
            first[name] = row
            wanted.discard(name)
            if not wanted:
                break
    return joined(products, derived_rows("products", "product", first, demand))


def _with_unmet_costs(demand: Table, default: float | str) -> Table:
    """Demand in which every blank unmet cost is the instance's."""
    costs = demand["unmet_cost"]
    blank = np.isnan(costs)
    if not blank.any():
        return demand
    value = np.inf if default in FIRM_WORDS else float(default)
    return with_columns(demand, {"unmet_cost": np.where(blank, value, costs)})
