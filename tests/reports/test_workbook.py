"""A result's workbook: its tables to the digit, and nothing that would be run."""

from __future__ import annotations

import math
import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from solver.options import Options
from solver.reports.page.source import PageSource
from solver.reports.workbook import result_workbook
from solver.solution.form import TABLES
from solver.storage.guarded_text import guarded
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.build import build_instance

if TYPE_CHECKING:
    from pathlib import Path

    from solver.problem.instance import Instance

EVIL = "=cmd|' /C calc'!A0".replace("|", "I")
MARKUP = "<r><t>a</t></r>"
LONG = 0.1 + 0.2


@pytest.fixture(scope="module")
def source() -> PageSource:
    """Return a result with hostile names and a quantity of seventeen digits."""
    instance: Instance = build_instance(
        legs=[
            {"from": EVIL, "to": "B", "corridor": MARKUP, "cost": 1, "capacity": LONG},
            {
                "from": EVIL,
                "to": "B",
                "leg": "x" * 300,
                "corridor": "\u202ec",
                "cost": 3,
            },
        ],
        demand=[{"product": "@p", "origin": EVIL, "market": "B", "quantity": 1}],
    )
    solved = run(instance, Options(sensitivity="none"), Clock(0.0))
    return PageSource("evil", solved.instance, solved.result)


def written(sources: list[PageSource], path: Path) -> Path:
    """Return the workbook of results."""
    path.write_bytes(result_workbook(sources))
    return path


def test_the_tables_are_those_of_the_result(source: PageSource, tmp_path: Path) -> None:
    """Every cell of every table, read by another program; long numbers as text."""
    book = openpyxl.load_workbook(written([source], tmp_path / "x.xlsx"))
    assert book.sheetnames == ["summary", *TABLES]
    for name, columns in TABLES.items():
        sheet = book[name]
        assert [cell.value for cell in sheet[1]] == [*columns]
        assert sheet.auto_filter.ref is not None
        for number, (title, digits) in enumerate(columns.items(), 1):
            for row, wanted in enumerate(source.result.tables[name][title].tolist(), 2):
                found = sheet.cell(row, number).value
                if digits is None:
                    assert (found or "") == guarded(wanted)
                elif math.isnan(wanted):
                    assert found is None
                else:
                    assert float(found) == wanted
    cells = [cell.value for row in book["capacity"].iter_rows() for cell in row]
    assert str(LONG) in cells


def test_no_cell_is_a_formula_or_a_link(source: PageSource, tmp_path: Path) -> None:
    """Looked for in the markup of every part."""
    with zipfile.ZipFile(written([source], tmp_path / "x.xlsx")) as book:
        for part in book.namelist():
            markup = book.read(part).decode()
            assert not re.search(r"<(\w+:)?f[ >/]|<hyperlink|<r><t>a</t>", markup), part
        assert "2000-01-01" in book.read("docProps/core.xml").decode()


def test_same_results_same_bytes(source: PageSource, tmp_path: Path) -> None:
    """No date, no clock, no order of chance; several results, a set of sheets each."""
    first = written([source, source], tmp_path / "a.xlsx")
    second = written([source, source], tmp_path / "b.xlsx")
    assert first.read_bytes() == second.read_bytes()
    names = openpyxl.load_workbook(first).sheetnames
    assert names[1:] == [f"{n} {name}" for n in (1, 2) for name in TABLES]


def test_the_summary_has_a_column_for_each_result(
    source: PageSource, tmp_path: Path
) -> None:
    """Cost, bound and shares stand side by side."""
    book = openpyxl.load_workbook(written([source, source], tmp_path / "x.xlsx"))
    rows = {row[0].value: row[1:] for row in book["summary"].iter_rows()}
    assert [cell.value for cell in rows["figure"]] == ["1 evil", "2 evil (2)"]
    cost = source.result.summary["cost"]
    assert [float(cell.value) for cell in rows["cost"]] == [cost, cost]
    assert rows["status"][0].value == "optimal"
