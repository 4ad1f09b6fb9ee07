"""The order of rows changes nothing but the order of rows."""

from __future__ import annotations

import numpy as np
import pytest

from solver.options import Options
from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.solving.reductions.canonical_order import canonical_order
from solver.tasks.answer import solve
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.build import build_instance
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance
from tests.reordered import answer, flows, shuffled

LEGS = [
    {"leg": name, "from": "Aral", "to": "Balkhash", "cost": 5.0, "capacity": 30.0}
    for name in ("west", "east", "middle")
]
DEMAND = [
    {"product": "salt", "origin": "Aral", "market": "Balkhash", "quantity": 40.0},
    {"product": "fish", "origin": "Aral", "market": "Balkhash", "quantity": 40.0},
]


@pytest.mark.parametrize("legs", [LEGS, LEGS[::-1], [LEGS[1], LEGS[0], LEGS[2]]])
@pytest.mark.parametrize("demand", [DEMAND, DEMAND[::-1]])
def test_ways_that_cost_the_same_are_taken_by_their_names(
    legs: list[dict[str, object]], demand: list[dict[str, object]]
) -> None:
    """80 t over three legs for 30 t each, at 5 all: always the same ones, so much."""
    instance = build_instance(legs, demand)
    plan = solve(instance, Options(sensitivity="none")).plan
    first = build_instance(LEGS, DEMAND)
    known = solve(first, Options(sensitivity="none")).plan
    assert plan is not None
    assert known is not None
    assert flows(instance, plan) == flows(first, known)
    assert (np.diff(plan.shipment) >= 0).all()


@pytest.mark.parametrize("seed", range(12))
def test_shuffled_tables_give_the_same_plan(seed: int) -> None:
    """Random instances with everything an instance may hold, ties most of all."""
    instance = random_instance(400 + seed)
    assert answer(shuffled(instance, seed)) == answer(instance)


GIVE_WAY = [
    # Half of 40 t of each product does not pass middle, nor half of all east or middle.
    {"by": "corridor", "for_each": ("product",), "min_share": {"south": 0.5}},
    {"by": "leg", "min_share": {"middle": 0.5, "east": 0.5}},
]


@pytest.mark.parametrize("rule", GIVE_WAY)
@pytest.mark.parametrize("legs", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
@pytest.mark.parametrize("demand", [[0, 1], [1, 0]])
def test_rules_give_way_in_the_order_of_the_rows_given(
    rule: dict[str, object], legs: list[int], demand: list[int]
) -> None:
    """What must give way is listed as the results list rows of rules, and verified."""
    capacity = {"west": 80.0, "east": 18.0, "middle": 18.0}
    given = [{**leg, "capacity": capacity[str(leg["leg"])]} for leg in LEGS]
    given[2]["corridor"] = "south"
    instance = build_instance(
        [given[number] for number in legs],
        [DEMAND[number] for number in demand],
        diversification=({"name": "r", "of": "demand", **rule},),
    )
    prepared = Prepared(instance)
    solution = solve(instance, Options(sensitivity="none"))
    assert solution.status is Status.INFEASIBLE
    assert len(solution.loosening) == 2
    keys = [row.key for row in prepared.rules.rows]
    assert [*solution.loosening] == [key for key in keys if key in solution.loosening]
    result = run(prepared, Options(sensitivity="none"), Clock()).result
    assert result.summary["verified"]


@pytest.mark.parametrize("seed", [75, 128])
def test_changes_give_way_in_the_order_of_the_rows_given_bug(seed: int) -> None:
    """Two random instances whose demand is not sorted: three and four rows or more."""
    instance = random_rules_instance(seed)
    result = run(instance, Options(sensitivity="none"), Clock()).result
    assert result.summary["status"] == "infeasible"
    assert len(result.summary["loosening"]) >= 3


def test_sorted_tables_are_left_as_they_are() -> None:
    """An instance that is in order already is not made anew."""
    ordered = canonical_order(Prepared(build_instance(LEGS, DEMAND))).reduced
    assert canonical_order(ordered).reduced is ordered


def test_rules_that_must_give_way_stand_in_the_order_of_the_files() -> None:
    """A rule for each product: rows of demand, and so its scopes, are not sorted."""
    demand = [
        {"product": name, "origin": "Aral", "market": "Balkhash", "quantity": 40.0}
        for name in ("salt", "fish", "wool")
    ]
    rule = {"name": "half", "by": "leg", "for_each": ("product",), "of": "demand"}
    share = {"min_share": {"west": 0.9}}
    instance = build_instance(LEGS, demand, diversification=({**rule, **share},))
    found = solve(instance, Options(sensitivity="none"))
    scopes = [dict(key.scope)["product"] for key in found.loosening]
    assert scopes == [name for name in ("salt", "fish", "wool") if name in scopes]
    assert len(scopes) > 1
