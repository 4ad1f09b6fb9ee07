"""The table of the allocation: which quantity of which demand takes which route."""

from __future__ import annotations

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
    routes, kind, network = *account.merged, account.network
    corridors = text_column(list(network.corridor_names))
    route, legs = route_texts(routes)
    return {
        **shipment_columns(account, account.plan.shipment),
        "quantity": account.plan.quantity,
        "corridor": corridors[routes.corridor][kind],
        "route": route[kind],
        "legs": legs[kind],
        "cost": account.cost,
        **account.cost_parts,
        "days": account.total(network.steps.days),
        "emissions": account.total(network.steps.emissions),
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
    # The first element of a route gives its tail too.
    later = np.full(len(routes.elements), network.num_elements)
    later[routes.starts[:-1]] = 0
    passed = _joined([*whole, *onward], routes.elements + later, routes.starts)
    return passed, _joined(elements, routes.elements, routes.starts)


def _joined(names: list[str], numbers: Ints, starts: Ints) -> Column:
    """Names of each span as one text: cut out of the text of all."""
    text = ROUTE_JOIN.join(text_column(names)[numbers].tolist())
    length = np.array(list(map(len, names)), dtype=np.int64) + len(ROUTE_JOIN)
    bounds = np.concatenate([[0], np.cumsum(length[numbers])])[starts]
    cuts = zip(
        bounds[:-1].tolist(), (bounds[1:] - len(ROUTE_JOIN)).tolist(), strict=True
    )
    return text_column([text[first:last] for first, last in cuts])
