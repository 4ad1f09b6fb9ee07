"""Workbooks through the real commands: what they print, and how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pytest

from solver.storage import workbooks
from tests.commands.test_program import run
from tests.folders import ROOT
from tests.loaders.workbook.books import LEGS, write_book

if TYPE_CHECKING:
    from pathlib import Path

QUICKSTART = ROOT / "instances" / "quickstart"


def test_from_a_template_to_the_tables_of_results(tmp_path: Path) -> None:
    """`template`, `solve`, `report --xlsx`: the way that the documentation shows."""
    book = tmp_path / "grain.xlsx"
    assert run("template", book, "--from", QUICKSTART).exit_code == 0
    capped = ("--scenario", "no-corridor-above-40")
    for name, scenario in (("base", ()), ("capped", capped)):
        done = run("solve", book, "-o", tmp_path / name, *scenario)
        assert done.exit_code == 0, done.output
    plan = tmp_path / "plan.xlsx"
    words = ("-o", tmp_path / "page.html", "--xlsx", plan, "--json")
    done = run("report", tmp_path / "base", tmp_path / "capped", *words)
    assert done.exit_code == 0, done.output
    files = [entry["file"] for entry in json.loads(done.stdout)["files"]]
    assert files == [str(tmp_path / "page.html"), str(plan)]
    costs = [cell.value for cell in openpyxl.load_workbook(plan)["summary"]["B"]]
    assert 72_000_000 in costs


def test_no_workbook_is_written_into_a_result(tmp_path: Path) -> None:
    """Nothing but the result may stand in its folder: 73."""
    run("solve", QUICKSTART, "-o", tmp_path / "out", "--quiet")
    words = ("-o", tmp_path / "x.html", "--xlsx", tmp_path / "out" / "x.xlsx")
    assert run("report", tmp_path / "out", *words).exit_code == 73


def test_a_faulty_workbook_is_65_with_cells(tmp_path: Path) -> None:
    """In words and as JSON; a workbook that is too large names the option."""
    book = write_book(tmp_path / "x.xlsx", {"legs": (LEGS[0], ("A", "B", "n", -1))})
    done = run("check", book)
    assert (done.exit_code, done.stdout) == (65, "")
    assert "legs!D2 cost: `-1` is negative; give a number of 0 or more" in done.stderr
    faults = json.loads(run("check", book, "--json").stdout)["error"]["faults"]
    assert faults[0]["cell"] == "legs!D2"
    done = run("check", book, "--max-workbook", "0.0001")
    assert done.exit_code == 65
    assert "--max-workbook" in done.stderr
    assert run("check", book, "--max-workbook", "-1").exit_code == 2


def test_the_bound_of_one_run_is_not_that_of_the_next(tmp_path: Path) -> None:
    """The option holds for its own command alone."""
    book = write_book(tmp_path / "x.xlsx")
    assert run("check", book, "--max-workbook", "0.0001").exit_code == 65
    assert run("check", book).exit_code == 0


def test_without_the_extra_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2, before anything is verified or written."""
    monkeypatch.setattr(workbooks, "find_spec", lambda _: None)
    run("solve", QUICKSTART, "-o", tmp_path / "out", "--quiet")
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("template", tmp_path / "x.xlsx"),
        ("convert", QUICKSTART, tmp_path / "x.xlsx"),
        ("report", tmp_path / "out", "-o", tmp_path / "x", "--xlsx", tmp_path / "y"),
    )
    for words in commands:
        done = run(*words)
        assert done.exit_code == 2
        assert "pip install 'keruen[excel]'" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_convert_lists_what_it_wrote_and_what_it_lost(tmp_path: Path) -> None:
    """In words, as JSON, and in silence."""
    done = run("convert", QUICKSTART, tmp_path / "x.json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path / 'x.json'}: x.json\n"
    run("solve", QUICKSTART, "--scenario", "no-corridor-above-40", "-o", tmp_path / "r")
    source = tmp_path / "r" / "instance.json"
    done = run("convert", source, tmp_path / "x.sqlite", "--json")
    assert json.loads(done.stdout)["lost"] == ["applied: `no-corridor-above-40`"]
    done = run("convert", source, tmp_path / "folder", "--quiet")
    assert done.stdout == ""
    assert "no counterpart: applied: `no-corridor-above-40`" in done.stderr
    assert run("convert", QUICKSTART, tmp_path / "x.json").exit_code == 73
