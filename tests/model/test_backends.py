"""Solving the model: what each ending of HiGHS means, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pytest

from solver.errors import InternalError, UsageError
from solver.model.answer import Outcome
from solver.model.backends import AnySolver, available_solvers, backend
from solver.model.highs import ArrayHiGHS, WarmHiGHS
from solver.model.program import Model
from solver.model.writing.files import write_model

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.versions


NONE = (np.array([0, 0]), np.zeros(0, dtype=int), np.zeros(0))


def two_routes(capacity: float = 6.0) -> Model:
    """Return 10 units, on a route at 3 of limited capacity or on one at 5.

    Least cost: 6 x 3 + 4 x 5 = 38; one more unit of demand costs 5, one more of
    capacity saves 2.
    """
    model = Model()
    demand = model.add_rows(np.array([10.0]), NONE, equal=True)
    limit = model.add_rows(np.array([capacity]), NONE)
    rows = np.array([demand[0], limit[0], demand[0]])
    entries = (np.array([0, 2, 3]), rows, np.ones(3))
    model.add_columns(np.array([3.0, 5.0]), np.full(2, np.inf), entries)
    return model


@pytest.mark.parametrize("name", ["HiGHS", *available_solvers()])
def test_every_solver_gives_values_and_prices_of_a_known_program(name: str) -> None:
    """Values, the objective and both duals are those computed by hand."""
    solver = WarmHiGHS() if name == "HiGHS" else AnySolver(name)
    answer = solver.solve(two_routes(), np.inf)
    assert answer.outcome is Outcome.OPTIMAL
    assert answer.values == pytest.approx([6.0, 4.0])
    assert answer.duals == pytest.approx([5.0, -2.0])


def test_a_warm_solver_takes_what_was_added_since() -> None:
    """A column, a cost and an upper bound added later change the second answer."""
    model, solver = two_routes(), WarmHiGHS()
    solver.solve(model, np.inf)
    entries = (np.array([0, 1]), np.array([0]), np.ones(1))
    fresh = model.add_columns(np.array([4.0]), np.full(1, np.inf), entries)
    assert solver.solve(model, np.inf).values == pytest.approx([6.0, 0.0, 4.0])
    model.set_upper(fresh, np.array([1.0]))
    assert solver.solve(model, np.inf).values == pytest.approx([6.0, 3.0, 1.0])
    model.set_costs(fresh, np.array([9.0]))
    assert solver.solve(model, np.inf).values == pytest.approx([6.0, 4.0, 0.0])


def test_a_row_added_later_counts_columns_that_were_there() -> None:
    """A second limit on the dearer route leaves nothing feasible but its equality."""
    model, solver = two_routes(), WarmHiGHS()
    solver.solve(model, np.inf)
    model.add_rows(np.array([4.0]), (np.array([0, 1]), np.array([1]), np.ones(1)))
    assert solver.solve(model, np.inf).values == pytest.approx([6.0, 4.0])
    model.add_rows(np.array([3.0]), (np.array([0, 1]), np.array([1]), np.ones(1)))
    assert solver.solve(model, np.inf).outcome is Outcome.INFEASIBLE


@pytest.mark.parametrize("name", list(highspy.HighsModelStatus.__members__))
def test_every_ending_of_highs_has_a_meaning(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `kOptimal`, or an empty model, may be called optimal, and only if proved."""
    solver = ArrayHiGHS([])
    for proved in (True, False):
        feasible = 2 if proved else 1
        info = SimpleNamespace(
            primal_solution_status=feasible, dual_solution_status=feasible
        )
        fake: Any = SimpleNamespace(
            getInfo=lambda info=info: info,
            getModelStatus=lambda: highspy.HighsModelStatus.__members__[name],
        )
        monkeypatch.setattr(solver, "highs", fake)
        if name == "kMemoryLimit":
            with pytest.raises(MemoryError):
                solver._outcome()
            return
        outcome = solver._outcome()
        allowed = proved and name in {"kOptimal", "kModelEmpty"}
        assert (outcome is Outcome.OPTIMAL) == allowed


def test_what_the_dual_method_gives_up_on_the_primal_solves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HiGHS ends with an error of its own where prices grow too large for it."""
    model = two_routes()
    solver = ArrayHiGHS(model.history)
    really, tried = solver._run, []

    def run() -> Outcome:
        _, method = solver.highs.getOptionValue("simplex_strategy")
        tried.append(method)
        return Outcome.FAILED if method == 1 else really()

    monkeypatch.setattr(solver, "_run", run)
    assert solver.answer().values == pytest.approx([6.0, 4.0])
    assert tried == [1, 1, 1, 4]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e15])
def test_a_number_that_highs_would_drop_is_refused(wrong: float) -> None:
    """HiGHS leaves such entries out and reports success; Keruen stops instead."""
    model = two_routes()
    entries = (np.array([0, 1]), np.array([0]), np.array([wrong]))
    model.add_columns(np.array([1.0]), np.full(1, np.inf), entries)
    with pytest.raises(InternalError):
        WarmHiGHS().solve(model, np.inf)


def test_a_limit_of_time_is_told_as_one() -> None:
    """No time left gives no values, whatever HiGHS calls the point it stopped at."""
    model = Model()
    rng = np.random.default_rng(1)
    rows = model.add_rows(
        rng.uniform(50, 100, 400),
        (np.zeros(401, dtype=int), np.zeros(0, dtype=int), np.zeros(0)),
    )
    count = 4000
    entries = (
        np.arange(0, 20 * count + 1, 20),
        rng.choice(rows, 20 * count),
        rng.uniform(1, 9, 20 * count),
    )
    unique = [np.unique(part) for part in np.split(entries[1], count)]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in unique])])
    index = np.concatenate(unique)
    value = rng.uniform(1, 9, len(index))
    model.add_columns(
        -rng.uniform(1, 9, count), np.full(count, np.inf), (starts, index, value)
    )
    answer = WarmHiGHS().solve(model, 1e-3)
    assert answer.outcome is Outcome.LIMIT
    assert not len(answer.values)


def test_an_unknown_solver_is_refused_with_those_there_are() -> None:
    """The message lists the names that would do."""
    with pytest.raises(UsageError, match="HiGHS"):
        backend("NoSuchSolver")


@pytest.mark.parametrize("ending", ["lp", "mps"])
def test_a_written_model_has_the_same_least_cost(tmp_path: Path, ending: str) -> None:
    """A fresh HiGHS reads the file and finds 38."""
    path = tmp_path / f"model.{ending}"
    model = two_routes()
    names = [f"c{n}" for n in range(len(model.columns))]
    write_model(model, path, names, [f"r{n}" for n in range(len(model.rows))])
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(38.0)
