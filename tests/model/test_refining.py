"""Answers more accurate than the solver's own: rows of little beside rows of much."""

from __future__ import annotations

import numpy as np
import pytest

from solver.model.highs import WarmHiGHS
from solver.model.program import Model

pytestmark = pytest.mark.versions


NONE = (np.array([0, 0]), np.zeros(0, dtype=int), np.zeros(0))


def crumb_beside_a_mountain() -> tuple[Model, WarmHiGHS]:
    """Return a program that is solved for 2^30 t, and then gets 1e-7 t besides.

    The mountain costs 1 a tonne on a route for all of it, or 5. The crumb costs 2 or 9
    on routes of its own, the first for 4e-8 t: it is a tenth of HiGHS's tolerance in
    the units it is given, so that HiGHS takes a plan that carries none of it.
    """
    model, solver = Model(unit=1024.0, reach=2.0**21), WarmHiGHS()
    model.add_rows(np.array([2.0**30]), NONE, equal=True)
    ones = (np.array([0, 1, 2]), np.zeros(2, dtype=int), np.ones(2))
    model.add_columns(np.array([1.0, 5.0]), np.full(2, np.inf), ones)
    solver.solve(model, np.inf)
    demand = model.add_rows(np.array([1e-7]), NONE, equal=True)
    limit = model.add_rows(np.array([4e-8]), NONE)
    rows = np.array([demand[0], limit[0], demand[0]])
    entries = (np.array([0, 2, 3]), rows, np.ones(3))
    model.add_columns(np.array([2.0, 9.0]), np.full(2, np.inf), entries)
    return model, solver


def test_a_crumb_takes_its_way_beside_a_mountain() -> None:
    """4e-8 t go at 2, the other 6e-8 t at 9, and the limit is worth the 7 between."""
    model, solver = crumb_beside_a_mountain()
    assert solver.solve(model, np.inf).values[2:].tolist() == [0.0, 0.0]
    finer = solver.refined(model)
    assert finer is not None
    assert finer.values[:2].tolist() == [2.0**30, 0.0]
    np.testing.assert_allclose(finer.values[2:], [4e-8, 6e-8], rtol=1e-13)
    assert finer.duals.tolist() == [1.0, 9.0, -7.0]


def test_an_accurate_answer_is_left_as_it_is() -> None:
    """10 t over a route for 6 t and another: nothing is left to refine."""
    model, solver = Model(), WarmHiGHS()
    demand = model.add_rows(np.array([10.0]), NONE, equal=True)
    limit = model.add_rows(np.array([6.0]), NONE)
    rows = np.array([demand[0], limit[0], demand[0]])
    entries = (np.array([0, 2, 3]), rows, np.ones(3))
    model.add_columns(np.array([3.0, 5.0]), np.full(2, np.inf), entries)
    solver.solve(model, np.inf)
    assert solver.refined(model) is None


def test_refining_leaves_the_program_as_it_was() -> None:
    """Solved again for the mountain's half, it has the limits that it had."""
    model, solver = crumb_beside_a_mountain()
    solver.solve(model, np.inf)
    solver.refined(model)
    model.set_upper(np.array([0]), np.array([2.0**29]))
    again = solver.solve(model, np.inf)
    assert again.values[:2].tolist() == [2.0**29, 2.0**29]
