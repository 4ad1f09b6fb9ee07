"""A batch: resumed, repaired, sharded, and stopped by what cannot be written."""

from __future__ import annotations

import errno
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from solver.errors import DataError, InputError, OutputError
from solver.jobs.questions.items import Items
from solver.jobs.records.export import export
from solver.jobs.records.layout import item_folder
from solver.jobs.records.ledger import Ledger
from solver.jobs.records.status import as_metrics, export_all, opened, read_status
from tests.jobs.kills import killed_batch
from tests.jobs.small import Here, Numbered, Told, run_small
from tests.jobs.works import quick

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from solver.jobs.workers.task import Ended, Task


def _run(folder: Path, **choices: Any) -> dict[str, int]:
    return run_small(folder, lambda: Here(quick), **choices)


def _worked(folder: Path) -> list[str]:
    log = folder.parent / "worked.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [line.rsplit(" ", 1)[0] for line in lines]


def _exported(folder: Path) -> bytes:
    with Ledger(folder) as ledger:
        export(folder, [ledger])
    return (folder / "summary.csv").read_bytes()


def _files(folder: Path) -> dict[str, bytes]:
    found = sorted(folder.glob("items/*/*/*"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_killed_batch_is_resumed_without_loss_or_repetition(tmp_path: Path) -> None:
    """Killed four times, alone and with its workers: nothing is lost or done twice."""
    assert killed_batch(tmp_path, 4, seed=5, patience=30) == []


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    """A second run over the same items works on none."""
    assert _run(tmp_path / "out") == {"done": 6}
    first = _worked(tmp_path / "out")
    assert _run(tmp_path / "out") == {"done": 6}
    assert _worked(tmp_path / "out") == first


def test_a_folder_without_its_row_is_found_again(tmp_path: Path) -> None:
    """Killed between folder and row: the row is made from the folder."""
    _run(tmp_path / "out")
    expected = _exported(tmp_path / "out")
    base = sqlite3.connect(tmp_path / "out" / "ledger.sqlite")
    with base:
        base.execute("DELETE FROM items WHERE item IN (2, 5)")
        base.execute("UPDATE items SET state = 'running' WHERE item = 3")
    base.close()
    before = _worked(tmp_path / "out")
    assert _run(tmp_path / "out") == {"done": 6}
    assert _worked(tmp_path / "out") == before
    assert _exported(tmp_path / "out") == expected


@pytest.mark.parametrize("harm", ["changed", "missing", "stranger", "half", "gone"])
def test_a_folder_whose_hashes_do_not_match_is_done_again(
    tmp_path: Path, harm: str
) -> None:
    """Whatever happened to a folder, the item is solved again, and only that."""
    _run(tmp_path / "out")
    expected = _files(tmp_path / "out")
    folder = item_folder(tmp_path / "out", 4)
    match harm:
        case "changed":
            (folder / "table.csv").write_text("other")
        case "missing":
            (folder / "table.csv").unlink()
        case "stranger":
            (folder / "notes.txt").write_text("mine")
        case "half":
            content = (folder / "summary.json").read_bytes()
            (folder / "summary.json").write_bytes(content[:40])
        case _:
            shutil.rmtree(folder)
    _run(tmp_path / "out")
    assert _files(tmp_path / "out") == expected
    assert _worked(tmp_path / "out").count("complete 4") == 2
    assert len(_worked(tmp_path / "out")) == 14


def test_duplicates_are_solved_once_and_share_the_answer(tmp_path: Path) -> None:
    """Items of one key have one folder, and equal rows but for their numbers."""
    items = Items([Numbered(5, same=2)])
    assert _run(tmp_path / "out", items=items) == {"done": 5}
    assert len(_worked(tmp_path / "out")) == 6
    rows = _exported(tmp_path / "out").decode().splitlines()
    first, fourth = rows[1].split(","), rows[4].split(",")
    assert fourth[7] == "1"
    assert fourth[10:] == first[10:]


def test_a_duplicate_fails_with_its_first(tmp_path: Path) -> None:
    """An item that has the answer of another has its failure too."""
    items = Items([Numbered(3, same=1)])
    counts = run_small(tmp_path / "out", lambda: Here(_failing), items=items)
    assert counts == {"done": 1, "failed": 2}


def _failing(task: Task) -> Ended:
    """Fail at the first item."""
    from solver.jobs.workers.task import Ended

    if task.number == 1:
        return Ended(1, "failed", 13, "no plan was found")
    return quick(task)


def test_failed_items_are_tried_again_only_if_asked(tmp_path: Path) -> None:
    """Without --retry-failed a failure stays; with it, the item gets another chance."""
    run_small(tmp_path / "out", lambda: Here(_failing))
    assert _run(tmp_path / "out") == {"done": 5, "failed": 1}
    assert _run(tmp_path / "out", retry_failed=True) == {"done": 6}


def test_fail_fast_starts_nothing_after_a_failure(tmp_path: Path) -> None:
    """The first failure is the last thing that happens."""
    counts = run_small(tmp_path / "out", lambda: Here(_failing), fail_fast=True)
    assert counts == {"failed": 1}


def test_shards_together_are_the_whole(tmp_path: Path) -> None:
    """Three shards, each in its own folder, export what one run does."""
    _run(tmp_path / "one" / "out", items=Items([Numbered(7, same=2)]))
    expected = _exported(tmp_path / "one" / "out")
    folders = []
    for part in (1, 2, 3):
        folders.append(tmp_path / f"shard{part}")
        _run(folders[-1], items=Items([Numbered(7, same=2)], (part, 3)))
        with Ledger(folders[-1], writable=True) as ledger:
            ledger.begin({"total": 7, "shard": [part, 3], "jobs": "same"})
    export_all(folders, parquet=True, output=tmp_path / "whole")
    assert (tmp_path / "whole" / "summary.csv").read_bytes() == expected
    assert (tmp_path / "whole" / "summary.parquet").stat().st_size > 0
    assert read_status(folders)["done"] == 7


def test_shards_of_another_batch_or_twice_the_same_are_refused(tmp_path: Path) -> None:
    """Rows of two sweeps, or the same row twice, are no summary."""
    for name, jobs, shard in (
        ("a", "x", [1, 2]),
        ("b", "y", [2, 2]),
        ("c", "x", [1, 2]),
    ):
        _run(tmp_path / name)
        with Ledger(tmp_path / name, writable=True) as ledger:
            ledger.begin({"total": 6, "shard": shard, "jobs": jobs})
    with pytest.raises(DataError, match="another batch"):
        read_status([tmp_path / "a", tmp_path / "b"])
    with (
        pytest.raises(Exception, match="the same items"),
        opened([tmp_path / "a", tmp_path / "c"]),
    ):
        pass


def test_the_order_of_items_changes_no_byte(tmp_path: Path) -> None:
    """Backwards as forwards: the same folders and the same summary."""
    _run(tmp_path / "one" / "out")
    _run(tmp_path / "two" / "out", numbers=range(6, 0, -1))
    assert _files(tmp_path / "one" / "out") == _files(tmp_path / "two" / "out")
    assert _exported(tmp_path / "one" / "out") == _exported(tmp_path / "two" / "out")


CODES = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.ENOSPC)
CALLS: list[tuple[Any, str]] = [
    (os, "fsync"),
    (os, "open"),
    (pathlib.Path, "open"),
    (pathlib.Path, "mkdir"),
    (pathlib.Path, "replace"),
]


@pytest.mark.parametrize(
    ("call", "code"),
    [*zip(CALLS, (*CODES, errno.EROFS), strict=True)],
    ids=[name for _, name in CALLS],
)
def test_whatever_file_operation_fails_the_batch_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: tuple[Any, str], code: int
) -> None:
    """The n-th use fails, for every n: an error that says so, then the same result."""
    items = Items([Numbered(2)])
    _run(tmp_path / "calm" / "out", items=items)
    expected = _files(tmp_path / "calm" / "out")
    for nth in count(1):
        out = tmp_path / str(nth) / "out"
        out.parent.mkdir()
        real = getattr(*call)
        failing = _failing_call(real, nth, code)
        with monkeypatch.context() as patch:
            patch.setattr(*call, failing)
            try:
                _run(out, items=items)
                told = ""
            except (OutputError, OSError) as error:
                told = str(error)
        assert told or failing.fired is not True or _files(out) == expected
        _run(out, items=items)
        assert _files(out) == expected
        assert not list(out.glob(".keruen*"))
        if not failing.fired:
            return


def _failing_call(real: Callable[..., Any], nth: int, code: int) -> Any:
    """Return the call, failing at its n-th use."""
    left = count(1)

    def call(*args: Any, **kwargs: Any) -> Any:
        if next(left) == nth:
            call.fired = True  # type: ignore[attr-defined]
            raise OSError(code, os.strerror(code))
        return real(*args, **kwargs)

    call.fired = False  # type: ignore[attr-defined]
    return call


@pytest.mark.parametrize("page", range(4, 9))
def test_a_ledger_that_finds_no_room_says_so_and_goes_on_later(
    tmp_path: Path, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own full disk is exit 74; with room again the batch ends."""
    real = sqlite3.connect

    def small(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        base: sqlite3.Connection = real(*args, **kwargs)
        base.execute(f"PRAGMA max_page_count={page}")
        return base

    items = Items([Numbered(60)])
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", small)
        with pytest.raises(OutputError, match="full") as raised:
            _run(tmp_path / "out", items=items)
    assert raised.value.exit_code == 74
    assert _run(tmp_path / "out", items=items) == {"done": 60}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a file system")
def test_a_real_full_disk_and_one_that_is_read_only(tmp_path: Path) -> None:
    """Full: exit 73 or 74, then it goes on; read-only: 73, and its status is read."""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["-t", "tmpfs", "-o", "size=200k", "tmpfs"]
    if _called("mount", *words, disk):
        pytest.skip("this machine mounts nothing")
    items = Items([Numbered(40)])
    try:
        with pytest.raises(OutputError) as raised:
            _run(disk / "out", items=items)
        assert raised.value.exit_code in {73, 74}
        _remounted(disk, "size=4m")
        assert _run(disk / "out", items=items) == {"done": 40}
        _remounted(disk, "ro")
        with pytest.raises(OutputError) as raised:
            _run(disk / "out", items=items)
        assert raised.value.exit_code == 73
        with Ledger(disk / "out") as ledger:
            assert ledger.counts() == {"done": 40}
    finally:
        _called("umount", disk)


def _called(*words: object) -> int:
    done = subprocess.run([*map(str, words)], check=False, capture_output=True)  # noqa: S603
    return done.returncode


def _remounted(disk: Path, option: str) -> None:
    assert _called("mount", "-o", f"remount,{option}", disk) == 0


def test_a_file_that_is_no_ledger_is_told(tmp_path: Path) -> None:
    """Neither a missing ledger nor a broken one is taken for a batch."""
    with pytest.raises(InputError, match="holds no batch"):
        Ledger(tmp_path)
    (tmp_path / "ledger.sqlite").write_bytes(b"anything but a ledger" * 100)
    with pytest.raises(DataError, match="no sound ledger"):
        Ledger(tmp_path)


def test_a_ledger_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    """What this program does not know it does not touch."""
    base = sqlite3.connect(tmp_path / "ledger.sqlite")
    base.execute("PRAGMA user_version=9")
    base.close()
    with pytest.raises(DataError, match="version 9"):
        Ledger(tmp_path, writable=True)


def test_status_counts_reasons_and_speaks_prometheus(tmp_path: Path) -> None:
    """Done, failed by reason and left, also as metrics."""
    told = Told()
    run_small(tmp_path / "out", lambda: Here(_failing), tell=told)
    with Ledger(tmp_path / "out", writable=True) as ledger:
        ledger.begin({"total": 10, "shard": [1, 1], "jobs": "x"})
    found = read_status([tmp_path / "out"])
    assert (found["done"], found["failed"], found["left"]) == (5, 1, 4)
    assert found["reasons"] == {"no plan was found": 1}
    metrics = as_metrics(found)
    assert 'keruen_batch_items{state="done"} 5' in metrics
    assert 'keruen_batch_failed{reason="no plan was found"} 1' in metrics
    assert told.count("item_done") == 5


def test_a_batch_at_rest_is_read_without_a_trace(tmp_path: Path) -> None:
    """Neither the end of a batch nor its status leaves files of SQLite's own."""
    _run(tmp_path / "out")
    before = {path.name for path in (tmp_path / "out").iterdir()}
    assert before == {"items", "ledger.sqlite"}
    with Ledger(tmp_path / "out") as ledger:
        assert ledger.counts() == {"done": 6}
    assert {path.name for path in (tmp_path / "out").iterdir()} == before


def test_the_log_holds_what_the_ledger_knows(tmp_path: Path) -> None:
    """One JSON line for each item, in item order."""
    _run(tmp_path / "out", numbers=range(6, 0, -1))
    _exported(tmp_path / "out")
    lines = (tmp_path / "out" / "log.ndjson").read_text().splitlines()
    assert [json.loads(line)["item"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert all(json.loads(line)["ended"] for line in lines)


def test_a_row_survives_the_ledger(tmp_path: Path) -> None:
    """What is saved is what is read."""
    _run(tmp_path / "out")
    with Ledger(tmp_path / "out", writable=True) as ledger:
        entry = ledger.entry(3)
        assert entry is not None
        other = replace(entry, reason='a "quoted" reason', attempts=1)
        ledger.save([other])
        assert ledger.entry(3) == other
