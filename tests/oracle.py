"""The least cost of a small instance, by listing every simple route.

Nothing here is shared with the solver: routes are listed by brute force, costs are
added leg by leg in plain Python, and one linear program over all routes is solved for
each step of the last resort.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from itertools import product as combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.instance import Instance, Rule

SLACKS = (1e-9, 1e-8, 1e-7)
"""What a step may give back of the one before, relative; more where rounding asks."""


@dataclass(frozen=True)
class OracleAnswer:
    """Status, unmet quantity by class of firm demand (first served first), cost.

    `slop` is what the slack given to the steps before can have saved in cost, and
    `unmet_slop` what it can have moved from class to class.
    """

    status: str
    unmet: tuple[float, ...]
    cost: float
    slop: float = 0.0
    unmet_slop: float = 0.0


@dataclass(frozen=True)
class _Element:
    name: str
    legs: tuple[int, ...]
    nodes: tuple[str, ...]
    corridor: str
    route: int | None


@dataclass(frozen=True)
class _Route:
    elements: tuple[int, ...]
    nodes: tuple[str, ...]
    corridor: str
    cost: float


def names(cell: str) -> list[str]:
    """Names of a cell that joins several by a bar."""
    return [part.strip() for part in cell.split("|") if part.strip()]


def rows_of(table: Any) -> list[dict[str, Any]]:
    """Rows of a table as dictionaries; empty numbers are None."""
    result = []
    for number in range(len(table)):
        row = {}
        for column, values in table.columns.items():
            value = values[number]
            row[column] = (
                None if isinstance(value, float) and np.isnan(value) else value
            )
        result.append(row)
    return result


class Oracle:
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
        self.columns: list[tuple[int, _Route]] = []
        known: dict[tuple[Any, ...], list[_Route]] = {}
        for number, (row, _) in enumerate(self.shipments):
            key = tuple(row[k] for k in ("product", "origin", "market", "max_days"))
            if key not in known:
                known[key] = list(self._routes(row))
            self.columns += [(number, route) for route in known[key]]

    # ---- elements and routes

    def _elements(self) -> Iterator[_Element]:
        for number, leg in enumerate(self.legs):
            ends = (leg["from"], leg["to"])
            yield _Element(leg["leg"], (number,), ends, leg["corridor"], None)
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
            yield _Element(
                service["route"], tuple(legs), tuple(nodes), corridor, number
            )

    def _members(self, place: str) -> list[str]:
        if place in self.nodes:
            return [place]
        return [n for n, row in self.nodes.items() if row["node_group"] == place]

    def _routes(self, demand: dict[str, Any]) -> Iterator[_Route]:
        product = self.products[demand["product"]]
        markets = set(self._members(demand["market"]))
        open_elements = [
            number
            for number in range(len(self.elements))
            if self._element_cost(product, self.elements[number]) is not None
            and self._handling(product, self.elements[number].nodes[-1]) is not None
        ]

        def extend(
            chain: tuple[int, ...], nodes: tuple[str, ...], corridor: str
        ) -> Iterator[_Route]:
            days = self._days(chain, nodes[0])
            in_time = demand["max_days"] is None or days <= demand["max_days"] + 1e-9
            if chain and nodes[-1] in markets and in_time:
                cost = self._route_cost(product, chain, nodes[0], days)
                yield _Route(chain, nodes, corridor, cost)
            for number in open_elements:
                element = self.elements[number]
                if _follows(element, nodes, corridor):
                    yield from extend(
                        (*chain, number),
                        (*nodes, *element.nodes[1:]),
                        corridor or element.corridor,
                    )

        for origin in self._members(demand["origin"]):
            if self._handling(product, origin) is not None:
                yield from extend((), (origin,), "")

    # ---- costs

    def _countries(self, leg: dict[str, Any]) -> set[str]:
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

    def _handling(
        self, product: dict[str, Any], node: str
    ) -> tuple[float, float] | None:
        """Cost after factors, and surcharges; None if closed."""
        row = self.nodes[node]
        carried = {"node": {node, "*"}, "country": set(names(row["country"]))}
        acting = self._acting(product, carried, at_node=True)
        if any(tariff["closed"] for tariff in acting):
            return None
        return _applied(row["cost"], acting)

    def _element_cost(
        self, product: dict[str, Any], element: _Element
    ) -> tuple[float, float, float] | None:
        """Tariff, handling at inner nodes, surcharges; None if closed."""
        legs = [self.legs[n] for n in element.legs]
        if element.route is None:
            found = self._rate(product, legs, element, legs[0]["cost"])
            return None if found is None else (found[0], 0.0, found[1])
        parts = [
            self._element_cost(product, self.elements[number])
            for number in element.legs
        ]
        inner = [self._handling(product, node) for node in element.nodes[1:-1]]
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
        element: _Element,
        cost: float | None,
    ) -> tuple[float, float] | None:
        carried = {
            "mode": {leg["mode"] for leg in legs},
            "tag": {tag for leg in legs for tag in names(leg["tags"])},
            "leg": {leg["leg"] for leg in legs},
            "country": {name for leg in legs for name in self._countries(leg)},
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

    def _route_cost(
        self, product: dict[str, Any], chain: tuple[int, ...], start: str, days: float
    ) -> float:
        first = self._handling(product, start)
        assert first is not None
        total = sum(first)
        for number in chain:
            element = self.elements[number]
            parts = self._element_cost(product, element)
            visit = self._handling(product, element.nodes[-1])
            if parts is None or visit is None:
                return np.inf
            total += sum(parts) + sum(visit)
            for leg in element.legs:
                total += self.instance.emission_price * self.legs[leg]["emissions"]
        return float(total + product["time_value"] * days)

    def _days(self, chain: tuple[int, ...], start: str) -> float:
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

    # ---- rows

    def _passes(self, route: _Route) -> dict[tuple[str, str], int]:
        passed: dict[tuple[str, str], int] = {}
        for node in route.nodes:
            passed["node", node] = passed.get(("node", node), 0) + 1
        for number in route.elements:
            element = self.elements[number]
            for leg in element.legs:
                key = ("leg", self.legs[leg]["leg"])
                passed[key] = passed.get(key, 0) + 1
            if element.route is not None:
                key = ("route", element.name)
                passed[key] = passed.get(key, 0) + 1
        return passed

    def _capacity_rows(self) -> Iterator[tuple[list[float], float]]:
        periods = self.instance.periods
        simple = [
            *(("leg", leg["leg"], leg["capacity"]) for leg in self.legs),
            *(("node", node, row["capacity"]) for node, row in self.nodes.items()),
            *(("route", row["route"], row["capacity"]) for row in self.services),
        ]
        passed = [self._passes(route) for _, route in self.columns]
        when = [self.shipments[number][1] for number, _ in self.columns]
        for kind, name, capacity in simple:
            if capacity is None:
                continue
            for period in periods:
                yield (
                    [
                        float(p.get((kind, name), 0)) if t == period else 0.0
                        for p, t in zip(passed, when, strict=True)
                    ],
                    capacity,
                )
        for row in self.joint:
            chosen = [
                *(("leg", name) for name in names(row["legs"])),
                *(("node", name) for name in names(row["nodes"])),
                *(("route", name) for name in names(row["routes"])),
            ]
            counts = [
                float(sum(p.get(key, 0) for key in chosen))
                if self._counted(row, n)
                else 0
                for p, (n, _) in zip(passed, self.columns, strict=True)
            ]
            for span in names(row["period"]) or periods:
                yield (
                    [
                        c if span in ("all", t) else 0.0
                        for c, t in zip(counts, when, strict=True)
                    ],
                    row["quantity"],
                )

    def _counted(self, row: dict[str, Any], shipment: int) -> bool:
        product = self.products[self.shipments[shipment][0]["product"]]
        products, groups = names(row["product"]), names(row["group"])
        return (not products or product["product"] in products) and (
            not groups or product["group"] in groups
        )

    def _key(self, shipment: int, key: str) -> str:
        row, period = self.shipments[shipment]
        if key == "period":
            return period
        if key == "group":
            return str(self.products[row["product"]]["group"])
        return str(row[key])

    def _values(self, by: str) -> list[str]:
        if by == "corridor":
            found = [e.corridor for e in self.elements if e.corridor]
            return [*dict.fromkeys(found), "none"]
        if by == "country":
            found = [c for row in self.nodes.values() for c in names(row["country"])]
            found += [c for leg in self.legs for c in names(leg["country"])]
        elif by in ("node", "port"):
            found = [
                n for n, r in self.nodes.items() if by == "node" or r["kind"] == "port"
            ]
        elif by == "mode":
            found = [leg["mode"] for leg in self.legs if leg["mode"]]
        elif by == "tag":
            found = [tag for leg in self.legs for tag in names(leg["tags"])]
        else:
            found = [leg["leg"] for leg in self.legs]
        return list(dict.fromkeys(found))

    def _carries(self, by: str, value: str, route: _Route) -> bool:
        if by == "corridor":
            return (route.corridor or "none") == value
        if by in ("node", "port"):
            port = by == "node" or self.nodes[value]["kind"] == "port"
            return value in route.nodes and port
        legs = [self.legs[leg] for e in route.elements for leg in self.elements[e].legs]
        if by == "country":
            ends = (self.nodes[route.nodes[0]], self.nodes[route.nodes[-1]])
            home = set(names(ends[0]["country"])) | set(names(ends[1]["country"]))
            return value not in home and any(value in self._countries(x) for x in legs)
        if by == "mode":
            return any(leg["mode"] == value for leg in legs)
        if by == "tag":
            return any(value in names(leg["tags"]) for leg in legs)
        return any(leg["leg"] == value for leg in legs)

    def _share_rows(self) -> Iterator[tuple[list[float], float]]:
        for rule in self.instance.diversification:
            covered = [
                n
                for n in range(len(self.shipments))
                if all(self._key(n, k) in wanted for k, wanted in rule.where.items())
            ]
            scopes: dict[tuple[str, ...], set[int]] = {}
            for n in covered:
                key = tuple(self._key(n, name) for name in rule.for_each)
                scopes.setdefault(key, set()).add(n)
            spans = ["all"] if rule.over == "all" else list(self.instance.periods)
            for members, span in combinations(scopes.values(), spans):
                inside = {n for n in members if span in ("all", self.shipments[n][1])}
                if inside:
                    yield from self._rule_rows(rule, inside)

    def _rule_rows(
        self, rule: Rule, inside: set[int]
    ) -> Iterator[tuple[list[float], float]]:
        def weight(shipment: int) -> float:
            product = self.products[self.shipments[shipment][0]["product"]]
            return float(product["value"] or 0.0) if rule.weight == "value" else 1.0

        demand = sum(weight(n) * self.shipments[n][0]["quantity"] for n in inside)
        for side, limit in (("max", rule.max_share), ("min", rule.min_share)):
            if limit is None:
                continue
            if isinstance(limit, dict):
                shares = limit
            else:
                values = self._values(rule.by)
                if side == "min" and rule.by == "corridor":
                    values = values[:-1]
                shares = dict.fromkeys(values, limit)
            sign = 1.0 if side == "max" else -1.0
            for value, share in shares.items():
                base = share if rule.of == "carried" else 0.0
                rhs = 0.0 if rule.of == "carried" else sign * share * demand
                row = [
                    sign * weight(n) * (self._carries(rule.by, value, route) - base)
                    if n in inside
                    else 0.0
                    for n, route in self.columns
                ]
                yield row, rhs

    # ---- linear programs

    def _balance(self) -> np.ndarray[Any, Any]:
        flows, count = len(self.columns), len(self.shipments)
        balance = np.zeros((count, flows + count))
        for column, (number, _) in enumerate(self.columns):
            balance[number, column] = 1.0
        balance[:, flows:] = np.eye(count)
        return balance

    def answer(self) -> OracleAnswer:
        """Serve first, class by class; then the least cost."""
        program = _Program(self)
        if program.least(np.zeros(program.size)) is None:
            return OracleAnswer("infeasible", (), np.nan)
        for slack in SLACKS:
            answer = self._in_order(_Program(self), slack)
            if answer is not None:
                return answer
        raise AssertionError("the steps of the last resort contradict each other")

    def _in_order(self, program: _Program, slack: float) -> OracleAnswer | None:
        """Solve step after step; None if rounding makes a later one infeasible."""
        flows = len(self.columns)
        worth = np.array([row["unmet_cost"] for row, _ in self.shipments], dtype=float)
        firm = np.isinf(worth)
        order = np.array([row["priority"] or np.inf for row, _ in self.shipments])
        unmet: list[float] = []
        for level in sorted(set(order[firm].tolist())):
            members = (firm & (order == level)).astype(float)
            cost = np.concatenate([np.zeros(flows), members])
            least = program.least(cost)
            if least is None:
                return None
            unmet.append(max(0.0, least))
            program.hold(cost, least + slack * max(1.0, least))
        costs = [route.cost for _, route in self.columns]
        least = program.least(np.concatenate([costs, np.where(firm, 0.0, worth)]))
        if least is None:
            return None
        status = "unmet" if any(u > 1e-7 for u in unmet) else "optimal"
        slop = 2 * slack * max([1.0, *unmet])
        return OracleAnswer(
            status, tuple(unmet), least, slop * program.held_price, slop
        )


class _Program:
    """Rows over routes and unmet quantities; `hold` adds one that keeps a step."""

    def __init__(self, case: Oracle) -> None:
        flows = len(case.columns)
        self.balance = case._balance()
        self.quantity = [row["quantity"] for row, _ in case.shipments]
        rows = [*case._capacity_rows(), *case._share_rows()]
        self.size = self.balance.shape[1]
        self.upper = np.zeros((len(rows), self.size))
        for number, (entries, _) in enumerate(rows):
            self.upper[number, :flows] = entries
        self.limits = [limit for _, limit in rows]
        self.first_held = len(rows)
        self.held_price = 0.0

    def hold(self, row: np.ndarray[Any, Any], limit: float) -> None:
        self.upper = np.vstack([self.upper, row])
        self.limits.append(limit)

    def least(self, cost: np.ndarray[Any, Any]) -> float | None:
        found: Any = linprog(  # type: ignore[call-overload]
            cost,
            A_ub=sparse.csr_array(self.upper) if len(self.upper) else None,
            b_ub=self.limits or None,
            A_eq=sparse.csr_array(self.balance),
            b_eq=self.quantity,
            method="highs",
            options={"primal_feasibility_tolerance": 1e-9},
        )
        assert found.status in (0, 2), found.message
        if found.status == 2:
            return None
        held = found.ineqlin.marginals[self.first_held :]
        self.held_price = float(np.abs(held).sum())
        return float(found.fun)


def _follows(element: _Element, nodes: tuple[str, ...], corridor: str) -> bool:
    """Whether an element goes on where a chain ends, and meets nothing of it."""
    onward = element.nodes[0] == nodes[-1] and not set(element.nodes[1:]) & set(nodes)
    return onward and (not corridor or element.corridor in ("", corridor))


def _applied(cost: float, acting: list[dict[str, Any]]) -> tuple[float, float]:
    for row in acting:
        if row["factor"] is not None:
            cost *= row["factor"]
    return cost, sum(row["surcharge"] or 0.0 for row in acting)


def oracle(instance: Instance) -> OracleAnswer:
    """Return the answer for an instance."""
    return Oracle(instance).answer()
