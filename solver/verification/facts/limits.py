"""Capacities of an instance: what each counts, and how much a plan uses of it."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from solver.problem.tables import split_names
from solver.records import dataclass
from solver.solution.keys import ALL_PERIODS, CapacityKey
from solver.verification.exact.amounts import decimal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from numpy.typing import NDArray

    from solver.problem.instance import Instance
    from solver.verification.facts.elements import ExactElements
    from solver.verification.facts.flows import PlanFlows
    from solver.verification.facts.shipments import ExactCargo

    Positions = NDArray[np.int64]
    Kind = Literal["leg", "node", "route", "capacity"]


@dataclass(frozen=True, slots=True, eq=False)
class Usage:
    """How often an element, or a start at a node, counts for a limit."""

    elements: Counter[int]
    starts: Counter[int]


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """One capacity in one period, or in all of them together.

    Parameters
    ----------
    key : CapacityKey
        Its name.
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
    """Limits in their order: legs, nodes, named routes, joint capacities.

    Parameters
    ----------
    instance : Instance
        A checked instance.
    elements : ExactElements
        Its legs and named routes.
    cargo : ExactCargo
        Its shipments.
    """

    def __init__(
        self, instance: Instance, elements: ExactElements, cargo: ExactCargo
    ) -> None:
        self.instance, self.elements, self.cargo = instance, elements, cargo
        self.all = (*self._simple(), *self._joint())
        self.by_key = {limit.key: limit for limit in self.all}
        self._usages: dict[CapacityKey, Usage] = {}
        self._lanes: dict[CapacityKey, NDArray[np.bool_]] = {}

    def _simple(self) -> Iterator[Limit]:
        tables: tuple[tuple[Kind, str], ...] = (
            ("leg", "legs"),
            ("node", "nodes"),
            ("route", "routes"),
        )
        for kind, name in tables:
            table = getattr(self.instance, name)
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
        if limit.key not in self._usages:
            self._usages[limit.key] = self._counted(limit)
        return self._usages[limit.key]

    def _counted(self, limit: Limit) -> Usage:
        if limit.key.kind != "capacity":
            return self._usage({limit.key.kind: [limit.row]})
        table, route_of = self.instance.capacities, self._route_of
        return self._usage(
            {
                "leg": [
                    self.elements.leg_of[name]
                    for name in split_names(table["legs"][limit.row])
                ],
                "node": [
                    self.elements.node_of[name]
                    for name in split_names(table["nodes"][limit.row])
                ],
                "route": [
                    route_of[name] for name in split_names(table["routes"][limit.row])
                ],
            }
        )

    @cached_property
    def _route_of(self) -> dict[str, int]:
        names = self.instance.routes["route"]
        return {name: row for row, name in enumerate(names)}

    def _usage(self, selected: dict[str, list[int]]) -> Usage:
        found: Counter[int] = Counter()
        for leg in dict.fromkeys(selected.get("leg", [])):
            found.update(self._with_leg.get(leg, []))
        nodes = [*dict.fromkeys(selected.get("node", []))]
        for node in nodes:
            found.update(self._at_node.get(node, []))
        routes = dict.fromkeys(selected.get("route", []))
        found.update(self.elements.num_legs + route for route in routes)
        return Usage(found, Counter(nodes))

    def lanes(self, limit: Limit) -> NDArray[np.bool_]:
        """Products and periods that a limit counts, as lanes of the cargo."""
        if limit.key not in self._lanes:
            self._lanes[limit.key] = self._selected(limit)
        return self._lanes[limit.key]

    def _selected(self, limit: Limit) -> NDArray[np.bool_]:
        table = self.instance.products
        wanted = np.ones(len(table), dtype=bool)
        if limit.key.kind == "capacity":
            filters = self.instance.capacities
            for column in ("product", "group"):
                names = split_names(filters[column][limit.row])
                if names:
                    wanted &= np.isin(table[column], np.array(names, dtype=object))
        periods = np.arange(self.cargo.num_periods)
        counted = (periods == limit.period) | (limit.period is None)
        return np.outer(wanted, counted).ravel()

    # ---- how much a plan uses

    def used(self, flows: PlanFlows) -> list[Decimal]:
        """Quantity that counts for each limit."""
        period = self.cargo.period[flows.shipment]
        loads = _Loads(flows, period, self.cargo.num_periods)
        return [self._used(limit, flows, loads) for limit in self.all]

    def _used(self, limit: Limit, flows: PlanFlows, loads: _Loads) -> Decimal:
        if limit.key.kind == "capacity":
            return self._used_jointly(limit, flows)
        by_kind = {"leg": loads.legs, "node": loads.nodes, "route": loads.routes}
        units = by_kind[limit.key.kind][limit.period or 0][limit.row]
        return flows.quantity.value(int(units))

    def _used_jointly(self, limit: Limit, flows: PlanFlows) -> Decimal:
        lane = self.cargo.lane[flows.shipment]
        counted = self.lanes(limit)[lane].astype(np.int64)
        usage = self.usage(limit)
        on_element, at_start = (
            flows.element_loads(counted, 2)[1],
            flows.start_loads(counted, 2)[1],
        )
        units = sum(int(on_element[e]) * count for e, count in usage.elements.items())
        units += sum(int(at_start[n]) * count for n, count in usage.starts.items())
        return flows.quantity.value(units)


class _Loads:
    """Quantities on legs, nodes and named routes by period, in units of the flows."""

    def __init__(self, flows: PlanFlows, period: Positions, periods: int) -> None:
        elements = flows.elements
        on_element = flows.element_loads(period, periods)
        self.routes = on_element[:, elements.num_legs :]
        self.legs = np.zeros((periods, elements.num_legs), dtype=on_element.dtype)
        self.nodes = flows.start_loads(period, periods)
        if self.nodes.dtype != on_element.dtype:
            self.nodes = self.nodes.astype(object)
        for number in range(periods):
            for total, parts in (
                (self.legs[number], elements.legs),
                (self.nodes[number], elements.visits),
            ):
                np.add.at(total, parts.items, on_element[number][parts.owners])


def _inverse(owners: Positions, items: Positions) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for owner, item in zip(owners.tolist(), items.tolist(), strict=True):
        found.setdefault(item, []).append(owner)
    return found
