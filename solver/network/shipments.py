"""Who ships what: the shipments of an instance as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints, Mask
    from solver.network.network import Network
    from solver.problem.instance import Instance


PRICED = -1
"""Class of a shipment that may be left unmet at a price."""


@dataclass(frozen=True, slots=True, eq=False)
class Cargo:
    """Shipments, in the order of `Instance.shipments`; arrays by shipment.

    Parameters
    ----------
    demand, product, period, treatment : ndarray of int
        Rows or indices of each shipment.
    quantity : ndarray of float
        In the instance's unit.
    unmet_cost : ndarray of float
        Money per unit left unmet; infinite for firm demand.
    max_days : ndarray of float
        Longest time; infinite without a limit.
    unmet_class : ndarray of int
        Index into `classes` for firm demand, `PRICED` otherwise.
    classes : tuple of int or None
        Priority of each class of firm demand, first served first.
    pair_shipment, pair_start, pair_end : ndarray of int
        Every pair of an origin node and a market node that a shipment may use,
        ordered by shipment.
    """

    demand: Ints
    product: Ints
    period: Ints
    treatment: Ints
    quantity: Floats
    unmet_cost: Floats
    max_days: Floats
    unmet_class: Ints
    classes: tuple[int | None, ...]
    pair_shipment: Ints
    pair_start: Ints
    pair_end: Ints

    def __len__(self) -> int:
        return len(self.demand)

    @property
    def firm(self) -> Mask:
        """Firm shipments: served before money is counted."""
        return np.asarray(self.unmet_class != PRICED)


def cargo(network: Network) -> Cargo:
    """Shipments of a network's instance."""
    instance = network.instance
    shipments, demand = instance.shipments, instance.demand
    rows = shipments.demand
    product = _positions(demand["product"], instance.products["product"])
    unmet_cost = demand["unmet_cost"].astype(float)
    classes, unmet_class = _classes(demand["priority"], np.isinf(unmet_cost))
    max_days = demand["max_days"].astype(float)
    pair_of, start, end = _pairs(network, rows)
    return Cargo(
        demand=rows,
        product=product[rows],
        period=shipments.period,
        treatment=network.treatments.of_product[product[rows]],
        quantity=shipments.quantity,
        unmet_cost=unmet_cost[rows],
        max_days=np.where(np.isnan(max_days), np.inf, max_days)[rows],
        unmet_class=unmet_class[rows],
        classes=classes,
        pair_shipment=pair_of,
        pair_start=start,
        pair_end=end,
    )


def _positions(names: NDArray[np.object_], table: NDArray[np.object_]) -> Ints:
    number = {name: position for position, name in enumerate(table)}
    return np.fromiter(map(number.__getitem__, names), dtype=int, count=len(names))


def _classes(priority: Floats, firm: Mask) -> tuple[tuple[int | None, ...], Ints]:
    """Classes in the order they are served (blank last), and that of each row."""
    given = priority.astype(float)
    order = np.where(np.isnan(given), np.inf, given)
    found, position = np.unique(order[firm], return_inverse=True)
    result = np.full(len(given), PRICED)
    result[firm] = position
    return tuple(None if np.isinf(p) else int(p) for p in found.tolist()), result


def _pairs(network: Network, rows: Ints) -> tuple[Ints, Ints, Ints]:
    """Shipment, start node and end node of every pair, ordered by shipment."""
    demand = network.instance.demand
    names, members, counts = _places(network.instance, network.node_index)
    first = np.cumsum(counts) - counts
    origin = _positions(demand["origin"], names)[rows]
    market = _positions(demand["market"], names)[rows]
    sizes = counts[origin] * counts[market]
    shipment = np.repeat(np.arange(len(rows)), sizes)
    number = np.arange(len(shipment)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    width = counts[market][shipment]
    start = members[first[origin][shipment] + number // width]
    end = members[first[market][shipment] + number % width]
    return shipment, start, end


def _places(
    instance: Instance, node_index: dict[str, int]
) -> tuple[NDArray[np.object_], Ints, Ints]:
    """Names of nodes and groups, their member nodes one after the other, counts."""
    groups: dict[str, list[int]] = {name: [n] for name, n in node_index.items()}
    for name, node in zip(
        instance.nodes["node_group"], instance.nodes["node"], strict=True
    ):
        if name:
            groups.setdefault(name, []).append(node_index[node])
    members = [node for nodes in groups.values() for node in nodes]
    counts = [len(nodes) for nodes in groups.values()]
    names = np.array(list(groups), dtype=object)
    return names, np.array(members, dtype=int), np.array(counts, dtype=int)
