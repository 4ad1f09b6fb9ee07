"""Curves of least cost against one rule: by hand, and what every curve has to be."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.errors import NoFrontierError, UsageError
from solver.options import Options
from solver.problem.rules import Rule
from solver.solution.status import Status
from solver.solving.solve import prepared, solved
from solver.studies.frontier import frontier as engine
from solver.studies.frontier.fixed_service import fixed_service
from solver.studies.frontier.frontier import LARGEST_GAP, NEAR_END, frontier
from solver.studies.frontier.points import Frontier, Point
from solver.studies.frontier.varied_rule import VariedRule, asked
from solver.tasks.answer import solve
from solver.verification.prover import proof
from tests.build import build_instance
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance
from tests.reordered import flows, shuffled

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.problem.rules import By
    from solver.solution.solution import Solution
    from solver.solving.column_generation import ColumnGeneration
    from solver.solving.reductions.reduction import ReductionChain

LEGS = [
    {"leg": "N", "from": "A", "to": "B", "cost": 3.0, "corridor": "north"},
    {"leg": "S", "from": "A", "to": "B", "cost": 5.0, "corridor": "south"},
]
DEMAND = {"product": "p", "origin": "A", "market": "B", "quantity": 10.0}


def two_corridors(**manifest: Any) -> Instance:
    """10 t by the north at 3, or by the south at 5."""
    return build_instance(legs=LEGS, demand=[DEMAND], **manifest)


def drawn(
    instance: Instance, varied: VariedRule, points: int | None = None
) -> Frontier:
    """Return the frontier of an instance."""
    return frontier(instance, varied, Options(), points=points)


# ---- by hand


def test_a_largest_share_of_two_corridors_costs_a_straight_line() -> None:
    """All by the north costs 30; each share less of it costs 10 x (5 - 3) = 20."""
    curve = drawn(two_corridors(), VariedRule("max_share"))
    assert curve.status is Status.OPTIMAL
    assert curve.end == pytest.approx(0.5)
    assert [point.limit for point in curve.points] == pytest.approx([1.0, 0.5001])
    assert [point.cost for point in curve.points] == pytest.approx([30.0, 39.998])
    assert [point.price for point in curve.points] == pytest.approx([0.0, 20.0])
    assert curve.points[1].shares == pytest.approx(
        {"north": 0.5001, "south": 0.4999, "none": 0.0}
    )
    assert curve.largest_gap == pytest.approx(0.0, abs=1e-9)
    assert curve.knee is None


def test_a_least_share_of_the_dear_corridor_may_go_all_the_way() -> None:
    """From no share at 30 to all by the south at 50."""
    curve = drawn(two_corridors(), VariedRule("min_share", value="south"))
    assert curve.end == pytest.approx(1.0)
    assert [point.limit for point in curve.points] == pytest.approx([0.0, 0.9999])
    assert curve.points[-1].cost == pytest.approx(49.998)
    assert curve.points[-1].price == pytest.approx(20.0)


def test_the_hhi_of_two_corridors_costs_a_root() -> None:
    """At HHI h the north's share s has s^2 + (1-s)^2 = h: s = (1 + root(2h - 1)) / 2.

    So the least cost is 50 - 20 s = 40 - 10 root(2h - 1), and a unit of h is worth
    10 / root(2h - 1). That is farthest below its chord, from (1, 30) to about
    (0.5, 40), where it is as steep: root(2h - 1) = 1/2, h = 0.625.
    """
    curve = drawn(two_corridors(), VariedRule("max_hhi"))
    assert curve.end == pytest.approx(0.5, abs=1e-8)
    assert len(curve.points) > 5
    for point in curve.points:
        root = np.sqrt(2 * point.limit - 1)
        assert point.hhi == pytest.approx(point.limit, abs=2e-8)
        assert point.cost == pytest.approx(40 - 10 * root, rel=1e-6)
        if point is not curve.points[0]:
            assert point.price == pytest.approx(10 / root, rel=1e-2)
    assert curve.largest_gap <= LARGEST_GAP
    assert curve.knee is not None
    assert curve.points[curve.knee].limit == pytest.approx(0.625, abs=0.05)


def test_the_quantity_of_every_plan_is_that_of_the_free_optimum() -> None:
    """5 t of 10 pass the narrow leg whatever the rule; priced cargo stays as it was."""
    legs = [{**LEGS[0], "capacity": 3.0}, {**LEGS[1], "capacity": 2.0}]
    priced = {**DEMAND, "product": "q", "quantity": 4.0, "unmet_cost": 1.0}
    curve = drawn(
        build_instance(legs=legs, demand=[DEMAND, priced]), VariedRule("max_share")
    )
    assert curve.status is Status.UNMET
    assert (curve.served, curve.unmet, curve.unmet_cost) == (5.0, 9.0, 4.0)
    assert curve.points[0].cost == pytest.approx(3 * 3 + 2 * 5 + 4 * 1)
    for point in curve.points:
        assert point.solution.plan is not None
        assert point.solution.plan.quantity.sum() == pytest.approx(5.0)
        assert not point.solution.plan.unmet.any()


def test_a_free_optimum_that_is_most_diversified_is_the_whole_curve() -> None:
    """Two full corridors leave no choice."""
    legs = [{**LEGS[0], "capacity": 6.0}, {**LEGS[1], "capacity": 4.0}]
    curve = drawn(build_instance(legs=legs, demand=[DEMAND]), VariedRule("max_share"))
    assert [point.limit for point in curve.points] == [0.6]
    assert curve.end == pytest.approx(0.6)
    assert (curve.largest_gap, curve.knee) == (0.0, None)


def test_only_the_cargo_that_the_rule_covers_is_diversified() -> None:
    """10 t of q stay in the north, of which p's rule says nothing."""
    other = {**DEMAND, "product": "q"}
    instance = build_instance(legs=LEGS, demand=[DEMAND, other])
    curve = drawn(instance, VariedRule("max_share", where={"product": ("p",)}))
    assert curve.served == 20.0
    assert curve.points[-1].shares["north"] == pytest.approx(0.5001)
    assert curve.points[-1].cost == pytest.approx(30 + 39.998)


def test_periods_keep_the_rule_each_and_their_prices_add_up() -> None:
    """Two years of 10 t each: a share less costs 20 in each of them."""
    instance = two_corridors(periods=("2025", "2026"))
    curve = drawn(instance, VariedRule("max_share"))
    assert curve.points[-1].cost == pytest.approx(2 * 39.998)
    assert curve.points[-1].price == pytest.approx(40.0)


def test_the_instance_s_own_rules_hold_at_every_point() -> None:
    """At least 0.4 by the north, whatever is asked of the south."""
    own = Rule(name="frontier", by="corridor", min_share={"north": 0.4})
    instance = two_corridors(diversification=(own,))
    varied = asked(instance, "min_share", value="south")
    assert varied.name != "frontier"
    curve = drawn(instance, varied)
    assert curve.end == pytest.approx(0.6)
    assert curve.points[-1].shares["north"] == pytest.approx(0.4001)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_no_point(seed: int) -> None:
    """Tables shuffled: the same limits, costs and flows, told of the rows as given."""
    instance = random_instance(6)
    varied = asked(instance, "max_share", "corridor")
    mixed = shuffled(instance, seed)
    one, other = drawn(instance, varied, 4), drawn(mixed, varied, 4)
    for point, again in zip(one.points, other.points, strict=True):
        assert (again.limit, again.cost) == (point.limit, point.cost)
        assert point.solution.plan is not None
        assert again.solution.plan is not None
        assert [size for _, size in flows(again.instance, again.solution.plan)] == [
            size for _, size in flows(point.instance, point.solution.plan)
        ]


def test_a_plan_of_what_is_held_is_a_plan_of_the_whole() -> None:
    """With what was left before, it serves the whole instance at the whole cost."""
    legs = [{**LEGS[0], "capacity": 3.0}, {**LEGS[1], "capacity": 2.0}]
    priced = {**DEMAND, "product": "q", "quantity": 4.0, "unmet_cost": 1.0}
    instance = build_instance(legs=legs, demand=[priced, DEMAND])
    free = solve(instance, Options())
    assert free.plan is not None
    base = fixed_service(instance, free.plan)
    held = base.invert(solve(base.instance, Options()))
    assert held.plan is not None
    assert held.plan.unmet.tolist() == free.plan.unmet.tolist() == [4.0, 5.0]
    assert held.proved.objective == free.proved.objective == 23.0
    back = base.project(held.plan)
    assert base.invert(replace(held, plan=back)).plan is not None
    assert proof(instance, held.plan, free.certificate).passed


# ---- how many points, and what stops a curve


@pytest.mark.parametrize("count", [2, 3, 7])
@pytest.mark.parametrize("measure", ["max_hhi", "max_share"])
def test_as_many_points_as_are_asked_for(count: int, measure: str) -> None:
    """Where they tell most; on a straight line where they are farthest apart."""
    curve = drawn(two_corridors(), VariedRule(measure), count)
    limits = [point.limit for point in curve.points]
    assert len(set(limits)) == count
    assert limits == sorted(limits, reverse=True)


def test_more_points_mean_less_room() -> None:
    """Each takes away some of the largest gap."""
    bands = [
        drawn(two_corridors(), VariedRule("max_hhi"), n).largest_gap for n in (2, 4, 8)
    ]
    assert bands == sorted(bands, reverse=True)
    assert bands[-1] < 0.1 * bands[0]


def test_points_are_told_as_they_are_found() -> None:
    """Both ends first."""
    told: list[Point] = []
    curve = frontier(
        two_corridors(), VariedRule("max_hhi"), Options(), tell=told.append
    )
    assert told[0] is curve.points[0]
    assert told[1] is curve.points[-1]
    assert set(told) == set(curve.points)


def test_no_plan_to_start_from_is_said_with_the_status_of_a_solve() -> None:
    """Rules that cannot hold together are told with 11, as a solve tells them."""
    rules = [
        Rule(name=value, by="corridor", min_share={value: 0.9}, of="demand")
        for value in ("north", "south")
    ]
    with pytest.raises(NoFrontierError, match="cannot hold together") as caught:
        drawn(two_corridors(diversification=tuple(rules)), VariedRule("max_hhi"))
    assert caught.value.exit_code == 11
    promise = Rule(name="p", by="corridor", min_share={"south": 0.2}, of="demand")
    instance = two_corridors(diversification=(promise,))
    assert len(drawn(instance, VariedRule("max_hhi")).points) > 2
    # The first routes go north alone: they keep no promise.
    with pytest.raises(NoFrontierError, match="time limit is too short") as caught:
        frontier(instance, VariedRule("max_hhi"), Options(time_limit=1e-9))
    assert caught.value.exit_code == 13


def test_a_frontier_without_time_is_the_plan_of_its_first_search() -> None:
    """That is never cut, and needs no second: 10 t by the north at 3."""
    curve = frontier(two_corridors(), VariedRule("max_hhi"), Options(time_limit=1e-9))
    assert (curve.status, curve.status.exit_code) == (Status.LIMIT, 12)
    assert [(point.limit, point.cost) for point in curve.points] == [(1.0, 30.0)]


@pytest.mark.parametrize("solves", [2, 3, 5])
def test_a_point_that_is_not_proved_ends_the_curve(
    solves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found before is kept, and the status says why there is no more."""
    done = 0

    def stopping(loop: ColumnGeneration, reduction: ReductionChain) -> Solution:
        nonlocal done
        done += 1
        solution = solved(loop, reduction)
        return replace(solution, status=Status.LIMIT) if done > solves else solution

    monkeypatch.setattr(engine, "solved", stopping)
    curve = drawn(two_corridors(), VariedRule("max_hhi"))
    assert curve.status is Status.LIMIT
    assert len(curve.points) == solves - 1


def test_a_rule_of_nothing_that_is_carried_is_refused() -> None:
    """The only cargo it covers is left unmet, being priced too low."""
    cheap = {**DEMAND, "product": "q", "unmet_cost": 1.0}
    instance = build_instance(legs=LEGS, demand=[DEMAND, cheap])
    with pytest.raises(UsageError, match="let it cover more"):
        drawn(instance, VariedRule("max_share", where={"product": ("q",)}))


@pytest.mark.parametrize(
    "keys",
    [
        {"of": "demand", "max_share": {"south": 0.9}},
        {"max_hhi": 0.9, "penalty": 1.0},
    ],
)
def test_rules_that_count_by_demand_want_all_of_it_carried(
    keys: dict[str, Any],
) -> None:
    """Holding what is carried would change what such a rule says."""
    rule = Rule(name="r", by="corridor", **keys)
    legs = [{**leg, "capacity": 3.0} for leg in LEGS]
    instance = build_instance(legs=legs, demand=[DEMAND], diversification=(rule,))
    with pytest.raises(UsageError, match="rule `r` counts by the demand"):
        drawn(instance, VariedRule("max_share"))


# ---- what every curve has to be


CASES: list[tuple[Any, int, str, By]] = [
    (random_instance, 3, "max_hhi", "corridor"),
    (random_instance, 6, "max_share", "country"),
    (random_instance, 19, "max_share", "corridor"),
    (random_instance, 33, "max_share", "country"),
    (random_instance, 41, "min_share", "corridor"),
    (random_rules_instance, 7, "max_share", "country"),
    (random_rules_instance, 12, "max_share", "corridor"),
    (random_rules_instance, 16, "max_hhi", "corridor"),
    (random_rules_instance, 18, "min_share", "corridor"),
    (random_rules_instance, 26, "max_hhi", "corridor"),
]
"""Shortages, several periods, own rules hard and soft, sizes from 0.1 to a million."""

TOLERANCE = 1e-6


@lru_cache
def case(number: int) -> tuple[Instance, Frontier]:
    """Return an instance and its frontier."""
    make, seed, measure, by = CASES[number]
    instance = make(seed)
    return instance, drawn(instance, asked(instance, measure, by), 5)


def close(value: float) -> Any:
    """Return what is as near to a cost as optimal plans are."""
    return pytest.approx(value, rel=TOLERANCE, abs=TOLERANCE)


def cold(point: Point, limit: float, curve: Frontier) -> Solution:
    """Solve the instance of a point, at another limit, knowing nothing."""
    rules = (*point.instance.diversification[:-1], curve.varied.rule(limit))
    instance = point.instance.model_copy(update={"diversification": rules})
    return solved(prepared(instance, Options()))


def cost(solution: Solution, curve: Frontier) -> float:
    """Cost of a plan, with what unmet demand costs beside it."""
    assert solution.proved.objective is not None
    return solution.proved.objective + curve.unmet_cost


@pytest.mark.parametrize("number", range(len(CASES)))
def test_the_curve_begins_at_the_free_optimum_and_ends_near_the_end(
    number: int,
) -> None:
    """Its first cost is that of a solve without the rule; one step more is too far."""
    instance, curve = case(number)
    free = solve(instance, Options())
    assert curve.points[0].cost == close(free.proved.objective or 0.0)
    assert curve.end is not None
    side = curve.varied.side
    left = side * (curve.points[-1].limit - curve.end)
    assert 0.0 <= left <= NEAR_END + 1e-8
    beyond = cold(curve.points[-1], curve.end - side * 1e-5, curve)
    assert beyond.plan is None or beyond.plan.unmet.sum() > 0


@pytest.mark.parametrize("number", range(len(CASES)))
def test_the_curve_rises_ever_more_steeply(number: int) -> None:
    """Costs never fall, slopes never fall, and prices lie between slopes."""
    _, curve = case(number)
    assert len(curve.points) == 5
    size = TOLERANCE * max(1.0, abs(curve.points[-1].cost))
    prices = [point.price for point in curve.points]
    for loose, strict in pairwise(curve.points):
        width = abs(loose.limit - strict.limit)
        rise = strict.cost - loose.cost
        assert rise >= -size
        assert loose.price * width <= rise + size
        assert rise <= strict.price * width + size
    assert prices[0] == 0.0
    assert min(prices) >= 0.0


@pytest.mark.parametrize("number", range(len(CASES)))
def test_every_point_is_the_cold_optimum_of_its_own_instance(number: int) -> None:
    """Routes known from other points change nothing but the time."""
    _, curve = case(number)
    for point in curve.points:
        again = cold(point, point.limit, curve)
        assert again.status is Status.OPTIMAL
        assert point.cost == close(cost(again, curve))
        assert point.bound == close(point.cost)
        slack = curve.varied.side * (point.limit - point.level)
        assert slack >= -1e-6


@pytest.mark.parametrize("number", range(len(CASES)))
def test_between_points_the_cost_keeps_to_the_band(number: int) -> None:
    """At any limit a cold solve costs no more than the chord, no less than tangents."""
    _, curve = case(number)
    draw = random.Random(number)
    size = TOLERANCE * max(1.0, abs(curve.points[-1].cost))
    for loose, strict in pairwise(curve.points):
        part = draw.random()
        limit = loose.limit + part * (strict.limit - loose.limit)
        found = cost(cold(strict, limit, curve), curve)
        width = abs(loose.limit - strict.limit)
        chord = loose.cost + part * (strict.cost - loose.cost)
        tangents = (
            loose.bound + loose.price * part * width,
            strict.bound - strict.price * (1 - part) * width,
        )
        assert max(tangents) - size <= found <= chord + size
        room = curve.largest_gap * max(1.0, abs(chord))
        assert found >= chord - room - size


def test_the_end_is_exact_where_quantities_are_large() -> None:
    """Shares of a billion tonnes: prices of their parts are below what solvers see."""
    demand = [{**DEMAND, "product": name, "quantity": 1e9 / 3} for name in "pqr"]
    legs = [
        {**LEGS[0], "capacity": 9e8},
        {**LEGS[1], "capacity": 3.5e8},
        {"leg": "W", "from": "A", "to": "C", "cost": 1.0, "corridor": "west"},
        {"leg": "X", "from": "C", "to": "B", "cost": 9.0, "capacity": 1e8},
    ]
    curve = drawn(build_instance(legs=legs, demand=demand), VariedRule("max_hhi"), 2)
    assert curve.end == pytest.approx(0.55**2 + 0.35**2 + 0.1**2, abs=1e-8)


@pytest.mark.parametrize(
    ("measure", "level", "limit"),
    [
        ("max_share", 7 / 12, 0.583333334),
        ("max_share", 2 / 3, 0.666666667),
        ("min_share", 2 / 3, 0.666666666),
        ("min_share", 7 / 12, 0.583333333),
        ("max_share", 0.4, 0.4),
        ("min_share", 0.1 + 0.2, 0.3),
    ],
)
def test_the_limit_of_a_plan_is_one_that_it_keeps(
    measure: str, level: float, limit: float
) -> None:
    """Its level in nine digits, rounded to the side where it is no stricter."""
    assert VariedRule(measure).kept_at(level, 9) == limit
