"""The ledger of a batch: a row for each item that was taken, in one SQLite file.

Only the process that runs the batch writes it, and each transaction is on the disk
before the next step begins. An item's folder comes first and its row after it: what
was killed between the two is found again by looking at the folder.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.errors import DataError, Fault, InputError, OutputError, WriteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

LEDGER = "ledger.sqlite"
"""Name of the ledger in a batch's folder."""

LEFT, RUNNING, DONE, FAILED = "left", "running", "done", "failed"

VERSION = 1
"""``user_version`` of the file."""

_TABLES = """
CREATE TABLE batch (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
    item INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('left', 'running', 'done', 'failed')),
    same_as INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    exit_code INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    seconds REAL,
    ended REAL,
    task TEXT NOT NULL,
    summary TEXT,
    sha256 TEXT
);
CREATE INDEX items_by_key ON items (key);
CREATE INDEX items_by_state ON items (state);
"""
_READ_ONLY_ERRORS = ("readonly", "read-only", "unable to open")


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One row of the ledger.

    Parameters
    ----------
    item : int
        Number of the item, from 1.
    key : str
        SHA-256 of all that its answer depends on.
    state : str
        ``left``, ``running``, ``done`` or ``failed``.
    same_as : int or None
        An item of the same key, whose answer is this one's too.
    attempts : int
        How often it has ended its worker.
    exit_code : int or None
        That of a command that ends so; None: it ended its worker, or has not ended.
    reason : str
        Why it failed.
    seconds : float or None
        What it took.
    ended : float or None
        When, in seconds since 1970.
    task : dict
        What was asked: instance, scenarios, changes.
    summary : dict or None
        Its row of the summary.
    sha256 : str or None
        Hash of its ``summary.json``.
    """

    item: int
    key: str
    state: str
    same_as: int | None = None
    attempts: int = 0
    exit_code: int | None = None
    reason: str = ""
    seconds: float | None = None
    ended: float | None = None
    task: Mapping[str, Any] | None = None
    summary: Mapping[str, Any] | None = None
    sha256: str | None = None


_COLUMNS = tuple(LedgerEntry.__dataclass_fields__)
_JSON = {"task", "summary"}


class Ledger:
    """An open ledger; a context manager that closes it.

    Parameters
    ----------
    folder : Path
        Folder of the batch.
    writable : bool
        Whether rows are written; the file is made if it is not there.

    Raises
    ------
    InputError
        There is no ledger to read.
    DataError
        The file is no ledger, or of a later version.
    OutputError
        It cannot be created or written.
    """

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        self.path, self._writable = folder / LEDGER, writable
        if not writable and not self.path.is_file():
            message = f"{folder}: holds no batch: there is no {LEDGER}"
            raise InputError(f"{message}; name the folder given to `keruen batch -o`")
        with self._told():
            self._base = self._open(writable=writable)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(sqlite3.Error):
            if self._writable:
                # At rest the ledger is one file, which can be read where none can be
                # written. Somebody who reads just now keeps it as it is.
                self._base.execute("PRAGMA busy_timeout=0")
                self._base.execute("PRAGMA journal_mode=DELETE")
        with suppress(sqlite3.Error):
            self._base.close()

    def facts(self) -> dict[str, Any]:
        """Return what the batch was begun with, by name; empty: it never began."""
        with self._told():
            rows = self._base.execute("SELECT name, value FROM batch").fetchall()
        return {name: json.loads(value) for name, value in rows}

    def begin(self, facts: Mapping[str, Any]) -> None:
        """Keep what the batch is begun with."""
        rows = [(name, json.dumps(value)) for name, value in facts.items()]
        with self._told(), self._base:
            self._base.executemany("INSERT OR REPLACE INTO batch VALUES (?, ?)", rows)

    def save(self, entries: Iterable[LedgerEntry]) -> None:
        """Write rows in one transaction, each in place of an earlier one."""
        marks = ", ".join("?" * len(_COLUMNS))
        statement = f"INSERT OR REPLACE INTO items ({', '.join(_COLUMNS)}) "
        rows = [_values(entry) for entry in entries]
        with self._told(), self._base:
            self._base.executemany(f"{statement} VALUES ({marks})", rows)

    def entry(self, item: int) -> LedgerEntry | None:
        """Return the row of an item, or None."""
        return next(self._entries("WHERE item = ?", item), None)

    def same(self, key: str, item: int) -> LedgerEntry | None:
        """Return the row of another item of the same key that is solved itself."""
        where = "WHERE key = ? AND item <> ? AND same_as IS NULL LIMIT 1"
        return next(self._entries(where, key, item), None)

    def sharing(self, item: int) -> Iterator[LedgerEntry]:
        """Yield the rows whose answer is that of an item."""
        return self._entries("WHERE same_as = ? ORDER BY item", item)

    def entries(self, state: str | None = None) -> Iterator[LedgerEntry]:
        """Yield the rows in item order, of one state if it is given."""
        if state is None:
            return self._entries("ORDER BY item")
        return self._entries("WHERE state = ? ORDER BY item", state)

    def counts(self) -> dict[str, int]:
        """Return how many rows there are of each state."""
        statement = "SELECT state, count(*) FROM items GROUP BY state"
        with self._told():
            return dict(self._base.execute(statement).fetchall())

    def duplicates(self) -> int:
        """Return how many rows have the answer of another item."""
        statement = "SELECT count(*) FROM items WHERE same_as IS NOT NULL"
        with self._told():
            return int(self._base.execute(statement).fetchone()[0])

    def reasons(self) -> dict[str, int]:
        """Return how many items failed for each reason, the most frequent first."""
        statement = (
            "SELECT reason, count(*) FROM items WHERE state = 'failed' "
            "GROUP BY reason ORDER BY count(*) DESC, reason"
        )
        with self._told():
            return dict(self._base.execute(statement).fetchall())

    def ended_since(self, moment: float) -> int:
        """Return how many items were solved or failed after a moment."""
        statement = (
            "SELECT count(*) FROM items WHERE ended > ? AND same_as IS NULL "
            "AND state IN ('done', 'failed')"
        )
        with self._told():
            return int(self._base.execute(statement, (moment,)).fetchone()[0])

    def is_sound(self) -> bool:
        """Whether SQLite finds nothing wrong with the file."""
        with self._told():
            found = self._base.execute("PRAGMA integrity_check").fetchone()[0]
        return bool(found == "ok")

    def _entries(self, rest: str, *values: object) -> Iterator[LedgerEntry]:
        statement = f"SELECT {', '.join(_COLUMNS)} FROM items {rest}"  # noqa: S608
        with self._told():
            for row in self._base.execute(statement, values):
                yield _entry(row)

    def _open(self, *, writable: bool) -> sqlite3.Connection:
        if not writable:
            return self._open_to_read()
        base = self._connected("rwc")
        try:
            version = base.execute("PRAGMA user_version").fetchone()[0]
            _refuse_later(version)
            _prepare(base, version)
        except BaseException:
            base.close()
            raise
        return base

    def _open_to_read(self) -> sqlite3.Connection:
        """Open beside a process that writes, or where nobody can write."""
        base = self._connected("ro")
        try:
            version = base.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.OperationalError:
            # A log needs a file of its own, which a file system may refuse.
            base.close()
            base = self._connected("ro&immutable=1")
            version = base.execute("PRAGMA user_version").fetchone()[0]
        try:
            _refuse_later(version)
        except DataError:
            base.close()
            raise
        return base

    def _connected(self, mode: str) -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(address, uri=True, timeout=30)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell in our words what SQLite cannot do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            verb = "written" if self._writable else "read"
            message = f"{self.path}: cannot be {verb}: {error}"
            if not self._writable:
                raise InputError(message) from error
            if any(words in str(error) for words in _READ_ONLY_ERRORS):
                raise OutputError(message) from error
            raise WriteError(message) from error
        except sqlite3.DatabaseError as error:
            fault = Fault(LEDGER, f"is no sound ledger: {error}", "name a new folder")
            raise DataError([fault]) from error


def _refuse_later(version: int) -> None:
    """Raise if a ledger is of a version that is not known here."""
    if version > VERSION:
        message = f"is of version {version}, this program knows {VERSION}"
        raise DataError([Fault(LEDGER, message, "use the newer program")])


def _prepare(base: sqlite3.Connection, version: int) -> None:
    """Make the tables of a new file; keep a log beside it where that is possible."""
    try:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        with base:
            base.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        # Network file systems share no memory, which the log needs.
        base.execute("PRAGMA journal_mode=DELETE")
        base.execute("PRAGMA synchronous=FULL")
    if version == 0:
        base.executescript(f"BEGIN;{_TABLES}PRAGMA user_version={VERSION};COMMIT;")


def _values(entry: LedgerEntry) -> list[Any]:
    values = [getattr(entry, name) for name in _COLUMNS]
    return [
        json.dumps(value) if name in _JSON and value is not None else value
        for name, value in zip(_COLUMNS, values, strict=True)
    ]


def _entry(row: Iterable[Any]) -> LedgerEntry:
    cells = dict(zip(_COLUMNS, row, strict=True))
    for name in _JSON:
        if cells[name] is not None:
            cells[name] = json.loads(cells[name])
    return LedgerEntry(**cells)
