"""A folder that is written to: claimed first, and nothing else of it replaced."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from solver.errors import OutputError
from solver.storage.files import OURS, locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


_OF_INSTANCE = ("instance.toml", "legs.csv")


_REMEDY = "name a new or an empty folder"


@contextmanager
def claimed(folder: Path, own: Callable[[Path], set[str]]) -> Iterator[None]:
    """Hold a folder that may be written to; made if it is not there.

    Parameters
    ----------
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


@contextmanager
def claimed_empty(folder: Path) -> Iterator[None]:
    """Hold a folder that holds nothing; made if it is not there.

    Raises
    ------
    OutputError
        It cannot be created, or holds anything.
    LockedError
        Another run is writing there.
    """
    with claimed(folder, lambda _: set()):
        held = sorted(names_in(folder))
        if held:
            raise OutputError(f"{folder}: holds `{held[0]}`; {_REMEDY}")
        yield


def earlier_document(path: Path, is_own: Callable[[Any], bool]) -> Any:  # noqa: ANN401
    """Return a document that an earlier run left; None if there is none of its kind.

    Parameters
    ----------
    path : Path
        Where it would be.
    is_own : callable
        Whether it is of the kind, which may fail as looking up in a document may.
    """
    try:
        document = json.loads(path.read_bytes())
        return document if is_own(document) else None
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        return None


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
        message = f"{folder}: is not a folder; {_REMEDY}"
        raise OutputError(message) from None
    except OSError as error:
        message = f"{folder}: cannot be created: {error.strerror or error}"
        raise OutputError(message) from error
    return missing


def _refuse_strangers(folder: Path, own: Callable[[Path], set[str]]) -> None:
    names = names_in(folder)
    for name in _OF_INSTANCE:
        if name in names:
            message = f"{folder}: holds an instance ({name}); {_REMEDY}"
            raise OutputError(message)
    strangers = sorted(names - own(folder))
    if strangers:
        message = f"{folder}: holds `{strangers[0]}`, not a Keruen result; "
        raise OutputError(message + _REMEDY)


def names_in(folder: Path) -> set[str]:
    """Names of the files there, those of a run under way left out."""
    names = {path.name for path in folder.iterdir()}
    return {name for name in names if not name.startswith(OURS)}
