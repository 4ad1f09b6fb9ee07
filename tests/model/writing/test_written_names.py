"""A written model has names that people can read, and is the model that was solved."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pulp
import pytest
from click.testing import CliRunner

import cli
from solver.model.writing.named import Named
from solver.model.writing.written_names import LONGEST, _unique

if TYPE_CHECKING:
    from pathlib import Path

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the quickstart under a rule, as MPS."""
    path: Path = tmp_path_factory.mktemp("model") / "model.mps"
    words = ("solve", "instances/quickstart", "--scenario", "no-corridor-above-40")
    done = CliRunner().invoke(cli.keruen, [*words, "--write-model", str(path)])
    assert done.exit_code == 0
    return path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("solver", ["PULP_CBC_CMD", "HiGHS"])
def test_another_solver_of_pulp_finds_the_same_cost(written: Path, solver: str) -> None:
    """The plan of the quickstart with no corridor above 40 % costs 73.5 million."""
    _, problem = pulp.LpProblem.fromMPS(str(written))
    problem.solve(pulp.getSolver(solver, msg=False))
    assert pulp.LpStatus[problem.status] == "Optimal"
    assert pulp.value(problem.objective) == pytest.approx(73_500_000, rel=1e-9)


def test_names_say_what_they_speak_of(written: Path) -> None:
    """A leg by its ends, a route by its demand; the legend tells the rest."""
    text = written.with_suffix(".legend.csv").read_text()
    rows = {row["name"]: row for row in csv.DictReader(text.splitlines())}
    assert all(NAME.fullmatch(name) for name in rows)
    assert rows["leg_Kostanay_Iran"]["meaning"].startswith(
        "capacity of leg Kostanay>Iran"
    )
    routes = [row for name, row in rows.items() if name.startswith("route_")]
    assert any("wheat, Kostanay to Turkiye, by " in row["meaning"] for row in routes)
    assert any(name.startswith("rule_") for name in rows)
    content = written.read_text()
    assert [name for name in rows if name not in content] == []


def test_names_alike_are_numbered_and_stay_short() -> None:
    """Letters of other scripts fall away, so that names may meet."""
    long = "x" * 200
    named = [Named(0, ("leg", long), ""), Named(1, ("leg", long), "")]
    for index, port in ((2, "Aqtau-Bak\u0131"), (3, "Aqtau/Bak")):
        named.append(Named(index, ("leg", port), ""))
    names = [name for name, _ in _unique(named, 5, "row")]
    assert max(map(len, names)) == LONGEST
    assert names[1].endswith("_2")
    assert names[2:] == ["leg_Aqtau_Bak", "leg_Aqtau_Bak_2", "row_4"]
