"""Limits that are full, and where their marks stand on a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.problem.tables import split_names
from solver.reports.page.ground.shapes import halfway
from solver.reports.page.source import FULL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats
    from solver.problem.instance import Instance
    from solver.reports.page.map.view import View
    from solver.reports.page.source import PageSource


_DIAMOND = 6.0
_PLACES = (0.38, 0.3, 0.46, 0.22, 0.54, 0.7, 0.14, 0.8)
"""Parts of a line at which the mark of a full leg is tried."""


@dataclass(slots=True)
class Full:
    """Nodes and legs at a limit, and whether that limit has a price.

    Parameters
    ----------
    nodes, legs : dict of str to bool
        Names, with whether any of their full limits has a price.
    """

    nodes: dict[str, bool]
    legs: dict[str, bool]


def full_limits(source: PageSource) -> Full:
    """Return what stands at a limit in a result; joint limits mark their members."""
    table = source.result.tables["capacity"]
    full = Full({}, {})
    used = np.nan_to_num(table["utilisation"])
    for row in np.flatnonzero(used >= FULL).tolist():
        priced = bool(table["price"][row] > 0)
        kind, name = table["kind"][row], table["limit"][row]
        for of_kind, member in _members(source.instance, kind, name):
            marked = full.nodes if of_kind == "node" else full.legs
            marked[member] = marked.get(member, False) or priced
    return full


def _members(instance: Instance, kind: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the nodes and legs that a limit counts."""
    if kind in {"node", "leg"}:
        yield kind, name
    elif kind == "capacity":
        joint = instance.capacities
        for row in np.flatnonzero(joint["capacity"] == name).tolist():
            for of_kind in ("node", "leg"):
                for member in split_names(joint[f"{of_kind}s"][row]):
                    yield of_kind, member


def taken_boxes(view: View) -> Floats:
    """Return the boxes of names and nodes of a view, shape (n, 4)."""
    names = [label.box for label in (*view.labels, *(one for one, _ in view.corridors))]
    nodes = view.places[view.drawn]
    own = np.hstack([nodes - _DIAMOND, nodes + _DIAMOND])
    return np.vstack([np.array(names).reshape(-1, 4), own])


def clear_of(points: Floats, taken: Floats) -> tuple[float, float]:
    """Return where a mark of a line hides no name and no node, if there is a place."""
    for part in _PLACES:
        (x, y), _ = halfway(points, part)
        apart = (taken[:, 2] <= x - _DIAMOND) | (taken[:, 0] >= x + _DIAMOND)
        apart |= (taken[:, 3] <= y - _DIAMOND) | (taken[:, 1] >= y + _DIAMOND)
        if apart.all():
            return round(float(x), 1), round(float(y), 1)
    (x, y), _ = halfway(points, _PLACES[0])
    return round(float(x), 1), round(float(y), 1)
