"""The first commands of someone new: an example, an empty instance, its scenarios."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from solver.commands.program import keruen
from solver.tasks.instances.example import EXAMPLES
from tests.folders import ROOT, write_instance

if TYPE_CHECKING:
    from click.testing import Result


def run(*words: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(keruen, [str(word) for word in words])


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_the_shipped_instance(tmp_path: Path, name: str) -> None:
    """Byte for byte, in a new folder; never into one that holds anything."""
    folder = tmp_path / "mine"
    assert run("example", name, folder).exit_code == 0
    shipped = ROOT / "instances" / name
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in shipped.iterdir()
    }
    again = run("example", name, folder)
    assert again.exit_code == 73
    assert "name a new or an empty folder" in again.stderr


def test_an_example_nobody_knows_is_a_wrong_call(tmp_path: Path) -> None:
    """With those there are."""
    done = run("example", "atlantis", tmp_path / "x")
    assert done.exit_code == 2
    assert "'kazakhstan', 'quickstart'" in done.stderr


def test_an_empty_instance_asks_for_its_rows_and_nothing_else(tmp_path: Path) -> None:
    """What it holds is sound; with rows it solves."""
    folder = tmp_path / 'no "quotes"'
    assert run("init", folder).exit_code == 0
    checked = run("check", folder, "--json")
    faults = json.loads(checked.stdout)["error"]["faults"]
    assert [(fault["file"], fault["column"]) for fault in faults] == [
        ("legs.csv", None),
        ("demand.csv", None),
    ]
    for name, row in (("legs", "Osh,Aktau,rail,,,4"), ("demand", "oats,Osh,Aktau,3")):
        with (folder / f"{name}.csv").open("a") as file:
            file.write(f"{row}\n")
    assert run("check", folder, "--strict").exit_code == 0


def test_what_the_comments_of_an_empty_instance_show_is_sound(tmp_path: Path) -> None:
    """Taken out of their comments, the examples are read."""
    folder = tmp_path / "new"
    run("init", folder)
    for name in ("instance", "scenarios"):
        text = (folder / f"{name}.toml").read_text()
        shown = text.split("# Columns of every table")[0]
        lines = [line.removeprefix("# ") for line in shown.splitlines()]
        kept = [line for line in lines if line.startswith("[") or " = " in line]
        assert tomllib.loads("\n".join(kept))
        (folder / f"{name}.toml").write_text("\n".join([*kept, ""]))
    listed = run("scenarios", folder, "--json")
    found = json.loads(listed.stdout)["scenarios"]
    assert [entry["includes"] for entry in found] == [[], ["dearer-rail"]]


def test_scenarios_are_listed_with_what_they_include() -> None:
    """All of them, in the order of their file, within 80 columns."""
    path = ROOT / "instances" / "kazakhstan"
    known = tomllib.loads((path / "scenarios.toml").read_text())
    found = json.loads(run("scenarios", path, "--json").stdout)["scenarios"]
    assert [entry["name"] for entry in found] == list(known)
    assert all(entry["description"] for entry in found)
    includes = {entry["name"]: entry["includes"] for entry in found}
    assert includes == {name: keys.get("includes", []) for name, keys in known.items()}
    screen = run("scenarios", path).stdout.splitlines()
    assert max(map(len, screen)) <= 80


def test_screens_fit_80_columns_and_cut_no_number(tmp_path: Path) -> None:
    """A bar gives way first, then a name."""
    folder = tmp_path / "one"
    run("init", folder)
    for name, row in (
        ("legs", "Osh,Aktau,rail,the northern branch of the middle corridor,,4"),
        ("demand", "oats of the second class,Osh,Aktau,3000000000"),
    ):
        with (folder / f"{name}.csv").open("a") as file:
            file.write(f"{row}\n")
    lines = run("solve", folder).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    (told,) = (line for line in lines if line.startswith("the northern"))
    assert "3,000,000,000  100.0 %" in told
    assert told.endswith(" 100.0 %")


def test_the_header_names_what_was_asked_for(tmp_path: Path) -> None:
    """Not what that includes, which the result keeps."""
    folder = write_instance(tmp_path / "trade")
    (folder / "scenarios.toml").write_text(
        "[dear]\n[[dear.change]]\ntable = 'legs'\nscale = { cost = 2 }\n"
        "[wide]\nincludes = ['dear']\n[[wide.change]]\ntable = 'legs'\n"
        "where = { leg = 'north' }\nset = { capacity = 90 }\n"
    )
    words = ["solve", folder, "--scenario", "wide", "--sensitivity", "none"]
    screen = run(*words).stdout
    assert screen.splitlines()[0] == "Tiny [wide]"
    told = json.loads(run(*words, "--json").stdout)
    assert told["instance"]["scenarios"] == ["dear", "wide"]
