"""The PuLP problem: complete at every moment, and the same as its arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pulp
import pytest

from solver.model.highs import ArrayHiGHS
from solver.model.writing.written_names import ModelFiles, legend_path
from solver.options import Options
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.model.test_backends import two_routes

pytestmark = pytest.mark.versions


GOLDEN = Path(__file__).parents[1] / "golden"

LEGS = [
    {"from": "A", "to": "B", "cost": 3.0, "capacity": 6.0, "corridor": "north"},
    {"from": "A", "to": "C", "cost": 2.0, "corridor": "south"},
    {"from": "C", "to": "B", "cost": 3.0},
]
DEMAND = [{"product": "p", "origin": "A", "market": "B", "quantity": 10.0}]
RULE = {"name": "north at most half", "by": "corridor", "max_share": {"north": 0.5}}
SOUTH = {"name": "some north", "by": "corridor", "min_share": {"north": 0.2}}
SHORT = [{**LEGS[0], "capacity": 4.0}]

FAMILIES: dict[str, dict[str, Any]] = {
    "capacity": {"legs": LEGS, "demand": DEMAND},
    "max_share": {"legs": LEGS, "demand": DEMAND, "diversification": (RULE,)},
    "min_share": {
        "legs": [{**LEGS[0], "cost": 9.0}, *LEGS[1:]],
        "demand": DEMAND,
        "diversification": ({**SOUTH, "of": "demand"},),
    },
    "unmet_limit": {
        "legs": SHORT,
        "demand": [
            {**DEMAND[0], "quantity": 3.0},
            {**DEMAND[0], "quantity": 4.0, "product": "q", "max_days": 99.0},
        ],
    },
}


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_of_rows_is_written_as_expected(
    family: str, tmp_path: Path
) -> None:
    """The final model of a tiny instance is the golden text, byte for byte."""
    path = tmp_path / "model.lp"
    files = ModelFiles(path, legend_path(path))
    solve(build_instance(**FAMILIES[family]), Options(), model_files=files)
    golden = GOLDEN / f"{family}.lp"
    assert path.read_text() == golden.read_text()


def test_the_problem_and_the_arrays_are_one_program() -> None:
    """Rows, columns, costs and entries of PuLP's problem are those HiGHS was given."""
    model = two_routes()
    solver = ArrayHiGHS(model.history)
    solver.take()
    lp = solver.highs.getLp()
    variables = model.problem.variables()
    assert [v.name for v in variables] == [c.name for c in model.columns]
    costs = [model.problem.objective[variable] for variable in variables]
    assert list(lp.col_cost_) == costs
    dense = np.zeros((lp.num_row_, lp.num_col_))
    starts = lp.a_matrix_.start_
    for column in range(lp.num_col_):
        for place in range(starts[column], starts[column + 1]):
            dense[lp.a_matrix_.index_[place], column] = lp.a_matrix_.value_[place]
    for number, row in enumerate(model.problem.constraints()):
        assert [row.get(v, 0.0) for v in variables] == dense[number].tolist()
        assert row.sense in (pulp.LpConstraintEQ, pulp.LpConstraintLE)
        assert -row.constant == lp.row_upper_[number]
