"""Demand that is alike, solved as one: less work, the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.options import Options
from solver.solving.prepared import Prepared
from solver.solving.reductions import aggregation
from solver.solving.reductions.aggregation import aggregated_demand
from solver.tasks.answer import solve
from tests.build import build_instance

if TYPE_CHECKING:
    from solver.problem.instance import Instance


def trade(seed: int, *rules: dict[str, Any]) -> Instance:
    """Return a network whose limits bind, and many products of two kinds."""
    random = np.random.default_rng(seed)
    products = [
        {
            "product": f"p{number}",
            "group": "heavy" if number % 2 else "light",
            "value": float(number // 4 + 1),
        }
        for number in range(6)
    ]
    legs = []
    for origin in ("A", "B"):
        for hub in ("H1", "H2"):
            cost = round(float(random.uniform(1, 9)), 2)
            legs.append({"from": origin, "to": hub, "mode": "rail", "cost": cost})
    corridors = {"H1": "north", "H2": "south"} if rules else {}
    for hub, capacity in (("H1", 35.5), ("H2", 60.25)):
        leg: dict[str, Any] = {
            "from": hub,
            "to": "M",
            "mode": "rail",
            "capacity": capacity,
            "corridor": corridors.get(hub, ""),
        }
        legs.append({**leg, "cost": 2.0})
    tariffs = [{"mode": "rail", "group": "heavy", "surcharge": 1.5}]
    periods = ("early", "late") if seed % 2 else ("all year",)
    demand = []
    for number in range(6):
        for origin in ("A", "B"):
            quantity = round(float(random.uniform(1, 30)), int(random.integers(0, 5)))
            unmet_cost = "firm" if number < 4 else 7.5
            row = {"product": f"p{number}", "origin": origin, "market": "M"}
            demand.append({**row, "quantity": quantity, "unmet_cost": unmet_cost})
    return build_instance(
        legs,
        demand,
        products=products,
        tariffs=tariffs,
        periods=periods,
        diversification=rules,
    )


@pytest.mark.parametrize("seed", range(40))
def test_aggregates_change_nothing_but_the_work(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status, cost and what stays unmet are those of rows solved one by one."""
    instance = trade(seed)
    assert aggregated_demand(Prepared(instance)) is not None
    together = solve(instance, Options())
    monkeypatch.setattr(aggregation, "MOST_AGGREGATES", 0.0)
    assert aggregated_demand(Prepared(instance)) is None
    apart = solve(instance, Options())
    assert together.status is apart.status
    assert together.counters.rows < apart.counters.rows
    assert together.proved.objective == pytest.approx(apart.proved.objective, rel=1e-9)
    assert together.plan is not None
    assert apart.plan is not None
    firm = np.isinf(instance.demand["unmet_cost"].astype(float))
    left = [
        plan.unmet[firm[instance.shipments.demand]].sum()
        for plan in (together.plan, apart.plan)
    ]
    assert left[0] == pytest.approx(left[1], abs=1e-6)


def test_a_lot_is_handed_out_with_as_few_splits_as_routes_end() -> None:
    """Three rows share two routes: at most one of them takes both."""
    legs = [
        {"leg": "near", "from": "A", "to": "B", "cost": 1.0, "capacity": 12.0},
        {"leg": "far", "from": "A", "to": "B", "cost": 2.0},
    ]
    demand = [
        {"product": name, "origin": "A", "market": "B", "quantity": quantity}
        for name, quantity in (("p", 5.0), ("q", 10.0), ("r", 0.25))
    ]
    plan = solve(build_instance(legs, demand), Options()).plan
    assert plan is not None
    assert len(plan.shipment) == 4
    assert sorted(plan.quantity.tolist()) == [0.25, 3.0, 5.0, 7.0]


def test_prices_classes_and_time_keep_rows_apart() -> None:
    """Rows that a class, a price or a time limit tells apart are not aggregated."""
    legs = [{"from": "A", "to": "B", "cost": 1.0}]
    rows = [
        {"product": name, "origin": "A", "market": "B", "quantity": 1.0}
        for name in ("p", "q")
    ]
    assert aggregated_demand(Prepared(build_instance(legs, rows))) is not None
    first, second = rows
    assert (
        aggregated_demand(
            Prepared(build_instance(legs, [{**first, "priority": 1}, second]))
        )
        is None
    )
    assert (
        aggregated_demand(
            Prepared(build_instance(legs, [{**first, "unmet_cost": 9}, second]))
        )
        is None
    )
    assert (
        aggregated_demand(
            Prepared(build_instance(legs, [{**first, "max_days": 9}, second]))
        )
        is None
    )


RULES: list[dict[str, Any]] = [
    {"max_share": 0.6},
    {"max_hhi": 0.55, "where": {"group": ("heavy",)}},
    {"max_share": 0.6, "where": {"product": ("p0", "p2", "p4")}},
    {"max_share": 0.7, "for_each": ("group", "origin")},
    {"min_share": {"north": 0.6}, "weight": "value"},
    {"max_share": 0.65, "of": "demand", "over": "all", "penalty": 0.5},
    {"max_top": {"k": 1, "share": 0.6}, "for_each": ("market",)},
]


@pytest.mark.parametrize("seed", range(21))
def test_rules_count_a_lot_as_they_count_its_rows(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status and cost are those of rows solved one by one, and every rule is kept."""
    rule = {"name": "rule", "by": "corridor", **RULES[seed % len(RULES)]}
    instance = trade(seed, rule)
    assert aggregated_demand(Prepared(instance)) is not None
    together = solve(instance, Options())
    monkeypatch.setattr(aggregation, "MOST_AGGREGATES", 0.0)
    apart = solve(instance, Options())
    assert together.status is apart.status
    assert together.proved.objective == pytest.approx(apart.proved.objective, rel=1e-7)


def test_rules_keep_products_apart_that_they_tell_apart() -> None:
    """By name, by group, and by value where that is the weight."""
    legs = [{"from": "A", "to": "B", "cost": 1.0, "corridor": "north"}]
    products = [{"product": "p", "value": 1.0}, {"product": "q", "value": 2.0}]
    demand = [
        {"product": name, "origin": "A", "market": "B", "quantity": 1.0}
        for name in ("p", "q")
    ]

    def is_one_lot(**rule: object) -> bool:
        rules = ({"name": "rule", "by": "corridor", "max_share": 1.0, **rule},)
        instance = build_instance(
            legs, demand, products=products, diversification=rules
        )
        return aggregated_demand(Prepared(instance)) is not None

    assert is_one_lot()
    assert is_one_lot(where={"product": ("p", "q")})
    assert is_one_lot(for_each=("origin", "group"))
    assert not is_one_lot(where={"product": ("p",)})
    assert not is_one_lot(for_each=("product",))
    assert not is_one_lot(weight="value")
