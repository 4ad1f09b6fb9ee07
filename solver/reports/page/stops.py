"""Where each flow starts, which corridor and gate it takes, and where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.problem.instance import Instance
    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.source import PageSource


DIRECT = "no port or border"
"""Gate of a flow that passes neither a port nor a border."""


def node_names(instance: Instance) -> dict[str, str]:
    """Return the name for people of each node."""
    nodes = instance.nodes
    pairs = zip(nodes["node"], nodes["name"], strict=True)
    return {node: name or node for node, name in pairs}


def flow_stops(source: PageSource, cargo: PageCargo) -> tuple[list[str], ...]:
    """Return origin, corridor, gate and market of each flow, by their names.

    The gate is the first port on the way; without one, the first border.
    """
    table, names = source.result.tables["allocation"], node_names(source.instance)
    ids = list(source.instance.nodes["node"])
    gates = [
        names[ids[node]] if node >= 0 else DIRECT
        for node in _gates(source.instance, cargo).tolist()
    ]
    return (
        [names.get(name, name) for name in table["origin"].tolist()],
        [cargo.corridors[number] for number in cargo.corridor.tolist()],
        gates,
        [names.get(name, name) for name in table["market"].tolist()],
    )


def _gates(instance: Instance, cargo: PageCargo) -> Ints:
    """Return the node that is each flow's gate, or -1."""
    first = np.flatnonzero(np.diff(cargo.flow, prepend=-1))
    node = np.concatenate([cargo.tail[cargo.leg[first]], cargo.head[cargo.leg]])
    flow = np.concatenate([cargo.flow[first], cargo.flow])
    place = np.concatenate([np.full(len(first), -1), np.arange(len(cargo.leg))])
    kinds = instance.nodes["kind"]
    gates = np.full(len(cargo.quantity), -1)
    for kind in ("border", "port"):
        chosen = np.flatnonzero(kinds[node] == kind)
        chosen = chosen[np.argsort(-place[chosen], kind="stable")]
        # The last one written is the first one passed.
        gates[flow[chosen]] = node[chosen]
    return gates
