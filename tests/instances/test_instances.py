"""The instances that come with Keruen: each loads, and says what is expected."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from solver.checks.connections import Connections
from solver.checks.reach import unreachable_demand
from solver.loaders.instance_files import load

ROOT = Path(__file__).parents[2]
INSTANCES = ROOT / "instances"
FOLDERS = sorted(path.parent for path in INSTANCES.rglob("instance.toml"))
TEXTBOOK = sorted(path for path in (INSTANCES / "textbook").iterdir() if path.is_dir())
QUICKSTART = INSTANCES / "quickstart"
SMALL = [QUICKSTART, *TEXTBOOK]


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _figures(path: Path) -> set[float]:
    """All numbers of a page, thousands joined."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", path.read_text(encoding="utf-8"))
    return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}


def _name(folder: Path) -> str:
    return folder.relative_to(INSTANCES).as_posix()


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_an_instance_has_no_faults_and_no_warnings(folder: Path) -> None:
    """What we ship passes `check --strict`."""
    assert load(folder, strict=True).warnings == ()


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_an_instance_says_what_it_is(folder: Path) -> None:
    """Name, description and source are given."""
    instance = load(folder).instance
    assert instance.name
    assert instance.description
    assert instance.source


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_every_demand_has_a_route(folder: Path) -> None:
    """Nothing is cut off from its market."""
    assert unreachable_demand(Connections(load(folder).instance)) == {}


@pytest.mark.parametrize("folder", SMALL, ids=_name)
def test_a_small_instance_names_its_cost_and_where_it_comes_from(folder: Path) -> None:
    """expected.toml holds the source and the cost."""
    expected = _toml(folder / "expected.toml")
    assert expected["source"]
    assert expected["published_cost"] > 0


@pytest.mark.parametrize("folder", TEXTBOOK, ids=_name)
def test_a_textbook_problem_cites_one_source(folder: Path) -> None:
    """The instance and what is expected of it come from the same place."""
    assert _toml(folder / "expected.toml")["source"] == load(folder).instance.source


@pytest.mark.parametrize("folder", TEXTBOOK, ids=_name)
def test_a_textbook_problem_stands_in_the_list_with_its_cost(folder: Path) -> None:
    """The page of textbook problems names each folder and its cost."""
    page = (INSTANCES / "textbook" / "README.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if f"| `{folder.name}` |" in line)
    cost = float(row.strip("| ").split("|")[-1].replace(",", ""))
    assert cost == _toml(folder / "expected.toml")["published_cost"]


def test_there_are_enough_textbook_problems() -> None:
    """Ten published problems, one of several products among them."""
    assert len(TEXTBOOK) == 10
    products = {folder.name: len(load(folder).instance.products) for folder in TEXTBOOK}
    assert products["steel"] == 3


def test_each_scenario_of_the_quickstart_loads_and_has_its_cost() -> None:
    """Scenarios and expected costs name each other."""
    scenarios = _toml(QUICKSTART / "scenarios.toml")
    assert set(scenarios) == set(_toml(QUICKSTART / "expected.toml")["scenarios"])
    for name in scenarios:
        assert load(QUICKSTART, [name], strict=True).instance.scenarios == (name,)


def test_the_quickstart_page_shows_the_costs_that_are_expected() -> None:
    """Each expected cost stands on the page, in thousand USD."""
    expected = _toml(QUICKSTART / "expected.toml")
    figures = _figures(QUICKSTART / "README.md")
    costs = [expected["published_cost"], *expected["scenarios"].values()]
    assert {cost / 1000 for cost in costs} <= figures
