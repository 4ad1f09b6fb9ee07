"""Plans and prices made by hand are accepted; spoiled ones are refused by name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.solution.certificate import Certificate, Stage
from solver.solution.keys import CapacityKey, UnmetKey
from solver.verification import proof
from solver.verification.proved import Proof
from tests.build import build_instance
from tests.verification import concentration_cases, label_cases, limit_cases, rule_cases
from tests.verification.case import (
    DEMAND,
    FIRM,
    LEGS,
    S1,
    S2,
    YEAR,
    Case,
    N,
    plan,
    rule,
    share,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def proof_of(case: Case) -> Proof:
    """Return what is proved of a case."""
    return proof(case.instance, case.plan, case.certificate)


def refused(case: Case) -> str:
    """Return why a case is refused."""
    found = proof_of(case)
    assert not found.passed
    return "; ".join(found.failures)


CASES = (
    *limit_cases.CASES,
    *rule_cases.CASES,
    *concentration_cases.CASES,
    *label_cases.CASES,
)


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_a_case_solved_by_hand_is_proved(make: Callable[[], Case]) -> None:
    """Cost, bounds and unmet quantities are those of the derivation, exactly."""
    case = make()
    found = proof_of(case)
    assert found.failures == ()
    assert found.cost == case.cost
    if case.cost is not None:
        assert found.penalties == Fraction(case.penalties)
        assert found.bound == pytest.approx(case.objective, rel=1e-9, abs=1e-9)
        assert found.gap == pytest.approx(0.0, abs=1e-9)
        assert sum(found.unmet.values()) == case.unmet
    bounds = [float(bound) for bound in found.stages][: len(case.bounds)]
    assert bounds == pytest.approx(list(case.bounds), rel=1e-9)


def test_cost_is_split_into_its_parts() -> None:
    """10 t at (4 x 1.5) + (1 + 2) + (0.5 + 0.25) + 2 x (3 + 1) + 0.5 x 6 each."""
    legs: list[dict[str, Any]] = [
        {"leg": "L", "from": "A", "to": "B", "cost": 4.0, "mode": "rail"}
    ]
    legs[0] |= {"days": 3.0, "emissions": 6.0}
    nodes = [{"node": "A", "cost": 1.0, "days": 1.0}, {"node": "B", "cost": 1.0}]
    tariffs: list[dict[str, Any]] = [
        {"mode": "rail", "factor": 1.5},
        {"surcharge": 0.5},
        {"node": "B", "factor": 2.0, "surcharge": 0.25},
    ]
    instance = build_instance(
        legs,
        [DEMAND],
        nodes=nodes,
        tariffs=tariffs,
        products=[{"product": "p", "time_value": 2.0}],
        emission_price=0.5,
    )
    case = Case(
        instance,
        plan((0, 10.0, [0]), unmet=[0.0]),
        (Stage("cost", unmet=FIRM),),
        cost=207.5,
    )
    found = proof_of(case)
    assert found.passed, found.failures
    assert {part: float(cost) for part, cost in found.cost_parts.items()} == {
        "tariff": 60.0,
        "handling": 30.0,
        "surcharge": 7.5,
        "time": 80.0,
        "emission": 30.0,
        "unmet": 0.0,
    }


# ---- plans that are none


def loop() -> Case:
    """10 t go A > C > A > B."""
    case = label_cases.wanted_node()
    return case.with_flows((0, 5.0, [3, 4, N]), (0, 5.0, [3, S2]))


def both_corridors() -> Case:
    """North and then south in one route."""
    legs = [
        {"from": "A", "to": "C", "cost": 1.0, "corridor": "north"},
        {"from": "C", "to": "B", "cost": 1.0, "corridor": "south"},
    ]
    return Case(
        build_instance(legs, [DEMAND]),
        plan((0, 10.0, [0, 1]), unmet=[0.0]),
        (Stage("cost", unmet=FIRM),),
        cost=20.0,
    )


def closed(**selector: str) -> Case:
    """N by a tariff that closes it."""
    tariffs = [{**selector, "closed": True}]
    return Case(
        build_instance(LEGS, [DEMAND], tariffs=tariffs),
        plan((0, 10.0, [N]), unmet=[0.0]),
        (Stage("cost", unmet=FIRM),),
        cost=30.0,
    )


def through_a_closed_node() -> Case:
    """Close the inner node of a named route."""
    case = limit_cases.express()
    tariffs = [{"node": "C", "closed": True}]
    routes = [{"route": "express", "via": "A > C > B", "cost": 4.0}]
    instance = build_instance(LEGS[1:], [DEMAND], routes=routes, tariffs=tariffs)
    return replace(case, instance=instance).with_flows((0, 10.0, [2]))


SPOILED_PLANS: dict[str, tuple[Case, str]] = {
    "a full leg": (
        limit_cases.full_leg().with_flows((0, 7.0, [N]), (0, 3.0, [S1, S2])),
        "capacity.csv:2: leg 'N' in 'all year': 7",
    ),
    "a full joint capacity": (
        limit_cases.joint_capacity().with_flows(
            (0, 7.0, [N]), (0, 3.0, [S1, S2]), (1, 10.0, [N])
        ),
        "capacity.csv:2: capacity 'k'",
    ),
    "two full periods": (
        limit_cases.over_all_periods().with_flows(
            (0, 10.0, [N]), (1, 3.0, [N]), (1, 7.0, [S1, S2])
        ),
        "capacity.csv:2: capacity 'k' in 'all'",
    ),
    "a full named route": (
        limit_cases.express().with_flows((0, 5.0, [2]), (0, 5.0, [0, 1])),
        "route 'express'",
    ),
    "a capped corridor": (
        rule_cases.capped_corridor().with_flows((0, 6.0, [N]), (0, 4.0, [S1, S2])),
        "rules.csv:2: 'r', 'north'",
    ),
    "a wanted corridor": (
        rule_cases.wanted_corridor().with_flows((0, 4.0, [N]), (0, 6.0, [S1, S2])),
        "rules.csv:2: 'r', 'south'",
    ),
    "a capped country": (
        rule_cases.capped_country().with_flows((0, 5.0, [N]), (0, 5.0, [S1, S2])),
        "'r', 'T'",
    ),
    "too little": (
        limit_cases.full_leg().with_flows((0, 6.0, [N]), (0, 3.0, [S1, S2])),
        "demand.csv:2: carried and unmet are not the quantity",
    ),
    "a hair too much": (
        limit_cases.full_leg().with_flows((0, 6.0, [N]), (0, 4.0000001, [S1, S2])),
        "demand.csv:2: carried and unmet are not the quantity",
    ),
    "less than nothing unmet": (
        limit_cases.full_leg().with_flows(
            (0, 6.0, [N]), (0, 5.0, [S1, S2]), unmet=[-1.0]
        ),
        "demand.csv:2: less than nothing",
    ),
    "a flow of nothing": (
        limit_cases.full_leg().with_flows(
            (0, 6.0, [N]), (0, 4.0, [S1, S2]), (0, 0.0, [N])
        ),
        "allocation.csv:4: the route carries no quantity",
    ),
    "a flow backwards": (
        limit_cases.full_leg().with_flows(
            (0, 6.0, [N]), (0, 5.0, [S1, S2]), (0, -1.0, [S1, S2])
        ),
        "allocation.csv:4: the route carries no quantity",
    ),
    "a loop": (loop(), "allocation.csv:2: the route visits a node twice"),
    "a broken chain": (
        limit_cases.full_leg().with_flows((0, 6.0, [N]), (0, 4.0, [S2, S1])),
        "allocation.csv:3: the route does not hang together",
    ),
    "a wrong start": (
        limit_cases.full_leg().with_flows((0, 6.0, [N]), (0, 4.0, [S2])),
        "allocation.csv:3: the route does not start at the demand's origin",
    ),
    "a wrong end": (
        limit_cases.full_leg().with_flows((0, 6.0, [N]), (0, 4.0, [S1])),
        "allocation.csv:3: the route does not end at the demand's market",
    ),
    "two corridors": (both_corridors(), "more than one corridor"),
    "a closed leg": (closed(leg="N"), "uses what is closed"),
    "a closed start": (closed(node="A"), "uses what is closed"),
    "a closed end": (closed(node="B"), "uses what is closed"),
    "a closed part": (through_a_closed_node(), "uses what is closed"),
    "too late": (
        label_cases.in_time().with_flows((0, 10.0, [N])),
        "allocation.csv:2: the route takes longer",
    ),
}


@pytest.mark.parametrize("name", SPOILED_PLANS)
def test_a_spoiled_plan_is_refused(name: str) -> None:
    """The message says where and what."""
    case, message = SPOILED_PLANS[name]
    assert message in refused(case)


def test_a_closed_leg_is_open_to_others() -> None:
    """A tariff that closes N to another product is none of p's business."""
    tariffs = [{"product": "q", "leg": "N", "closed": True}]
    instance = build_instance(
        LEGS, [DEMAND], tariffs=tariffs, products=[{"product": "q"}]
    )
    assert proof_of(replace(closed(leg="N"), instance=instance)).passed


def test_a_route_is_closed_to_one_product_alone() -> None:
    """Two flows share a route that is closed to the second: that one is named."""
    tariffs = [{"product": "q", "leg": "N", "closed": True}]
    demand = [DEMAND, {**DEMAND, "product": "q"}]
    instance = build_instance(
        LEGS, demand, tariffs=tariffs, products=[{"product": "q"}]
    )
    case = replace(closed(leg="N"), instance=instance)
    fault = refused(case.with_flows((0, 10.0, [N]), (1, 10.0, [N])))
    assert "allocation.csv:3: the route uses what is closed" in fault


MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"quantity": np.array([6.0])}, "differ in length"),
    ({"starts": np.array([0, 1])}, "differ in length"),
    ({"starts": np.array([0, 0, 3])}, "a flow without a leg"),
    ({"starts": np.array([0, 1, 2])}, "a flow without a leg"),
    ({"elements": np.array([0, 1, 9])}, "legs are not all legs"),
    ({"elements": np.array([0, 1, -1])}, "legs are not all legs"),
    ({"shipment": np.array([0, 1])}, "shipments are not in order"),
    ({"quantity": np.array([6.0, np.nan])}, "not all numbers"),
    ({"unmet": np.array([np.inf])}, "not all numbers"),
    ({"unmet": np.array([0.0, 0.0])}, "not one for each shipment"),
]


@pytest.mark.parametrize(("changes", "message"), MALFORMED)
def test_arrays_that_are_no_plan_are_refused(
    changes: dict[str, Any], message: str
) -> None:
    """Nothing of a plan is trusted, not even its form."""
    case = limit_cases.full_leg()
    assert case.plan is not None
    assert message in refused(replace(case, plan=replace(case.plan, **changes)))


# ---- prices that prove nothing


FULL, SHORT = limit_cases.full_leg(), limit_cases.short_leg()
LEG = CapacityKey("leg", "N", YEAR)

SPOILED_PRICES: dict[str, tuple[Case, str]] = {
    "too low": (FULL.with_stage(0, capacities={LEG: 1.9}), "'cost' proves 37.6"),
    "too high": (FULL.with_stage(0, capacities={LEG: 2.1}), "'cost' proves 37.4"),
    "none": (FULL.with_stage(0, capacities={}), "'cost' proves 30.0"),
    "a wrong sign": (FULL.with_stage(0, capacities={LEG: -2.0}), "the price -2.0"),
    "no number": (FULL.with_stage(0, capacities={LEG: np.nan}), "the price nan"),
    "no end": (FULL.with_stage(0, capacities={LEG: np.inf}), "the price inf"),
    "another leg": (
        FULL.with_stage(0, capacities={replace(LEG, name="S1"): 2.0}),
        "does not exist here",
    ),
    "another period": (
        FULL.with_stage(0, capacities={replace(LEG, period="2027"): 2.0}),
        "does not exist here",
    ),
    "another class": (
        FULL.with_stage(0, unmet={UnmetKey(7): 100.0}),
        "does not exist here",
    ),
    "another rule": (
        FULL.with_stage(0, rules={share("north"): 1.0}),
        "does not exist here",
    ),
    "no price of firm demand": (FULL.with_stage(0, unmet={}), "'cost' proves -12.0"),
    "no stage": (replace(FULL, stages=()), "no stage ('cost', None)"),
    "the cost twice": (replace(FULL, stages=FULL.stages * 2), "not in order"),
    "rules for a plan": (
        replace(FULL, stages=(Stage("rules"),)),
        "a stage that has no place here",
    ),
    "no stage for what is unmet": (
        replace(SHORT, stages=SHORT.stages[1:]),
        "no stage ('unmet', None)",
    ),
    "stages in another order": (
        replace(SHORT, stages=SHORT.stages[::-1]),
        "not in order",
    ),
    "less must stay unmet": (
        SHORT.with_stage(0, capacities={LEG: 0.5}),
        "'unmet' proves 1.5",
    ),
    "a class unknown": (SHORT.with_stage(0, priority=4), "no place here"),
    "a later class": (
        limit_cases.two_classes().with_stage(0, unmet={UnmetKey(None): 1.0}),
        "does not exist here",
    ),
    "a corridor too cheap": (
        rule_cases.capped_corridor().with_stage(0, rules={share("north"): 1.0}),
        "'cost' proves 35.0",
    ),
    "rules that hold": (
        rule_cases.rules_at_odds().with_stage(0, rules={}),
        "'rules' proves 0.0",
    ),
    "a price above 1": (
        rule_cases.rules_at_odds().with_stage(0, rules={share("south", "min"): 1.5}),
        "above 1",
    ),
    "no rules at all": (
        replace(rule_cases.rules_at_odds(), stages=(Stage("cost"),)),
        "no stage for the rules",
    ),
}


@pytest.mark.parametrize("name", SPOILED_PRICES)
def test_spoiled_prices_are_refused(name: str) -> None:
    """A bound that falls short is told with the number it reaches."""
    case, message = SPOILED_PRICES[name]
    assert message in refused(case)


def test_a_dearer_plan_is_refused_by_the_same_prices() -> None:
    """38 is proved; 39 = 18 + 20 + 1 is not."""
    instance = FULL.instance
    dearer = FULL.with_flows((0, 5.0, [N]), (0, 5.0, [S1, S2]))
    found = proof(instance, dearer.plan, FULL.certificate)
    assert not found.faults
    assert found.cost == 40
    assert found.bound == 38.0
    assert found.gap == pytest.approx(2 / 40)


@pytest.mark.parametrize(("left", "gap"), [(1.0, 0.1 + 6 / 33), (10.0, None)])
def test_what_is_left_for_no_reason_adds_to_the_gap(
    left: float, gap: float | None
) -> None:
    """1 t of 10 left is 0.1 of the demand; a plan that carries nothing has no gap.

    With 3 for each unit left, 30 are proved less 3: 6 below 18 + 15 for 9 t.
    """
    stage = Stage("cost", unmet={UnmetKey(None): 3.0})
    flows = [] if left == 10 else [(0, 6.0, [N]), (0, 3.0, [S1, S2])]
    case = FULL.with_flows(*flows, unmet=[left])
    found = proof(FULL.instance, case.plan, Certificate((stage,)))
    assert not found.faults
    assert not found.passed
    assert found.gap == (None if gap is None else pytest.approx(gap))


@pytest.mark.parametrize("unit", [1e-6, 1e-9])
def test_a_gap_is_the_same_in_a_larger_unit_of_money(unit: float) -> None:
    """A plan that costs 40 where 38 do is no better for costing 40 millionths."""
    legs = [{**own, "cost": own["cost"] * unit} for own in LEGS]
    instance = build_instance([{**legs[N], "capacity": 6.0}, *legs[S1:]], [DEMAND])
    stage = Stage("cost", capacities={LEG: 2.0 * unit}, unmet=FIRM)
    dearer = FULL.with_flows((0, 5.0, [N]), (0, 5.0, [S1, S2])).plan
    found = proof(instance, dearer, replace(FULL.certificate, stages=(stage,)))
    assert not found.passed
    assert found.gap == pytest.approx(2 / 40)


def test_decimals_are_what_they_say() -> None:
    """0.1 + 0.2 t are 0.3 t, though not as floats."""
    legs = [{**LEGS[N], "capacity": 0.1}, *LEGS[S1:]]
    case = Case(
        build_instance(legs, [{**DEMAND, "quantity": 0.3}]),
        plan((0, 0.1, [N]), (0, 0.2, [S1, S2]), unmet=[0.0]),
        (Stage("cost", capacities={LEG: 2.0}, unmet=FIRM),),
        cost=1.3,
    )
    found = proof_of(case)
    assert found.passed, found.failures
    assert found.cost is not None
    assert found.cost * 10 == 13


def test_more_values_than_copies_still_give_a_bound() -> None:
    """40 priced nodes, of which routes pass at most one: the cap of each binds not."""
    legs: list[dict[str, Any]] = []
    for number in range(40):
        legs += [
            {"from": "A", "to": f"M{number}", "cost": 1.0},
            {"from": f"M{number}", "to": "B", "cost": float(number)},
        ]
    rules = (rule(by="node", max_share={f"M{n}": 1.0 for n in range(40)}),)
    prices = {share(f"M{n}"): 0.001 for n in range(40)}
    case = Case(
        build_instance(legs, [DEMAND], diversification=rules),
        plan((0, 10.0, [0, 1]), unmet=[0.0]),
        (Stage("cost", rules=prices, unmet=FIRM),),
        cost=10.0,
    )
    found = proof_of(case)
    assert found.cost == 10
    assert found.bound is not None
    # Each of the 40 rows lets a t off 1 x 0.001, and a node passed charges it again.
    assert found.bound == pytest.approx(10 * (1 - 0.040 + 0.001), abs=1e-3 * 10)
    assert found.bound <= 10 * (1 - 0.040 + 0.001)
