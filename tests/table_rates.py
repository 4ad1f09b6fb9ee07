"""An instance folder's tables, scenarios and rates, read without the solver.

By the rules that `docs/format.md` states, for folders like Kazakhstan's: quantities in
kt, one period, no named routes, no rates by distance.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row = dict[str, str]

TABLES = ("nodes", "legs", "demand", "products", "tariffs", "capacities")
TRAITS = ("mode", "country", "corridor", "tag", "leg", "node")
"""Columns by which a tariff selects legs or nodes."""


class Tables:
    """Rows of every table, with scenarios applied; their rules only if passed over."""

    def __init__(
        self, folder: Path, scenarios: Sequence[str], *, rules: bool = False
    ) -> None:
        self.folder = folder
        self.rules = rules
        self.rows = {name: self._read(f"{name}.csv") for name in TABLES}
        self.entries = _entries(folder)
        done: list[str] = []
        for name in scenarios:
            self._apply(name, done)

    def _read(self, name: str) -> list[Row]:
        """Rows of a file; quantities in kt become tonnes, the file's unit left out."""
        path = self.folder / name
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return [
                {
                    head.split(" [")[0]: _tonnes(cell) if "[kt]" in head else cell
                    for head, cell in row.items()
                }
                for row in csv.DictReader(file)
            ]

    def _apply(self, name: str, done: list[str]) -> None:
        """Apply a scenario once, what it includes before it."""
        if name in done:
            return
        entry = self.entries[name]
        assert self.rules or "diversification" not in entry
        for included in entry.get("includes", ()):
            self._apply(included, done)
        for change in entry.get("change", ()):
            self._change(change)
        done.append(name)

    def _change(self, change: dict[str, Any]) -> None:
        rows = self.rows[change["table"]]
        if "append" in change:
            rows += self._read(change["append"])
        for row in rows:
            if _selected(row, change.get("where", {})):
                row |= {key: str(value) for key, value in change.get("set", {}).items()}
                for key, factor in change.get("scale", {}).items():
                    row[key] = repr(float(row[key]) * factor)
                for key, term in change.get("add", {}).items():
                    row[key] = repr(float(row[key]) + term)


@cache
def _entries(folder: Path) -> dict[str, Any]:
    """Scenarios as they stand in their file."""
    return tomllib.loads((folder / "scenarios.toml").read_text(encoding="utf-8"))


def names(row: Row, column: str) -> list[str]:
    """Return the names that a cell joins by `|`."""
    return [name for name in row.get(column, "").split("|") if name]


def _tonnes(cell: str) -> str:
    return repr(float(cell) * 1000) if cell else ""


def _selected(row: Row, where: dict[str, Any]) -> bool:
    """Whether a row is one that a change acts on."""
    for column, wanted in where.items():
        if not set(row[column].split("|")) & set(
            wanted if isinstance(wanted, list) else [wanted]
        ):
            return False
    return True


class Rates:
    """What it costs to move each product over legs and nodes."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self.nodes = {row["node"]: row for row in rows["nodes"]}
        self.legs = {row["leg"]: row for row in rows["legs"]}
        self.group = {row["product"]: row["group"] for row in rows["products"]}
        self._tariffs = rows["tariffs"]
        self._acting: dict[str, list[tuple[Row, dict[str, set[str]]]]] = {}
        self._steps: dict[tuple[str, str], list[tuple[Row, float]]] = {}

    @cached_property
    def _out(self) -> dict[str, list[Row]]:
        """Legs by the node where they start."""
        found: dict[str, list[Row]] = defaultdict(list)
        for leg in self.legs.values():
            found[leg["from"]].append(leg)
        return found

    def way(self, product: str, legs: Sequence[str]) -> float:
        """Return the cost of a tonne over legs, the visits at both ends included."""
        cost = self.handling(product, self.legs[legs[0]]["from"])
        steps = [self._step(product, self.legs[leg]) for leg in legs]
        assert cost is not None
        return cost + sum(step for step in steps if step is not None)

    def steps(self, product: str, node: str) -> list[tuple[Row, float]]:
        """Return the legs that a product may take from a node, and their cost."""
        if (product, node) not in self._steps:
            costs = ((leg, self._step(product, leg)) for leg in self._out[node])
            self._steps[product, node] = [
                (leg, cost) for leg, cost in costs if cost is not None
            ]
        return self._steps[product, node]

    def _step(self, product: str, leg: Row) -> float | None:
        """Cost of a leg and of the visit at its end; None if closed."""
        if leg["capacity"] and float(leg["capacity"]) == 0:
            return None
        ends = [self.nodes[leg[end]] for end in ("from", "to")]
        countries = {name for row in (*ends, leg) for name in names(row, "country")}
        traits = {
            "mode": {leg["mode"]},
            "country": countries,
            "corridor": {leg["corridor"]},
            "tag": set(names(leg, "tags")),
            "leg": {leg["leg"]},
        }
        tariff = self._tariff(product, traits, float(leg["cost"]))
        handling = self.handling(product, leg["to"])
        return None if tariff is None or handling is None else tariff + handling

    def handling(self, product: str, node: str) -> float | None:
        """Return the cost of a visit; None if closed."""
        row = self.nodes[node]
        traits = {"node": {node, "*"}, "country": set(names(row, "country"))}
        return self._tariff(product, traits, float(row["cost"]))

    def _tariff(
        self, product: str, traits: dict[str, set[str]], cost: float
    ) -> float | None:
        """Cost after all tariffs that act: first factors, then surcharges."""
        surcharge = 0.0
        for row, needs in self._acts_on(product):
            acts = all(traits.get(key, set()) & names for key, names in needs.items())
            if not acts or ("node" in needs) != ("node" in traits):
                continue
            if row.get("closed") == "true":
                return None
            cost *= float(row.get("factor") or 1)
            surcharge += float(row.get("surcharge") or 0)
        return cost + surcharge

    def _acts_on(self, product: str) -> list[tuple[Row, dict[str, set[str]]]]:
        """Tariffs for a product, each with the names it needs by column."""
        if product not in self._acting:
            self._acting[product] = [
                (row, {key: set(names(row, key)) for key in TRAITS if row.get(key)})
                for row in self._tariffs
                if product in (names(row, "product") or [product])
                and self.group[product]
                in (names(row, "group") or [self.group[product]])
            ]
        return self._acting[product]
