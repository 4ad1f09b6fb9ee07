"""The PuLP problem: complete at every moment, and the same as its arrays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp
import pytest

from solver.model.highs import ArrayHiGHS
from solver.model.objective import Objective
from solver.model.writing.written_names import ModelFiles, legend_path
from solver.options import Options
from solver.rules.kinds import bounding_keys
from solver.solving.solve import prepared, solved
from solver.tasks.answer import solve, write
from tests.build import build_instance
from tests.model.test_backends import two_routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.solving.column_generation import ColumnGeneration

pytestmark = pytest.mark.versions


GOLDEN = Path(__file__).parents[1] / "golden"

BY_HIGHS = "\\ File written by HiGHS"
"""Where the text of a golden file begins; what it shows stands above."""

LEGS = [
    {"from": "A", "to": "B", "cost": 3.0, "capacity": 6.0, "corridor": "north"},
    {"from": "A", "to": "C", "cost": 2.0, "corridor": "south"},
    {"from": "C", "to": "B", "cost": 3.0},
]
DEMAND = [{"product": "p", "origin": "A", "market": "B", "quantity": 10.0}]
RULE = {"name": "north at most half", "by": "corridor", "max_share": {"north": 0.5}}
SOUTH = {"name": "some north", "by": "corridor", "min_share": {"north": 0.2}}
SHORT = [{**LEGS[0], "capacity": 4.0}]
EQUAL = [
    {"leg": "N", "from": "A", "to": "B", "cost": 3.0, "capacity": 5.0},
    {"leg": "S", "from": "A", "to": "B", "cost": 5.0, "corridor": "south"},
]
EQUAL[0]["corridor"] = "north"
OPEN = [{**EQUAL[0], "capacity": None}, EQUAL[1]]
BEFORE = [
    {"period": "all year", "value": "north", "quantity": 4.0},
    {"period": "all year", "value": "south", "quantity": 6.0},
]


def ruled(legs: list[dict[str, Any]], **bound: Any) -> dict[str, Any]:
    """Return an instance with a rule by corridor."""
    rule = {"name": "r", "by": "corridor", **bound}
    return {"legs": legs, "demand": DEMAND, "diversification": (rule,)}


FAMILIES: dict[str, dict[str, Any]] = {
    "capacity": {"legs": LEGS, "demand": DEMAND},
    "budget": {"legs": LEGS, "demand": DEMAND},
    "kept_routes": {"legs": LEGS, "demand": DEMAND},
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
    "penalty": ruled(OPEN, max_share={"north": 0.5}, penalty=1.0),
    "max_hhi": ruled(EQUAL, max_hhi=0.5),
    "min_effective": ruled(EQUAL, min_effective=2.0),
    "max_top": ruled(OPEN, max_top={"k": 1, "share": 0.6}),
    "max_change": ruled(OPEN, max_change={"share": 0.1, "reference": BEFORE}),
}


def keep(loop: ColumnGeneration) -> None:
    """Reward what stays on the routes of a plan: 6 of 6, and 4 of 4."""
    routes, nothing = loop.known.routes, np.zeros(1)
    rows = np.arange(len(routes))
    loop.master.families.kept.hold(routes, rows, rows, np.array([6.0, 4.0]))
    loop.master.set_objective(Objective(False, nothing, 0.0, kept=1.0))


ASKED: dict[str, Callable[[ColumnGeneration], None]] = {
    "budget": lambda loop: loop.master.families.budget.limit(45.0),
    "kept_routes": keep,
}
"""Families whose rows come with questions, after a model is written."""


def written(family: str, folder: Path) -> str:
    """Return the final model of a tiny instance, as `--write-model` writes it."""
    path = folder / "model.lp"
    files = ModelFiles(path, legend_path(path))
    instance = build_instance(**FAMILIES[family])
    if family not in ASKED:
        solve(instance, Options(), model_files=files)
        return path.read_text()
    loop = prepared(instance, Options())
    solved(loop)
    ASKED[family](loop)
    write(loop.master, files)
    return path.read_text()


def rounded(model: str) -> str:
    """Return a model with its numbers in twelve digits."""
    return re.sub(r"\d*\.\d+", lambda number: f"{float(number[0]):.12g}", model)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_of_rows_is_written_as_expected(
    family: str, tmp_path: Path
) -> None:
    """The final model of a tiny instance is the golden text.

    Its numbers in twelve digits: releases of HiGHS write fifteen of them, or all.
    """
    golden = (GOLDEN / f"{family}.lp").read_text()
    inequality, mark, model = golden.partition(BY_HIGHS)
    assert rounded(written(family, tmp_path)) == rounded(mark + model)
    assert all(line.startswith("\\ ") for line in inequality.splitlines())
    assert "<=" in inequality or ">=" in inequality
    assert len(golden.splitlines()) <= 60


def test_each_family_and_each_bound_has_a_golden_model() -> None:
    """A new one without its page is told."""
    master = prepared(build_instance(**FAMILIES["capacity"]), Options()).master
    of_rules = {type(master.families.rules).__name__}
    families = {type(family).__name__ for family in master.families} - of_rules
    assert families == {"CapacityRows", "UnmetLimits", "Budget", "KeptRoutes"}
    pages = {path.stem for path in GOLDEN.glob("*.lp")}
    assert pages == FAMILIES.keys()
    of_families = {"capacity", "unmet_limit", "budget", "kept_routes"}
    assert pages == {*of_families, "penalty", *bounding_keys()}


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
