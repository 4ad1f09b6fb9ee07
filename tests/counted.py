"""What limits and rules count, looked up row by row; nothing shared with the solver."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product as combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.solution.keys import RowKey
from tests.simple_routes import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from solver.problem.rules import Rule
    from tests.simple_routes import Case, SimpleRoute

    Passes = dict[tuple[str, str], int]
    Move = Callable[[RowKey, float], float]

ALL = "all"


@dataclass(frozen=True)
class Scope:
    """Cargo that a rule bounds together: `weight` of each shipment (0 outside)."""

    rule: Rule
    pairs: tuple[tuple[str, str], ...]
    period: str
    weight: tuple[float, ...]
    demand: float

    def key(self, measure: Any, side: Any = "max", value: str = "") -> RowKey:
        """Return the name of one of its rows."""
        return RowKey(self.rule.name, self.pairs, self.period, value, side, measure)


class Counted:
    """Limits, rules and their values of one case."""

    def __init__(self, case: Case) -> None:
        self.case = case

    # ---- capacities

    def passes(self, nodes: tuple[str, ...], elements: tuple[int, ...]) -> Passes:
        """How often a chain passes each leg, node and named route."""
        passed: Passes = {}
        keys = [("node", node) for node in nodes]
        for number in elements:
            element = self.case.elements[number]
            keys += [("leg", self.case.legs[leg]["leg"]) for leg in element.legs]
            if element.route is not None:
                keys.append(("route", element.name))
        for key in keys:
            passed[key] = passed.get(key, 0) + 1
        return passed

    def capacity_rows(
        self, passed: list[Passes], shipment: list[int]
    ) -> Iterator[tuple[dict[int, float], float]]:
        """Entries of each limit in columns that pass so much, and the limit."""
        when = [self.case.shipments[number][1] for number in shipment]
        for key, capacity in self._simple():
            for period in self.case.instance.periods:
                row = {
                    column: float(p[key])
                    for column, (p, t) in enumerate(zip(passed, when, strict=True))
                    if key in p and t == period
                }
                yield row, capacity
        for joint in self.case.joint:
            yield from self._joint_rows(joint, passed, shipment)

    def _simple(self) -> Iterator[tuple[tuple[str, str], float]]:
        case = self.case
        for kind, rows in (
            ("leg", {leg["leg"]: leg for leg in case.legs}),
            ("node", case.nodes),
            ("route", {row["route"]: row for row in case.services}),
        ):
            for name, row in rows.items():
                if row["capacity"] is not None:
                    yield (kind, name), row["capacity"]

    def _joint_rows(
        self, joint: dict[str, Any], passed: list[Passes], shipment: list[int]
    ) -> Iterator[tuple[dict[int, float], float]]:
        chosen = [
            (kind, name)
            for kind in ("leg", "node", "route")
            for name in names(joint[f"{kind}s"])
        ]
        counts = {
            column: float(count)
            for column, (p, n) in enumerate(zip(passed, shipment, strict=True))
            if self._limits(joint, n) and (count := sum(p.get(k, 0) for k in chosen))
        }
        for span in names(joint["period"]) or self.case.instance.periods:
            row = {
                column: count
                for column, count in counts.items()
                if span in (ALL, self.case.shipments[shipment[column]][1])
            }
            yield row, joint["quantity"]

    def _limits(self, joint: dict[str, Any], shipment: int) -> bool:
        product = self.case.products[self.case.shipments[shipment][0]["product"]]
        products, groups = names(joint["product"]), names(joint["group"])
        return (not products or product["product"] in products) and (
            not groups or product["group"] in groups
        )

    # ---- rules

    @cached_property
    def scopes(self) -> list[Scope]:
        """Every scope of every rule, in the order of the rules."""
        rules = self.case.instance.diversification
        return [scope for rule in rules for scope in self._scopes(rule)]

    def _scopes(self, rule: Rule) -> Iterator[Scope]:
        groups: dict[tuple[str, ...], set[int]] = {}
        for n in range(len(self.case.shipments)):
            if all(self._key(n, k) in wanted for k, wanted in rule.where.items()):
                key = tuple(self._key(n, name) for name in rule.for_each)
                groups.setdefault(key, set()).add(n)
        periods = self.case.instance.periods
        spans = [ALL] if rule.over == "all" else list(periods)
        for (key, members), span in combinations(groups.items(), spans):
            when = [period for _, period in self.case.shipments]
            inside = {n for n in members if span in (ALL, when[n])}
            if inside:
                weight = [
                    self._weight(rule, n) if n in inside else 0.0
                    for n in range(len(when))
                ]
                quantity = [row["quantity"] for row, _ in self.case.shipments]
                demand = float(np.dot(weight, quantity))
                pairs = tuple(zip(rule.for_each, key, strict=True))
                yield Scope(rule, pairs, span, tuple(weight), demand)

    def _weight(self, rule: Rule, shipment: int) -> float:
        product = self.case.products[self.case.shipments[shipment][0]["product"]]
        return float(product["value"] or 0.0) if rule.weight == "value" else 1.0

    def _key(self, shipment: int, key: str) -> str:
        row, period = self.case.shipments[shipment]
        if key == "period":
            return period
        if key == "group":
            return str(self.case.products[row["product"]]["group"])
        return str(row[key])

    def values(self, by: str) -> list[str]:
        """Known values, in order of first appearance; `none` last of corridors."""
        nodes, legs = self.case.nodes, self.case.legs
        match by:
            case "corridor":
                found = [e.corridor for e in self.case.elements if e.corridor]
                return [*dict.fromkeys(found), "none"]
            case "country":
                rows = [*nodes.values(), *legs]
                found = [c for row in rows for c in names(row["country"])]
            case "node":
                found = list(nodes)
            case "port":
                found = [name for name, row in nodes.items() if row["kind"] == "port"]
            case "mode":
                found = [leg["mode"] for leg in legs if leg["mode"]]
            case "tag":
                found = [tag for leg in legs for tag in names(leg["tags"])]
            case _:
                found = [leg["leg"] for leg in legs]
        return list(dict.fromkeys(found))

    def touched(self, by: str, route: SimpleRoute) -> set[str]:
        """Values that a route counts for, once each."""
        case = self.case
        legs = [case.legs[leg] for e in route.elements for leg in case.elements[e].legs]
        found: set[str]
        match by:
            case "corridor":
                found = {route.corridor or "none"}
            case "node":
                found = set(route.nodes)
            case "port":
                found = {n for n in route.nodes if case.nodes[n]["kind"] == "port"}
            case "country":
                ends = (case.nodes[route.nodes[0]], case.nodes[route.nodes[-1]])
                home = {c for end in ends for c in names(end["country"])}
                found = {c for leg in legs for c in case.countries(leg)} - home
            case "mode":
                found = {leg["mode"] for leg in legs if leg["mode"]}
            case "tag":
                found = {tag for leg in legs for tag in names(leg["tags"])}
            case _:
                found = {leg["leg"] for leg in legs}
        return found


def bounds(rule: Rule, values: list[str]) -> Iterator[tuple[str, str, float]]:
    """Value, side and share of every bound on single shares."""
    for side, limit in (("max", rule.max_share), ("min", rule.min_share)):
        if isinstance(limit, dict):
            yield from ((value, side, share) for value, share in limit.items())
        elif limit is not None:
            spared = side == "min" and rule.by == "corridor"
            for value in values:
                if not (spared and value == "none"):
                    yield value, side, limit


def reference(scope: Scope) -> dict[str, float]:
    """Return what each value carried before, in a scope of a rule on change."""
    change = scope.rule.max_change
    rows = (change.reference or ()) if change is not None else ()
    return {
        row.value: row.quantity
        for row in rows
        if row.period == scope.period and dict(scope.pairs) == dict(row.scope)
    }


def largest_hhi(scope: Scope, move: Move) -> Iterator[tuple[RowKey, float]]:
    """Name and largest HHI of each bound on concentration, its limit moved."""
    rule = scope.rule
    if rule.max_hhi is not None:
        scaled = rule.max_hhi / 10_000 if rule.max_hhi > 1 else rule.max_hhi
        key = scope.key("hhi")
        yield key, move(key, scaled)
    if rule.min_effective is not None:
        key = scope.key("effective", "min")
        yield key, 1.0 / move(key, rule.min_effective)
