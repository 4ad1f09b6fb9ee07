"""The parts of a bridge, with known answers, and their sum."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from solver.options import Options
from solver.problem.rules import Rule
from solver.studies.cost_bridge import PARTS, ComparedPlan, bridge
from solver.tasks.clock import Clock
from solver.tasks.comparison.compare import under_first_rules
from solver.tasks.solve import run
from tests.build import Row, build_instance

if TYPE_CHECKING:
    from solver.problem.instance import Instance

OPTIONS = Options(sensitivity="none")

HALF = Rule(name="half", by="corridor", max_share=0.5)


def instance(
    rates: tuple[float, float] = (10, 14),
    capacity: float | None = None,
    demand: dict[str, float] | None = None,
    unmet_cost: float | str = "firm",
    rules: tuple[Rule, ...] = (),
) -> Instance:
    """Grain and steel from A to B, by the north or by the south."""
    ends = {"from": "A", "to": "B"}
    north = {"leg": "north", "corridor": "northern", "capacity": capacity}
    legs: list[Row] = [
        {**ends, **north, "cost": rates[0]},
        {**ends, "leg": "south", "corridor": "southern", "cost": rates[1]},
    ]
    wanted = {"grain": 80.0, "steel": 20.0} if demand is None else demand
    return build_instance(
        legs=legs,
        demand=[
            {"product": product, "origin": "A", "market": "B", "quantity": quantity}
            for product, quantity in wanted.items()
        ],
        unmet_cost=unmet_cost,
        diversification=rules,
    )


def bridged(first: Instance, second: Instance) -> dict[str, Any]:
    """Return the bridge between the optima of two instances."""
    one = ComparedPlan(first, run(first, OPTIONS, Clock()).result)
    two = ComparedPlan(second, run(second, OPTIONS, Clock()).result)
    return bridge(one, two, under_first_rules(one, two, OPTIONS).money)


def only(part: str, money: float) -> dict[str, float]:
    """Return the parts of a bridge of which all but one are 0."""
    return {name: money if name == part else 0.0 for name in PARTS}


def test_where_rates_alone_change_all_is_price() -> None:
    """The plan stays: 100 t by the north, at 12 instead of 10."""
    found = bridged(instance(), instance(rates=(12, 14)))
    assert {part: found[part] for part in PARTS} == only("price", 200.0)


def test_where_slack_demand_alone_changes_all_is_volume() -> None:
    """Thirty tonnes more of steel at 10; ten tonnes less of grain."""
    found = bridged(instance(), instance(demand={"grain": 70.0, "steel": 50.0}))
    assert {part: found[part] for part in PARTS} == only("volume", 200.0)


def test_where_rules_alone_change_all_is_rules() -> None:
    """Half must leave the north: 50 t at 4 more."""
    found = bridged(instance(), instance(rules=(HALF,)))
    assert {part: found[part] for part in PARTS} == only("rules", 200.0)


def test_where_a_capacity_alone_changes_all_is_route() -> None:
    """The north takes 60 t only: 40 t go south at 4 more."""
    found = bridged(instance(), instance(capacity=60.0))
    assert {part: found[part] for part in PARTS} == only("route", 160.0)


def test_what_is_left_at_its_price_is_unmet_and_less_volume() -> None:
    """At 13 a tonne the south is too dear: 40 t stay, which cost 10 each before."""
    first = instance(unmet_cost=13.0)
    found = bridged(first, instance(unmet_cost=13.0, capacity=60.0))
    assert found["unmet"] == 520.0
    assert found["volume"] == -400.0
    assert found["price"] == found["rules"] == found["route"] == 0.0


def test_new_demand_has_the_mean_of_the_second_plan() -> None:
    """Coal is new; where steel is gone, it is taken away at its rate."""
    found = bridged(instance(), instance(demand={"grain": 80.0, "coal": 7.0}))
    assert found["volume"] == 7 * 10.0 - 20 * 10.0


def test_a_route_that_is_gone_keeps_its_rate() -> None:
    """The north is closed to all; what it cost is told apart."""
    first, second = instance(), instance()
    legs = second.legs
    legs.columns["from"][0], legs.columns["to"][0] = "B", "A"
    found = bridged(first, second)
    assert {part: found[part] for part in PARTS} == only("route", 400.0)
    assert found["own_rates"] == 100.0


@pytest.mark.parametrize("seed", range(6))
def test_the_parts_sum_to_the_difference_exactly(seed: int) -> None:
    """As decimals, whatever changes together."""
    thirds = (10 + seed / 3, 14 - seed / 7)
    demand = {"grain": 80 + seed / 3, "steel": 20.13, "coal": 14.3}
    second = instance(
        thirds, 90.3, demand, rules=(HALF.model_copy(update={"max_share": 0.55}),)
    )
    most = HALF.model_copy(update={"max_share": 0.6})
    found = bridged(instance(rules=(most,)), second)
    parts = [Decimal(repr(found[part])) for part in PARTS]
    assert sum(parts, Decimal(0)) == Decimal(repr(found["difference"]))
    ends = [Decimal(repr(found[name])) for name in ("first", "second")]
    assert ends[1] - ends[0] == Decimal(repr(found["difference"]))
