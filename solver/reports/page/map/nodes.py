"""The nodes that several results use, under one set of names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.source import PageSource

    Floats = NDArray[np.float64]


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
        The largest quantity that starts, ends or passes there in a result.
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


def nodes_of(sources: Sequence[PageSource], cargos: Sequence[PageCargo]) -> Nodes:
    """Return the nodes of some results, in the order in which they first stand."""
    found: dict[str, tuple[str, float, float, float]] = {}
    missing: dict[str, None] = {}
    for source, cargo in zip(sources, cargos, strict=True):
        table = source.instance.nodes
        seen = cargo.through(len(table))
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
