"""The command `report`: verifies, draws, writes, and refuses what it must."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import cli
from solver.tasks.frontier_reading import same_cost
from tests.reports.page.solved import run, solve, write_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a result."""
    folder = tmp_path_factory.mktemp("report")
    return solve(write_folder(folder / "in"), folder / "out")


def test_it_writes_the_page_and_says_how_large(result: Path, tmp_path: Path) -> None:
    """One line a file; the page is all of it."""
    page = tmp_path / "page.html"
    words = ["report", str(result), "-o", str(page)]
    done = CliRunner().invoke(cli.keruen, words)
    assert done.exit_code == 0
    assert done.stdout == f"{page}: {page.stat().st_size:,} bytes\n"
    assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_a_result_that_fails_is_not_shown(result: Path, tmp_path: Path) -> None:
    """A changed table: exit 70, the fault is told, and nothing is written."""
    import shutil

    spoiled = shutil.copytree(result, tmp_path / "spoiled")
    table = spoiled / "demand.csv"
    table.write_text(table.read_text().replace("80", "81"))
    page = tmp_path / "page.html"
    words = ["report", str(result), str(spoiled), "-o", str(page)]
    done = CliRunner().invoke(cli.keruen, words)
    assert done.exit_code == 70
    assert "demand.csv" in done.stderr
    assert "nothing is written" in done.stderr
    assert not page.exists()


def test_the_folder_of_a_result_takes_no_page(result: Path) -> None:
    """It would no longer verify."""
    assert run("report", result, "-o", result / "page.html") == 73
    assert run("verify", result) == 0


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """Exit 66, as for any input."""
    assert run("report", tmp_path / "none", "-o", tmp_path / "page.html") == 66


def test_a_frontier_is_verified_and_drawn(result: Path, tmp_path: Path) -> None:
    """A plan of it that was changed stops the page."""
    curve, page = tmp_path / "curve", tmp_path / "page.html"
    given = ("--rule", "max_share", "--points", "2", "--quiet")
    assert run("frontier", result.parent / "in", "-o", curve, *given) == 0
    words = ("report", result, "-o", page, "--frontier", curve)
    assert run(*words) == 0
    assert "Cost against diversification" in page.read_text(encoding="utf-8")
    plan = curve / "points" / "02" / "allocation.csv"
    plan.write_text(plan.read_text().replace("wheat", "what"))
    assert run(*words) == 70
    (curve / "frontier.json").write_text("{}")
    assert run(*words) == 65


def test_a_frontier_tells_the_cost_of_its_plans_to_its_own_digits(
    result: Path, tmp_path: Path
) -> None:
    """The neighbour of a number is the same cost; a cent more is another one."""
    curve, page = tmp_path / "curve", tmp_path / "page.html"
    given = ("--rule", "max_share", "--points", "2", "--quiet")
    assert run("frontier", result.parent / "in", "-o", curve, *given) == 0
    path = curve / "frontier.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    cost = document["points"][0]["cost"]
    for told, code in ((math.nextafter(cost, math.inf), 0), (cost + 0.01, 70)):
        document["points"][0]["cost"] = told
        path.write_text(json.dumps(document), encoding="utf-8")
        words = ("report", result, "-o", page, "--frontier", curve)
        assert run(*words) == code


@pytest.mark.parametrize(
    ("plan", "told", "same"),
    [
        (5968838856.867901, 5968838856.8679, True),
        (6158916102.123457, 6158916102.123456, True),
        (5968838856.867901, 5968838856.88, False),
        (1.2345678e-7, 1.23457e-7, True),
        (0.0, 1e-7, False),
        (None, 1.0, False),
    ],
)
def test_costs_of_billions_are_compared_at_the_digits_they_have(
    plan: float | None, told: float, *, same: bool
) -> None:
    """Six digits after the point are more than a number of that size can hold."""
    assert same_cost(plan, told) is same


def test_flows_are_written_as_geojson(result: Path, tmp_path: Path) -> None:
    """A line for each leg and corridor, a point for each node; longitude first."""
    path = tmp_path / "flows.geojson"
    words = ("report", result, "-o", tmp_path / "page.html", "--geojson", path)
    assert run(*words) == 0
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    lines = [f for f in features if f["geometry"]["type"] == "LineString"]
    quantity = {f["properties"]["leg"]: f["properties"]["quantity"] for f in lines}
    assert quantity == {"a-b": 60, "b-m": 60, "a-p": 40, "p-m": 40}
    points = {f["properties"]["node"]: f["geometry"] for f in features[len(lines) :]}
    assert points["A"] == {"type": "Point", "coordinates": [71.0, 51.0]}
