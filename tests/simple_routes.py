"""An instance read into plain Python, with every simple route of every shipment.

Nothing here is shared with the solver: routes are listed by brute force, costs are
added leg by leg.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance


@dataclass(frozen=True)
class Element:
    """A leg, or a named route: its legs by number, and the nodes it passes."""

    name: str
    legs: tuple[int, ...]
    nodes: tuple[str, ...]
    corridor: str
    route: int | None


@dataclass(frozen=True)
class SimpleRoute:
    """Elements by number, nodes passed, corridor, and cost per unit."""

    elements: tuple[int, ...]
    nodes: tuple[str, ...]
    corridor: str
    cost: float


def names(cell: str) -> list[str]:
    """Names of a cell that joins several by a bar."""
    return [part.strip() for part in cell.split("|") if part.strip()]


def rows_of(table: Any) -> list[dict[str, Any]]:
    """Rows of a table as dictionaries; empty numbers are None."""
    columns = {name: values.tolist() for name, values in table.columns.items()}
    return [
        {
            name: None if isinstance(cell, float) and isnan(cell) else cell
            for name, cell in zip(columns, row, strict=True)
        }
        for row in zip(*columns.values(), strict=True)
    ]


class Case:
    """One instance, read into dictionaries."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.nodes = {row["node"]: row for row in rows_of(instance.nodes)}
        self.legs = rows_of(instance.legs)
        self.products = {row["product"]: row for row in rows_of(instance.products)}
        self.tariffs = rows_of(instance.tariffs)
        self.services = rows_of(instance.routes)
        self.joint = rows_of(instance.capacities)
        self.elements = list(self._elements())
        self.shipments = [
            (row, period)
            for row in rows_of(instance.demand)
            for period in instance.periods
            if row["period"] in ("", period)
        ]

    @property
    def demand(self) -> float:
        """Quantity of all shipments."""
        return float(sum(row["quantity"] for row, _ in self.shipments))

    @cached_property
    def columns(self) -> list[tuple[int, SimpleRoute]]:
        """Every shipment's simple routes, with its number."""
        columns: list[tuple[int, SimpleRoute]] = []
        known: dict[tuple[Any, ...], list[SimpleRoute]] = {}
        for number, (row, _) in enumerate(self.shipments):
            key = tuple(row[k] for k in ("product", "origin", "market", "max_days"))
            if key not in known:
                known[key] = list(self._routes(row))
            columns += [(number, route) for route in known[key]]
        return columns

    # ---- elements and routes

    def _elements(self) -> Iterator[Element]:
        for number, leg in enumerate(self.legs):
            ends = (leg["from"], leg["to"])
            yield Element(leg["leg"], (number,), ends, leg["corridor"], None)
        for number, service in enumerate(self.services):
            parts = [part.strip() for part in service["via"].split(">")]
            if all(part in self.nodes for part in parts) and len(parts) > 1:
                legs = [
                    next(
                        n
                        for n, leg in enumerate(self.legs)
                        if (leg["from"], leg["to"]) == pair
                    )
                    for pair in pairwise(parts)
                ]
            else:
                index = {leg["leg"]: n for n, leg in enumerate(self.legs)}
                legs = [index[part] for part in parts]
            nodes = [self.legs[legs[0]]["from"], *(self.legs[n]["to"] for n in legs)]
            own = {self.legs[n]["corridor"] for n in legs} | {service["corridor"]}
            corridor = next((name for name in sorted(own) if name), "")
            yield Element(service["route"], tuple(legs), tuple(nodes), corridor, number)

    def members(self, place: str) -> list[str]:
        """Nodes of a place."""
        if place in self.nodes:
            return [place]
        return [n for n, row in self.nodes.items() if row["node_group"] == place]

    def _routes(self, demand: dict[str, Any]) -> Iterator[SimpleRoute]:
        product = self.products[demand["product"]]
        markets = set(self.members(demand["market"]))
        open_elements = [
            number
            for number in range(len(self.elements))
            if self.element_cost(product, self.elements[number]) is not None
            and self.handling(product, self.elements[number].nodes[-1]) is not None
        ]

        def extend(
            chain: tuple[int, ...], nodes: tuple[str, ...], corridor: str
        ) -> Iterator[SimpleRoute]:
            days = self.days(chain, nodes[0])
            in_time = demand["max_days"] is None or days <= demand["max_days"] + 1e-9
            if chain and nodes[-1] in markets and in_time:
                cost = self.route_cost(product, chain, nodes[0], days)
                yield SimpleRoute(chain, nodes, corridor, cost)
            for number in open_elements:
                element = self.elements[number]
                if _follows(element, nodes, corridor):
                    yield from extend(
                        (*chain, number),
                        (*nodes, *element.nodes[1:]),
                        corridor or element.corridor,
                    )

        for origin in self.members(demand["origin"]):
            if self.handling(product, origin) is not None:
                yield from extend((), (origin,), "")

    # ---- costs

    def countries(self, leg: dict[str, Any]) -> set[str]:
        """Countries of a leg and its ends."""
        ends = (self.nodes[leg["from"]], self.nodes[leg["to"]])
        found = set(names(leg["country"]))
        return found.union(*(names(end["country"]) for end in ends))

    def _acting(
        self, product: dict[str, Any], carried: dict[str, set[str]], *, at_node: bool
    ) -> list[dict[str, Any]]:
        carried = {
            **carried,
            "product": {product["product"]},
            "group": {product["group"]},
        }
        result = []
        for row in self.tariffs:
            if bool(row["node"]) != at_node:
                continue
            keys = ("product", "group", "mode", "country", "corridor", "tag", "leg")
            wanted = {key: set(names(row[key])) for key in (*keys, "node")}
            if all(
                not values or values & carried.get(key, set())
                for key, values in wanted.items()
            ):
                result.append(row)
        return result

    def handling(
        self, product: dict[str, Any], node: str
    ) -> tuple[float, float] | None:
        """Cost after factors, and surcharges; None if closed."""
        row = self.nodes[node]
        carried = {"node": {node, "*"}, "country": set(names(row["country"]))}
        acting = self._acting(product, carried, at_node=True)
        if any(tariff["closed"] for tariff in acting):
            return None
        return _applied(row["cost"], acting)

    def element_cost(
        self, product: dict[str, Any], element: Element
    ) -> tuple[float, float, float] | None:
        """Tariff, handling at inner nodes, surcharges; None if closed."""
        legs = [self.legs[n] for n in element.legs]
        if element.route is None:
            found = self._rate(product, legs, element, legs[0]["cost"])
            return None if found is None else (found[0], 0.0, found[1])
        parts = [
            self.element_cost(product, self.elements[number]) for number in element.legs
        ]
        inner = [self.handling(product, node) for node in element.nodes[1:-1]]
        if None in parts or None in inner:
            return None
        service = self.services[element.route]
        found = self._rate(product, legs, element, service["cost"] or 0.0)
        if found is None:
            return None
        if service["cost"] is not None:
            return found[0], 0.0, found[1]
        return (
            sum(part[0] for part in parts if part),
            sum(part[0] for part in inner if part),
            sum(part[2] for part in parts if part) + sum(p[1] for p in inner if p),
        )

    def _rate(
        self,
        product: dict[str, Any],
        legs: list[dict[str, Any]],
        element: Element,
        cost: float | None,
    ) -> tuple[float, float] | None:
        carried = {
            "mode": {leg["mode"] for leg in legs},
            "tag": {tag for leg in legs for tag in names(leg["tags"])},
            "leg": {leg["leg"] for leg in legs},
            "country": {name for leg in legs for name in self.countries(leg)},
            "corridor": {element.corridor},
        }
        acting = self._acting(product, carried, at_node=False)
        if any(tariff["closed"] for tariff in acting):
            return None
        if cost is None:
            rates = [row for row in acting if row["cost_per_km"] is not None]
            keys = ("product", "group", "mode", "country", "corridor", "tag", "leg")
            best = max(rates, key=lambda row: sum(bool(row[key]) for key in keys))
            cost = best["cost_per_km"] * legs[0]["distance"]
        return _applied(cost, acting)

    def route_cost(
        self, product: dict[str, Any], chain: tuple[int, ...], start: str, days: float
    ) -> float:
        """Cost per unit of a chain of elements from a node."""
        first = self.handling(product, start)
        assert first is not None
        total = sum(first)
        for number in chain:
            element = self.elements[number]
            parts = self.element_cost(product, element)
            visit = self.handling(product, element.nodes[-1])
            if parts is None or visit is None:
                return np.inf
            total += sum(parts) + sum(visit)
            for leg in element.legs:
                total += self.instance.emission_price * self.legs[leg]["emissions"]
        return float(total + product["time_value"] * days)

    def days(self, chain: tuple[int, ...], start: str) -> float:
        """Days of a chain of elements from a node, dwell at both ends included."""
        total = self.nodes[start]["days"]
        for number in chain:
            element = self.elements[number]
            own = (
                None if element.route is None else self.services[element.route]["days"]
            )
            if own is None:
                own = sum(self.legs[leg]["days"] for leg in element.legs)
                own += sum(self.nodes[node]["days"] for node in element.nodes[1:-1])
            total += own + self.nodes[element.nodes[-1]]["days"]
        return float(total)


def _follows(element: Element, nodes: tuple[str, ...], corridor: str) -> bool:
    """Whether an element goes on where a chain ends, and meets nothing of it."""
    onward = element.nodes[0] == nodes[-1] and not set(element.nodes[1:]) & set(nodes)
    return onward and (not corridor or element.corridor in ("", corridor))


def _applied(cost: float, acting: list[dict[str, Any]]) -> tuple[float, float]:
    for row in acting:
        if row["factor"] is not None:
            cost *= row["factor"]
    return cost, sum(row["surcharge"] or 0.0 for row in acting)
