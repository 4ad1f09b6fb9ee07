"""A first solve that begins near a point inside of what is optimal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.model.answer import Outcome
from solver.model.basis.near_point import basis_near
from solver.model.highs import ArrayHiGHS, WarmHiGHS
from solver.model.program import Model, no_entries
from solver.model.refining import held_program

if TYPE_CHECKING:
    from solver.arrays import Floats

SHIPMENTS, LIMITS = 400, 20


def model_and_point(seed: int) -> tuple[Model, Floats]:
    """Return shipments of 12 on three routes of equal cost, and thirds of each.

    Each route passes two limits, which thirds just fill, all but the last of them.
    """
    random = np.random.default_rng(seed)
    model, routes = Model(), 3 * SHIPMENTS
    passed = np.array([random.choice(LIMITS, 2, replace=False) for _ in range(routes)])
    room = (4.0 * np.bincount(passed.ravel(), minlength=LIMITS)).astype(float)
    room[-1] += 30.0
    limits = model.add_rows(room, no_entries(LIMITS))
    demand = model.add_rows(np.full(SHIPMENTS, 12.0), no_entries(SHIPMENTS), equal=True)
    rows = np.column_stack([np.repeat(demand, 3), limits[passed]])
    entries = np.arange(0, 3 * routes + 1, 3), rows.ravel(), np.ones(3 * routes)
    model.add_columns(np.full(routes, 7.0), np.full(routes, np.inf), entries)
    return model, np.full(routes, 4.0)


@pytest.mark.parametrize("seed", range(3))
def test_a_solve_begins_near_the_point(seed: int) -> None:
    """It takes a third of the iterations, and finds a plan of the same cost."""
    iterations = {}
    for is_told in (True, False):
        model, point = model_and_point(seed)
        if is_told:
            model.begin_at(point)
        answer = WarmHiGHS().solve(model, np.inf)
        assert answer.outcome is Outcome.OPTIMAL
        assert answer.values.sum() == pytest.approx(12.0 * SHIPMENTS)
        iterations[is_told] = answer.iterations
    assert iterations[True] < iterations[False] / 3


@pytest.mark.parametrize("wrong", [np.zeros(3 * SHIPMENTS), np.ones(7)])
def test_a_point_that_is_none_does_no_harm(wrong: Floats) -> None:
    """Columns of no value, or fewer of them than there are."""
    model, _ = model_and_point(0)
    model.begin_at(wrong)
    answer = WarmHiGHS().solve(model, np.inf)
    assert answer.outcome is Outcome.OPTIMAL
    assert answer.values.sum() == pytest.approx(12.0 * SHIPMENTS)


def test_columns_of_two_equations_give_no_basis() -> None:
    """What stands in for an equation is the largest of its columns alone."""
    model, point = model_and_point(0)
    entries = np.array([0, 2]), np.array([0, 1]), np.ones(2)
    model.add_rows(np.array([8.0]), entries, equal=True)
    solver = ArrayHiGHS(model.history)
    solver.take()
    assert basis_near(held_program(solver.highs), point) is None
