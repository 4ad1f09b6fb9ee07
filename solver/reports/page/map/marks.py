"""Limits that are full, where they stand on a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.problem.tables import split_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance
    from solver.reports.page.source import PageSource

_FULL = 1 - 1e-9


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
    for row in np.flatnonzero(used >= _FULL).tolist():
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
