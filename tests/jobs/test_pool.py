"""Workers that die in every way cost their own item, and nothing else."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from solver.jobs.questions.items import Items
from solver.jobs.records.ledger import Ledger
from solver.jobs.workers.pool import LocalPool
from tests.jobs.small import Numbered, Told, run_small
from tests.jobs.works import REASONS, WAYS, faulty, quick

if TYPE_CHECKING:
    from pathlib import Path


def _children() -> list[str]:
    return [process.name for process in multiprocessing.active_children()]


def test_each_bad_end_costs_its_own_item_and_says_why(tmp_path: Path) -> None:
    """Nine ways to end badly, first, middle and last: nine items fail, each for it."""
    numbers = dict(zip([1, 3, 5, 7, 9, 11, 13, 15, 17], WAYS, strict=True))
    (tmp_path / "ways.json").write_text(json.dumps(numbers))
    told = Told()
    counts = run_small(
        tmp_path / "out",
        lambda: LocalPool(3, 1024, faulty),
        items=Items([Numbered(17)]),
        tell=told,
        time_limit=0.3,
    )
    assert counts == {"done": 8, "failed": 9}
    with Ledger(tmp_path / "out") as ledger:
        reasons = {entry.item: entry.reason for entry in ledger.entries("failed")}
        attempts = {entry.item: entry.attempts for entry in ledger.entries("failed")}
    assert {numbers[n]: r.rstrip() for n, r in reasons.items()} == {
        way: reason.rstrip() for way, reason in REASONS.items()
    }
    # What killed its worker was tried twice, what was ended for its time was not.
    assert [attempts[n] for n in numbers] == [2, 2, 2, 2, 0, 0, 0, 0, 0]
    assert told.count("item_retried") == 4
    assert _children() == []
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert not any(name.startswith(".keruen") for name in left)


def test_a_worker_is_replaced_after_so_many_items(tmp_path: Path) -> None:
    """Two items a worker: five items need three."""
    counts = run_small(
        tmp_path / "out",
        lambda: LocalPool(1, 1024, quick, recycled_after=2),
        items=Items([Numbered(5)]),
    )
    assert counts == {"done": 5}
    lines = (tmp_path / "worked.log").read_text().splitlines()
    assert len({line.split()[2] for line in lines}) == 3


def test_a_worker_that_dies_idle_costs_nothing(tmp_path: Path) -> None:
    """Its place gets a new one, and the next item is solved there."""
    pool = LocalPool(1, 1024, quick)
    items = Items([Numbered(2)])
    run_small(tmp_path / "one", lambda: _keep(pool), items=items, numbers=[1])
    for process in multiprocessing.active_children():
        os.kill(process.pid or 0, signal.SIGKILL)
    time.sleep(0.5)
    counts = run_small(tmp_path / "two", lambda: pool, items=items)
    assert counts["done"] == 2


class _keep:  # noqa: N801 - it stands in for a pool
    """A pool that outlives a batch."""

    def __init__(self, pool: LocalPool) -> None:
        self.submit, self.ended, self._pool = pool.submit, pool.ended, pool

    @property
    def free(self) -> int:
        """That of the pool."""
        return self._pool.free

    def stop(self, *, at_once: bool) -> None:
        """Stay."""


@pytest.mark.parametrize("stops", [1, 2])
def test_told_to_stop_a_batch_leaves_what_runs_for_another_time(
    tmp_path: Path, stops: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once: running items get some seconds; twice: none. Nothing counts as a try."""
    monkeypatch.setattr("solver.jobs.batch._LAST", 0.5)
    (tmp_path / "ways.json").write_text(json.dumps({"2": "deaf"}))
    told = Told()
    counts = run_small(
        tmp_path / "out",
        lambda: LocalPool(1, 1024, faulty),
        tell=told,
        stops=lambda: stops if told.count("item_started") == 2 else 0,
    )
    assert counts == {"done": 1, "left": 1}
    assert _children() == []
    (tmp_path / "ways.json").write_text("{}")
    counts = run_small(tmp_path / "out", lambda: LocalPool(1, 1024, faulty))
    assert counts == {"done": 6}
    with Ledger(tmp_path / "out") as ledger:
        assert {entry.attempts for entry in ledger.entries()} == {0}
