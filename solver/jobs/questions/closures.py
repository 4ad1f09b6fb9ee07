"""What can be closed in an instance, and the changes that close it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.jobs.questions.items import Closure
from solver.problem.change_text import ChangeText
from solver.problem.tables import split_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.problem.instance import Instance


def closures_of(instance: Instance, by: Sequence[str]) -> tuple[Closure, ...]:
    """Return what is closed, kind by kind, in the order of the tables.

    Parameters
    ----------
    instance : Instance
        The instance, scenarios applied.
    by : sequence of str
        Kinds: ``border``, ``port``, ``node``, ``leg``, ``route``, ``corridor``.
    """
    return tuple(
        closure for kind in dict.fromkeys(by) for closure in _closures(instance, kind)
    )


def _closures(instance: Instance, kind: str) -> Iterator[Closure]:
    match kind:
        case "border" | "port":
            nodes = instance.nodes
            rows = np.flatnonzero(nodes["kind"] == kind)
            yield from _closed(kind, "nodes", "node", nodes["node"][rows].tolist())
        case "node":
            yield from _closed(kind, "nodes", "node", instance.nodes["node"].tolist())
        case "leg":
            yield from _closed(kind, "legs", "leg", instance.legs["leg"].tolist())
        case "route":
            yield from _closed(
                kind, "routes", "route", instance.routes["route"].tolist()
            )
        case _:
            yield from _corridors(instance)


def _closed(kind: str, table: str, key: str, names: list[str]) -> Iterator[Closure]:
    for name in names:
        change = ChangeText(table, "capacity", "=", 0, {key: name})
        yield Closure(f"{kind} {name}", (str(change),))


def _corridors(instance: Instance) -> Iterator[Closure]:
    """Yield corridors: closed with all their legs and named routes."""
    names: dict[str, dict[str, None]] = {}
    for table in ("legs", "routes"):
        for cell in getattr(instance, table)["corridor"].tolist():
            for name in split_names(cell):
                names.setdefault(name, {})[table] = None
    for name, tables in names.items():
        changes = [
            ChangeText(table, "capacity", "=", 0, {"corridor": name})
            for table in tables
        ]
        yield Closure(f"corridor {name}", tuple(map(str, changes)))
