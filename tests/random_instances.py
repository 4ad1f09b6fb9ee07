"""Small random instances with everything an instance may hold.

The same seed gives the same instance. Numbers are short decimals, often equal, so that
ties and degenerate programs are frequent; capacities are short, so that shortages are.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from tests.build import build_instance

if TYPE_CHECKING:
    from solver.problem.instance import Instance

Row = dict[str, Any]

MODES = ("rail", "road", "sea")
TAGS = ("strait", "gauge", "operator")
COUNTRIES = ("KZ", "RU", "CN", "UZ")


class Draw:
    """Random choices of one instance."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.scale = self.random.choice([1, 1, 1, 1, 0.01, 1000, 100000])
        self.money = self.random.choice([1, 1, 1, 0.01, 1000])

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.random.random() < probability

    def quantity(self, low: int, high: int) -> float:
        """Quantity between two whole numbers, times the instance's scale."""
        value = float(self.random.randint(low, high))
        if self.chance(0.2):
            value += self.random.choice([0.5, 0.25, 0.1])
        return float(f"{value * self.scale:.10g}")

    def cost(self, low: int = 0, high: int = 9) -> float:
        """Cost between two whole numbers, times the instance's money."""
        value = float(self.random.randint(low, high))
        if self.chance(0.3):
            value += self.random.choice([0.5, 0.25, 0.125])
        return float(f"{value * self.money:.10g}")

    def some(self, items: tuple[str, ...] | list[str], most: int = 2) -> str:
        """Return a cell of one or more names."""
        count = self.random.randint(1, min(most, len(items)))
        return "|".join(self.random.sample(list(items), count))


def random_instance(seed: int) -> Instance:
    """Return the instance of a seed."""
    draw = Draw(seed)
    while True:
        rows = _rows(draw)
        if rows is not None:
            return build_instance(**rows)


def _rows(draw: Draw) -> dict[str, Any] | None:
    names = [f"N{number}" for number in range(draw.random.randint(4, 7))]
    corridors = ["north", "west", "south"][: draw.random.randint(0, 3)]
    nodes = node_rows(draw, names)
    legs = leg_rows(draw, names, corridors)
    periods = ("one", "two") if draw.chance(0.3) else ("one",)
    products = [
        {
            "product": f"P{number}",
            "group": draw.random.choice(["grain", "metal"]),
            "value": draw.random.choice([1.0, 2.0, 10.0]),
            "time_value": draw.cost(0, 2) if draw.chance(0.3) else 0.0,
        }
        for number in range(draw.random.randint(1, 3))
    ]
    routes = route_rows(draw, legs)
    demand = demand_rows(draw, nodes, products, periods)
    if not demand:
        return None
    tariffs = tariff_rows(draw, legs, nodes, products, corridors)
    return {
        "legs": legs,
        "demand": demand,
        "nodes": nodes,
        "products": products,
        "tariffs": tariffs,
        "routes": routes,
        "capacities": capacity_rows(draw, legs, nodes, routes, products, periods),
        "periods": periods,
        "emission_price": draw.random.choice([0.0, 0.0, 0.5]),
        "diversification": _rules(draw, legs, nodes, demand, products),
    }


def node_rows(draw: Draw, names: list[str]) -> list[Row]:
    """Table `nodes`."""
    grouped = draw.chance(0.4)
    rows = []
    for name in names:
        row: Row = {"node": name, "kind": draw.random.choice(["junction", "port"])}
        if draw.chance(0.8):
            row["country"] = draw.some(COUNTRIES, 2 if draw.chance(0.2) else 1)
        if grouped and draw.chance(0.5):
            row["node_group"] = draw.random.choice(["G1", "G2"])
        if draw.chance(0.3):
            row["capacity"] = draw.quantity(2, 20)
        if draw.chance(0.4):
            row["cost"] = draw.cost(0, 3)
        if draw.chance(0.3):
            row["days"] = float(draw.random.randint(0, 2))
        rows.append(row)
    return rows


def leg_rows(draw: Draw, names: list[str], corridors: list[str]) -> list[Row]:
    """Table `legs`."""
    rows: list[Row] = []
    for number in range(draw.random.randint(6, 13)):
        start, end = draw.random.sample(names, 2)
        row: Row = {"leg": f"L{number}", "from": start, "to": end}
        row["mode"] = draw.random.choice(MODES)
        row["cost"] = draw.cost()
        row["days"] = float(draw.random.randint(0, 4))
        row["emissions"] = float(draw.random.randint(0, 2))
        if corridors and draw.chance(0.5):
            row["corridor"] = draw.random.choice(corridors)
        if draw.chance(0.3):
            row["tags"] = draw.some(TAGS)
        if draw.chance(0.15):
            row["country"] = draw.some(COUNTRIES, 1)
        if draw.chance(0.5):
            row["capacity"] = draw.quantity(0 if draw.chance(0.1) else 1, 12)
        if draw.chance(0.1):
            row["cost"] = None
            row["distance"] = float(draw.random.randint(1, 9))
        rows.append(row)
    return rows


def route_rows(draw: Draw, legs: list[Row]) -> list[Row]:
    """Table `routes`."""
    rows: list[Row] = []
    for number in range(draw.random.choice([0, 0, 0, 1, 2])):
        chain = [draw.random.choice(legs)]
        visited = [chain[0]["from"], chain[0]["to"]]
        for _ in range(draw.random.randint(0, 2)):
            onward = [
                leg
                for leg in legs
                if leg["from"] == visited[-1] and leg["to"] not in visited
            ]
            if onward:
                chain.append(draw.random.choice(onward))
                visited.append(chain[-1]["to"])
        if len({leg.get("corridor", "") for leg in chain} - {""}) > 1:
            continue
        row: Row = {"route": f"R{number}"}
        row["via"] = " > ".join(leg["leg"] for leg in chain)
        if draw.chance(0.6):
            row["cost"] = draw.cost(0, 6)
        if draw.chance(0.4):
            row["days"] = float(draw.random.randint(0, 4))
        if draw.chance(0.4):
            row["capacity"] = draw.quantity(1, 9)
        rows.append(row)
    return rows


def places_of(nodes: list[Row]) -> dict[str, set[str]]:
    """Nodes of every place."""
    places = {row["node"]: {row["node"]} for row in nodes}
    for row in nodes:
        if row.get("node_group"):
            places.setdefault(row["node_group"], set()).add(row["node"])
    return places


def demand_rows(
    draw: Draw, nodes: list[Row], products: list[Row], periods: tuple[str, ...]
) -> list[Row]:
    """Table `demand`."""
    places = places_of(nodes)
    rows: list[Row] = []
    seen = set()
    style = draw.random.choice(["firm", "priced", "mixed", "classes"])
    for _ in range(draw.random.randint(2, 6)):
        origin, market = draw.random.sample(sorted(places), 2)
        product = draw.random.choice(products)["product"]
        if places[origin] & places[market] or (product, origin, market) in seen:
            continue
        seen.add((product, origin, market))
        row: Row = {"product": product, "origin": origin, "market": market}
        row["quantity"] = draw.quantity(1, 10)
        if draw.chance(0.3) and len(periods) > 1:
            row["period"] = draw.random.choice(periods)
        if style == "priced" or (style == "mixed" and draw.chance(0.5)):
            row["unmet_cost"] = draw.cost(5, 40)
        elif style == "classes" and draw.chance(0.7):
            row["priority"] = draw.random.randint(1, 2)
        if draw.chance(0.25):
            row["max_days"] = float(draw.random.randint(2, 9))
        rows.append(row)
    return rows


def tariff_rows(
    draw: Draw,
    legs: list[Row],
    nodes: list[Row],
    products: list[Row],
    corridors: list[str],
) -> list[Row]:
    """Table `tariffs`."""
    rows: list[Row] = [{"cost_per_km": draw.cost(0, 2)}]
    for _ in range(draw.random.choice([0, 0, 1, 2, 3])):
        row: Row = {}
        if draw.chance(0.5):
            row["product"] = draw.some([p["product"] for p in products])
        if draw.chance(0.3):
            row["node"] = (
                "*" if draw.chance(0.3) else draw.some([n["node"] for n in nodes])
            )
        else:
            key = draw.random.choice(["mode", "country", "corridor", "tag", "leg", ""])
            pools = {
                "mode": list(MODES),
                "country": list(COUNTRIES),
                "corridor": corridors,
                "tag": list(TAGS),
                "leg": [leg["leg"] for leg in legs],
            }
            if pools.get(key):
                row[key] = draw.some(pools[key])
        effect = draw.random.choice(["factor", "surcharge", "closed"])
        narrow = len(row) > (1 if "product" in row else 0)
        if effect == "closed" and narrow:
            row["closed"] = True
        elif effect == "factor":
            row["factor"] = draw.random.choice([0.5, 1.25, 2.0, 1.1])
        else:
            row["surcharge"] = draw.cost(0, 5)
        rows.append(row)
    return rows


def capacity_rows(
    draw: Draw,
    legs: list[Row],
    nodes: list[Row],
    routes: list[Row],
    products: list[Row],
    periods: tuple[str, ...],
) -> list[Row]:
    """Table `capacities`."""
    rows: list[Row] = []
    for number in range(draw.random.choice([0, 0, 1, 2])):
        row: Row = {"capacity": f"K{number}", "quantity": draw.quantity(2, 20)}
        row["legs"] = draw.some([leg["leg"] for leg in legs], 4)
        if draw.chance(0.3):
            row["nodes"] = draw.some([node["node"] for node in nodes], 2)
        if routes and draw.chance(0.5):
            row["routes"] = draw.some([route["route"] for route in routes])
        if draw.chance(0.3):
            row["product"] = draw.some([p["product"] for p in products])
        if draw.chance(0.4):
            row["period"] = draw.random.choice(["all", *periods])
        rows.append(row)
    return rows


def values_of(legs: list[Row], nodes: list[Row]) -> dict[str, list[str]]:
    """Values that rules may bound."""
    return {
        "corridor": [*dict.fromkeys(leg.get("corridor", "") for leg in legs), "none"],
        "country": [c for row in nodes for c in row.get("country", "").split("|")],
        "port": [row["node"] for row in nodes if row["kind"] == "port"],
        "node": [row["node"] for row in nodes],
        "mode": [leg["mode"] for leg in legs],
        "tag": [tag for leg in legs for tag in leg.get("tags", "").split("|")],
        "leg": [leg["leg"] for leg in legs],
    }


def keys_of(demand: list[Row], products: list[Row]) -> dict[str, list[str]]:
    """Values of the keys that rules may select by."""
    groups = {row["product"]: row["group"] for row in products}
    return {
        "product": [row["product"] for row in demand],
        "group": [groups[row["product"]] for row in demand],
        "origin": [row["origin"] for row in demand],
        "market": [row["market"] for row in demand],
    }


def _rules(
    draw: Draw,
    legs: list[Row],
    nodes: list[Row],
    demand: list[Row],
    products: list[Row],
) -> tuple[Row, ...]:
    values, keys = values_of(legs, nodes), keys_of(demand, products)
    rules = []
    for number in range(draw.random.choice([0, 1, 1, 2, 3])):
        by = draw.random.choice(["corridor", "corridor", *values])
        known = [value for value in dict.fromkeys(values[by]) if value]
        if known:
            rule = {"name": f"rule {number + 1}", "by": by}
            rules.append({**rule, **_shares(draw, known), **scope_keys(draw, keys)})
    return tuple(rules)


def _shares(draw: Draw, known: list[str]) -> Row:
    side = "max_share" if draw.chance(0.6) else "min_share"
    share = draw.random.choice([0.1, 0.25, 0.3, 0.5, 0.6, 0.8])
    if side == "max_share" and draw.chance(0.5):
        return {side: max(share, 0.5)}
    return {side: {draw.random.choice(known): share}}


def scope_keys(draw: Draw, keys: dict[str, list[str]]) -> Row:
    """Cargo that a rule covers, and how it counts it."""
    scope: Row = {}
    if draw.chance(0.3):
        key = draw.random.choice(list(keys))
        scope["where"] = {key: (draw.random.choice(keys[key]),)}
    if draw.chance(0.3):
        scope["for_each"] = tuple(draw.random.sample(list(keys), 1))
    for key, value in (("of", "demand"), ("over", "all"), ("weight", "value")):
        if draw.chance(0.25):
            scope[key] = value
    return scope
