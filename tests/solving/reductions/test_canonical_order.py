"""The order of rows changes nothing but the order of rows."""

from __future__ import annotations

import numpy as np
import pytest

from solver.options import Options
from solver.solving.prepared import Prepared
from solver.solving.reductions.canonical_order import canonical_order
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.random_instances import random_instance
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


def test_sorted_tables_are_left_as_they_are() -> None:
    """An instance that is in order already is not made anew."""
    ordered = canonical_order(Prepared(build_instance(LEGS, DEMAND))).reduced
    assert canonical_order(ordered).reduced is ordered
