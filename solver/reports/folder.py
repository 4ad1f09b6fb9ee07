"""The folder a result is written to: claimed first, and complete or no result.

It must be new, empty or an earlier result of ours, and is never an instance.
"""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from solver.errors import OutputError
from solver.files import OURS, UNFINISHED, locked, replace_all
from solver.layout import FILES, SUMMARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

_OF_INSTANCE = ("instance.toml", "legs.csv")
_REMEDY = "name a new or an empty folder"


@contextmanager
def claimed(folder: Path, own: Callable[[Path], set[str]]) -> Iterator[None]:
    """Hold a folder that may be written to; made if it is not there.

    Parameters
    ----------
    folder : Path
        The folder.
    own : callable
        Names in a folder that may be replaced.

    Raises
    ------
    OutputError
        It cannot be created, or holds anything else.
    LockedError
        Another run is writing there.
    """
    made = _make(folder)
    try:
        with locked(folder):
            _refuse_strangers(folder, own)
            yield
    finally:
        # What was made for a result that never came is taken away again.
        with suppress(OSError):
            for path in made:
                path.rmdir()


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
    gone = sorted(_names(folder) - {*files})
    replace_all(folder, files, mark=SUMMARY, gone=gone)


def _make(folder: Path) -> list[Path]:
    """Folders made, the innermost first."""
    missing = []
    path = folder
    while not path.exists() and path != path.parent:
        missing.append(path)
        path = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        message = f"{folder}: is no folder; {_REMEDY}"
        raise OutputError(message) from None
    except OSError as error:
        message = f"{folder}: cannot be created: {error.strerror or error}"
        raise OutputError(message) from error
    return missing


def _refuse_strangers(folder: Path, own: Callable[[Path], set[str]]) -> None:
    names = _names(folder)
    for name in _OF_INSTANCE:
        if name in names:
            message = f"{folder}: holds an instance ({name}); {_REMEDY}"
            raise OutputError(message)
    strangers = sorted(names - own(folder))
    if strangers:
        message = f"{folder}: holds `{strangers[0]}`, which is no result of ours; "
        raise OutputError(message + _REMEDY)


def _names(folder: Path) -> set[str]:
    """Names of the files there, those of a run under way left out."""
    names = {path.name for path in folder.iterdir()}
    return {name for name in names if not name.startswith(OURS)}


def _of_result(folder: Path) -> set[str]:
    """Names of the files of an earlier result; none if there is none."""
    if (folder / UNFINISHED).exists():
        return {*FILES, SUMMARY}
    try:
        summary = json.loads((folder / SUMMARY).read_bytes())
        if isinstance(summary["format"], int) and isinstance(summary["files"], dict):
            return {SUMMARY, *map(str, summary["files"])}
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        pass
    return set()
