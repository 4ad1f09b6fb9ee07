"""Shipments of an instance: what is to be carried, from where to where, how firmly."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.keys import ShipmentKey
from solver.verification.exact.amounts import amounts
from solver.verification.exact.ragged import Ragged

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from solver.arrays import Ints
    from solver.problem.instance import Instance
    from solver.problem.rules import RuleKey
    from solver.problem.tables import Table
    from solver.verification.exact.amounts import Amounts
    from solver.verification.facts.elements import ExactElements


PRICED = -1
"""Class of demand that has an unmet cost."""


class ExactCargo:
    """Shipments as arrays, in the order of `Instance.shipments`.

    Attributes
    ----------
    demand, product, period : ndarray of int, shape (shipments,)
        Rows of the tables, and index into the periods.
    lane : ndarray of int, shape (shipments,)
        Product and period in one: ``product * number of periods + period``.
    origin, market : ndarray of int, shape (shipments,)
        Places: lists of nodes in `places`.
    is_timed, max_days : ndarray of bool, and Amounts, shape (rows,)
        Whether a row of the demand has a longest time, and which; 0 without one.
    firm_class : ndarray of int, shape (shipments,)
        Index into `classes`, which are served in their order; `PRICED` for others.
    """

    def __init__(self, instance: Instance, elements: ExactElements) -> None:
        self.instance = instance
        table, shipments = instance.demand, instance.shipments
        self.demand, self.period = shipments.demand, shipments.period
        self.quantity: Amounts = amounts(shipments.quantity)
        product_of = _numbers(instance.products["product"])
        self.product = _lookup(table["product"], product_of)[self.demand]
        self.num_periods = len(instance.periods)
        self.lane = self.product * self.num_periods + self.period
        self.places, number = _places(instance.nodes, elements)
        self.origin = _lookup(table["origin"], number)[self.demand]
        self.market = _lookup(table["market"], number)[self.demand]
        self.classes, firm = _classes(table)
        self.firm_class = firm[self.demand]
        costs = np.where(firm == PRICED, table["unmet_cost"].astype(float), 0.0)
        self.unmet_cost: Amounts = amounts(costs).take(self.demand)
        self.is_timed = ~np.isnan(table["max_days"])
        self.max_days = amounts(np.where(self.is_timed, table["max_days"], 0.0))

    def __len__(self) -> int:
        return len(self.demand)

    @property
    def firm_demand(self) -> Decimal:
        """Quantity of all classes."""
        return self.quantity.take(self.firm_class != PRICED).total()

    @cached_property
    def keys(self) -> list[ShipmentKey]:
        """Names of the shipments: rows of the demand, from 1, and periods."""
        periods = [self.instance.periods[number] for number in self.period.tolist()]
        return [*map(ShipmentKey, (self.demand + 1).tolist(), periods)]

    @cached_property
    def by_key(self) -> dict[ShipmentKey, int]:
        """Shipments by name."""
        return {key: number for number, key in enumerate(self.keys)}

    def texts(self, key: RuleKey) -> NDArray[np.object_]:
        """Return what each shipment has of a rule's key, as text."""
        instance = self.instance
        if key == "period":
            return np.array(instance.periods, dtype=object)[self.period]
        if key == "group":
            found: NDArray[np.object_] = instance.products["group"][self.product]
            return found
        column: NDArray[np.object_] = instance.demand[key][self.demand]
        return column


def _numbers(names: NDArray[np.object_]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _lookup(names: NDArray[np.object_], number: dict[str, int]) -> Ints:
    return np.array([number[name] for name in names], dtype=np.int64)


def _places(nodes: Table, elements: ExactElements) -> tuple[Ragged, dict[str, int]]:
    """Nodes of every place: first each node, then each node group."""
    groups: dict[str, list[int]] = {}
    for row, group in enumerate(nodes["node_group"]):
        if group:
            groups.setdefault(group, []).append(row)
    number = dict(elements.node_of)
    lists = [[row] for row in range(len(nodes))]
    for group, rows in groups.items():
        number[group] = len(lists)
        lists.append(rows)
    return Ragged.of(lists), number


def _classes(table: Table) -> tuple[tuple[int | None, ...], Ints]:
    """Classes of firm demand in the order they are served, and that of each row."""
    firm = np.isinf(table["unmet_cost"].astype(float))
    priority = table["priority"].astype(float)
    ranks = np.unique(np.where(np.isnan(priority), np.inf, priority)[firm])
    names = tuple(None if np.isinf(rank) else int(rank) for rank in ranks)
    place = np.searchsorted(ranks, np.where(np.isnan(priority), np.inf, priority))
    return names, np.where(firm, place, PRICED).astype(np.int64)
