"""Small random instances with every kind of rule, alone and mixed, hard and soft.

The same seed gives the same instance. Cargo has several corridors to choose from (2 to
5), in networks of gates that are all alike or in networks drawn at random, with short
capacities. Limits are often tight, often impossible together.
"""

from __future__ import annotations

from itertools import product as combinations
from typing import TYPE_CHECKING, Any

from solver.problem.rules import Rule
from tests.build import build_instance
from tests.counted import Counted
from tests.random_instances import (
    COUNTRIES,
    MODES,
    TAGS,
    Draw,
    Row,
    capacity_rows,
    demand_rows,
    keys_of,
    leg_rows,
    node_rows,
    route_rows,
    scope_keys,
    tariff_rows,
    values_of,
)
from tests.simple_routes import Case

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from tests.counted import Scope

CORRIDORS = ("north", "west", "south", "east", "middle")
KINDS = ("max_share", "min_share", "max_hhi", "min_effective", "max_top", "max_change")
WHOLE = ("max_hhi", "min_effective", "max_top")
"""Bounds on all corridors together."""


def random_rules_instance(seed: int) -> Instance:
    """Return the instance of a seed."""
    draw = Draw(seed)
    while True:
        rows = _rows(draw)
        if rows["demand"]:
            break
    rules = _rules(draw, rows)
    plain = build_instance(**rows, diversification=tuple(rules))
    compared = [_with_reference(draw, plain, rule) for rule in plain.diversification]
    return build_instance(**rows, diversification=tuple(compared))


def describe(instance: Instance) -> str:
    """Tables and rules of an instance, for a person to read."""
    case = Case(instance)
    tables = {
        "nodes": list(case.nodes.values()),
        "legs": case.legs,
        "demand": [row for row, _ in case.shipments],
        "products": list(case.products.values()),
        "tariffs": case.tariffs,
        "routes": case.services,
        "capacities": case.joint,
    }
    lines = [f"periods {instance.periods}, emissions {instance.emission_price}"]
    for name, rows in tables.items():
        told = [{k: v for k, v in row.items() if v not in ("", None)} for row in rows]
        lines += [f"{name}: {row}" for row in told]
    for rule in instance.diversification:
        lines.append(f"rule: {rule.model_dump(exclude_defaults=True)}")
    return "\n".join(lines)


def _rows(draw: Draw) -> dict[str, Any]:
    corridors = list(CORRIDORS[: draw.random.choice([2, 2, 2, 2, 3, 3, 4, 5])])
    acyclic = draw.chance(0.5)
    periods = ("one", "two") if draw.chance(0.2) else ("one",)
    products = [
        {
            "product": f"P{number}",
            "group": draw.random.choice(["grain", "metal"]),
            "value": draw.random.choice([1.0, 2.0, 10.0]),
            "time_value": draw.cost(0, 2) if draw.chance(0.2) else 0.0,
        }
        for number in range(draw.random.choice([1, 1, 2, 2, 3]))
    ]
    network = _gates if draw.chance(0.7) else _scattered
    nodes, legs, demand = network(draw, corridors, products, periods)
    if acyclic:
        legs = _one_way(legs, [row["node"] for row in nodes])
        for row in demand:
            row.pop("max_days", None)
    routes = route_rows(draw, legs)
    return {
        "legs": legs,
        "demand": demand,
        "nodes": nodes,
        "products": products,
        "tariffs": tariff_rows(draw, legs, nodes, products, corridors),
        "routes": routes,
        "capacities": capacity_rows(draw, legs, nodes, routes, products, periods),
        "periods": periods,
        "emission_price": draw.random.choice([0.0, 0.0, 0.5]),
    }


def _one_way(legs: list[Row], order: list[str]) -> list[Row]:
    """Legs turned so that no chain of them comes back."""
    place = {name: number for number, name in enumerate(order)}
    for leg in legs:
        ends = sorted((leg["from"], leg["to"]), key=place.__getitem__)
        leg["from"], leg["to"] = ends
    return legs


def _scattered(
    draw: Draw, corridors: list[str], products: list[Row], periods: tuple[str, ...]
) -> tuple[list[Row], list[Row], list[Row]]:
    """Nodes and legs anywhere."""
    names = [f"N{number}" for number in range(draw.random.randint(4, 6))]
    nodes = node_rows(draw, names)
    legs = leg_rows(draw, names, corridors)
    return nodes, legs, demand_rows(draw, nodes, products, periods)


def _gates(
    draw: Draw, corridors: list[str], products: list[Row], periods: tuple[str, ...]
) -> tuple[list[Row], list[Row], list[Row]]:
    """Origins and markets with one gate or two for every corridor between them."""
    origins = [f"O{number}" for number in range(draw.random.randint(1, 2))]
    markets = [f"M{number}" for number in range(draw.random.randint(1, 2))]
    gates = [f"G_{corridor}" for corridor in corridors]
    nodes = [_node(draw, name) for name in (*origins, *gates, *markets)]
    legs: list[Row] = []
    for gate, corridor in zip(gates, corridors, strict=True):
        for origin in origins:
            own = corridor if draw.chance(0.2) else ""
            legs.append(_leg(draw, origin, gate, own))
        legs += [
            _leg(draw, gate, market, corridor)
            for market in markets
            if draw.chance(0.85)
        ]
    for _ in range(draw.random.randint(0, 4)):
        start, end = draw.random.sample([row["node"] for row in nodes], 2)
        own = draw.random.choice([*corridors, "", "", ""])
        legs.append(_leg(draw, start, end, own))
    for number, leg in enumerate(legs):
        leg["leg"] = f"L{number}"
    return nodes, legs, _between(draw, (origins, markets), products, periods)


def _node(draw: Draw, name: str) -> Row:
    row: Row = {"node": name, "kind": draw.random.choice(["junction", "port"])}
    if draw.chance(0.8):
        row["country"] = draw.some(COUNTRIES, 2)
    if draw.chance(0.1):
        row["capacity"] = draw.quantity(5, 20)
    if draw.chance(0.3):
        row["cost"] = draw.cost(0, 3)
    return row


def _leg(draw: Draw, start: str, end: str, corridor: str) -> Row:
    row: Row = {"leg": "", "from": start, "to": end, "corridor": corridor}
    row["mode"] = draw.random.choice(MODES)
    row["cost"] = draw.cost()
    row["days"] = float(draw.random.randint(0, 4))
    row["emissions"] = float(draw.random.randint(0, 2))
    if draw.chance(0.3):
        row["tags"] = draw.some(TAGS)
    if draw.chance(0.3):
        row["country"] = draw.some(COUNTRIES, 3)
    if draw.chance(0.4):
        row["capacity"] = draw.quantity(1, 12)
    return row


def _between(
    draw: Draw,
    places: tuple[list[str], list[str]],
    products: list[Row],
    periods: tuple[str, ...],
) -> list[Row]:
    """Demand from origins to markets."""
    style = draw.random.choice(["firm", "firm", "priced", "mixed", "classes"])
    choices = list(combinations([row["product"] for row in products], *places))
    chosen = draw.random.sample(choices, min(len(choices), draw.random.randint(1, 4)))
    rows: list[Row] = []
    for product, origin, market in chosen:
        row: Row = {"product": product, "origin": origin, "market": market}
        row["quantity"] = draw.quantity(1, 10)
        if draw.chance(0.3) and len(periods) > 1:
            row["period"] = draw.random.choice(periods)
        if style == "priced" or (style == "mixed" and draw.chance(0.5)):
            row["unmet_cost"] = draw.cost(5, 40)
        elif style == "classes" and draw.chance(0.7):
            row["priority"] = draw.random.randint(1, 2)
        if draw.chance(0.15):
            row["max_days"] = float(draw.random.randint(3, 9))
        rows.append(row)
    return rows


# ---- rules


def _rules(draw: Draw, rows: dict[str, Any]) -> list[Row]:
    values = values_of(rows["legs"], rows["nodes"])
    keys = keys_of(rows["demand"], rows["products"])
    keys["period"] = list(rows["periods"])
    whole = sum(row["quantity"] for row in rows["demand"])
    rules: list[Row] = []
    for number in range(draw.random.choice([1, 1, 1, 2, 2, 3])):
        kinds = draw.random.sample(KINDS, 2 if draw.chance(0.2) else 1)
        rule: Row = {"name": f"rule {number + 1}", "by": "corridor"}
        if not set(kinds) & set(WHOLE) and draw.chance(0.5):
            rule["by"] = draw.random.choice([by for by in values if any(values[by])])
        known = [value for value in dict.fromkeys(values[rule["by"]]) if value]
        for kind in kinds:
            rule[kind] = _bound(draw, kind, known, whole)
        rule |= scope_keys(draw, keys)
        if draw.chance(0.35):
            rule["penalty"] = _penalty(draw, kinds, whole)
        rules.append(rule)
    return rules


def _bound(draw: Draw, kind: str, known: list[str], whole: float) -> Any:
    match kind:
        case "max_share":
            share = draw.random.choice([0.25, 0.3, 0.4, 0.5, 0.6, 0.8])
            return share if draw.chance(0.5) else {draw.random.choice(known): share}
        case "min_share":
            share = draw.random.choice([0.05, 0.1, 0.2, 0.3, 0.5])
            return {draw.random.choice(known): share}
        case "max_hhi":
            hhi = _hhi(draw, len(known))
            return float(f"{hhi * 10_000:.6g}") if draw.chance(0.3) else hhi
        case "min_effective":
            hhi = _hhi(draw, len(known))
            return round(1.0 / hhi, draw.random.choice([0, 1, 2])) or 1.0
        case "max_top":
            share = draw.random.choice([0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
            return {"k": draw.random.randint(1, 3), "share": share}
        case _:
            return _change(draw, whole)


def _hhi(draw: Draw, count: int) -> float:
    """Draw an index between the least of so many values and 1; seldom the least."""
    if draw.chance(0.05):
        return 1.0 / draw.random.randint(1, count)
    least = 1.0 / count
    return round(least + (1.0 - least) * draw.random.random() ** 2 + 0.005, 3)


def _change(draw: Draw, whole: float) -> Row:
    share = draw.random.choice([0.05, 0.1, 0.2, 0.3, 0.5, 0.7])
    if draw.chance(0.5):
        return {"share": share, "reference": ()}
    return {"quantity": float(f"{share * whole:.4g}"), "reference": ()}


def _penalty(draw: Draw, kinds: list[str], whole: float) -> float:
    """Penalty of about the size of what keeping the rule may cost."""
    if "max_hhi" in kinds or "min_effective" in kinds:
        part = draw.random.choice([0.001, 0.01, 0.05])
        return float(f"{draw.cost(1, 20) * whole * part:.6g}")
    return draw.cost(0, 20)


def _with_reference(draw: Draw, instance: Instance, rule: Rule) -> Rule:
    """Return a rule on change with something it is compared with."""
    if rule.max_change is None:
        return rule
    counted = Counted(Case(instance))
    values = counted.values(rule.by)
    rows = [
        row
        for scope in counted.scopes
        if scope.rule.name == rule.name
        for row in _before(draw, scope, values)
    ]
    change = rule.max_change.model_dump(by_alias=True) | {"reference": rows}
    return Rule(**rule.model_dump() | {"max_change": change})


def _before(draw: Draw, scope: Scope, values: list[str]) -> list[Row]:
    """Draw what a few values carried in a scope; sometimes one that is no more."""
    pool = [*values, "once"] if draw.chance(0.15) else values
    chosen = draw.random.sample(pool, min(len(pool), draw.random.randint(1, 3)))
    parts = [draw.random.randint(0, 4) for _ in chosen]
    whole = scope.demand * draw.random.choice([0.6, 0.9, 1.0, 1.0, 1.1])
    rows: list[Row] = []
    for value, part in zip(chosen, parts, strict=True):
        quantity = float(f"{whole * part / (sum(parts) or 1):.4g}")
        if quantity:
            row = {"scope": dict(scope.pairs), "period": scope.period}
            rows.append({**row, "value": value, "quantity": quantity})
    return rows
