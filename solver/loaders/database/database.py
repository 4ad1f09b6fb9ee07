"""An SQLite database to a draft.

The tables are those of a workbook, `instance`, `rules` and `scenarios` among them. The
file is opened read-only; views, triggers and virtual tables of it are never used.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from solver.errors import DataError, Fault, InputError
from solver.loaders.file_kinds import foreign_kind
from solver.loaders.raw_tables import RawTable
from solver.loaders.sheets.draft import NAMES, near_names, read_tables
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from solver.loaders.sheets.draft import SheetDraft

_MAGIC = b"SQLite format 3\0"
_LONGEST, _EXACT = 10_000_000, 2**53
_LISTED = (
    "SELECT name FROM sqlite_master WHERE type = 'table' "
    "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
)


def read_database(path: Path, faults: list[Fault]) -> SheetDraft:
    """Return what the tables of a database say; what is wrong becomes a fault.

    Raises
    ------
    InputError
        It cannot be read.
    DataError
        It is no database, or damaged.
    """
    with _opened(path) as database:
        names = [name for (name,) in database.execute(_LISTED)]
        known = [name for name in names if name in NAMES]
        raw = {name: _table(database, path.name, name, faults) for name in known}
    draft = read_tables(raw, path.name, path.stem, faults)
    faults.extend(near_names(names, path.name, "table"))
    return draft


def read_more(path: Path, name: str, faults: list[Fault]) -> RawTable | None:
    """Return the raw table of one more table, which a scenario appends."""
    with _opened(path) as database:
        if (name,) in database.execute(_LISTED).fetchall():
            return _table(database, path.name, name, faults)
    message = f"the database has no table `{name}`"
    faults.append(Fault(path.name, message, "add it, or correct its name"))
    return None


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that nothing may be written to."""
    try:
        with path.open("rb") as file:
            start = file.read(100)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise InputError(message) from error
    if not start.startswith(_MAGIC):
        kind = foreign_kind(start) or ("is not an SQLite database", "")
        raise DataError([Fault(path.name, kind[0], "give the database itself")])
    place = f"file:{quote(str(path.resolve()))}?mode=ro"
    try:
        with closing(sqlite3.connect(place, uri=True)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
            database.execute("PRAGMA query_only = ON")
            database.execute("PRAGMA trusted_schema = OFF")
            yield database
    except (sqlite3.Error, UnicodeError, OverflowError) as error:
        message = f"cannot be read as a database: {error}"
        remedy = "check it with `PRAGMA integrity_check`, or copy it again"
        raise DataError([Fault(path.name, message, remedy)]) from error


def _table(
    database: sqlite3.Connection, file: str, name: str, faults: list[Fault]
) -> RawTable:
    """Return a table with its cells as text; rows are counted from 1."""
    found = database.execute(f"SELECT * FROM {quoted(name)}")  # noqa: S608 - quoted
    titles = [title for title, *_ in found.description]
    columns: list[list[str]] = [[] for _ in titles]
    place, count = f"{file}#{name}", 0
    while rows := found.fetchmany(10_000):
        for title, column, cells in zip(
            titles, columns, zip(*rows, strict=True), strict=True
        ):
            texts = [_text(cell) for cell in cells]
            for row, text in enumerate(texts, count + 1):
                if text is None:
                    message, remedy = "holds bytes", "give text or a number"
                    faults.append(Fault(place, message, remedy, row, title))
            column.extend(text or "" for text in texts)
        count += len(rows)
    if name in DEFINITIONS:
        columns = [list(map(str.strip, column)) for column in columns]
    lines = np.arange(1, count + 1)
    return RawTable(place, tuple(titles), tuple(columns), lines, first_line=None)


def _text(cell: Any) -> str | None:  # noqa: ANN401 - whatever a database holds
    """Return the text of a cell, blank for none; None for bytes."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        is_whole = cell.is_integer() and abs(cell) < _EXACT
        return str(int(cell)) if is_whole else repr(cell)
    return str(cell) if isinstance(cell, str | int) else None


def quoted(name: str) -> str:
    """Return a name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
