"""Routes of an earlier plan that shipments of an instance can still take."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Ints, Mask
    from solver.network.network import Network
    from solver.network.shipments import Cargo
    from solver.pricing.pricer import Pricer
    from solver.solution.earlier import EarlierPlan
    from solver.solution.keys import DemandKey


_JOIN = " > "


@dataclass(frozen=True, slots=True, eq=False)
class EarlierRoutes:
    """Routes by shipment, and the row of the earlier plan that each is of.

    `is_single` tells for each whether its demand is a single shipment.
    """

    routes: Routes
    row: Ints
    is_single: Mask


def earlier_routes(pricer: Pricer, earlier: EarlierPlan) -> EarlierRoutes:
    """Return the routes of an earlier plan, by the names of their legs.

    Those are left out of which a leg is gone or closed, that lead elsewhere, mix
    corridors, repeat a node or take too long.
    """
    network, cargo = pricer.network, pricer.cargo
    of_key = _shipments(network, cargo)
    found = [*_named(network, of_key, earlier)]
    shipments, chains, rows = zip(*found, strict=True) if found else ((), (), ())
    routes = Routes(
        network,
        cargo,
        np.array(shipments, dtype=int),
        np.cumsum([0, *map(len, chains)], dtype=int),
        np.array([element for chain in chains for element in chain], dtype=int),
    )
    row = np.array(rows, dtype=int)
    for chosen in (_from_origin_to_market(routes), pricer.usable):
        index = chosen(routes) if callable(chosen) else np.flatnonzero(chosen)
        routes, row = routes.chosen(index), row[index]
    is_single = np.array([len(of_key[earlier.keys[n]]) == 1 for n in row.tolist()])
    return EarlierRoutes(routes, row, is_single.astype(bool))


def _shipments(network: Network, cargo: Cargo) -> dict[DemandKey, list[int]]:
    """Shipments of each demand."""
    instance = network.instance
    titles = ("demand", "product", "origin", "market")
    columns = [instance.demand[title][cargo.demand].tolist() for title in titles]
    periods = [instance.periods[number] for number in cargo.period.tolist()]
    found: dict[DemandKey, list[int]] = defaultdict(list)
    for shipment, key in enumerate(zip(*columns, periods, strict=True)):
        found[key].append(shipment)
    return found


def _named(
    network: Network, of_key: dict[DemandKey, list[int]], earlier: EarlierPlan
) -> Iterator[tuple[int, list[int], int]]:
    """Yield shipment, elements and row of each route that hangs together."""
    tables = network.instance.legs["leg"], network.instance.routes["route"]
    names = [name for table in tables for name in table.tolist()]
    index = {name: number for number, name in enumerate(names)}
    for row, (key, legs) in enumerate(earlier.places):
        chain = [index.get(name, -1) for name in legs.split(_JOIN)]
        if key in of_key and min(chain) >= 0 and _is_route(network, chain):
            for shipment in of_key[key]:
                yield shipment, chain, row


def _is_route(network: Network, chain: list[int]) -> bool:
    """Whether elements join, in one corridor at most."""
    joined = np.array_equal(network.head[chain[:-1]], network.tail[chain[1:]])
    corridors = set(network.corridor[chain].tolist()) - {-1}
    return joined and len(corridors) <= 1


def _from_origin_to_market(routes: Routes) -> Mask:
    """Whether routes start and end where their shipments may."""
    cargo, size = routes.cargo, routes.network.num_nodes
    if not len(routes):
        return np.zeros(0, dtype=bool)
    known = (cargo.pair_shipment * size + cargo.pair_start) * size + cargo.pair_end
    own = (routes.shipment * size + routes.first_node) * size + routes.last_node
    return np.isin(own, known)
