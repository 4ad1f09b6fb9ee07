"""Where a warm solve goes on: from its last plan, or from its last prices."""

from __future__ import annotations

import numpy as np
import pytest

from solver.model.answer import Outcome
from solver.model.basis.going_on import is_plan_nearer
from solver.model.highs import WarmHiGHS
from solver.model.program import Model, no_entries

FREE = np.full(2, np.inf)


def model_of_shipments(count: int) -> Model:
    """Return shipments of 10, each on a route at 3 or at 5, and a limit of 1e6."""
    model = Model()
    model.add_rows(np.array([1e6]), no_entries(1))
    for _ in range(count):
        enter(model)
    return model


def enter(model: Model) -> tuple[int, int]:
    """Add a shipment; return its row and the column of its cheaper route."""
    (row,) = model.add_rows(np.array([10.0]), no_entries(1), equal=True)
    entries = np.array([0, 2, 4]), np.array([row, 0, row, 0]), np.ones(4)
    columns = model.add_columns(np.array([5.0, 3.0]), FREE, entries)
    return int(row), int(columns[1])


def test_what_fills_a_new_row_is_in_the_basis_that_a_solve_goes_on_from() -> None:
    """Where that is the best for the new shipment there is nothing left to do."""
    for is_told in (True, False):
        model, solver = model_of_shipments(400), WarmHiGHS()
        solver.solve(model, np.inf)
        row, column = enter(model)
        if is_told:
            model.fill_rows(np.array([row]), np.array([column]))
        answer = solver.solve(model, np.inf)
        assert answer.outcome is Outcome.OPTIMAL
        assert answer.values[-2:] == pytest.approx([0.0, 10.0])
        assert (answer.iterations == 0) == is_told


def test_the_plan_outlives_routes_and_shipments_and_prices_outlive_limits() -> None:
    """Rows that nothing fills, and other limits, may be broken by the last plan."""
    model = model_of_shipments(1)
    known = len(model.history)

    def is_nearer() -> bool:
        return is_plan_nearer(model.history[known:])

    row, column = enter(model)
    assert not is_nearer()
    model.fill_rows(np.array([row]), np.array([column]))
    model.set_costs(np.array([column]), np.array([7.0]))
    assert is_nearer()
    model.set_limit(0, 15.0)
    assert not is_nearer()
    model.count_costs_in(4.0)
    assert is_nearer()
