"""Capacities of an instance: what each counts, and how much a plan uses of it."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from solver.problem.tables import split_names
from solver.solution.keys import ALL_PERIODS, CapacityKey
from solver.verification.exact.amounts import decimal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from solver.arrays import Ints, Mask
    from solver.problem.instance import Instance
    from solver.verification.facts.elements import ExactElements
    from solver.verification.facts.flows import PlanFlows
    from solver.verification.facts.shipments import ExactCargo

    Kind = Literal["leg", "node", "route", "capacity"]


class Usage(NamedTuple):
    """How often an element, or a start at a node, counts for a limit."""

    elements: Counter[int]
    starts: Counter[int]


class Limit(NamedTuple):
    """One capacity in one period, or in all of them together.

    Parameters
    ----------
    quantity : Decimal
        How much may pass.
    row : int
        Row of its table.
    period : int or None
        Index of its period; None counts all.
    """

    key: CapacityKey
    quantity: Decimal
    row: int
    period: int | None


class ExactLimits:
    """Limits in their order: legs, nodes, named routes, joint capacities."""

    def __init__(
        self, instance: Instance, elements: ExactElements, cargo: ExactCargo
    ) -> None:
        self.instance, self.elements, self.cargo = instance, elements, cargo
        self.all = (*self._simple(), *self._joint())
        self.by_key = {limit.key: limit for limit in self.all}
        self._usages: dict[tuple[str, int], Usage] = {}
        self._lanes: dict[tuple[int | None, int | None], Mask] = {}
        self._used: tuple[PlanFlows, list[Decimal]] | None = None

    def _simple(self) -> Iterator[Limit]:
        kinds: tuple[Kind, ...] = ("leg", "node", "route")
        for kind in kinds:
            table = getattr(self.instance, f"{kind}s")
            for row in np.flatnonzero(~np.isnan(table["capacity"])).tolist():
                quantity = decimal(table["capacity"][row])
                for number, period in enumerate(self.instance.periods):
                    key = CapacityKey(kind, table[kind][row], period)
                    yield Limit(key, quantity, row, number)

    def _joint(self) -> Iterator[Limit]:
        table = self.instance.capacities
        periods = [*self.instance.periods]
        for row in range(len(table)):
            named = split_names(table["period"][row]) or tuple(periods)
            for period in (*periods, ALL_PERIODS):
                if period in named:
                    key = CapacityKey("capacity", table["capacity"][row], period)
                    number = periods.index(period) if period in periods else None
                    yield Limit(key, decimal(table["quantity"][row]), row, number)

    # ---- what counts

    @cached_property
    def _with_leg(self) -> dict[int, list[int]]:
        return _inverse(self.elements.legs.owners, self.elements.legs.items)

    @cached_property
    def _at_node(self) -> dict[int, list[int]]:
        return _inverse(self.elements.visits.owners, self.elements.visits.items)

    def usage(self, limit: Limit) -> Usage:
        """How often each element and start counts for a limit."""
        place = limit.key.kind, limit.row
        if place not in self._usages:
            legs, nodes, routes = self._places(limit)
            found = Counter(self.elements.num_legs + route for route in routes)
            for leg in legs:
                found.update(self._with_leg.get(leg, ()))
            for node in nodes:
                found.update(self._at_node.get(node, ()))
            self._usages[place] = Usage(found, Counter(nodes))
        return self._usages[place]

    def _places(self, limit: Limit) -> list[list[int]]:
        """Legs, nodes and named routes that a limit names, each once."""
        if limit.key.kind != "capacity":
            return [[limit.row] * (limit.key.kind == kind) for kind in self._numbers]
        found = []
        for kind, known in self._numbers.items():
            cell = self.instance.capacities[f"{kind}s"][limit.row]
            names = split_names(str(cell))
            found.append([known[name] for name in dict.fromkeys(names)])
        return found

    @cached_property
    def _numbers(self) -> dict[str, dict[str, int]]:
        """Rows by name of legs, nodes and named routes."""
        routes = self.instance.routes["route"].tolist()
        named = {name: row for row, name in enumerate(routes)}
        elements = self.elements
        return {"leg": elements.leg_of, "node": elements.node_of, "route": named}

    def lanes(self, limit: Limit) -> Mask:
        """Products and periods that a limit counts, as lanes of the cargo."""
        row = limit.row if limit.key.kind == "capacity" else None
        if (row, limit.period) not in self._lanes:
            periods = np.arange(self.cargo.num_periods)
            counted = (periods == limit.period) | (limit.period is None)
            lanes = np.outer(self._wanted(row), counted).ravel()
            self._lanes[row, limit.period] = lanes
        return self._lanes[row, limit.period]

    def _wanted(self, row: int | None) -> Mask:
        """Products that a joint capacity counts; all for other limits."""
        table, filters = self.instance.products, self.instance.capacities
        wanted = np.ones(len(table), dtype=bool)
        for column in ("product", "group"):
            names = () if row is None else split_names(filters[column][row])
            if names:
                wanted &= np.isin(table[column], np.array(names, dtype=object))
        return wanted

    # ---- how much a plan uses

    def used(self, flows: PlanFlows) -> list[Decimal]:
        """Quantity that counts for each limit."""
        if self._used is None or self._used[0] is not flows:
            self._used = flows, self._sums(flows)
        return [*self._used[1]]

    def _sums(self, flows: PlanFlows) -> list[Decimal]:
        lane = self.cargo.lane[flows.shipment]
        loads: dict[bytes, tuple[list[int], list[int]]] = {}
        found = []
        for limit in self.all:
            lanes, usage = self.lanes(limit), self.usage(limit)
            key = lanes.tobytes()
            if key not in loads:
                uses = flows.uses(lanes[lane].astype(np.int64), 2)
                on_element, at_start = flows.loads(uses, 2)
                loads[key] = on_element[1].tolist(), at_start[1].tolist()
            passing, starting = loads[key]
            units = sum(passing[e] * count for e, count in usage.elements.items())
            units += sum(starting[n] * count for n, count in usage.starts.items())
            found.append(flows.quantity.value(units))
        return found


def _inverse(owners: Ints, items: Ints) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for owner, item in zip(owners.tolist(), items.tolist(), strict=True):
        found.setdefault(item, []).append(owner)
    return found
