"""The tables of a sweep as CSV files, or as one page."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from solver.jobs.records.export import csv_bytes
from solver.storage.files import atomic_write, replace_all
from solver.storage.folders import claimed

if TYPE_CHECKING:
    from pathlib import Path

    from solver.jobs.records.summarise import BatchSummary

_NAMES = ("tornado.csv", "distribution.csv", "closures.csv")


def write_page(path: Path, summary: BatchSummary) -> None:
    """Write the page of a sweep, in place of an earlier one.

    Raises
    ------
    OutputError
        It cannot be created or written.
    """
    from solver.reports.page.sweep import render_sweep

    atomic_write(path, render_sweep("Sweep", **asdict(summary)))


def write_tables(folder: Path, summary: BatchSummary) -> None:
    """Write the tables of a sweep to a folder, in place of earlier ones.

    Raises
    ------
    OutputError
        It cannot be created, or holds something else.
    LockedError
        Another run is writing there.
    """
    tables = zip(_NAMES, asdict(summary).values(), strict=True)
    files = {
        name: csv_bytes(tuple(rows[0]) if rows else (), rows) for name, rows in tables
    }
    with claimed(folder, lambda _folder: {*_NAMES}):
        replace_all(folder, files, mark=_NAMES[-1])
