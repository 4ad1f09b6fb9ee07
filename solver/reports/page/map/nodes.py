"""The nodes that several results use, under one set of names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.cargo import product_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats
    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.source import PageSource


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Nodes that have coordinates and see cargo in one result at least.

    Parameters
    ----------
    index : dict of str to int
        Number of each by its name in the tables.
    names : tuple of str
        Names for people.
    points : ndarray of float, shape (nodes, 2)
        Latitude and longitude in degrees.
    seen : ndarray of float, shape (nodes,)
        The largest quantity that starts, ends or passes there in a result, with what
        stays unmet from and to it.
    missing : tuple of str
        Nodes that see cargo but have no coordinates.
    """

    index: dict[str, int]
    names: tuple[str, ...]
    points: Floats
    seen: Floats
    missing: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(slots=True)
class UnmetEnd:
    """What stays unmet from and to a node, and of which groups of cargo."""

    start: float
    end: float
    groups: set[str]


def unmet_ends(source: PageSource) -> dict[str, UnmetEnd]:
    """Return what stays unmet from and to each node, where anything does.

    Demand from or to a group of nodes is no one's of them and is left out.
    """
    table, groups = source.result.tables["demand"], product_groups(source.instance)
    nodes = set(source.instance.nodes["node"])
    found: dict[str, UnmetEnd] = {}
    for row in np.flatnonzero(table["unmet"] > 0).tolist():
        for end in ("origin", "market"):
            if table[end][row] not in nodes:
                continue
            one = found.setdefault(table[end][row], UnmetEnd(0.0, 0.0, set()))
            one.start += float(table["unmet"][row]) if end == "origin" else 0.0
            one.end += float(table["unmet"][row]) if end == "market" else 0.0
            one.groups.add(groups.get(table["product"][row], table["product"][row]))
    return found


def nodes_of(sources: Sequence[PageSource], cargos: Sequence[PageCargo]) -> Nodes:
    """Return the nodes of some results, in the order in which they first stand."""
    found: dict[str, tuple[str, float, float, float]] = {}
    missing: dict[str, None] = {}
    for source, cargo in zip(sources, cargos, strict=True):
        table = source.instance.nodes
        seen = cargo.through(len(table))
        unmet = unmet_ends(source)
        for row, name in enumerate(table["node"] if unmet else ()):
            if name in unmet:
                seen[row] += unmet[name].start + unmet[name].end
        for row in np.flatnonzero(seen > 0).tolist():
            name = table["node"][row]
            place = float(table["latitude"][row]), float(table["longitude"][row])
            if not np.isfinite(place).all():
                missing[name] = None
                continue
            earlier = found.get(name, (table["name"][row] or name, *place, 0.0))
            found[name] = (*earlier[:3], max(earlier[3], float(seen[row])))
    rows = list(found.values())
    return Nodes(
        index={name: number for number, name in enumerate(found)},
        names=tuple(row[0] for row in rows),
        points=np.array([row[1:3] for row in rows], dtype=float).reshape(-1, 2),
        seen=np.array([row[3] for row in rows], dtype=float),
        missing=tuple(name for name in missing if name not in found),
    )
