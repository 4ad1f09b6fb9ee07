"""Files that are complete or absent, and folders that one run writes at a time.

A file is written beside its place under a name of ours, flushed to the disk and then
renamed. What a killed run leaves behind starts with `OURS`, so that the next run can
tell it from anything else and remove it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from solver.console.interrupts import held
from solver.errors import LockedError, OutputError, WriteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


OURS = ".keruen-"
"""Start of the name of every file that does not outlive a run."""


LOCK = f"{OURS}lock"
"""Held by the run that may write to a folder."""


UNFINISHED = f"{OURS}unfinished"
"""Stands in a folder while files of several are moved: some may be missing."""


_temporary: set[Path] = set()


def atomic_write(path: Path, data: bytes) -> None:
    """Write a file that is complete or absent at every moment.

    Parameters
    ----------
    path : Path
        Where it goes; an earlier file there stays until the new one is complete.

    Raises
    ------
    OutputError
        The file cannot be created, or what stands there is no file.
    WriteError
        It could be created, but not written.
    """
    _refuse_special(path)
    beside = _beside(path)
    try:
        _write(beside, data)
        _settle(beside, path)
    finally:
        _discard(beside)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path`, which is moved there once the block is done.

    The path has the suffix of `path`, for writers that choose the format by it.
    """
    _refuse_special(path)
    beside = _beside(path)
    try:
        _create(beside).close()
        yield beside
        with _as_write_error(path):
            _sync(beside)
        _settle(beside, path)
    finally:
        _discard(beside)


def replace_all(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    mark: str,
    gone: Iterable[str] = (),
    ready: Mapping[str, Path] | None = None,
) -> None:
    """Write several files, the last of which marks the folder complete.

    All are written and flushed before the first is moved to its place; should a
    move fail, those before it are taken back. Only a run that is killed between two
    moves leaves a folder without its mark, but with `UNFINISHED`.

    Parameters
    ----------
    folder : Path
        Folder of the files.
    files : dict of str to bytes
        Content of each by its name, in the order they are moved.
    mark : str
        The file that marks the folder complete: removed first, moved last.
    gone : iterable of str
        Names of earlier files that are removed.
    ready : dict of str to Path, optional
        Folders, complete already, that are moved there by name, before the files.

    Raises
    ------
    OutputError
        A file cannot be created.
    WriteError
        It could be created, but not written.
    """
    beside = {name: _beside(folder / name) for name in files}
    try:
        for name, data in files.items():
            _write(beside[name], data)
        order = sorted(files, key=lambda name: name == mark)
        with held(), _as_write_error(folder):
            moves = {**(ready or {}), **{name: beside[name] for name in order}}
            _move(folder, {folder / name: path for name, path in moves.items()}, gone)
    finally:
        for path in beside.values():
            _discard(path)


def write_folder(place: Path, files: Mapping[str, bytes], *, beside: Path) -> None:
    """Write a folder that is complete or absent at every moment.

    Parameters
    ----------
    place : Path
        Where it goes; nothing may be there.
    files : dict of str to bytes
        Content of each file by its name.
    beside : Path
        Folder, on the same disk, in which it is put together first.

    Raises
    ------
    OutputError
        It cannot be created.
    WriteError
        It could be created, but not written.
    """
    made = _ours(beside / "folder")
    try:
        try:
            made.mkdir()
        except OSError as error:
            raise OutputError(_sentence(beside, "be written to", error)) from error
        for name, data in files.items():
            _write(made / name, data)
        with _as_write_error(place):
            _sync(made)
            _make_parents(place)
            made.replace(place)
            _sync(place.parent)
    finally:
        with suppress(OSError):
            remove(made)


def _make_parents(place: Path) -> None:
    """Make the folders that a folder stands in, each on the disk before the next."""
    missing = [path for path in place.parents if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        _sync(path.parent)


def sweep(folder: Path) -> None:
    """Remove what killed runs left in a folder; its lock must be held."""
    for stale in folder.glob(f"{OURS}*"):
        if stale.name not in {LOCK, UNFINISHED}:
            remove(stale)


def is_locked(folder: Path) -> bool:
    """Whether a run is writing to a folder."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, and sweep what killed runs of ours left there.

    Raises
    ------
    LockedError
        Another run holds it.
    OutputError
        The lock cannot be created.
    """
    path = folder / LOCK
    descriptor = _acquire(path)
    try:
        sweep(folder)
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def discard_temporary() -> None:
    """Remove every temporary file that this process has not moved or removed."""
    for path in tuple(_temporary):
        _discard(path)


def _move(folder: Path, moves: dict[Path, Path], gone: Iterable[str]) -> None:
    """Move new files to their places, or else leave all as it was.

    Earlier files step aside in reverse order, so that the mark goes first.
    """
    unfinished = folder / UNFINISHED
    unfinished.touch()
    aside: dict[Path, Path] = {}
    placed: list[Path] = []
    try:
        for place in (*reversed(moves), *(folder / name for name in gone)):
            if place.exists():
                aside[place] = place.replace(_ours(place))
        _sync(folder)
        for place, beside in moves.items():
            placed.append(beside.replace(place))
        _sync(folder)
    except OSError:
        for place in placed:
            remove(place)
        for place, old in reversed(aside.items()):
            old.replace(place)
        unfinished.unlink()
        raise
    for old in (*aside.values(), unfinished):
        with suppress(OSError):
            remove(old)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that it holds; nothing if it is not there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _ours(path: Path) -> Path:
    return path.with_name(f"{OURS}{secrets.token_hex(6)}{path.suffix}")


def _beside(path: Path) -> Path:
    beside = _ours(path)
    _temporary.add(beside)
    return beside


def _discard(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
        _temporary.discard(path)


def _create(path: Path) -> BinaryIO:
    try:
        return path.open("xb")
    except OSError as error:
        message = _sentence(path.parent, "be written to", error)
        raise OutputError(message) from error


def _write(path: Path, data: bytes) -> None:
    file = _create(path)
    with _as_write_error(path.parent), file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _refuse_special(path: Path) -> None:
    """Refuse to put a file in the place of a device, pipe or socket."""
    with suppress(OSError):
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            message = f"{path}: is a device or a pipe, which a file would replace"
            raise OutputError(message)


def _settle(beside: Path, path: Path) -> None:
    with _as_write_error(path):
        beside.replace(path)
        _sync(path.parent)


def _sync(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    if path.is_dir() and sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _as_write_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(_sentence(path, "be written", error)) from error


def _sentence(path: Path, what: str, error: OSError) -> str:
    return f"{path}: cannot {what}: {error.strerror or error}"


def _acquire(path: Path) -> int:
    """Descriptor of the lock file, locked; closing it lets go."""
    while True:
        try:
            descriptor = os.open(path, _lock_flags(), 0o666)
        except FileExistsError:
            raise LockedError(_busy(path)) from None
        except OSError as error:
            if path.is_symlink():
                message = f"{path}: is a link, where a lock belongs; delete it"
                raise OutputError(message) from error
            raise OutputError(_sentence(path.parent, "be written", error)) from error
        if not _lock(descriptor):
            os.close(descriptor)
            raise LockedError(_busy(path))
        # A run that ends removes its lock file: then this lock is of no file.
        with suppress(OSError):
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        os.close(descriptor)


def _busy(path: Path) -> str:
    return f"{path.parent}: another run is writing there; wait for it, or use another"


if sys.platform == "win32":

    def _lock_flags() -> int:
        # The system removes the file with the process, so that it is never stale.
        return os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_TEMPORARY

    def _lock(_descriptor: int) -> bool:
        return True

else:
    import fcntl

    def _lock_flags() -> int:
        # A link in its place could name a file of somebody else.
        return os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network file systems know no locks; a run alone needs none.
            return True
        return True
