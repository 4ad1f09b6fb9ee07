"""Watch how much memory a batch takes as its items go by.

``python -m tests.jobs.sizes`` solves 5,000 items of Kazakhstan with two workers that
are never replaced. A worker may be a tenth larger after 2,000 items than after 200, and
the batch itself a tenth larger after 5,000 than after 500.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from solver.console.terminal import say
from solver.jobs.run import BatchOrder, planned, run
from solver.jobs.workers.pool import LocalPool
from solver.jobs.workers.work import work

if TYPE_CHECKING:
    from collections.abc import Iterable

WORKERS = 2
MOST = 1.1
_SWEEP = """
instance = "{instance}"
[[draw]]
table = "demand"
scale = {{ quantity = {{ normal = [1.0, 0.05], min = 0 }} }}
count = {count}
seed = 1
"""


class Watched:
    """What the processes of this batch take, by items that have ended."""

    def __init__(self, moments: Iterable[int]) -> None:
        self._moments = set(moments)
        self._ended = 0
        self.megabytes: dict[int, tuple[float, float]] = {}

    def __call__(self, event: str, **_: Any) -> None:
        """Count an item that has ended; look at the processes at a chosen moment."""
        self._ended += event == "item_done"
        if event == "item_done" and self._ended in self._moments:
            own = psutil.Process()
            workers = [_size(each) for each in own.children(recursive=True)]
            self.megabytes[self._ended] = (_size(own), max(workers))


def main() -> int:
    """Run the campaign."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--items", type=int, default=5000)
    given.add_argument("--instance", type=Path, default=Path("instances/kazakhstan"))
    chosen = given.parse_args()
    few = chosen.items // 10
    # A worker has done a share of what has ended: 200 and 2,000 items of its own.
    moments = (few, WORKERS * 2 * few // 5, WORKERS * 2 * chosen.items // 5)
    watched = Watched([*moments, chosen.items])
    with tempfile.TemporaryDirectory() as folder:
        _batch(Path(folder), chosen.instance.absolute(), chosen.items, watched)
    for items, (parent, worker) in sorted(watched.megabytes.items()):
        say(f"after {items:,} items: batch {parent:.1f} MB, worker {worker:.1f} MB")
    sizes = watched.megabytes
    parent = sizes[chosen.items][0] / sizes[few][0]
    worker = sizes[moments[2]][1] / sizes[moments[1]][1]
    say(f"batch {parent:.3f} times, worker {worker:.3f} times; at most {MOST}")
    return 1 if max(parent, worker) > MOST else 0


def _batch(folder: Path, instance: Path, count: int, watched: Watched) -> None:
    sweep = folder / "sweep.toml"
    sweep.write_text(_SWEEP.format(instance=instance.as_posix(), count=count))
    order = BatchOrder(words=[str(sweep)], folder=folder / "out", keep="summary")
    plan = planned(order, lambda: b"")
    run(plan, lambda: LocalPool(WORKERS, 4096, work, 0), watched, lambda: 0)


def _size(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


if __name__ == "__main__":
    sys.exit(main())
