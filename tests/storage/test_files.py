"""Files that are complete or absent, whatever fails while they are written."""

from __future__ import annotations

import errno
import os
import pathlib
import sys
from itertools import count
from typing import TYPE_CHECKING

import pytest

from solver.errors import LockedError, OutputError, WriteError
from solver.storage.files import (
    LOCK,
    OURS,
    UNFINISHED,
    atomic_write,
    locked,
    replace_all,
    replacing,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., object]

FILES = {"a.csv": b"new a", "b.csv": b"new b", "mark.json": b"new mark"}


def _replaced(path: Path) -> None:
    with replacing(path) as beside:
        beside.write_bytes(b"model")


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix")
@pytest.mark.parametrize("write", [lambda path: atomic_write(path, b"page"), _replaced])
def test_no_file_takes_the_place_of_a_pipe(tmp_path: Path, write: Call) -> None:
    """Nor of a device or socket: it stays what it is, and is named."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(OutputError, match="is a device or a pipe"):
            write(path)
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "pipe"]


def test_a_written_file_holds_its_bytes_and_nothing_else_is_left(
    tmp_path: Path,
) -> None:
    """An atomic write leaves the file alone in its folder."""
    atomic_write(tmp_path / "x.csv", b"1")
    atomic_write(tmp_path / "x.csv", b"2")
    assert _content(tmp_path) == {"x.csv": b"2"}


def test_a_missing_folder_is_an_output_that_cannot_be_created(tmp_path: Path) -> None:
    """Where no file can be created, exit code 73 says so."""
    with pytest.raises(OutputError) as raised:
        atomic_write(tmp_path / "no" / "x.csv", b"1")
    assert raised.value.exit_code == 73


def test_replacing_gives_a_path_with_the_same_suffix(tmp_path: Path) -> None:
    """Writers that choose the format by the suffix see the right one."""
    with replacing(tmp_path / "m.lp") as beside:
        assert beside.suffix == ".lp"
        assert beside.parent == tmp_path
        beside.write_text("model")
    assert _content(tmp_path) == {"m.lp": b"model"}


def test_replacing_keeps_the_earlier_file_if_the_block_fails(tmp_path: Path) -> None:
    """Whatever is raised inside, the earlier file stays and no other is left."""
    (tmp_path / "m.lp").write_text("old")

    def writer() -> None:
        with replacing(tmp_path / "m.lp") as beside:
            beside.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        writer()
    assert _content(tmp_path) == {"m.lp": b"old"}


def test_several_files_replace_the_earlier_ones(tmp_path: Path) -> None:
    """New files stand, those that are gone are removed."""
    (tmp_path / "a.csv").write_bytes(b"old")
    (tmp_path / "z.csv").write_bytes(b"old")
    replace_all(tmp_path, FILES, mark="mark.json", gone=["z.csv"])
    assert _content(tmp_path) == FILES


def _failing(original: Call, turn: int, code: int) -> Call:
    """Return the call, failing at its n-th use."""
    uses = count(1)

    def call(*args: object, **kwargs: object) -> object:
        if next(uses) == turn:
            raise OSError(code, os.strerror(code))
        return original(*args, **kwargs)

    return call


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("turn", range(1, 12))
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (os, "fsync"),
        (os, "open"),
        (pathlib.Path, "open"),
        (pathlib.Path, "replace"),
        (pathlib.Path, "unlink"),
        (pathlib.Path, "touch"),
    ],
)
def test_the_earlier_result_stays_if_the_nth_call_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: object,
    name: str,
    turn: int,
    code: int,
) -> None:
    """After any failure all files are the earlier ones, or all are the new ones."""
    earlier = {"a.csv": b"old a", "b.csv": b"old b", "mark.json": b"old mark"}
    for file, data in earlier.items():
        (tmp_path / file).write_bytes(data)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, _failing(getattr(owner, name), turn, code))
        expected = FILES
        try:
            replace_all(tmp_path, FILES, mark="mark.json")
        except OutputError:
            expected = earlier
    left = {
        name: data
        for name, data in _content(tmp_path).items()
        if not name.startswith(OURS)
    }
    assert left == expected


def test_a_failed_write_leaves_no_file_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is exit code 74, and nothing is left behind."""
    monkeypatch.setattr(os, "fsync", _failing(os.fsync, 2, errno.ENOSPC))
    with pytest.raises(WriteError) as raised:
        replace_all(tmp_path, FILES, mark="mark.json")
    assert raised.value.exit_code == 74
    assert "No space left" in str(raised.value)
    assert _content(tmp_path) == {}


def test_the_lock_is_held_by_one_run(tmp_path: Path) -> None:
    """A second run is told so, and the lock is gone with the first."""
    with locked(tmp_path), pytest.raises(LockedError) as raised, locked(tmp_path):
        pass
    assert raised.value.exit_code == 75
    assert _content(tmp_path) == {}
    with locked(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [LOCK]


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    """A stale lock hinders nobody; temporary files go, the mark of a tear stays."""
    for name in (LOCK, UNFINISHED, f"{OURS}0123.csv"):
        (tmp_path / name).touch()
    with locked(tmp_path):
        assert {path.name for path in tmp_path.iterdir()} == {LOCK, UNFINISHED}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_lock_never_follows_a_link(tmp_path: Path) -> None:
    """What the link names is neither made nor touched."""
    target = tmp_path / "elsewhere"
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / LOCK).symlink_to(target)
    told = "is a link, where a lock belongs"
    with pytest.raises(OutputError, match=told), locked(folder):
        pass
    assert not target.exists()
