"""Kill a batch at random moments and resume it: see `tests.jobs.killed`."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

from solver.console.terminal import say
from solver.errors import KeruenError
from solver.jobs.questions.items import Items
from solver.jobs.records.export import export
from solver.jobs.records.ledger import Ledger
from solver.jobs.workers.pool import LocalPool
from tests.jobs.small import Numbered, run_small
from tests.jobs.works import hanging_once, quick

ITEMS = 24
_LATEST = 1.5


def killed_batch(
    folder: Path, kills: int, seed: int, patience: float = 5.0
) -> list[str]:
    """Run a batch that is killed so often, then let it end; return what is wrong.

    Parameters
    ----------
    folder : Path
        An empty folder.
    kills : int
        How often it is killed with signal 9: alone, or with all its workers.
    seed : int
        Of the moments.
    patience : float
        Seconds that workers get to end. One that is only starting looks for its batch
        first thing, which takes a loaded machine longer than a quiet one.
    """
    moments = random.Random(seed)
    wrong: list[str] = []
    for number in range(kills):
        child = _started(folder / "out", hanging=True)
        time.sleep(moments.uniform(0.0, _LATEST))
        workers = _workers(child)
        before = _complete(folder)
        with suppress(ProcessLookupError):
            (os.killpg if number % 2 else os.kill)(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if not _gone(workers, patience):
            wrong.append(
                f"kill {number}: a worker outlived its batch by {patience:g} s"
            )
        lost = before - _complete(folder)
        if lost:
            wrong.append(f"kill {number}: folders {sorted(lost)} are gone")
    _ended(_started(folder / "out", hanging=False))
    return wrong + _compared(folder)


def _started(out: Path, *, hanging: bool) -> int:
    """Start a batch in a process group of its own; return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setpgid(0, 0)
        function = hanging_once if hanging else quick
        run_small(
            out,
            lambda: LocalPool(2, 1024, function, recycled_after=3),
            items=Items([Numbered(ITEMS)]),
        )
        with Ledger(out) as ledger:
            export(out, [ledger])
        code = 0
    except KeruenError as error:
        sys.stderr.write(f"{error}\n")
    finally:
        os._exit(code)


def _ended(child: int) -> None:
    _, status = os.waitpid(child, 0)
    if status:
        message = f"a batch that nobody killed ended with {status}"
        raise RuntimeError(message)


def _workers(child: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(child).children(recursive=True)
    return []


def _gone(workers: list[psutil.Process], patience: float) -> bool:
    """Whether all processes end within so many seconds."""
    _, alive = psutil.wait_procs(workers, timeout=patience)
    return not alive


def _complete(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("out/items/*/*/summary.json")}


def _compared(folder: Path) -> list[str]:
    """Return what differs from a batch that nobody killed."""
    calm = folder / "calm"
    calm.mkdir()
    _ended(_started(calm / "out", hanging=False))
    wrong = []
    with Ledger(folder / "out") as ledger:
        if not ledger.is_sound():
            wrong.append("the ledger is not sound")
        if ledger.counts() != {"done": ITEMS}:
            wrong.append(f"the ledger says {ledger.counts()}")
    expected, found = _content(calm / "out"), _content(folder / "out")
    wrong += [
        f"{name} differs"
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    ]
    lines = (folder / "worked.log").read_text().splitlines()
    times = Counter(line.split()[1] for line in lines if line.startswith("complete"))
    wrong += [
        f"item {number} was completed {count} times"
        for number, count in times.items()
        if count > 1
    ]
    return wrong


def _content(out: Path) -> dict[str, bytes]:
    """Bytes of all files of a batch but those that hold times."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in {"ledger.sqlite", "log.ndjson"}
    }


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    left, seed, wrong = given.kills, given.seed, []
    while left > 0:
        with tempfile.TemporaryDirectory() as folder:
            kills = min(left, 8)
            wrong += killed_batch(Path(folder), kills, seed)
            left, seed = left - kills, seed + 1
        say(f"{given.kills - left} kills, {len(wrong)} faults")
    for fault in wrong:
        say(fault)
    return 1 if wrong else 0
