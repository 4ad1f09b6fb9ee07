"""A first line that is no header is the one fault of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.folders import DEMAND, LEGS, faults_of, only_fault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("# traffic of 2031, second draft, by K.", "delete the line"),
        ("// network, final", "delete the line"),
        ("sep=,", "delete the line"),
        ('"sep=;",,', "save it separated by commas, without the line"),
    ],
)
@pytest.mark.parametrize("before", ["", "\n"])
def test_a_line_before_the_header_is_the_cause(
    tmp_path: Path, before: str, line: str, remedy: str
) -> None:
    """Rows and columns are not blamed for it."""
    fault = only_fault(tmp_path, demand=f"{before}{line}\n{DEMAND}")
    assert (fault.file, fault.row) == ("demand.csv", 1 + len(before))
    assert fault.remedy.startswith(remedy)


def test_a_mark_before_the_header_is_taken_out_not_the_header(tmp_path: Path) -> None:
    """Deleting the line would lose the columns' names."""
    fault = only_fault(tmp_path, legs=f"#{LEGS}")
    assert fault.remedy == (
        "begin it with the first column's name: `from,to,mode,corridor,cost`"
    )


def test_a_comment_between_rows_is_told(tmp_path: Path) -> None:
    """It is not a row that lacks cells."""
    fault = only_fault(tmp_path, demand=f"{DEMAND}# checked in May\n")
    assert fault.row == 3
    assert fault.message == "begins with `#`, as comments do elsewhere"


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_separator_is_the_one_fault(tmp_path: Path, mark: str) -> None:
    """No column is missing besides."""
    faults = faults_of(tmp_path, legs=LEGS.replace(",", mark))
    assert len(faults) == 1
