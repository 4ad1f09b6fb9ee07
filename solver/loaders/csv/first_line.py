"""The first line of a CSV file, where it is no header: told once, as the cause."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from solver.errors import Fault
from solver.messages import shown
from solver.problem.columns import column_specs
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator


_COMMENTS = ("#", "//", "%", "!")


_SPREADSHEET = re.compile(r"\"?sep=(.?)\"?,*", re.IGNORECASE)


_MARKS = ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars"))


_COMMAS = "save it separated by commas"


def is_comment(cell: str) -> bool:
    """Whether a row that begins with this cell is meant for readers alone."""
    return cell.lstrip().startswith(_COMMENTS)


def first_line_fault(text: str, file: str) -> Fault | None:
    """Return what is wrong with the first line that has content, if it is no header.

    Parameters
    ----------
    text : str
        Content of the file.
    file : str
        Its name in the fault.
    """
    lines = _lines(text)
    line, first = next(lines, (1, ""))
    marked = _SPREADSHEET.fullmatch(first)
    if marked is not None:
        remedy = "delete the line"
        if marked[1] not in {"", ","}:
            remedy = f"{_COMMAS}, without the line"
        message = f"{shown(first.rstrip(','))} is a line for spreadsheets, no header"
        return Fault(file, message, remedy, line, value=first)
    if is_comment(first):
        message = f"{shown(first)} is a comment, but a table begins with its header"
        remedy = "delete the line: remarks go into the column `note`"
        if _is_marked_header(first):
            message = f"the header begins with {shown(first[0])}"
            remedy = (
                f"begin it with the first column's name: {shown(first[1:].strip())}"
            )
        return Fault(file, message, remedy, line, value=first)
    for mark, word in _MARKS:
        if mark in first and "," not in first:
            message = f"seems to be separated by {word}"
            return Fault(file, message, _COMMAS, line)
    return None


def _is_marked_header(line: str) -> bool:
    """Whether a comment is a header behind a mark, as some programs write it."""
    cell = line.lstrip("#/%! ").split(",")[0].split("[")[0].strip()
    return any(cell in column_specs(table) for table in DEFINITIONS)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that have content, with their numbers."""
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        content = text[start:end].strip()
        if content.strip(","):
            yield number, content
        start, number = end + 1, number + 1
