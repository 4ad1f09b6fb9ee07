"""The folder of a comparison: its document and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.reports.comparison_document import comparison_tables
from solver.results.documents import document_bytes
from solver.results.tables import table_bytes
from solver.storage.files import UNFINISHED, replace_all
from solver.storage.folders import claimed, earlier_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path


DOCUMENT = "comparison.json"
"""The file that marks the folder complete."""


TABLES = ("bridge.csv", "moves.csv", "limits.csv", "shares.csv")


def claimed_for_comparison(folder: Path) -> AbstractContextManager[None]:
    """Hold a folder that a comparison may be written to; made if it is not there.

    Raises
    ------
    OutputError
        It cannot be created, or holds anything but an earlier comparison.
    LockedError
        Another run is writing there.
    """
    return claimed(folder, _of_comparison)


def write_comparison(folder: Path, document: Mapping[str, Any]) -> None:
    """Write a comparison to a claimed folder, in place of an earlier one.

    Raises
    ------
    OutputError
        A file cannot be created or written.
    """
    tables = comparison_tables(document)
    content = {f"{name}.csv": table_bytes(table) for name, table in tables.items()}
    content[DOCUMENT] = document_bytes(document)
    replace_all(folder, content, mark=DOCUMENT)


def _of_comparison(folder: Path) -> set[str]:
    """Names that an earlier comparison has there; none if there is none."""
    document = earlier_document(folder / DOCUMENT, _is_comparison)
    is_own = document is not None or (folder / UNFINISHED).exists()
    return {*TABLES, DOCUMENT} if is_own else set()


def _is_comparison(document: Any) -> bool:  # noqa: ANN401
    """Whether a document is that of a comparison."""
    return isinstance(document["comparisons"], list)
