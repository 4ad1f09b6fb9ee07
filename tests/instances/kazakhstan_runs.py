"""Runs of Kazakhstan's instance, each solved once, and what can be read off them."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.loaders.instance_files import load
from solver.options import Options
from solver.studies.what_if import WhatIf
from tests.table_rates import Rates, Tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance
    from solver.solution.certificate import Stage
    from solver.solution.plan import Plan
    from solver.solution.solution import Solution

FOLDER = Path(__file__).parents[2] / "instances" / "kazakhstan"
SCENARIOS: dict[str, Any] = tomllib.loads(
    (FOLDER / "scenarios.toml").read_text(encoding="utf-8")
)

PROVED = 1e-9
"""Largest gap of a run that counts as the least cost."""

DEMAND = ("product", "origin", "market")
_STUDIES: dict[tuple[object, ...], WhatIf] = {}


@cache
def instance_of(names: str = "") -> Instance:
    """Return the instance with scenarios, their names in a row; warnings are faults."""
    return load(FOLDER, names.split(), strict=True).instance


@cache
def run_of(names: str = "") -> Run:
    """Return the proved run with scenarios, their names in a row.

    Runs on the same places, legs and demand rows start from the first of them.
    """
    instance = instance_of(names)
    same = (
        tuple(instance.legs["leg"]),
        tuple(instance.products["product"]),
        tuple(zip(*(instance.demand[key] for key in DEMAND), strict=True)),
    )
    if same not in _STUDIES:
        _STUDIES[same] = WhatIf(instance, Options(sensitivity="none"))
        return Run(names, instance, _STUDIES[same].solution)
    return Run(names, instance, _STUDIES[same].solve(instance))


@dataclass(frozen=True, eq=False)
class Flow:
    """Some cargo on its way."""

    product: str
    origin: str
    market: str
    tonnes: float
    legs: tuple[str, ...]
    nodes: tuple[str, ...]
    corridor: str


@dataclass(frozen=True, eq=False)
class Run:
    """A proved solution of one period, read in million USD and Mt."""

    names: str
    instance: Instance
    solution: Solution

    @property
    def plan(self) -> Plan:
        """What ships where."""
        assert self.solution.plan is not None
        return self.solution.plan

    @property
    def cost(self) -> float:
        """Cost, million USD, proved to be the least."""
        proved = self.solution.proved
        assert proved.objective is not None
        assert proved.gap is not None
        assert proved.gap < PROVED
        return proved.objective / 1e6

    @property
    def unmet(self) -> float:
        """What stays unmet, kt."""
        return float(self.plan.unmet.sum()) / 1e3

    @cached_property
    def flows(self) -> list[Flow]:
        """Cargo by route."""
        return list(self._flows())

    def _flows(self) -> Iterator[Flow]:
        plan, legs, demand = self.plan, self.instance.legs, self.instance.demand
        for number, tonnes in enumerate(plan.quantity):
            way = plan.elements[plan.starts[number] : plan.starts[number + 1]]
            row = self.instance.shipments.demand[plan.shipment[number]]
            found = {name for name in legs["corridor"][way] if name}
            yield Flow(
                str(demand["product"][row]),
                str(demand["origin"][row]),
                str(demand["market"][row]),
                float(tonnes),
                tuple(legs["leg"][way]),
                (legs["from"][way[0]], *legs["to"][way]),
                found.pop() if found else "none",
            )

    def share(self, corridor: str) -> float:
        """Share of what is carried, per cent."""
        part = sum(f.tonnes for f in self.flows if f.corridor == corridor)
        return 100 * part / float(self.plan.quantity.sum())

    def value_share(self, corridor: str) -> float:
        """Share of the value of what is carried, per cent."""
        part = sum(self.value(f) for f in self.flows if f.corridor == corridor)
        return 100 * part / sum(map(self.value, self.flows))

    def value(self, flow: Flow) -> float:
        """Value of a flow, million USD."""
        return self._values[flow.product] * flow.tonnes / 1e6

    @cached_property
    def _values(self) -> dict[str, float]:
        products = self.instance.products
        return dict(zip(products["product"], products["value"], strict=True))

    @cached_property
    def _passing(self) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for flow in self.flows:
            for name in (*flow.nodes, *flow.legs):
                found[name] += flow.tonnes / 1e6
        return found

    def passing(self, name: str) -> float:
        """Quantity that starts, ends or passes at a node, or takes a leg, Mt."""
        return self._passing[name]

    def price(self, name: str) -> float:
        """Shadow price of a node's or leg's capacity, USD for a tonne a year."""
        found = self._stage.capacities.items()
        return sum(price for key, price in found if key.name == name)

    def rule_price(self) -> float:
        """Largest price of a rule, USD for a tonne."""
        return max(self._stage.rules.values())

    @property
    def _stage(self) -> Stage:
        """Prices that prove the cost."""
        assert self.solution.certificate is not None
        return self.solution.certificate.stages[-1]

    def part(self, **wanted: str) -> list[Flow]:
        """Flows of some product, origin or market."""
        return [
            flow
            for flow in self.flows
            if all(getattr(flow, key) in value.split() for key, value in wanted.items())
        ]

    def spent(self, flows: list[Flow]) -> float:
        """Cost of some flows by the tables alone, million USD."""
        rates = rates_of(self.names)
        return sum(f.tonnes * rates.way(f.product, f.legs) for f in flows) / 1e6


@cache
def facts() -> dict[str, str]:
    """Return the value of each fact by its id."""
    with (FOLDER / "facts.csv").open(encoding="utf-8", newline="") as file:
        return {row["fact_id"]: row["value"] for row in csv.DictReader(file)}


@cache
def rates_of(names: str = "") -> Rates:
    """Return what moving each product costs with scenarios, by the tables alone."""
    return Rates(Tables(FOLDER, names.split(), rules=True).rows)


def corridors_of(product: str, origin: str, market: str) -> set[str]:
    """Return the corridors by which a flow of the base can go, capacities aside."""
    rates = rates_of()
    waiting, seen = [(origin, "")], {(origin, "")}
    while waiting:
        node, corridor = waiting.pop()
        for leg, _ in rates.steps(product, node):
            state = (leg["to"], corridor or leg["corridor"])
            if leg["corridor"] in ("", state[1]) and state not in seen:
                seen.add(state)
                waiting.append(state)
    return {corridor for node, corridor in seen if node == market}


def mt(flows: list[Flow]) -> float:
    """Quantity of some flows, Mt."""
    return float(np.sum([flow.tonnes for flow in flows])) / 1e6
