"""What routes are made of: legs, and named routes as chains of legs."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from solver.errors import InternalError
from solver.problem.tables import NO_CORRIDOR, split_names
from solver.verification.exact.amounts import ZERO, Amounts, amounts_of, decimal
from solver.verification.exact.ragged import Ragged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from solver.arrays import Ints
    from solver.problem.instance import Instance
    from solver.problem.rules import By


class Element(NamedTuple):
    """A leg, or a named route: its legs, and the nodes it visits in order."""

    name: str
    legs: tuple[int, ...]
    nodes: tuple[int, ...]
    corridor: str
    row: int | None
    """Row of the table of named routes; None for a leg."""


class ExactElements:
    """Elements of an instance as arrays: first its legs, then its named routes."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._carriers: dict[str, dict[str, Ints]] = {}
        self.node_names: tuple[str, ...] = tuple(instance.nodes["node"].tolist())
        self.leg_names: tuple[str, ...] = tuple(instance.legs["leg"].tolist())
        self.node_of = {name: row for row, name in enumerate(self.node_names)}
        self.leg_of = {name: row for row, name in enumerate(self.leg_names)}
        self.all = (*self._legs(), *self._named_routes())
        self.names = tuple(element.name for element in self.all)
        self.tails = _array(element.nodes[0] for element in self.all)
        self.heads = _array(element.nodes[-1] for element in self.all)
        self.visits = Ragged.of([element.nodes[1:] for element in self.all])
        self.legs = Ragged.of([element.legs for element in self.all])
        found = dict.fromkeys(element.corridor for element in self.all)
        self.corridors = (*(name for name in found if name), NO_CORRIDOR)
        number = {name: place for place, name in enumerate(self.corridors)}
        number[""] = len(self.corridors) - 1
        self.corridor = _array(number[element.corridor] for element in self.all)

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_names)

    @property
    def num_legs(self) -> int:
        """Number of legs."""
        return len(self.leg_names)

    @cached_property
    def inner_visits(self) -> tuple[Ints, Ints]:
        """Elements and nodes that they visit before their last, pair by pair."""
        inner = np.ones(len(self.visits.items), dtype=bool)
        inner[self.visits.starts[1:] - 1] = False
        return self.visits.owners[inner], self.visits.items[inner]

    @property
    def with_inner_nodes(self) -> bool:
        """Whether a named route leads past a node, so that a walk may come back."""
        return len(self.inner_visits[0]) > 0

    def __len__(self) -> int:
        return len(self.all)

    # ---- reading the tables

    def _legs(self) -> Iterable[Element]:
        legs = self.instance.legs
        columns = (legs["leg"], legs["from"], legs["to"], legs["corridor"])
        for row, (name, start, end, corridor) in enumerate(zip(*columns, strict=True)):
            ends = (self.node_of[start], self.node_of[end])
            yield Element(name, (row,), ends, corridor, None)

    def _named_routes(self) -> Iterable[Element]:
        table, legs = self.instance.routes, self.instance.legs
        for row, (name, via) in enumerate(
            zip(table["route"], table["via"], strict=True)
        ):
            chain = self._chain(via)
            own = [table["corridor"][row], *(legs["corridor"][leg] for leg in chain)]
            corridor = next((found for found in own if found), "")
            nodes = (
                self.node_of[legs["from"][chain[0]]],
                *(self.node_of[legs["to"][leg]] for leg in chain),
            )
            yield Element(name, tuple(chain), nodes, corridor, row)

    def _chain(self, via: str) -> list[int]:
        """Legs of a named route, given by its nodes or by its legs."""
        for pattern in (r"\s+>\s+", r"\s*>\s*"):
            parts = re.split(pattern, via.strip())
            if len(parts) > 1 and all(part in self.node_of for part in parts):
                pairs = [*pairwise(parts)]
                if all(pair in self._between for pair in pairs):
                    return [self._between[pair] for pair in pairs]
            if all(part in self.leg_of for part in parts):
                return [self.leg_of[part] for part in parts]
        message = f"named route {via!r} is not a chain of legs"
        raise InternalError(message)

    @cached_property
    def _between(self) -> dict[tuple[str, str], int]:
        """The first leg from one node to another."""
        legs = self.instance.legs
        found: dict[tuple[str, str], int] = {}
        for row, pair in enumerate(zip(legs["from"], legs["to"], strict=True)):
            found.setdefault(pair, row)
        return found

    # ---- what they carry

    @cached_property
    def node_countries(self) -> tuple[tuple[str, ...], ...]:
        """Countries of each node."""
        return tuple(split_names(cell) for cell in self.instance.nodes["country"])

    @cached_property
    def _leg_carries(self) -> dict[str, list[tuple[str, ...]]]:
        legs = self.instance.legs
        own = [split_names(cell) for cell in legs["country"]]
        ends = zip(self.tails.tolist(), self.heads.tolist(), strict=True)
        return {
            "mode": [(mode,) if mode else () for mode in legs["mode"]],
            "tag": [split_names(cell) for cell in legs["tags"]],
            "leg": [(name,) for name in self.leg_names],
            "country": [
                (*self.node_countries[tail], *self.node_countries[head], *crossed)
                for crossed, (tail, head) in zip(own, ends, strict=False)
            ],
        }

    def carriers(self, by: By) -> dict[str, Ints]:
        """Elements that carry each value, by value.

        By node and port: elements that visit the node, at their end or inside.
        """
        if by not in self._carriers:
            self._carriers[by] = _inverted(self._carried(by))
        return self._carriers[by]

    def _carried(self, by: By) -> Iterable[Iterable[str]]:
        if by == "corridor":
            return ([self.corridors[number]] for number in self.corridor)
        if by in {"node", "port"}:
            ports = set(self.values(by))
            named = (
                (self.node_names[node] for node in element.nodes[1:])
                for element in self.all
            )
            return ((name for name in names if name in ports) for names in named)
        carried = self._leg_carries[by]
        return (
            (value for leg in element.legs for value in carried[leg])
            for element in self.all
        )

    def values(self, by: By) -> tuple[str, ...]:
        """All values of the instance, in order of first appearance; `none` last."""
        if by == "corridor":
            return self.corridors
        if by == "node":
            return self.node_names
        if by == "port":
            kinds = self.instance.nodes["kind"]
            named = zip(self.node_names, kinds, strict=True)
            return tuple(name for name, kind in named if kind == "port")
        found: list[Any] = [*self._leg_carries[by]]
        if by == "country":
            crossed = [split_names(cell) for cell in self.instance.legs["country"]]
            found = [*self.node_countries, *crossed]
        return tuple(dict.fromkeys(value for names in found for value in names))

    def nodes_with(self, by: By, value: str) -> Ints:
        """Nodes that carry a value themselves: by node and port, and by country."""
        if by == "country":
            found = [
                node
                for node, countries in enumerate(self.node_countries)
                if value in countries
            ]
        else:
            found = [self.node_of[value]] if by in {"node", "port"} else []
        return np.array(found, dtype=np.int64)

    # ---- time and emissions

    @cached_property
    def dwell(self) -> list[Decimal]:
        """Days at each node."""
        return [decimal(days) for days in self.instance.nodes["days"]]

    @cached_property
    def days(self) -> list[Decimal]:
        """Days of each element, without the dwell at its two ends."""
        legs = [decimal(days) for days in self.instance.legs["days"]]
        given = self.instance.routes["days"]
        result = []
        for element in self.all:
            if element.row is not None and not np.isnan(given[element.row]):
                result.append(decimal(given[element.row]))
                continue
            inner = sum((self.dwell[node] for node in element.nodes[1:-1]), ZERO)
            result.append(sum((legs[leg] for leg in element.legs), inner))
        return result

    @cached_property
    def times(self) -> tuple[Amounts, Amounts]:
        """Days of each element and at its head, and days at each node; digits alike."""
        dwell, days = amounts_of(self.dwell), amounts_of(self.days)
        on_element = days.plus(dwell.take(self.heads))
        return on_element, Amounts(dwell.at(on_element.places), on_element.places)

    @cached_property
    def emissions(self) -> list[Decimal]:
        """Emissions, kg CO2e per unit of each element."""
        legs = [decimal(amount) for amount in self.instance.legs["emissions"]]
        return [sum((legs[leg] for leg in e.legs), ZERO) for e in self.all]


def _array(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _inverted(carried: Iterable[Iterable[str]]) -> dict[str, Ints]:
    """Places of each value in lists of values."""
    found: dict[str, list[int]] = {}
    for place, values in enumerate(carried):
        for value in dict.fromkeys(values):
            found.setdefault(value, []).append(place)
    return {value: np.array(places) for value, places in found.items()}
