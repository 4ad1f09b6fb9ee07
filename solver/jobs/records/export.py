"""What a batch leaves for others to read: tables in item order, and a log."""

from __future__ import annotations

import csv
import io
import json
from contextlib import ExitStack
from datetime import UTC, datetime
from heapq import merge
from typing import TYPE_CHECKING, Any, TextIO

from solver.jobs.records.layout import FAILED_TABLE, LOG, SUMMARY_PARQUET, SUMMARY_TABLE
from solver.jobs.records.ledger import DONE, FAILED
from solver.jobs.records.results import FIGURES
from solver.storage.files import atomic_write, replacing
from solver.storage.guarded_text import guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from solver.jobs.records.ledger import Ledger, LedgerEntry

_ASKED = ("item", "instance", "scenarios", "changes", "draw", "closed")
_ENDED = ("state", "same_as", "exit_code", "reason")
_JOIN = " | "


def export(folder: Path, ledgers: Sequence[Ledger], *, parquet: bool = False) -> None:
    """Write ``summary.csv``, ``failed.csv`` and ``log.ndjson``, in item order.

    The first two depend on the items alone: neither on when they ran, nor in which
    order, nor in how many shards.

    Parameters
    ----------
    folder : Path
        Where they go.
    ledgers : sequence of Ledger
        Whose items they hold.
    parquet : bool
        Whether the summary is written as ``summary.parquet`` too.

    Raises
    ------
    OutputError
        A file cannot be created or written.
    """
    figures = _figures(ledgers)
    columns = (*_ASKED, *_ENDED, *figures)
    with ExitStack() as stack:
        summary = stack.enter_context(replacing(folder / SUMMARY_TABLE))
        _write_rows(summary, columns, summary_rows(ledgers, figures))
    failed = [row for row in summary_rows(ledgers, ()) if row["state"] == FAILED]
    atomic_write(folder / FAILED_TABLE, csv_bytes((*_ASKED, *_ENDED), failed))
    with replacing(folder / LOG) as beside, beside.open("w", encoding="utf-8") as file:
        file.writelines(f"{_log_line(entry)}\n" for entry in in_order(ledgers))
    if parquet:
        _write_parquet(folder / SUMMARY_PARQUET, summary_rows(ledgers, figures))


def in_order(ledgers: Sequence[Ledger]) -> Iterator[LedgerEntry]:
    """Yield the rows of several ledgers by the numbers of their items."""
    return merge(*(ledger.entries() for ledger in ledgers), key=lambda row: row.item)


def summary_rows(
    ledgers: Sequence[Ledger], figures: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield one row for each item that is done or failed."""
    first: dict[str, int] = {}
    for entry in in_order(ledgers):
        # In shards an item may be solved again: here the first of its key counts.
        same_as = first.setdefault(entry.key, entry.item)
        if entry.state not in {DONE, FAILED}:
            continue
        task, summary = entry.task or {}, entry.summary or {}
        yield {
            "item": entry.item,
            "instance": task.get("instance", ""),
            "scenarios": _JOIN.join(task.get("scenarios", ())),
            "changes": _JOIN.join(task.get("changes", ())),
            "draw": task.get("draw"),
            "closed": task.get("closed", ""),
            "state": entry.state,
            "same_as": same_as if same_as != entry.item else None,
            "exit_code": entry.exit_code,
            "reason": entry.reason,
            **{name: summary.get(name) for name in figures},
        }


def _figures(ledgers: Sequence[Ledger]) -> tuple[str, ...]:
    """Return the columns of figures: those of every result, then the shares by name."""
    found = {
        name
        for ledger in ledgers
        for entry in ledger.entries(DONE)
        for name in entry.summary or ()
    }
    return (*FIGURES, *sorted(found - {*FIGURES}))


def _write_rows(
    path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        _fill(file, columns, rows)


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as a CSV file holds them; what is None is an empty cell."""
    text = io.StringIO()
    _fill(text, columns, rows)
    return text.getvalue().encode()


def _fill(
    file: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])


def _cell(value: Any) -> Any:  # noqa: ANN401
    """Return a cell: empty for None, and text that no spreadsheet would run."""
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else value


def _log_line(entry: LedgerEntry) -> str:
    ended = None
    if entry.ended is not None:
        ended = datetime.fromtimestamp(entry.ended, UTC).isoformat(timespec="seconds")
    return json.dumps(
        {
            "item": entry.item,
            "key": entry.key,
            "state": entry.state,
            "same_as": entry.same_as,
            "attempts": entry.attempts,
            "exit_code": entry.exit_code,
            "reason": entry.reason,
            "seconds": entry.seconds,
            "ended": ended,
            "summary_sha256": entry.sha256,
            **(entry.task or {}),
        },
        ensure_ascii=False,
    )


def _write_parquet(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows as Parquet.

    Raises
    ------
    UsageError
        pyarrow is not installed.
    """
    from importlib.util import find_spec

    from solver.errors import UsageError

    if find_spec("pyarrow") is None:
        message = "--parquet needs pyarrow"
        raise UsageError(f"{message}; install it: pip install 'keruen[parquet]'")
    import pandas as pd

    frame = pd.DataFrame(list(rows))
    with replacing(path) as beside:
        frame.to_parquet(beside, index=False)
