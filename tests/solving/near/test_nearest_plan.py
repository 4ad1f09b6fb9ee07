"""Of all plans of least cost, the one that moves least: by hand, and against tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solver.options import Options
from solver.problem.instance import Instance
from solver.problem.rules import Rule
from solver.solution.earlier import EarlierPlan
from solver.solving.column_generation import StoppedError
from solver.solving.near import nearest_plan
from solver.solving.prepared import Prepared
from solver.tasks.clock import Clock
from solver.tasks.comparison.earlier import near_result
from solver.tasks.solve import Run, run
from tests.build import Row, build_instance
from tests.movement_oracle import difference
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance
from tests.reordered import flows, shuffled

OPTIONS = Options(sensitivity="none")


def two_ways(
    north: float = 10,
    south: float = 10,
    capacity: float | None = None,
    demand: list[Row] | None = None,
    **manifest: Any,
) -> Instance:
    """Grain from A to B, by the north or by the south."""
    ends = {"from": "A", "to": "B"}
    wanted = [{"product": "grain", "quantity": 100.0}] if demand is None else demand
    return build_instance(
        legs=[
            {
                **ends,
                "leg": "north",
                "corridor": "northern",
                "cost": north,
                "capacity": capacity,
            },
            {**ends, "leg": "south", "corridor": "southern", "cost": south},
        ],
        demand=[{"origin": "A", "market": "B", **row} for row in wanted],
        **manifest,
    )


def earlier(*rows: tuple[str, float], **key: str) -> EarlierPlan:
    """Return an earlier plan of grain: legs and quantities."""
    names = {"demand": "", "product": "grain", "origin": "A", "market": "B"}
    names |= {"period": "all year", **key}
    own = names["demand"], names["product"], names["origin"], names["market"]
    return EarlierPlan(
        keys=((*own, names["period"]),) * len(rows),
        legs=tuple(legs for legs, _ in rows),
        quantity=np.array([size for _, size in rows]),
        source="by hand",
    )


def near(instance: Instance, plan: EarlierPlan) -> Run:
    """Solve near an earlier plan."""
    return run(Prepared(instance, plan), OPTIONS, Clock())


def told(done: Run) -> dict[str, Any]:
    """Return what the summary says of the movement."""
    found: dict[str, Any] = done.result.summary["near"]
    return found


def carried(done: Run) -> dict[str, float]:
    """Quantity by leg."""
    table = done.result.tables["allocation"]
    return dict(zip(table["legs"].tolist(), table["quantity"].tolist(), strict=True))


@pytest.mark.parametrize("split", [0.0, 12.5, 50.0, 100.0])
def test_among_ties_nothing_moves(split: float) -> None:
    """Both ways cost the same: whatever the split was, it stays."""
    rows = [("north", split), ("south", 100.0 - split)]
    done = near(two_ways(), earlier(*(row for row in rows if row[1])))
    assert told(done)["movement"] == told(done)["bound"] == 0.0
    assert carried(done) == {legs: size for legs, size in rows if size}
    assert done.result.certificate is not None
    assert done.result.certificate.movement is None


def test_cost_comes_first() -> None:
    """All was by the south, which is dearer now: all of it must move."""
    done = near(two_ways(north=9), earlier(("south", 100.0)))
    assert carried(done) == {"north": 100.0}
    assert told(done)["movement"] == told(done)["bound"] == 100.0
    assert told(done)["rerouted"] == 100.0


def test_what_a_capacity_does_not_hold_must_move() -> None:
    """Forty of hundred by the north have no room any more."""
    done = near(two_ways(capacity=60.0), earlier(("north", 100.0)))
    assert carried(done) == {"north": 60.0, "south": 40.0}
    assert told(done)["movement"] == told(done)["bound"] == 40.0


def test_more_demand_is_free_to_go_where_it_likes() -> None:
    """It was 30 and 30: both stay, and what is new is no movement."""
    done = near(two_ways(), earlier(("north", 30.0), ("south", 30.0)))
    assert told(done)["comparable"] == 60.0
    assert told(done)["movement"] == 0.0
    assert min(carried(done).values()) >= 30.0


def test_less_demand_moves_nothing_either() -> None:
    """It was 100 and 60: hundred of them are left."""
    done = near(two_ways(), earlier(("north", 100.0), ("south", 60.0)))
    assert told(done)["comparable"] == 100.0
    assert told(done)["movement"] == 0.0


def test_a_rule_moves_no_more_than_it_must() -> None:
    """At most 70 % by one corridor, and 100 % were: thirty move."""
    rule = Rule(name="most", by="corridor", max_share=0.7)
    done = near(two_ways(diversification=(rule,)), earlier(("south", 100.0)))
    assert carried(done) == {"north": 30.0, "south": 70.0}
    assert told(done)["movement"] == told(done)["bound"] == 30.0


def test_what_stays_unmet_has_moved_too() -> None:
    """Priced at 5 nothing is carried any more; it is told apart."""
    done = near(two_ways(unmet_cost=5.0), earlier(("north", 100.0)))
    assert told(done)["movement"] == told(done)["bound"] == 100.0
    assert told(done)["unmet"] == 100.0
    assert told(done)["rerouted"] == 0.0


def test_among_firm_demand_what_was_served_is_served() -> None:
    """Only 60 of 2 x 50 find room: steel was served, and so it is."""
    demand = [
        {"product": "grain", "quantity": 50.0},
        {"product": "steel", "quantity": 50.0},
    ]
    instance = two_ways(south=1e6, capacity=60.0, demand=demand)
    legs = instance.legs.columns
    legs["capacity"][1] = 0.0
    for product, other in (("grain", "steel"), ("steel", "grain")):
        done = near(instance, earlier(("north", 50.0), product=product))
        served = done.result.tables["demand"]
        by_product = dict(
            zip(served["product"].tolist(), served["served"].tolist(), strict=True)
        )
        assert by_product == {product: 50.0, other: 10.0}
        assert told(done)["movement"] == 0.0
        assert done.result.summary["status"] == "unmet"


def test_named_rows_and_periods_are_demands_of_their_own() -> None:
    """Order 1 was by the north, order 2 by the south, and so they are."""
    demand: list[Row] = [
        {"demand": name, "product": "grain", "quantity": 10.0}
        for name in ("order 1", "order 2")
    ]
    instance = two_ways(demand=demand, periods=("Q1", "Q2"))
    plan = EarlierPlan(
        keys=tuple(
            (name, "grain", "A", "B", period)
            for name in ("order 1", "order 2")
            for period in ("Q1", "Q2")
        ),
        legs=("north", "south", "south", "north"),
        quantity=np.full(4, 10.0),
        source="by hand",
    )
    done = near(instance, plan)
    table = done.result.tables["allocation"]
    columns = (table[name].tolist() for name in ("demand", "period", "legs"))
    assert [*zip(*columns, strict=True)] == [
        ("order 1", "Q1", "north"),
        ("order 1", "Q2", "south"),
        ("order 2", "Q1", "south"),
        ("order 2", "Q2", "north"),
    ]
    assert told(done)["movement"] == 0.0


def test_equal_rows_of_demand_share_what_they_had() -> None:
    """Two rows of 50: 70 were by the north, and 70 are."""
    demand: list[Row] = [{"product": "grain", "quantity": 50.0}] * 2
    done = near(two_ways(demand=demand), earlier(("north", 70.0), ("south", 30.0)))
    assert told(done)["movement"] == 0.0
    table = done.result.tables["allocation"]
    assert table["quantity"][table["legs"] == "north"].sum() == 70.0


def test_a_named_route_is_a_route_of_its_own() -> None:
    """The service goes where the legs do, and costs as much: cargo stays on it."""
    instance = build_instance(
        legs=[
            {"leg": "one", "from": "A", "to": "M", "cost": 4.0},
            {"leg": "two", "from": "M", "to": "B", "cost": 6.0},
        ],
        demand=[{"product": "grain", "origin": "A", "market": "B", "quantity": 9.0}],
        routes=[{"route": "express", "via": "A > M > B", "cost": 10.0}],
    )
    for legs in ("one > two", "express"):
        done = near(instance, earlier((legs, 9.0)))
        assert carried(done) == {legs: 9.0}


def test_demand_that_is_gone_or_new_is_counted() -> None:
    """Coal is gone; steel was not served then."""
    demand = [
        {"product": "grain", "quantity": 5.0},
        {"product": "steel", "quantity": 5.0},
    ]
    plan = EarlierPlan(
        keys=(
            ("", "coal", "A", "B", "all year"),
            ("", "grain", "A", "B", "all year"),
        ),
        legs=("north", "closed long ago"),
        quantity=np.array([4.0, 5.0]),
        source="by hand",
    )
    found = told(near(two_ways(demand=demand), plan))
    assert found["demand_gone"] == found["demand_new"] == 1
    assert found["earlier"] == 9.0
    assert found["comparable"] == found["movement"] == found["bound"] == 5.0


@pytest.mark.parametrize("seed", range(12))
def test_near_itself_nothing_moves_whatever_the_order_of_rows(seed: int) -> None:
    """Rules, shortages, periods and ties included; the plan is the same."""
    instance = random_instance(seed)
    first = run(instance, OPTIONS, Clock())
    if first.result.plan is None:
        return
    again = shuffled(instance, seed)
    plan = near_result(again, instance, first.result)
    second = near(again, plan)
    assert told(second)["movement"] == 0.0
    assert second.result.summary["status"] == first.result.summary["status"]
    plans = [(instance, first.result.plan), (again, second.result.plan)]
    one, two = (
        [(flow, pytest.approx(size)) for flow, size in flows(own, found)]
        for own, found in plans
        if found is not None
    )
    assert [flow for flow, _ in one] == [flow for flow, _ in two]


@pytest.mark.parametrize("seed", range(12))
def test_brute_force_moves_no_less(seed: int) -> None:
    """Every route listed, two linear programs: the same cost and movement."""
    assert difference(seed) == ""


@pytest.mark.parametrize("seed", [64, 80])
def test_where_an_index_is_steep_nothing_moves_either(seed: int) -> None:
    """Within its tolerance plans differ in quantity by more than in cost."""
    instance = random_rules_instance(seed)
    first = run(instance, OPTIONS, Clock())
    again = shuffled(instance, seed)
    done = near(again, near_result(again, instance, first.result))
    assert told(done)["movement"] == 0.0
    assert done.result.summary["status"] == first.result.summary["status"]


def test_a_solve_cut_short_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least cost is known, the least movement is not: the limit ended it."""

    def stopped(*_: object) -> None:
        raise StoppedError(None)

    monkeypatch.setattr(nearest_plan, "nearest_plan", stopped)
    options = Options(sensitivity="none", time_limit=60.0)
    prepared = Prepared(two_ways(north=9), earlier(("south", 100.0)))
    done = run(prepared, options, Clock())
    assert done.result.summary["status"] == "limit"
    assert told(done)["movement"] == 100.0
    assert told(done)["bound"] == 0.0
