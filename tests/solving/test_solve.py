"""Whole solves of instances small enough to solve by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.model.backends import available_solvers
from solver.network.network import Network
from solver.network.routes import limit_loads, routes_of_plan
from solver.network.shipments import cargo
from solver.options import Options
from solver.solution.keys import CapacityKey, RowKey, UnmetKey
from solver.solution.status import Status
from solver.solving.column_generation import ColumnGeneration
from solver.solving.lexicographic import LexicographicSolve
from solver.solving.solve import prepared
from solver.tasks.answer import solve
from tests.build import build_instance

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.solution import Solution

pytestmark = pytest.mark.versions


YEAR = "all year"

LEGS: list[dict[str, Any]] = [
    {"leg": "N", "from": "A", "to": "B", "cost": 3.0, "capacity": 6.0},
    {"leg": "S1", "from": "A", "to": "C", "cost": 2.0},
    {"leg": "S2", "from": "C", "to": "B", "cost": 3.0},
]
DEMAND = {"product": "p", "origin": "A", "market": "B", "quantity": 10.0}


def solved(instance: Instance, **options: Any) -> tuple[Solution, float]:
    """Return the solution of an instance and the cost of its plan."""
    solution = solve(instance, Options(**options))
    assert solution.plan is not None
    network = Network(instance)
    shipments = cargo(network)
    routes = routes_of_plan(network, shipments, solution.plan)
    loads = limit_loads(routes, solution.plan.quantity)
    assert (loads <= network.limits.capacity + 1e-6).all()
    cost = float(routes.cost @ solution.plan.quantity)
    priced = ~shipments.firm
    unmet = shipments.unmet_cost[priced] @ solution.plan.unmet[priced]
    return solution, cost + float(unmet)


def prices(solution: Solution, number: int = -1) -> dict[str, float]:
    """Return capacity prices of a stage by name."""
    assert solution.certificate is not None
    stage = solution.certificate.stages[number]
    return {key.name: price for key, price in stage.capacities.items()}


@pytest.mark.parametrize("name", available_solvers())
def test_a_full_leg_sends_the_rest_round_and_has_a_price(name: str) -> None:
    """6 x 3 + 4 x 5 = 38; one more unit of N saves 5 - 3 = 2."""
    instance = build_instance(legs=LEGS, demand=[DEMAND])
    solution, cost = solved(instance, solver=name)
    assert solution.status is Status.OPTIMAL
    assert cost == pytest.approx(38.0)
    assert prices(solution) == {"N": 2.0}


def test_firm_demand_is_served_before_money_counts() -> None:
    """Firm q takes the one leg although priced p would pay more for it."""
    legs = [{"from": "A", "to": "B", "cost": 1.0, "capacity": 5.0}]
    firm = {**DEMAND, "product": "q", "quantity": 5.0}
    priced = {**DEMAND, "quantity": 5.0, "unmet_cost": 1e6}
    solution, cost = solved(build_instance(legs=legs, demand=[priced, firm]))
    assert solution.plan is not None
    assert solution.plan.unmet.tolist() == [5.0, 0.0]
    assert cost == pytest.approx(5 * 1.0 + 5 * 1e6)
    assert solution.status is Status.OPTIMAL


def test_what_is_dearest_to_carry_is_left_where_more_may_be() -> None:
    """The dear cargo touches no limit, and is in the model for this choice alone."""
    legs = [
        {"from": "A", "to": "M", "cost": 1.0, "capacity": 5.0},
        {"from": "B", "to": "M", "cost": 100.0},
    ]
    demand = [
        {"product": "p", "origin": origin, "market": "M", "quantity": 10.0}
        for origin in ("A", "B")
    ]
    loop = prepared(build_instance(legs, demand), Options())
    steps = LexicographicSolve(loop)
    least = steps.solution()
    more = steps.with_more_unmet(least, {0: 8.0}, [])
    assert least.plan is not None
    assert more.plan is not None
    assert least.plan.unmet.tolist() == [5.0, 0.0]
    assert more.plan.unmet.tolist() == pytest.approx([5.0, 3.0])


def test_classes_are_served_in_order_and_then_at_least_cost() -> None:
    """3 of class 1, the last unit of 4 for the cheaper of the two of class blank."""
    legs = [
        {"leg": "hub", "from": "H", "to": "B", "cost": 0.0, "capacity": 4.0},
        {"from": "A", "to": "H", "cost": 9.0},
        {"from": "C", "to": "H", "cost": 2.0},
        {"from": "D", "to": "H", "cost": 1.0},
    ]
    demand = [
        {**DEMAND, "quantity": 3.0, "priority": 1},
        {**DEMAND, "origin": "C", "quantity": 3.0},
        {**DEMAND, "origin": "D", "quantity": 3.0},
    ]
    solution, cost = solved(build_instance(legs=legs, demand=demand))
    assert solution.status is Status.UNMET
    assert solution.plan is not None
    assert solution.plan.unmet.tolist() == [0.0, 3.0, 2.0]
    assert cost == pytest.approx(3 * 9 + 1 * 1)
    assert solution.certificate is not None
    kinds = [(s.objective, s.priority) for s in solution.certificate.stages]
    assert kinds == [("unmet", None), ("cost", None)]
    assert prices(solution, 0) == {"hub": 1.0}


def test_demand_without_a_route_stays_unmet_and_the_rest_is_carried() -> None:
    """Nothing leads to Z; its class needs no prices to prove that."""
    legs = [*LEGS, {"from": "Z", "to": "A", "cost": 1.0}]
    lost = {**DEMAND, "market": "Z", "quantity": 7.0}
    solution, cost = solved(build_instance(legs=legs, demand=[lost, DEMAND]))
    assert solution.status is Status.UNMET
    assert solution.plan is not None
    assert solution.plan.unmet.tolist() == [7.0, 0.0]
    assert cost == pytest.approx(38.0)


def test_no_price_comes_from_the_penalty() -> None:
    """Demand equals the only capacity: any price up to infinity is dual feasible."""
    legs = [{"leg": "N", "from": "A", "to": "B", "cost": 3.0, "capacity": 10.0}]
    solution, _ = solved(build_instance(legs=legs, demand=[DEMAND]))
    assert solution.status is Status.OPTIMAL
    assert prices(solution).get("N", 0.0) <= 3.0


@pytest.mark.parametrize(
    ("rule", "cost", "price"),
    [
        ({"max_share": {"north": 0.5}}, 5 * 3 + 5 * 5, 2.0),
        ({"max_share": 0.5}, 5 * 3 + 5 * 5, 2.0),
        ({"max_share": {"north": 0.5}, "of": "demand"}, 5 * 3 + 5 * 5, 2.0),
        ({"min_share": {"south": 0.7}}, 3 * 3 + 7 * 5, 2.0),
        ({"min_share": {"south": 0.7}, "of": "demand"}, 3 * 3 + 7 * 5, 2.0),
    ],
)
def test_share_rules_hold_and_have_a_price(
    rule: dict[str, Any], cost: float, price: float
) -> None:
    """Moving a unit from north (3) to south (5) costs 2."""
    legs = [
        {**LEGS[0], "capacity": None, "corridor": "north"},
        {**LEGS[1], "corridor": "south"},
        LEGS[2],
    ]
    rules = ({"name": "r", "by": "corridor", **rule},)
    solution, total = solved(
        build_instance(legs=legs, demand=[DEMAND], diversification=rules)
    )
    assert solution.status is Status.OPTIMAL
    assert total == pytest.approx(cost)
    assert solution.certificate is not None
    assert list(solution.certificate.stages[-1].rules.values()) == [price]


def test_a_country_counts_once_and_not_at_the_ends() -> None:
    """KZ at both ends never counts; RU at most half sends 5 of 10 over UZ."""
    nodes = [
        {"node": "A", "country": "KZ"},
        {"node": "R", "country": "RU"},
        {"node": "R2", "country": "RU"},
        {"node": "U", "country": "UZ"},
        {"node": "B", "country": "KZ"},
    ]
    legs = [
        {"from": "A", "to": "R", "cost": 1.0},
        {"from": "R", "to": "R2", "cost": 1.0},
        {"from": "R2", "to": "B", "cost": 1.0},
        {"from": "A", "to": "U", "cost": 4.0},
        {"from": "U", "to": "B", "cost": 4.0},
    ]
    rules = ({"name": "r", "by": "country", "max_share": 0.5},)
    instance = build_instance(
        legs=legs, demand=[DEMAND], nodes=nodes, diversification=rules
    )
    solution, cost = solved(instance)
    assert solution.status is Status.OPTIMAL
    assert cost == pytest.approx(5 * 3 + 5 * 8)


def test_rules_that_cannot_hold_together_are_named_with_how_far() -> None:
    """South must carry 7 of 10 but takes 4: it must give way to 40 %."""
    legs = [
        {**LEGS[0], "capacity": None, "corridor": "north"},
        {**LEGS[1], "corridor": "south", "capacity": 4.0},
        LEGS[2],
    ]
    rule = {"name": "r", "by": "corridor", "min_share": {"south": 0.7}, "of": "demand"}
    solution = solve(
        build_instance(legs=legs, demand=[DEMAND], diversification=(rule,)), Options()
    )
    assert solution.status is Status.INFEASIBLE
    assert solution.plan is None
    ((key, loosening),) = solution.loosening.items()
    assert key == RowKey("r", (), YEAR, "south", "min")
    assert loosening.excess == pytest.approx(3.0)
    assert loosening.level == pytest.approx(0.4)


def test_a_rule_that_keeps_cargo_at_home_is_named_with_its_loosest_value() -> None:
    """North at most half, south takes 4: 8 carried; 60 % would carry all 10."""
    legs = [
        {**LEGS[0], "capacity": None, "corridor": "north"},
        {**LEGS[1], "corridor": "south", "capacity": 4.0},
        LEGS[2],
    ]
    rule = {"name": "r", "by": "corridor", "max_share": {"north": 0.5}}
    instance = build_instance(legs=legs, demand=[DEMAND], diversification=(rule,))
    solution, _ = solved(instance)
    assert solution.status is Status.UNMET
    assert solution.plan is not None
    assert solution.plan.unmet.tolist() == [2.0]
    ((key, loosening),) = solution.loosening.items()
    assert key == RowKey("r", (), YEAR, "north", "max")
    assert loosening.level == pytest.approx(0.6)


def test_a_through_rate_replaces_its_legs_but_uses_their_capacity() -> None:
    """The express A-C-B at 1 fills C-B's 4; the other 6 take N at 3."""
    legs = [LEGS[0], LEGS[1], {**LEGS[2], "capacity": 4.0}]
    routes = [{"route": "express", "via": "A > C > B", "cost": 1.0}]
    solution, cost = solved(build_instance(legs=legs, demand=[DEMAND], routes=routes))
    assert cost == pytest.approx(4 * 1 + 6 * 3)
    assert solution.status is Status.OPTIMAL


def test_a_sum_over_periods_is_one_limit() -> None:
    """15 on N in both periods together: 5 of the 20 go round."""
    legs = [{**LEGS[0], "capacity": None}, *LEGS[1:]]
    joint = [{"capacity": "both", "legs": "N", "period": "all", "quantity": 15.0}]
    instance = build_instance(
        legs=legs, demand=[DEMAND], capacities=joint, periods=("one", "two")
    )
    solution, cost = solved(instance)
    assert cost == pytest.approx(15 * 3 + 5 * 5)
    assert solution.certificate is not None
    keys = list(solution.certificate.stages[-1].capacities)
    assert keys == [CapacityKey("capacity", "both", "all")]


def test_a_group_may_use_any_of_its_nodes() -> None:
    """Either port will do; the dearer is used once the cheaper is full."""
    nodes: list[dict[str, Any]] = [
        {"node": "A"},
        {"node": "P1", "node_group": "ports", "capacity": 4.0},
        {"node": "P2", "node_group": "ports"},
    ]
    legs = [
        {"from": "A", "to": "P1", "cost": 1.0},
        {"from": "A", "to": "P2", "cost": 3.0},
    ]
    demand = [{**DEMAND, "market": "ports"}]
    _, cost = solved(build_instance(legs=legs, demand=demand, nodes=nodes))
    assert cost == pytest.approx(4 * 1 + 6 * 3)


def test_nothing_left_of_a_time_limit_still_gives_a_plan_within_limits() -> None:
    """With no time at all 6 fit on the cheap way, and 4 are led around it."""
    instance = build_instance(legs=LEGS, demand=[DEMAND])
    solution, cost = solved(instance, time_limit=0.0)
    assert solution.status is Status.LIMIT
    assert solution.plan is not None
    assert solution.plan.quantity.sum() == pytest.approx(10.0)
    assert cost == pytest.approx(6 * 3 + 4 * 5)


def test_the_same_instance_gives_the_same_plan_and_prices() -> None:
    """Two solves agree to the last bit."""
    instance = build_instance(legs=LEGS, demand=[DEMAND])
    first, second = solved(instance)[0], solved(instance)[0]
    assert first.certificate is not None
    assert second.certificate is not None
    assert first.certificate.stages[-1].capacities == (
        second.certificate.stages[-1].capacities
    )
    assert first.plan is not None
    assert second.plan is not None
    assert np.array_equal(first.plan.quantity, second.plan.quantity)
    assert UnmetKey(None) in first.certificate.stages[-1].unmet


def test_how_far_rules_must_give_way_is_asked_of_what_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second model begins with both routes: a round for each goal, one for a row.

    The north lets 2 through, which is 0.4 of 5: the rest must stay. To carry all 10,
    the south would take 8 of them, 2 more than its share.
    """
    legs = [
        {"from": "A", "to": "N", "cost": 3.0, "corridor": "north", "capacity": 2.0},
        {"from": "N", "to": "M", "cost": 0.0, "corridor": "north"},
        {"from": "A", "to": "M", "cost": 1.0, "corridor": "south"},
    ]
    demand = [{"product": "p", "origin": "A", "market": "M", "quantity": 10.0}]
    rule = {"name": "most", "by": "corridor", "max_share": {"south": 0.6}}
    loops: list[ColumnGeneration] = []
    afresh = ColumnGeneration.afresh

    def counted(loop: ColumnGeneration, *given: Any) -> ColumnGeneration:
        loops.append(afresh(loop, *given))
        return loops[-1]

    monkeypatch.setattr(ColumnGeneration, "afresh", counted)
    found = solve(build_instance(legs, demand, diversification=[rule]), Options())
    assert found.plan is not None
    assert found.plan.unmet.sum() == pytest.approx(5.0)
    assert [loosening.excess for loosening in found.loosening.values()] == [2.0]
    assert [loop.rounds for loop in loops] == [3]
