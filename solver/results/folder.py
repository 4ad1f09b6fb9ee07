"""The folder a result is written to: claimed first, and complete or no result.

It must be new, empty or an earlier Keruen result, and is never an instance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.solution.form import FILES, OPTIONAL_FILES, SUMMARY
from solver.storage.files import UNFINISHED, replace_all
from solver.storage.folders import claimed, earlier_document, names_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path


def claimed_for_result(folder: Path) -> AbstractContextManager[None]:
    """Hold a folder that a result may be written to; made if it is not there.

    Raises
    ------
    OutputError
        It cannot be created, or holds anything but an earlier result.
    LockedError
        Another run is writing there.
    """
    return claimed(folder, _of_result)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a result to a claimed folder, in place of an earlier one.

    Raises
    ------
    OutputError
        A file cannot be created or written.
    """
    gone = sorted(names_in(folder) - {*files})
    replace_all(folder, files, mark=SUMMARY, gone=gone)


def _of_result(folder: Path) -> set[str]:
    """Names of the files of an earlier result; none if there is none."""
    if (folder / UNFINISHED).exists():
        return {*FILES, *OPTIONAL_FILES, SUMMARY}
    summary = earlier_document(folder / SUMMARY, _is_summary)
    return set() if summary is None else {SUMMARY, *map(str, summary["files"])}


def _is_summary(document: Any) -> bool:  # noqa: ANN401
    """Whether a document is the summary of a result, of whatever format."""
    return isinstance(document["format"], int) and isinstance(document["files"], dict)
