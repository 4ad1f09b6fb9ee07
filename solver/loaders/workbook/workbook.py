"""A workbook to a draft: a sheet for each table, like a folder of CSV files.

The parts are read by the standard library alone, and not by calamine, which takes an
error or a formula without a value for a blank cell: here that means unlimited. To
name those cells, every cell must be looked at before anyway, and then reading it costs
little more: 600,000 cells take 2.2 s of processor time, a bare look 0.9 s with 0.6 s
for calamine after it. So nothing need be installed to read a workbook, and there are
no two readers that could differ about what it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.errors import Fault, SheetFile
from solver.loaders.sheets.draft import (
    NAMES,
    near_names,
    number_columns,
    read_tables,
)
from solver.loaders.workbook.archive import opened
from solver.loaders.workbook.book import read_book
from solver.loaders.workbook.grid import read_grids
from solver.loaders.workbook.tables import raw_table

if TYPE_CHECKING:
    from pathlib import Path

    from solver.loaders.raw_tables import RawTable
    from solver.loaders.sheets.draft import SheetDraft


def read_workbook(path: Path, faults: list[Fault]) -> SheetDraft:
    """Return what the sheets of a workbook say; what is wrong becomes a fault.

    Raises
    ------
    InputError
        It cannot be read.
    DataError
        It is no workbook, protected, damaged or too large.
    """
    with opened(path) as archive:
        book = read_book(archive)
        names = [name for name in book.sheets if name in NAMES]
        grids = read_grids(book, names)
    raw: dict[str, RawTable] = {}
    for name, grid in grids.items():
        table = raw_table(path.name, name, grid, number_columns(name), faults)
        if table is not None:
            raw[name] = table
    faults.extend(near_names(book.sheets, path.name, "sheet"))
    return read_tables(raw, path.name, path.stem, faults)


def read_sheet(path: Path, name: str, faults: list[Fault]) -> RawTable | None:
    """Return the raw table of one more sheet, which a scenario appends."""
    with opened(path) as archive:
        book = read_book(archive)
        if name not in book.sheets:
            file = SheetFile(f"{path.name}#{name}", name)
            message = f"the workbook has no sheet `{name}`"
            faults.append(Fault(file, message, "add it, or correct its name"))
            return None
        grid = read_grids(book, [name])[name]
    return raw_table(path.name, name, grid, number_columns(""), faults)
