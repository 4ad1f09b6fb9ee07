"""Checks of the table of flows: what passes legs, nodes and named routes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from solver.verification.exact.amounts import amounts_of, decimal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells
    from solver.verification.world import World


_LESS = Decimal(-1)

_KINDS = {"leg": "legs", "node": "nodes", "route": "routes"}
"""Tables of what flows pass."""

_MOST_MARKED = 2**24
"""Keys of rows up to which each has a mark."""


def flows_table(evidence: Evidence) -> Cells:
    """Return the table of flows, computed afresh."""
    entries = {
        "leg": _on_legs(evidence),
        "node": _at_nodes(evidence),
        "route": _on_routes(evidence),
    }
    blocks = [_block(evidence, kind, own) for kind, own in entries.items()]
    return {
        title: np.concatenate([np.asarray(block[title]) for block in blocks])
        for title in blocks[0]
    }


# ---- what flows put where


class Entries(NamedTuple):
    """What flows put on rows of a table, entry by entry.

    Parameters
    ----------
    row, flow : ndarray of int
        Row of the table of places, and flow.
    once : float
        1 where entries count in the quantity, 0 otherwise.
    distance, money : ndarray or float
        Per unit of the flow.
    """

    row: Ints
    flow: Ints
    once: float
    distance: Floats | float = 0.0
    money: Floats | float = 0.0


def _on_legs(evidence: Evidence) -> list[Entries]:
    """Every leg passed counts in the quantity; those of named routes in no more."""
    elements, flows = evidence.world.elements, evidence.flows
    passed = elements.legs.flatten(flows.chain)
    direct = np.flatnonzero(flows.chain.items < elements.num_legs)
    rides = _rides(evidence, direct, 0.0)
    return [Entries(passed.items, passed.owners, 1.0), rides]


def _on_routes(evidence: Evidence) -> list[Entries]:
    """Rides of named routes, whole."""
    num_legs = evidence.world.elements.num_legs
    named = np.flatnonzero(evidence.flows.chain.items >= num_legs)
    return [_rides(evidence, named, 1.0, num_legs)]


def _rides(evidence: Evidence, chosen: Ints, once: float, first: int = 0) -> Entries:
    """Return some rides, with what they cost before the visit of their last node.

    Rows are counted from the first element.
    """
    world, flows = evidence.world, evidence.flows
    heads = world.elements.heads
    sums = map(world.costs.sums, range(len(world.costs.rates)))
    money = np.array(
        [own.plus(start.take(heads).times(_LESS)).floats() for own, start in sums]
    )
    element, owner = flows.chain.items[chosen], flows.owner[chosen]
    paid = money[_kind(evidence)[owner], element]
    return Entries(element - first, owner, once, _distance(world)[element], paid)


def _at_nodes(evidence: Evidence) -> list[Entries]:
    """Visits of nodes; only where a flow starts, or an element ends, is one paid."""
    world, flows = evidence.world, evidence.flows
    every, visits = np.arange(len(flows)), flows.visits
    heads = world.elements.heads[flows.chain.items]
    paid = np.concatenate([flows.start, heads])
    owner = np.concatenate([every, flows.owner])
    sums = map(world.costs.sums, range(len(world.costs.rates)))
    costs = [at_start.floats() for _, at_start in sums]
    money = np.array(costs)[_kind(evidence)[owner], paid]
    return [
        Entries(flows.start, every, 1.0),
        Entries(visits.items, visits.owners, 1.0),
        Entries(paid, owner, 0.0, 0.0, money),
    ]


def _kind(evidence: Evidence) -> Ints:
    """Kind of product of each flow."""
    world = evidence.world
    return world.costs.kind[world.cargo.product[evidence.flows.shipment]]


def _distance(world: World) -> Floats:
    """Distance of each element; NaN if that of a leg is unknown."""
    given = world.instance.legs["distance"].astype(np.float64)
    known = amounts_of([decimal(x) for x in np.nan_to_num(given).tolist()])
    legs = world.elements.legs
    sums = known.take(legs.items).summed(legs.owners, len(legs)).floats()
    unknown = np.bincount(legs.owners, np.isnan(given)[legs.items], len(legs))
    return np.where(unknown > 0, np.nan, sums)


# ---- rows


def _block(
    evidence: Evidence, kind: str, entries: list[Entries]
) -> dict[str, NDArray[Any]]:
    """Rows of one kind: by row of its table, period, product group, corridor.

    What nothing passes in a period has one row there, of no group and corridor.
    """
    world = evidence.world
    groups = list(dict.fromkeys(["", *world.instance.products["group"]]))
    corridors, periods = [*world.elements.corridors, ""], world.instance.periods
    size = len(getattr(world.instance, _KINDS[kind]))
    shape = (size, len(periods), len(groups), len(corridors))
    period, group, corridor = _places_of(evidence, groups)
    code = np.ravel_multi_index((period, group, corridor), shape[1:])
    idle = np.ones(shape[:2], dtype=bool)
    for own in entries:
        idle[own.row, period[own.flow]] = False
    last, width = len(corridors) - 1, int(np.prod(shape[1:]))
    unused = np.ravel_multi_index((*np.nonzero(idle), 0, last), shape)
    used = [own.row * width + code[own.flow] for own in entries]
    found, numbers = _numbered([*used, unused], size * width)
    row, period, group, corridor = np.unravel_index(found, shape)
    carried, distance, money = np.zeros((3, len(found)))
    for own, number in zip(entries, numbers[:-1], strict=True):
        quantity = evidence.flows.quantity.floats()[own.flow]
        carried += np.bincount(number, quantity * own.once, len(found))
        distance += np.bincount(number, quantity * own.distance, len(found))
        money += np.bincount(number, quantity * own.money, len(found))
    return {
        **_place_cells(world, kind, row),
        "corridor": np.array(corridors, dtype=object)[corridor],
        "period": np.array(periods, dtype=object)[period],
        "group": np.array(groups, dtype=object)[group],
        "quantity": carried,
        "tonne_km": np.full(len(found), np.nan) if kind == "node" else distance,
        "cost": money,
    }


def _numbered(keys: list[Ints], count: int) -> tuple[Ints, list[Ints]]:
    """Return the different keys below `count`, and the place of every key among them.

    They are not sorted where each may have a mark of its own.
    """
    if count > _MOST_MARKED:
        found, place = np.unique(np.concatenate(keys), return_inverse=True)
        return found, np.split(place, np.cumsum([*map(len, keys)])[:-1])
    is_found = np.zeros(count, dtype=bool)
    for own in keys:
        is_found[own] = True
    numbers = np.cumsum(is_found) - 1
    return np.flatnonzero(is_found), [numbers[own] for own in keys]


def _places_of(evidence: Evidence, groups: list[str]) -> tuple[Ints, Ints, Ints]:
    """Period, product group and corridor of each flow."""
    world, shipment = evidence.world, evidence.flows.shipment
    own = world.instance.products["group"].tolist()
    group = np.array([groups.index(name) for name in own], dtype=np.int64)
    of_flow = group[world.cargo.product[shipment]]
    return world.cargo.period[shipment], of_flow, evidence.flows.corridor


def _place_cells(world: World, kind: str, row: Ints) -> dict[str, NDArray[Any]]:
    """Cells that say what a place is."""
    elements, modes = world.elements, world.instance.legs["mode"]
    cells = [("", "", "", name) for name in elements.node_names]
    if kind != "node":
        cells = []
        for element in elements.all:
            if (element.row is None) == (kind == "leg"):
                start, end = (elements.node_names[element.nodes[n]] for n in (0, -1))
                used = dict.fromkeys(modes[leg] for leg in element.legs)
                mode = "|".join(mode for mode in used if mode)
                cells.append((start, end, mode, element.name))
    columns = np.array(cells, dtype=object).reshape(-1, 4)[row].T
    titles = ("from", "to", "mode", "name")
    return {
        "kind": np.full(len(row), kind, dtype=object),
        **dict(zip(titles, columns, strict=True)),
    }
