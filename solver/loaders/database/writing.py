"""An instance as an SQLite database, with the tables that a workbook has as sheets."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from solver.loaders.database.database import quoted
from solver.loaders.sheets.writing import as_tables

if TYPE_CHECKING:
    from solver.loaders.sheets.content import Content


def database_content(content: Content) -> bytes:
    """Return the database of all that the files of an instance say."""
    with closing(sqlite3.connect(":memory:")) as database:
        for name, columns in as_tables(content).items():
            titles = ", ".join(map(quoted, columns))
            database.execute(f"CREATE TABLE {quoted(name)} ({titles})")
            marks = ", ".join("?" * len(columns))
            rows = zip(*columns.values(), strict=True)
            insert = f"INSERT INTO {quoted(name)} VALUES ({marks})"  # noqa: S608
            database.executemany(insert, rows)
        database.commit()
        return database.serialize()
