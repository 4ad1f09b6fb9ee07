"""Checks of the table of flows: what passes legs, nodes and named routes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from solver.verification.exact.amounts import amounts_of, decimal
from solver.verification.exact.ragged import numbered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints, Mask
    from solver.verification.evidence import Evidence
    from solver.verification.exact.ragged import Ragged
    from solver.verification.figures.columns import Cells
    from solver.verification.world import World


_LESS = Decimal(-1)

_NOTHING = np.zeros(1)
"""Distance or money per unit of all entries."""

_KINDS = {"leg": "legs", "node": "nodes", "route": "routes"}
"""Tables of what flows pass."""


def flows_table(evidence: Evidence) -> Cells:
    """Return the table of flows, computed afresh."""
    groups = list(dict.fromkeys(["", *evidence.world.instance.products["group"]]))
    alike = _alike_flows(evidence, groups)
    rides = _rides(evidence, alike)
    entries = {
        "leg": _on_legs(evidence, alike, rides),
        "node": _at_nodes(evidence, alike),
        "route": _on_routes(evidence, rides),
    }
    blocks = [
        _block(evidence, kind, own, alike, groups) for kind, own in entries.items()
    ]
    return {
        title: np.concatenate([np.asarray(block[title]) for block in blocks])
        for title in blocks[0]
    }


# ---- what flows put where


class AlikeFlows(NamedTuple):
    """Flows on one route, of one kind of product, product group and period, as one.

    Parameters
    ----------
    kind, period, group, route : ndarray of int, shape (alike,)
        What they have in common.
    quantity : ndarray of float, shape (alike,)
        What they carry.
    chain : Ragged
        Elements of their route.
    owner : ndarray of int
        To which each element belongs.
    """

    kind: Ints
    period: Ints
    group: Ints
    route: Ints
    quantity: Floats
    chain: Ragged
    owner: Ints


def _alike_flows(evidence: Evidence, groups: list[str]) -> AlikeFlows:
    """Gather flows that the table does not tell apart."""
    world, flows = evidence.world, evidence.flows
    kind, periods = world.costs.kind, world.cargo.num_periods
    number = {name: place for place, name in enumerate(groups)}
    named = world.instance.products["group"].tolist()
    group = np.array([number[name] for name in named], dtype=np.int64)
    shape = (len(world.costs.rates), len(groups), periods)
    of_product = np.ravel_multi_index((kind, group), shape[:2])
    code = np.add.outer(of_product * periods, np.arange(periods)).ravel()
    uses = flows.uses(code[world.cargo.lane[flows.shipment]], int(np.prod(shape)))
    kind, group, period = np.unravel_index(uses.group, shape)
    chain = flows.routes.chain.take(uses.route)
    carried = flows.used(uses).floats()
    return AlikeFlows(kind, period, group, uses.route, carried, chain, chain.owners)


class Entries(NamedTuple):
    """What flows put on rows of a table, entry by entry.

    Parameters
    ----------
    row, alike : ndarray of int
        Row of the table of places, and number of the flows that are alike.
    once : float
        1 where entries count in the quantity, 0 otherwise.
    distance, money : ndarray
        Per unit of the flow.
    """

    row: Ints
    alike: Ints
    once: float
    distance: Floats = _NOTHING
    money: Floats = _NOTHING

    def chosen(self, which: Mask) -> Entries:
        """Return some of them, distances and money being told of each."""
        at = np.flatnonzero(which)
        return Entries(
            self.row[at], self.alike[at], self.once, self.distance[at], self.money[at]
        )


def _on_legs(evidence: Evidence, alike: AlikeFlows, rides: Entries) -> list[Entries]:
    """Every leg passed counts in the quantity; those of named routes in no more."""
    elements = evidence.world.elements
    passed = elements.legs.flatten(alike.chain)
    direct = rides.chosen(rides.row < elements.num_legs)
    return [Entries(passed.items, passed.owners, 1.0), direct]


def _on_routes(evidence: Evidence, rides: Entries) -> list[Entries]:
    """Rides of named routes, whole."""
    num_legs = evidence.world.elements.num_legs
    named = rides.chosen(rides.row >= num_legs)
    return [named._replace(row=named.row - num_legs, once=1.0)]


def _rides(evidence: Evidence, alike: AlikeFlows) -> Entries:
    """Return all rides, with what they cost before the visit of their last node."""
    world, heads = evidence.world, evidence.world.elements.heads
    sums = map(world.costs.sums, range(len(world.costs.rates)))
    money = np.array(
        [own.plus(start.take(heads).times(_LESS)).floats() for own, start in sums]
    )
    element, owner = alike.chain.items, alike.owner
    paid = money[alike.kind[owner], element]
    return Entries(element, owner, 0.0, _distance(world)[element], paid)


def _at_nodes(evidence: Evidence, alike: AlikeFlows) -> list[Entries]:
    """Visits of nodes; only where a flow starts, or an element ends, is one paid."""
    world, routes = evidence.world, evidence.flows.routes
    every, visits = np.arange(len(alike.route)), routes.visits.take(alike.route)
    start, heads = routes.start[alike.route], world.elements.heads[alike.chain.items]
    paid = np.concatenate([start, heads])
    owner = np.concatenate([every, alike.owner])
    sums = map(world.costs.sums, range(len(world.costs.rates)))
    costs = [at_start.floats() for _, at_start in sums]
    money = np.array(costs)[alike.kind[owner], paid]
    return [
        Entries(start, every, 1.0),
        Entries(visits.items, visits.owners, 1.0),
        Entries(paid, owner, 0.0, money=money),
    ]


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
    evidence: Evidence,
    kind: str,
    entries: list[Entries],
    alike: AlikeFlows,
    groups: list[str],
) -> dict[str, NDArray[Any]]:
    """Rows of one kind: by row of its table, period, product group, corridor.

    What nothing passes in a period has one row there, of no group and corridor.
    """
    world = evidence.world
    corridors, periods = [*world.elements.corridors, ""], world.instance.periods
    size = len(getattr(world.instance, _KINDS[kind]))
    shape = (size, len(periods), len(groups), len(corridors))
    corridor = evidence.flows.routes.corridor[alike.route]
    code = np.ravel_multi_index((alike.period, alike.group, corridor), shape[1:])
    idle = np.ones(shape[:2], dtype=bool)
    for own in entries:
        idle[own.row, alike.period[own.alike]] = False
    last, width = len(corridors) - 1, int(np.prod(shape[1:]))
    unused = np.ravel_multi_index((*np.nonzero(idle), 0, last), shape)
    used = [own.row * width + code[own.alike] for own in entries]
    found, numbers = numbered([*used, unused], size * width)
    row, period, group, corridor = np.unravel_index(found, shape)
    carried, distance, money = np.zeros((3, len(found)))
    for own, number in zip(entries, numbers[:-1], strict=True):
        quantity = alike.quantity[own.alike]
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
