"""Results in Python: figures, tables as frames, saved and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import keruen
from solver.errors import OutputError
from tests.folders import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FRAMES = (
    "allocation",
    "flows",
    "demand",
    "capacity",
    "corridors",
    "rules",
    "exposure",
)


@pytest.fixture(scope="module")
def result() -> keruen.Result:
    """Return the quickstart's result."""
    return keruen.solve(keruen.load(ROOT / "instances" / "quickstart"))


def test_a_result_has_its_figures_and_tables(result: keruen.Result) -> None:
    """The sums of the frames are those of the summary."""
    assert (result.status, result.cost) == ("optimal", 72e6)
    cost = result.allocation["quantity"] @ result.allocation["cost"]
    assert cost == pytest.approx(result.cost)
    assert result.demand["served"].sum() == result.summary["served"]
    assert all(isinstance(getattr(result, name), pd.DataFrame) for name in FRAMES)
    assert result.demand["row"].dtype == result.allocation["row"].dtype == int
    assert repr(result) == "<Keruen result: optimal, cost 72,000,000 USD>"
    assert str(result).startswith("Quickstart\noptimal")
    assert all(len(line) <= 80 for line in str(result).splitlines())


def test_a_saved_result_is_read_back_as_it_was(
    result: keruen.Result, tmp_path: Path
) -> None:
    """Frame by frame and byte by byte, and it verifies."""
    found = keruen.read(result.save(tmp_path / "once"))
    for name in FRAMES:
        assert getattr(found, name).equals(getattr(result, name))
    again = found.save(tmp_path / "twice")
    for path in (tmp_path / "once").iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()
    assert keruen.verify(found.instance, found).passed
    with pytest.raises(OutputError):
        result.save(ROOT / "instances" / "quickstart")


def test_settings_are_given_by_name() -> None:
    """Instead of options."""
    instance = keruen.load(ROOT / "instances" / "quickstart")
    found = keruen.solve(instance, sensitivity="none")
    assert found.summary["options"]["sensitivity"] == "none"
    with pytest.raises(keruen.UsageError, match="known: solver, time_limit"):
        keruen.solve(instance, time=5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"time_limt": 3}, "unknown setting `time_limt`; did you mean `time_limit`"),
        ({"sensitivity": "al"}, "unknown sensitivity `al`; did you mean `all`"),
        ({"time_limit": -3}, "time_limit -3 is not a number of seconds"),
        ({"time_limit": "x"}, "time_limit `x` is not a number of seconds"),
        ({"solver": 3}, "solver 3 is not the name of a solver"),
        ({"options": 5}, "options are keruen.Options"),
    ],
)
def test_settings_are_checked_before_anything_is_solved(
    settings: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is told as a wrong call, with the nearest name."""
    instance = keruen.load(ROOT / "instances" / "quickstart")
    monkeypatch.setattr("solver.tasks.python.verified.run", None)
    with pytest.raises(keruen.UsageError, match=message):
        keruen.solve(instance, **settings)


@pytest.mark.parametrize("path", ["instances/quickstart", ROOT])
def test_a_path_has_to_be_loaded_first(path: Any) -> None:
    """The message says how, for whatever takes an instance."""
    for call in (keruen.solve, keruen.WhatIf):
        name = call.__name__
        with pytest.raises(keruen.UsageError, match="load it first") as caught:
            call(path)
        assert f'keruen.{name}(keruen.load("{path}"))' in str(caught.value)
    with pytest.raises(keruen.UsageError, match="load it first"):
        keruen.apply(path, "x")
    with pytest.raises(keruen.UsageError, match="not a value of type int"):
        keruen.solve(3)  # type: ignore[arg-type]
    with pytest.raises(keruen.UsageError, match="give tables to"):
        keruen.load(3)  # type: ignore[arg-type]


def test_a_result_without_a_plan_has_no_cost() -> None:
    """Nor any row of its tables."""
    rule = {"name": "r", "by": "corridor", "of": "demand"}
    tables = {
        "legs": [
            {"from": "A", "to": "B", "corridor": "north", "cost": 1, "capacity": 5}
        ],
        "demand": [{"product": "oil", "origin": "A", "market": "B", "quantity": 10}],
        "diversification": [{**rule, "min_share": {"north": 0.9}}],
    }
    found = keruen.solve(keruen.Instance.from_tables(tables))
    assert (found.status, found.cost) == ("infeasible", None)
    assert found.allocation.empty
