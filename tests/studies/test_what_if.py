"""Many questions on one instance: each answered like a cold one, in any order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver import Change, Options, Scenario, WhatIf, apply, load
from solver.problem.edits import with_columns
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.random_instances import random_instance

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.solution import Solution

COLD = Options(sensitivity="none")
QUICKSTART = Path(__file__).parents[2] / "instances" / "quickstart"


def varied(instance: Instance, seed: int) -> Instance:
    """Return the instance with other costs, capacities and quantities."""
    random = np.random.default_rng(seed)

    def times(values: np.ndarray, low: float, high: float) -> np.ndarray:
        factors = random.uniform(low, high, len(values))
        return np.round(values.astype(float) * factors, 3)

    legs, demand = instance.legs, instance.demand
    changed = {
        "cost": times(legs["cost"], 0.5, 2.0),
        "capacity": times(legs["capacity"], 0.6, 1.2),
        "days": times(legs["days"], 0.5, 2.0),
    }
    quantity = {"quantity": times(demand["quantity"], 0.7, 1.3)}
    tables = {
        "legs": with_columns(legs, changed),
        "demand": with_columns(demand, quantity),
    }
    kept = {name: getattr(instance, name) for name in type(instance).model_fields}
    return type(instance)(**{**kept, **tables})


def same(one: Solution, other: Solution) -> bool:
    """Whether two answers are the same to the last digit."""
    assert one.plan is not None
    assert other.plan is not None
    return (
        np.array_equal(one.plan.quantity, other.plan.quantity)
        and np.array_equal(one.plan.elements, other.plan.elements)
        and one.proved.bound == other.proved.bound
    )


@pytest.mark.parametrize("seed", range(60))
def test_answers_equal_cold_ones(seed: int) -> None:
    """Status, cost and what stays unmet, whatever was changed and carried over."""
    instance = random_instance(seed)
    study = WhatIf(instance)
    for number in range(3):
        changed = varied(instance, number)
        warm, cold = study.solve(changed), solve(changed, COLD)
        assert warm.status is cold.status
        assert (warm.plan is None) == (cold.plan is None)
        if warm.plan is None or cold.plan is None:
            continue
        assert warm.proved.objective == pytest.approx(cold.proved.objective, rel=1e-7)
        left = warm.plan.unmet.sum(), cold.plan.unmet.sum()
        assert left[0] == pytest.approx(left[1], rel=1e-7, abs=1e-6)


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    """The same question gives the same bytes, asked first or last."""
    instance = load(QUICKSTART).instance
    questions = [varied(instance, seed) for seed in range(5)]
    forth, back = WhatIf(instance), WhatIf(instance)
    first = [forth.solve(question) for question in questions]
    last = [back.solve(question) for question in reversed(questions)]
    assert all(
        same(one, other) for one, other in zip(first, reversed(last), strict=True)
    )


def test_routes_that_are_none_any_more_are_left_out() -> None:
    """A route known may be closed, or take too long, once things change."""
    legs = [
        {"leg": "fast", "from": "A", "to": "B", "cost": 5.0, "days": 2.0},
        {"leg": "slow", "from": "A", "to": "B", "cost": 1.0, "days": 4.0},
    ]
    demand = [{"product": "p", "origin": "A", "market": "B", "quantity": 7.0}]
    instance = build_instance(legs, [{**demand[0], "max_days": 5.0}])
    study = WhatIf(instance)
    assert study.solution.proved.objective == pytest.approx(7.0)
    late = Change("legs", where={"leg": ["slow"]}, values={"days": 6.0})
    assert study.solve(
        apply(instance, Scenario("late", (late,)))
    ).proved.objective == pytest.approx(35.0)
    shut = Change("legs", where={"leg": ["slow"]}, values={"capacity": 0.0})
    assert study.solve(
        apply(instance, Scenario("shut", (shut,)))
    ).proved.objective == pytest.approx(35.0)


def test_other_places_are_solved_from_scratch() -> None:
    """A new leg makes other routes: nothing is carried over, the answer is right."""
    legs = [{"leg": "old", "from": "A", "to": "B", "cost": 5.0}]
    demand = [{"product": "p", "origin": "A", "market": "B", "quantity": 7.0}]
    study = WhatIf(build_instance(legs, demand))
    more = [*legs, {"leg": "new", "from": "A", "to": "B", "cost": 2.0}]
    found = study.solve(build_instance(more, demand))
    assert found.proved.objective == pytest.approx(14.0)


@pytest.mark.parametrize("row", [0, 1, 2])
def test_demand_dropped_whole_or_come_anew_is_answered(row: int) -> None:
    """A quantity of 0 is no shipment: those behind it have other numbers then."""
    legs = [
        {"leg": f"{place}-Z", "from": place, "to": "Z", "cost": cost}
        for place, cost in (("A", 1.0), ("B", 10.0), ("C", 100.0))
    ]
    demand = [
        {"product": "p", "origin": place, "market": "Z", "quantity": 2.0}
        for place in "ABC"
    ]
    whole = build_instance(legs, demand)
    demand[row]["quantity"] = 0.0
    dropped = build_instance(legs, demand)
    less = WhatIf(whole).solve(dropped)
    assert less.proved.objective == pytest.approx(222.0 - 2.0 * 10.0**row)
    more = WhatIf(dropped).solve(whole)
    assert more.proved.objective == pytest.approx(222.0)
