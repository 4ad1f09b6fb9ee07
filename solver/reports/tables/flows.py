"""The table of flows: what passes every leg, node and named route, and at which cost.

A leg holds its own rides and those of named routes over it, but the distance and the
cost of its own rides alone: those of a named route, at its through rate or the sum of
its parts, stand with the named route. A node holds every visit; handling counts where
a route starts and where an element ends, since what is handled inside a named route is
part of its price. So distances and costs sum to those of the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.reports.tables.columns import text_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints, Mask
    from solver.network.network import Network
    from solver.reports.account import Account
    from solver.reports.tables.columns import Column, Table

_MOST_MARKED = 2**24
"""Keys that are marked, each in its own place, instead of sorted."""


class _Passages(NamedTuple):
    """Single passages of flows: which place, which flow, distance and money per unit.

    Places are numbered: legs, then nodes, then named routes.
    """

    place: Ints
    flow: Ints
    distance: Floats
    money: Floats


def flows_table(account: Account) -> Table:
    """Return the table of flows."""
    network = account.network
    keys, sums = _sums(account)
    keys, quantity, distance, money = _with_idle(account, keys, sums)
    place, code = np.divmod(keys, _width(account))
    return {
        **_place_columns(network, place),
        **_code_columns(account, code),
        "quantity": quantity,
        "tonne_km": np.where(_is_node(network, place), np.nan, distance),
        "cost": money,
    }


# ---- passages


def _rides(account: Account) -> _Passages:
    """Each ride of a flow on one of its elements."""
    routes, network = account.merged.routes, account.network
    elements, owner = routes.elements, routes.owner
    is_named = elements >= network.num_legs
    place = np.where(is_named, elements + network.num_nodes, elements)
    treatment = account.cargo.treatment[routes.shipment[owner]]
    money = _step_money(account)
    visit = network.num_elements + network.head[elements]
    ride = money[treatment, elements] - money[treatment, visit]
    return _Passages(place, owner, _distances(network)[elements], ride)


def _legs_of_routes(account: Account) -> _Passages:
    """Each leg that a flow passes on a named route."""
    network = account.network
    chosen, leg = _parts(account, [chain.legs for chain in network.chains])
    none = np.zeros(len(leg))
    return _Passages(leg, account.merged.routes.owner[chosen], none, none)


def _visits(account: Account) -> _Passages:
    """Each visit of a node: starts, ends of elements, inner nodes of named routes."""
    routes, network = account.merged.routes, account.network
    inner, inside = _parts(account, [chain.nodes[1:-1] for chain in network.chains])
    node = np.concatenate([routes.first_node, network.head[routes.elements], inside])
    flow = np.concatenate(
        [np.arange(len(routes)), routes.owner, routes.owner[inner]]
    ).astype(int)
    treatment = account.cargo.treatment[routes.shipment[flow]]
    money = _step_money(account)[treatment, network.num_elements + node]
    money[len(node) - len(inside) :] = 0.0
    return _Passages(network.num_legs + node, flow, np.zeros(len(node)), money)


def _parts(account: Account, lists: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Rides on named routes, once for each part, and the parts."""
    elements, legs = account.merged.routes.elements, account.network.num_legs
    rides = np.flatnonzero(elements >= legs)
    number = elements[rides] - legs
    counts = np.array([len(items) for items in lists], dtype=int)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(int)
    items = np.array([item for own in lists for item in own], dtype=int)
    repeated = np.repeat(np.arange(len(rides)), counts[number])
    first = np.cumsum(counts[number]) - counts[number]
    place = starts[number][repeated] + np.arange(len(repeated)) - first[repeated]
    return rides[repeated], items[place]


def _sums(account: Account) -> tuple[Ints, list[Floats]]:
    """Keys of rows in their order, and sums of quantity, distance and money."""
    parts = [_rides(account), _legs_of_routes(account), _visits(account)]
    width, codes = _width(account), _codes(account)
    places = account.network.num_elements + account.network.num_nodes
    keys, rows = _numbered(
        [codes[part.flow] + part.place * width for part in parts], places * width
    )
    carried = account.merged.sums(account.plan.quantity)
    sums = [np.zeros(len(keys)) for _ in range(3)]
    for part, row in zip(parts, rows, strict=True):
        quantity = carried[part.flow]
        np.add.at(sums[0], row, quantity)
        np.add.at(sums[1], row, quantity * part.distance)
        np.add.at(sums[2], row, quantity * part.money)
    return keys, sums


def _numbered(keys: Sequence[Ints], count: int) -> tuple[Ints, list[Ints]]:
    """Return the different keys of all parts in their order, and the place of each.

    Keys below `count` are marked where that is small, and sorted where it is not.
    """
    if count > _MOST_MARKED:
        found = np.unique(np.concatenate([*keys]))
        return found, [np.searchsorted(found, own) for own in keys]
    is_found = np.zeros(count, dtype=bool)
    for own in keys:
        is_found[own] = True
    place = np.cumsum(is_found) - 1
    return np.flatnonzero(is_found), [place[own] for own in keys]


def _step_money(account: Account) -> Floats:
    """Generalised cost of each step, closed or not, shape (treatments, steps)."""
    steps, kinds = account.network.steps, account.network.treatments
    parts = steps.tariff + steps.handling + steps.surcharge
    time = kinds.time_value[:, None] * steps.days
    return np.asarray(parts + time + account.instance.emission_price * steps.emissions)


def _distances(network: Network) -> Floats:
    """Distance of each element; NaN where that of a leg is not known."""
    legs = network.instance.legs["distance"].astype(float)
    sums = [float(legs[list(chain.legs)].sum()) for chain in network.chains]
    return np.concatenate([legs, np.array(sums, dtype=float)])


# ---- rows: place, then period, product group and corridor


def _groups(account: Account) -> tuple[list[str], Ints]:
    """Product groups, a blank first, and that of each product."""
    named = account.instance.products["group"].tolist()
    groups = list(dict.fromkeys(["", *named]))
    index = {name: number for number, name in enumerate(groups)}
    return groups, np.array([index[name] for name in named], dtype=int)


def _sizes(account: Account) -> tuple[int, int, int]:
    """How many periods, groups and corridors there are, `none` and idle included."""
    groups, _ = _groups(account)
    corridors = len(account.network.corridor_names) + 1
    return len(account.instance.periods), len(groups), corridors


def _width(account: Account) -> int:
    return int(np.prod(_sizes(account)))


def _codes(account: Account) -> Ints:
    """Period, group and corridor of each flow in one number."""
    cargo, routes = account.cargo, account.merged.routes
    shipment, corridor = routes.shipment, routes.corridor
    _, groups, corridors = _sizes(account)
    group = _groups(account)[1][cargo.product[shipment]]
    corridor = np.where(corridor < 0, corridors - 2, corridor)
    return (cargo.period[shipment] * groups + group) * corridors + corridor


def _with_idle(
    account: Account, keys: Ints, sums: list[Floats]
) -> tuple[Ints, Floats, Floats, Floats]:
    """Add a row for each place that nothing passes in a period."""
    network = account.network
    periods, groups, corridors = _sizes(account)
    places = network.num_elements + network.num_nodes
    span = np.unique(keys // (groups * corridors))
    idle = np.setdiff1d(np.arange(places * periods), span)
    every = np.concatenate([keys, (idle + 1) * groups * corridors - 1])
    order = np.argsort(every, kind="stable")
    none = np.zeros(len(idle))
    first, second, third = (np.concatenate([own, none])[order] for own in sums)
    return every[order], first, second, third


def _is_node(network: Network, place: Ints) -> Mask:
    last = network.num_legs + network.num_nodes
    return np.asarray((place >= network.num_legs) & (place < last))


def _place_columns(network: Network, place: Ints) -> Table:
    """Columns that say what a place is."""
    instance = network.instance
    legs, routes, nodes = instance.legs, instance.routes, network.node_names
    modes = legs["mode"].tolist()
    joined = [
        "|".join(dict.fromkeys(modes[leg] for leg in chain.legs if modes[leg]))
        for chain in network.chains
    ]
    blank = [""] * len(nodes)
    starts = [nodes[node] for node in network.tail.tolist()]
    ends = [nodes[node] for node in network.head.tolist()]
    count = network.num_legs
    sizes = [count, len(nodes), len(routes)]
    columns = {
        "kind": np.repeat(["leg", "node", "route"], sizes).tolist(),
        "name": [*legs["leg"], *nodes, *routes["route"]],
        "from": [*starts[:count], *blank, *starts[count:]],
        "to": [*ends[:count], *blank, *ends[count:]],
        "mode": [*modes, *blank, *joined],
    }
    return {title: text_column(own)[place] for title, own in columns.items()}


def _code_columns(account: Account, code: Ints) -> dict[str, Column]:
    """Corridor, period and product group of rows; those of idle places are blank."""
    network = account.network
    _, groups, corridors = _sizes(account)
    rest, corridor = np.divmod(code, corridors)
    period, group = np.divmod(rest, groups)
    names = text_column([*network.corridor_names, ""])
    is_idle = corridor == corridors - 1
    group = np.where(is_idle, 0, group)
    return {
        "corridor": names[corridor],
        "period": text_column(list(account.instance.periods))[period],
        "group": text_column(_groups(account)[0])[group],
    }
