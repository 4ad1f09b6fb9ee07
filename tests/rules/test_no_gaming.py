"""Nothing can be gamed: no plan raises, splits or cycles flow to improve a share."""

from __future__ import annotations

from typing import Any

import pytest

from solver.options import Options
from solver.solving.solve import prepared, solved
from tests.build import Row, build_instance
from tests.campaign import differences
from tests.oracle import oracle
from tests.plan_judge import judged
from tests.simple_routes import Case

DEMAND: Row = {"product": "P", "origin": "A", "market": "B", "quantity": 10.0}


def leg(start: str, end: str, cost: float, **columns: Any) -> Row:
    """Return a leg with a name of its own."""
    name = f"{start}>{end} {columns.get('corridor', '')}"
    return {"leg": name, "from": start, "to": end, "cost": cost, **columns}


DIRECT = [leg("A", "B", 1.0, corridor="north"), leg("A", "B", 5.0, corridor="west")]
LOOP = [
    # Free and endless ways round, that touch everything a rule may ask for.
    leg(start, end, 0.0, corridor=corridor, mode="sea", tags="strait", country="KZ")
    for start, end in (("A", "C"), ("C", "A"), ("B", "C"), ("C", "B"))
    for corridor in ("north", "west", "")
]
NODES: list[Row] = [{"node": "A"}, {"node": "B"}, {"node": "C", "kind": "port"}]


def outcome(
    rules: list[Row], legs: list[Row], demand: list[Row], nodes: list[Row] | None = None
) -> tuple[str, float, tuple[float, ...]]:
    """Status, cost with penalties and unmet quantity; all as the oracle has them.

    Every flow takes a simple route, the flows of a shipment are no more than its
    demand, and every rule holds.
    """
    named = [{"name": f"rule {n}", **rule} for n, rule in enumerate(rules)]
    instance = build_instance(legs, demand, nodes, diversification=tuple(named))
    solution = solved(prepared(instance, Options()))
    case, expected = Case(instance), oracle(instance)
    assert solution.status == expected.status
    assert solution.plan is not None
    found = judged(case, solution.plan)
    assert found.faults == ()
    assert differences(case, expected, found, 1e-6) == []
    return str(solution.status), found.cost, found.unmet


@pytest.mark.parametrize("by", ["country", "port", "node", "mode", "tag", "leg"])
@pytest.mark.parametrize("of", ["carried", "demand"])
def test_a_way_round_a_circle_earns_no_share(by: str, of: str) -> None:
    """Half must pass a place that only circles touch: they do not count as routes.

    Of what is carried: nothing is; of the demand: the rules cannot hold, so that is
    asked for with a penalty, which is paid in full.
    """
    values = {"country": "KZ", "mode": "sea", "tag": "strait", "leg": "A>C "}
    value = values.get(by, "C")
    circle = [leg for leg in LOOP if "B" not in leg["leg"]]
    rule: Row = {"by": by, "of": of, "min_share": {value: 0.5}}
    if of == "demand":
        rule["penalty"] = 2.0
    status, cost, unmet = outcome([rule], DIRECT + circle, [DEMAND], NODES)
    told = ("unmet", 0.0, 10.0) if of == "carried" else ("optimal", 10 + 2 * 5.0, 0.0)
    assert (status, cost, *unmet) == pytest.approx(told)


@pytest.mark.parametrize(
    "bound",
    [
        {"max_share": {"north": 0.5}},
        {"min_share": {"west": 0.5}},
        {"max_hhi": 0.5},
        {"min_effective": 2.0},
        {"max_top": {"k": 1, "share": 0.5}},
    ],
)
@pytest.mark.parametrize("of", ["carried", "demand"])
def test_circles_in_another_corridor_change_no_share(bound: Row, of: str) -> None:
    """Half by the north at 1 and half by the west at 5, whatever circles are free."""
    back = [leg for leg in LOOP if leg["leg"].startswith(("B>C", "C>B"))]
    rule = {"by": "corridor", "of": of, **bound}
    status, cost, unmet = outcome([rule], DIRECT + back, [DEMAND], NODES)
    assert (status, *unmet) == ("optimal", 0.0)
    assert cost == pytest.approx(5 + 5 * 5.0, rel=1e-3)


def test_a_detour_without_a_corridor_does_not_count_as_another() -> None:
    """Cargo that passes a leg of no corridor before the north stays the north's."""
    legs = [
        leg("A", "B", 1.0, corridor="north"),
        leg("A", "C", 0.0),
        leg("C", "B", 1.0, corridor="north"),
        leg("A", "B", 9.0),
    ]
    rule: Row = {"by": "corridor", "max_share": {"north": 0.6}}
    status, cost, _ = outcome([rule], legs, [DEMAND])
    assert status == "optimal"
    assert cost == pytest.approx(6 + 4 * 9.0)


def test_no_more_is_carried_than_is_asked_for() -> None:
    """More metal by the west, free and even paid for, would make room for the north.

    The 2 units of metal are all there are: of 12, half go by the west.
    """
    legs = [*DIRECT, leg("A", "D", 0.0, corridor="west")]
    metal = {"product": "M", "origin": "A", "market": "D", "quantity": 2.0}
    rule: Row = {"by": "corridor", "max_share": {"north": 0.5}}
    status, cost, _ = outcome([rule], legs, [DEMAND, metal])
    assert status == "optimal"
    assert cost == pytest.approx(6 + 4 * 5.0)


WEST_BEFORE = [{"period": "all year", "value": "west", "quantity": 10.0}]


@pytest.mark.parametrize(
    "bound",
    [
        {"max_hhi": 0.58},
        {"max_change": {"share": 0.7, "reference": WEST_BEFORE}},
    ],
)
@pytest.mark.parametrize("parts", [1, 2, 5])
def test_a_demand_in_parts_is_bounded_like_the_whole(bound: Row, parts: int) -> None:
    """7 by the north and 3 by the west, however many rows ask for the 10."""
    demand = [
        {**DEMAND, "product": f"P{number}", "quantity": 10.0 / parts}
        for number in range(parts)
    ]
    status, cost, _ = outcome([{"by": "corridor", **bound}], DIRECT, demand)
    assert status == "optimal"
    assert cost == pytest.approx(7 + 3 * 5.0, rel=1e-6)


def test_a_route_counts_once_however_often_it_touches_a_value() -> None:
    """Two sea legs on a route count once: half of the cargo is at sea, not all."""
    legs = [
        leg("A", "C", 0.0, corridor="north", mode="sea"),
        leg("C", "B", 9.0, corridor="north", mode="sea"),
        leg("A", "B", 1.0, corridor="west", mode="rail"),
    ]
    rule: Row = {"by": "mode", "min_share": {"sea": 0.5}}
    status, cost, _ = outcome([rule], legs, [DEMAND])
    assert status == "optimal"
    assert cost == pytest.approx(5 * 9 + 5 * 1.0)


def test_cargo_is_not_left_unmet_to_improve_a_share() -> None:
    """The cheap way would hold the rule with 6 carried; all 10 are, at 41 more each."""
    legs = [leg("A", "B", 1.0, corridor="north"), leg("A", "B", 42.0, corridor="west")]
    rules: list[Row] = [{"by": "corridor", "of": "demand", "max_share": 0.6}]
    status, cost, unmet = outcome(rules, legs, [DEMAND])
    assert (status, *unmet) == ("optimal", 0.0)
    assert cost == pytest.approx(6 + 4 * 42.0)


def test_firm_cargo_stays_behind_only_as_far_as_no_plan_carries_more() -> None:
    """The west takes 2 only: at most 4 are carried, and all 4 are."""
    west = leg("A", "B", 5.0, corridor="west", capacity=2.0)
    legs = [leg("A", "B", 1.0, corridor="north"), west]
    rules: list[Row] = [{"by": "corridor", "min_effective": 2.0}]
    status, cost, unmet = outcome(rules, legs, [DEMAND])
    assert (status, *unmet) == ("unmet", pytest.approx(6.0, rel=1e-3))
    assert cost == pytest.approx(2 + 2 * 5.0, rel=1e-3)
