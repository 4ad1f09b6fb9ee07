"""A template is filled in, opened by other programs, and solved."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from solver.errors import DataError, OutputError, UsageError
from solver.loaders.instance_files import load
from solver.loaders.json.document import canonical
from solver.problem.columns import column_specs
from solver.problem.tables import DEFINITIONS
from solver.tasks.instances.convert import ConvertOrder, convert
from solver.tasks.instances.template import write_template
from tests.folders import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

OFFICE = shutil.which("soffice")
FILLED: dict[str, list[Any]] = {
    "instance": [("name", "mine"), ("periods", "2030 | 2031")],
    "nodes": [("A", None, "origin"), ("B", None, "border"), ("C", None, "market")],
    "products": [("grain", "bulk")],
    "legs": [
        {"from": "A", "to": "B", "corridor": "north", "cost": 5, "capacity": 10},
        {"from": "B", "to": "C", "cost": 2.5},
    ],
    "demand": [{"product": "grain", "origin": "A", "market": "C", "quantity": 8}],
    "rules": [{"name": "cap", "by": "corridor", "max_share": 1}],
}


def filled(path: Path) -> Path:
    """Return a template with a small instance typed into its sheets by hand."""
    write_template(path)
    book = openpyxl.load_workbook(path)
    for name, rows in FILLED.items():
        sheet = book[name]
        titles = [cell.value for cell in sheet[1]]
        first = 2
        if name == "instance":  # Keys stand there already.
            keys = {row[0].value: row[1] for row in sheet.iter_rows(min_row=2)}
            for key, value in rows:
                keys[key].value = value
            continue
        for number, row in enumerate(rows, first):
            is_named = isinstance(row, dict)
            cells = row if is_named else dict(zip(titles, row, strict=False))
            for title, value in cells.items():
                sheet.cell(number, titles.index(title) + 1).value = value
    book.save(path)
    return path


def opened_by_office(path: Path, folder: Path) -> Path:
    """Return a workbook as a spreadsheet program opens and saves it."""
    profile = (folder / "profile").as_uri()
    subprocess.run(  # noqa: S603 - a spreadsheet program, on our own file
        [
            str(OFFICE),
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / path.name


def test_a_filled_template_is_an_instance(tmp_path: Path) -> None:
    """What was typed is what is read; the keys left blank take their defaults."""
    instance = load(filled(tmp_path / "x.xlsx")).instance
    assert instance.name == "mine"
    assert instance.periods == ("2030", "2031")
    assert instance.legs["cost"].tolist() == [5, 2.5]
    assert instance.nodes["kind"].tolist() == ["origin", "border", "market"]
    assert instance.diversification[0].max_share == 1


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_spreadsheet_program_keeps_it_an_instance(tmp_path: Path) -> None:
    """Opened and saved by LibreOffice, template and result of a conversion are same."""
    (tmp_path / "out").mkdir()
    source, target = ROOT / "instances" / "quickstart", tmp_path / "quick.xlsx"
    convert(ConvertOrder(source=source, target=target))
    for path in (filled(tmp_path / "x.xlsx"), tmp_path / "quick.xlsx"):
        again = opened_by_office(path, tmp_path / "out")
        assert canonical(load(again).instance) == canonical(load(path).instance)


def test_every_column_has_its_meaning_and_its_check(tmp_path: Path) -> None:
    """Headers carry the text of the schema; lists and numbers are warned of only."""
    write_template(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames[0] == "read me"
    for name in DEFINITIONS:
        sheet = book[name]
        specs = column_specs(name)
        assert [cell.value for cell in sheet[1]] == [*specs]
        assert sheet.freeze_panes == "A2"
        for cell, spec in zip(sheet[1], specs.values(), strict=True):
            assert cell.comment is not None
            assert spec.meaning.replace("`", "") in cell.comment.text
        checks = sheet.data_validations.dataValidation
        assert all(check.errorStyle == "warning" for check in checks)
        bounded = {str(check.sqref)[0] for check in checks if check.type == "decimal"}
        listed = {str(check.sqref)[0] for check in checks if check.type == "list"}
        for number, spec in enumerate(specs.values()):
            letter = "ABCDEFGHIJKLMNOPQR"[number]
            is_number = spec.kind == "number" and not spec.words
            assert (letter in bounded) == is_number
            assert letter in listed or not spec.choices


def test_sheets_of_keys_and_the_first_sheet_leave_nothing_unsaid(
    tmp_path: Path,
) -> None:
    """Every key and column has its meaning, there and on the sheet that explains."""
    write_template(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert all(row[2].value for row in book["instance"].iter_rows())
    assert all(row[2].value for row in book["read me"].iter_rows())
    for name in ("rules", "scenarios"):
        assert all(cell.comment and cell.comment.text for cell in book[name][1])


def test_an_empty_template_says_what_is_missing(tmp_path: Path) -> None:
    """Nothing else is wrong with it: every header is known."""
    write_template(tmp_path / "x.xlsx")
    with pytest.raises(DataError) as caught:
        load(tmp_path / "x.xlsx")
    assert [str(fault) for fault in caught.value.faults] == [
        "legs: has no rows; fill it in",
        "demand: has no rows; fill it in",
    ]


@pytest.mark.parametrize("name", ["quickstart", "kazakhstan"])
def test_a_template_may_begin_with_an_instance(name: str, tmp_path: Path) -> None:
    """It is that instance, and still has every column; a folder is a copy."""
    source = ROOT / "instances" / name
    for target in (tmp_path / "x.xlsx", tmp_path / "folder"):
        write_template(target, source)
        assert canonical(load(target).instance) == canonical(load(source).instance)


def test_a_template_is_not_written_over(tmp_path: Path) -> None:
    """It may have been filled in since."""
    (tmp_path / "x.xlsx").write_text("mine")
    with pytest.raises(OutputError, match="is there already"):
        write_template(tmp_path / "x.xlsx")
    with pytest.raises(UsageError, match=r"a workbook \(\.xlsx\) or a folder"):
        write_template(tmp_path / "x.ods")


def test_a_folder_is_that_of_init(tmp_path: Path) -> None:
    """`template DIR` and `init DIR` write the same."""
    assert "instance.toml" in write_template(tmp_path / "mine")
    text = (tmp_path / "mine" / "instance.toml").read_text()
    assert "keruen check ." in text


def without(monkeypatch: pytest.MonkeyPatch, packages: Sequence[str]) -> None:
    """Let packages seem not to be installed."""
    from importlib import util

    find = util.find_spec
    for module in ("solver.storage.workbooks",):
        monkeypatch.setattr(
            f"{module}.find_spec",
            lambda name: None if name in packages else find(name),
        )


def test_without_the_extra_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2; reading needs no extra."""
    path = filled(tmp_path / "x.xlsx")
    without(monkeypatch, ["xlsxwriter"])
    with pytest.raises(UsageError, match=r"pip install 'keruen\[excel\]'") as caught:
        write_template(tmp_path / "y.xlsx")
    assert caught.value.exit_code == 2
    load(path)
