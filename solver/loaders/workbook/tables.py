"""A sheet as a raw table, like a CSV file, and its faults by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.errors import Fault, SheetFile
from solver.loaders.csv.first_line import is_comment
from solver.loaders.csv.plain import shared
from solver.loaders.raw_tables import MOST_ALIKE, RawTable
from solver.loaders.tables import split_header
from solver.loaders.workbook.grid import A_DATE, ODD, column_letter
from solver.messages import shown
from solver.problem.columns import column_specs
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.loaders.workbook.grid import CellGrid

_AS_NUMBER = "format the cell as a number, and type the number again"

_MOST_TITLES = 5
"""Rows below the first in which headers are looked for."""


def raw_table(
    workbook: str,
    name: str,
    grid: CellGrid,
    numbers: frozenset[str],
    faults: list[Fault],
) -> RawTable | None:
    """Return the raw table of a sheet, or None if nothing stands there.

    Parameters
    ----------
    workbook : str
        Name of the file.
    name : str
        Name of the sheet.
    grid : CellGrid
        Its content.
    numbers : frozenset of str
        Columns of numbers: in others a number is a name.
    faults : list of Fault
        What is wrong with single cells is added here.
    """
    if not grid.rows:
        return None
    (first, titles), rows = grid.rows[0], grid.rows[1:]
    headers = [
        str(titles.get(column, "")).strip() for column in range(1, grid.width + 1)
    ]
    headers = ["" if header == ODD else header for header in headers]
    letters: dict[str, str] = {}
    for number, header in enumerate(headers, 1):
        for title in (header, split_header(header)[0], f"column {number}"):
            if title:
                letters.setdefault(title, column_letter(number))
    file = SheetFile(f"{workbook}#{name}", name, letters)
    if is_comment(headers[0]):
        message = (
            f"{shown(headers[0])} is a comment, but a table begins with its header"
        )
        remedy = "delete the row: remarks go into the column `note`"
        faults.append(Fault(SheetFile(file, name), message, remedy, first))
        return None
    below = _header_row(name, headers, rows)
    if below:
        message = f"stands above the headers, which are in row {below}"
        message = f"{shown(next(filter(None, headers), ''))} {message}"
        remedy = "delete the rows above them: remarks go into the column `note`"
        faults.append(Fault(SheetFile(file, name), message, remedy, first))
        return None
    columns = [_cells(grid, column) for column in range(1, grid.width + 1)]
    if name in DEFINITIONS:  # Texts of keys stay as they are.
        columns = [list(map(str.strip, column)) for column in columns]
    lines = np.array([row for row, _ in rows], dtype=np.int64)
    of_number = numbers if name in DEFINITIONS else frozenset()
    faults.extend(_odd_cells(file, headers, grid, of_number))
    warnings = tuple(_padded(file, headers, grid, numbers))
    return RawTable(
        file, tuple(headers), tuple(columns), lines, warnings=warnings, first_line=first
    )


def _header_row(
    name: str, headers: list[str], rows: Sequence[tuple[int, dict[int, str | int]]]
) -> int | None:
    """Row that holds the headers in place of the first, if that is but a title."""
    known = column_specs(name) if name in DEFINITIONS else {}
    if any(split_header(header)[0] in known for header in headers):
        return None
    for row, cells in rows[:_MOST_TITLES]:
        titles = [split_header(str(cell))[0] in known for cell in cells.values()]
        if sum(titles) > len(titles) / 2 and sum(titles) > 1:
            return row
    return None


def _cells(grid: CellGrid, column: int) -> list[str]:
    """Cells of a column below the header; blank where none stands or it is odd."""
    cells = [str(cells.get(column, "")) for _, cells in grid.rows[1:]]
    return list(shared(["" if cell == ODD else cell for cell in cells]))


def _odd_cells(
    file: SheetFile, headers: list[str], grid: CellGrid, numbers: frozenset[str]
) -> Iterator[Fault]:
    """Yield what is wrong with cells before anything is made of them."""
    count = 0
    for (row, column), (message, remedy, value) in sorted(grid.odd.items()):
        name = split_header(headers[column - 1])[0] or column_letter(column)
        is_number = message == A_DATE and name in numbers
        todo = _AS_NUMBER if is_number else remedy
        count += 1
        if count <= MOST_ALIKE:
            yield Fault(_at(file, name, column), message, todo, row, name, value)
    if count > MOST_ALIKE:
        message = f"{count - MOST_ALIKE} more cells hold errors, dates or such"
        yield Fault(file, message, "correct them all")


def _at(file: SheetFile, name: str, column: int) -> SheetFile:
    """Name of a sheet that knows this very column, should two be named alike."""
    if file.columns.get(name) == column_letter(column):
        return file
    columns = {**file.columns, name: column_letter(column)}
    return SheetFile(str(file), file.sheet, columns)


def _padded(
    file: SheetFile, headers: list[str], grid: CellGrid, numbers: frozenset[str]
) -> Iterator[Fault]:
    """Yield one warning for each column of names that shows zeros in front."""
    told = set()
    for (row, column), text in sorted(grid.padded.items()):
        name = split_header(headers[column - 1])[0]
        if name and name not in numbers and column not in told:
            told.add(column)
            value = text.lstrip("0") or "0"
            message = f"a number shown as {text} is the name {shown(value)}"
            remedy = f"to keep the zeros, type it as text: '{text}"
            yield Fault(file, message, remedy, row, name, value)
