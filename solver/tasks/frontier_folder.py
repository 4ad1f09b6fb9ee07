"""The folder of a frontier: its table, its document, its picture, and every plan.

Plans are written beside their place, and moved there with all the rest once that is
complete: until then an earlier frontier stays as it is.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from solver.reports.frontier_document import frontier_table
from solver.reports.pictures.frontier import picture
from solver.results.documents import document_bytes
from solver.results.folder import claimed_for_result
from solver.results.folder import write as write_result
from solver.results.tables import table_bytes
from solver.solution.form import FILES, POINTS, SUMMARY
from solver.storage.files import OURS, UNFINISHED, remove, replace_all
from solver.storage.folders import claimed as claimed_folder
from solver.storage.folders import earlier_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path


TABLE = "frontier.csv"


PICTURE = "frontier.svg"


DOCUMENT = "frontier.json"
"""The file that marks the folder complete."""


_OWN = {TABLE, PICTURE, DOCUMENT, POINTS}


_STAGED = f"{OURS}{POINTS}"


def claimed(folder: Path) -> AbstractContextManager[None]:
    """Hold a folder that a frontier may be written to; made if it is not there.

    Raises
    ------
    OutputError
        It cannot be created, or holds anything but an earlier frontier.
    LockedError
        Another run is writing there.
    """
    return claimed_folder(folder, _of_frontier)


def write(
    folder: Path,
    document: Mapping[str, Any],
    plans: Iterable[Mapping[str, bytes]],
    seconds: Callable[[], Mapping[str, float]],
) -> dict[str, Any]:
    """Write a frontier to a claimed folder, in place of an earlier one.

    Parameters
    ----------
    document : dict
        What `frontier_document` tells.
    plans : iterable of dict of str to bytes
        Files of the result of each point.
    seconds : callable
        Called once all plans are written: seconds by phase.

    Returns
    -------
    dict
        The document as it was written, with the SHA-256 of the other files. The
        summaries of the plans are not among them: they hold seconds.

    Raises
    ------
    OutputError
        A file cannot be created or written.
    """
    with _staged(folder) as staged:
        hashes: dict[str, str] = {}
        for name, files in zip(names(document), plans, strict=True):
            with claimed_for_result(staged / name):
                write_result(staged / name, files)
            for file, data in files.items():
                if file != SUMMARY:
                    hashes[f"{POINTS}/{name}/{file}"] = _sha256(data)
        drawn = picture(document)
        content = {TABLE: table_bytes(frontier_table(document))}
        if drawn is not None:
            content[PICTURE] = drawn
        hashes = {name: _sha256(data) for name, data in content.items()} | hashes
        written = {**document, "files": hashes, "seconds": seconds()}
        content[DOCUMENT] = document_bytes(written)
        gone = {PICTURE} - {*content}
        ready = {POINTS: staged}
        replace_all(folder, content, mark=DOCUMENT, gone=gone, ready=ready)
    return written


def without_picture(document: Mapping[str, Any]) -> bool:
    """Whether a frontier was written without its picture."""
    return PICTURE not in document["files"]


def names(document: Mapping[str, Any]) -> list[str]:
    """Names of the folders of the points: numbers of one length, so that they sort."""
    count = len(document["points"])
    size = max(2, len(str(count)))
    return [f"{number:0{size}}" for number in range(1, count + 1)]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """Yield a folder beside the place of the plans, gone unless it is moved."""
    staged = folder / _STAGED
    try:
        yield staged
    finally:
        remove(staged)


def _of_frontier(folder: Path) -> set[str]:
    """Names that an earlier frontier has there; none if there is none."""
    document = earlier_document(folder / DOCUMENT, _is_frontier)
    if document is None and not (folder / UNFINISHED).exists():
        return set()
    plans = folder / POINTS
    ours = not plans.exists() or all(map(_is_plan, plans.iterdir()))
    return _OWN if ours else _OWN - {POINTS}


def _is_plan(folder: Path) -> bool:
    """Whether a folder holds nothing but files of a result."""
    if not (folder.is_dir() and folder.name.isdecimal()):
        return False
    return {path.name for path in folder.iterdir()} <= {*FILES, SUMMARY}


def _is_frontier(document: Any) -> bool:  # noqa: ANN401
    """Whether a document is that of a frontier."""
    return isinstance(document["points"], list) and document["format"] >= 1
