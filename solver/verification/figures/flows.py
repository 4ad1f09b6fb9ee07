"""Checks of the table of flows: what passes legs, nodes and named routes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.records import dataclass
from solver.verification.exact.amounts import amounts_of, decimal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.verification.evidence import Evidence
    from solver.verification.exact.amounts import Amounts
    from solver.verification.figures.columns import Cells, Floats, Positions
    from solver.verification.world import World


_LESS = Decimal(-1)


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """What flows put on legs, nodes or named routes, entry by entry.

    Parameters
    ----------
    kind : str
        ``leg``, ``node`` or ``route``.
    row : ndarray of int
        Row of its table.
    flow : ndarray of int
        Flow.
    once : ndarray
        1 where the entry counts in the quantity, 0 otherwise.
    distance, money : ndarray
        Per unit of the flow.
    """

    kind: str
    row: Positions
    flow: Positions
    once: Floats
    distance: Floats
    money: Floats


def flows_table(evidence: Evidence) -> Cells:
    """Return the table of flows, computed afresh."""
    blocks = [
        _block(evidence, counted)
        for counted in (_legs(evidence), _nodes(evidence), _routes(evidence))
    ]
    return {
        title: np.concatenate([np.asarray(block[title]) for block in blocks])
        for title in blocks[0]
    }


# ---- what flows put where


def _legs(evidence: Evidence) -> _Counted:
    """Every leg passed counts in the quantity; those of named routes in no more."""
    elements, flows = evidence.world.elements, evidence.flows
    passed = elements.legs.flatten(flows.chain)
    chain, owner = flows.chain.items, flows.owner
    direct = np.flatnonzero(chain < elements.num_legs)
    none = np.zeros(len(passed.items))
    own = np.zeros(len(direct))
    return _Counted(
        "leg",
        np.concatenate([passed.items, chain[direct]]),
        np.concatenate([passed.owners, owner[direct]]),
        np.concatenate([none + 1.0, own]),
        np.concatenate([none, _distance(evidence.world)[chain[direct]]]),
        np.concatenate([none, _ride_money(evidence)[direct]]),
    )


def _routes(evidence: Evidence) -> _Counted:
    """Rides of named routes, whole."""
    elements, flows = evidence.world.elements, evidence.flows
    rides = np.flatnonzero(flows.chain.items >= elements.num_legs)
    chain = flows.chain.items[rides]
    return _Counted(
        "route",
        chain - elements.num_legs,
        flows.owner[rides],
        np.ones(len(rides)),
        _distance(evidence.world)[chain],
        _ride_money(evidence)[rides],
    )


def _nodes(evidence: Evidence) -> _Counted:
    """Visits of nodes; only where a flow starts, or an element ends, is one paid."""
    elements, flows = evidence.world.elements, evidence.flows
    visits, chain = flows.visits, flows.chain.items
    heads = elements.heads[chain]
    every = np.arange(len(flows))
    visited = np.concatenate([flows.start, visits.items])
    paid = np.concatenate([flows.start, heads])
    owner = np.concatenate([every, flows.owner])
    visit = [costs[1].floats() for costs in _sums(evidence.world)]
    money = np.array(visit)[_kind(evidence)[owner], paid]
    return _Counted(
        "node",
        np.concatenate([visited, paid]),
        np.concatenate([every, visits.owners, owner]),
        np.concatenate([np.ones(len(visited)), np.zeros(len(paid))]),
        np.zeros(len(visited) + len(paid)),
        np.concatenate([np.zeros(len(visited)), money]),
    )


def _kind(evidence: Evidence) -> Positions:
    """Kind of product of each flow."""
    world = evidence.world
    return world.costs.kind[world.cargo.product[evidence.flows.shipment]]


def _sums(world: World) -> list[tuple[Amounts, Amounts]]:
    """Cost of elements and of starts, for each kind of product."""
    return [world.costs.sums(kind) for kind in range(len(world.costs.rates))]


def _ride_money(evidence: Evidence) -> Floats:
    """Money per unit of each ride, the visit of the node where it ends left out."""
    world, flows = evidence.world, evidence.flows
    heads = world.elements.heads
    rides = [
        on_element.plus(at_start.take(heads).times(_LESS)).floats()
        for on_element, at_start in _sums(world)
    ]
    return np.array(rides)[_kind(evidence)[flows.owner], flows.chain.items]


def _distance(world: World) -> Floats:
    """Distance of each element; NaN if that of a leg is unknown."""
    given = world.instance.legs["distance"].astype(np.float64)
    found = []
    for element in world.elements.all:
        own = given[list(element.legs)]
        known = not np.isnan(own).any()
        total = amounts_of([decimal(length) for length in own]) if known else None
        found.append(float(total.total()) if total is not None else np.nan)
    return np.array(found, dtype=np.float64)


# ---- rows


def _block(evidence: Evidence, counted: _Counted) -> dict[str, NDArray[Any]]:
    """Rows of one kind: by row of its table, period, product group, corridor."""
    world = evidence.world
    groups = list(dict.fromkeys(["", *world.instance.products["group"]]))
    corridors, periods = [*world.elements.corridors, ""], world.instance.periods
    shape = (_count(world, counted.kind), len(periods), len(groups), len(corridors))
    of_flow = _place_of_flow(evidence, groups)
    index = np.ravel_multi_index(
        (counted.row, *(own[counted.flow] for own in of_flow)), shape
    ).astype(np.int64)
    found, number = np.unique(index, return_inverse=True)
    quantity = evidence.flows.quantity.floats()[counted.flow]
    sums = {
        title: np.bincount(number.reshape(-1), quantity * own, len(found))
        for title, own in (
            ("quantity", counted.once),
            ("tonne_km", counted.distance),
            ("cost", counted.money),
        )
    }
    idle = np.ones(shape[:2], dtype=bool)
    idle[np.unravel_index(found, shape)[:2]] = False
    row, period = np.nonzero(idle)
    none = np.zeros_like(row)
    extra = np.ravel_multi_index((row, period, none, none + shape[3] - 1), shape)
    places = np.concatenate([found, extra])
    order = np.lexsort((places, places // (shape[2] * shape[3])))
    blank = np.zeros(len(extra))
    row, period, group, corridor = np.unravel_index(places[order], shape)
    result = {
        **_place_cells(world, counted.kind, row),
        "corridor": np.array(corridors, dtype=object)[corridor],
        "period": np.array(periods, dtype=object)[period],
        "group": np.array(groups, dtype=object)[group],
        **{t: np.concatenate([own, blank])[order] for t, own in sums.items()},
    }
    if counted.kind == "node":
        result["tonne_km"] = np.full(len(order), np.nan)
    return result


def _place_of_flow(
    evidence: Evidence, groups: list[str]
) -> tuple[Positions, Positions, Positions]:
    """Period, product group and corridor of each flow."""
    world, shipment = evidence.world, evidence.flows.shipment
    number = {name: place for place, name in enumerate(groups)}
    of_product = [number[name] for name in world.instance.products["group"]]
    group = np.array([*of_product, 0], dtype=np.int64)[world.cargo.product[shipment]]
    return world.cargo.period[shipment], group, evidence.flows.corridor


def _count(world: World, kind: str) -> int:
    tables = {
        "leg": world.instance.legs,
        "node": world.instance.nodes,
        "route": world.instance.routes,
    }
    return len(tables[kind])


def _place_cells(world: World, kind: str, row: Positions) -> dict[str, NDArray[Any]]:
    """Cells that say what a place is."""
    elements, legs = world.elements, world.instance.legs
    if kind == "node":
        cells = [("", "", "", name) for name in elements.node_names]
    else:
        chosen = [e for e in elements.all if (e.row is None) == (kind == "leg")]
        cells = []
        for element in chosen:
            start, end = (elements.node_names[element.nodes[n]] for n in (0, -1))
            modes = dict.fromkeys(legs["mode"][leg] for leg in element.legs)
            joined = "|".join(mode for mode in modes if mode)
            cells.append((start, end, joined, element.name))
    columns = np.array(cells, dtype=object).reshape(-1, 4)[row]
    titles = ("from", "to", "mode", "name")
    return {
        "kind": np.full(len(row), kind, dtype=object),
        **dict(zip(titles, columns.T, strict=True)),
    }
