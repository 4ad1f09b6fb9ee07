"""The table of the allocation: which quantity of which demand takes which route."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from solver.reports.tables.columns import ROUTE_JOIN, shipment_columns, text_column

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.network.routes import Routes
    from solver.reports.account import Account
    from solver.reports.tables.columns import Column, Table


def allocation_table(account: Account) -> Table:
    """Return the table of the allocation."""
    routes, network = account.routes, account.network
    corridors = text_column(list(network.corridor_names))
    route, legs = route_texts(routes)
    parts = account.cost_parts
    return {
        **shipment_columns(account, routes.shipment),
        "quantity": account.plan.quantity,
        "corridor": corridors[routes.corridor],
        "route": route,
        "legs": legs,
        "cost": np.sum(list(parts.values()), axis=0),
        **parts,
        "days": routes.total(network.steps.days),
        "emissions": routes.total(network.steps.emissions),
    }


def route_texts(routes: Routes) -> tuple[Column, Column]:
    """Return nodes and elements of each route, as `A > B > C` and `L1 > L2`."""
    network = routes.network
    names = network.node_names
    onward = []
    for element in range(network.num_elements):
        _, nodes = network.passes(element)
        onward.append(ROUTE_JOIN.join([names[node] for node in nodes]))
    whole = [
        f"{names[tail]}{ROUTE_JOIN}{nodes}"
        for tail, nodes in zip(network.tail.tolist(), onward, strict=True)
    ]
    tables = network.instance.legs["leg"], network.instance.routes["route"]
    elements = [name for table in tables for name in table.tolist()]
    starts, spans, place = _different_spans(routes)
    # The first element of a route gives its tail too.
    later = np.full(len(spans), network.num_elements)
    later[starts[:-1]] = 0
    passed = _joined([*whole, *onward], spans + later, starts)
    return passed[place], _joined(elements, spans, starts)[place]


def _different_spans(routes: Routes) -> tuple[Ints, Ints, Ints]:
    """Chains of elements, each once: starts and elements, and that of each route."""
    content, size = (
        routes.elements.astype(np.int32).tobytes(),
        np.dtype(np.int32).itemsize,
    )
    number: dict[bytes, int] = {}
    place = [
        number.setdefault(content[a:b], len(number))
        for a, b in pairwise((routes.starts * size).tolist())
    ]
    spans = np.frombuffer(b"".join(number), dtype=np.int32).astype(np.int64)
    lengths = np.fromiter(map(len, number), np.int64, len(number)) // size
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return starts, spans, np.array(place, dtype=np.int64)


def _joined(names: list[str], numbers: Ints, starts: Ints) -> Column:
    """Names of each span as one text: cut out of the text of all."""
    text = ROUTE_JOIN.join(text_column(names)[numbers].tolist())
    length = np.array(list(map(len, names)), dtype=np.int64) + len(ROUTE_JOIN)
    bounds = np.concatenate([[0], np.cumsum(length[numbers])])[starts]
    cuts = zip(
        bounds[:-1].tolist(), (bounds[1:] - len(ROUTE_JOIN)).tolist(), strict=True
    )
    return text_column([text[first:last] for first, last in cuts])
