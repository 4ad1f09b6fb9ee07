"""Batches on a Dask scheduler of this machine: a campaign.

``python -m tests.jobs.clustered`` starts a scheduler and three workers, kills one in
mid-run, lets one item kill its child, and compares all with a batch without a cluster;
then it starts workers under nannies, which must be refused before anything is written.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from solver.console.terminal import say
from solver.errors import UsageError
from solver.jobs.questions.items import Items
from solver.jobs.records.export import export
from solver.jobs.records.ledger import Ledger
from solver.jobs.workers.cluster import ClusterPool
from solver.jobs.workers.pool import LocalPool
from tests.jobs.small import Numbered, Told, run_small
from tests.jobs.works import faulty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.jobs.workers.pool import Pool

ITEMS = 30
DEADLY = 7


@contextmanager
def _process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 - dask of this environment
        [sys.executable, "-m", *words], stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        process.wait(timeout=30)


@contextmanager
def _cluster(
    folder: Path, *options: str
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and three workers; yield its address and these."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "scheduler.json"
    with ExitStack() as stack:
        words = ["distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
        stack.enter_context(_process(*words, "--scheduler-file", str(file)))
        while not file.exists() or not file.read_text().strip():
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        words = ["distributed.cli.dask_worker", address, "--nthreads", "1", *options]
        words += ["--memory-limit", "0", "--no-dashboard"]
        words += ["--local-directory", str(folder)]
        workers = [stack.enter_context(_process(*words)) for _ in range(3)]
        yield address, workers


def _mixed(folder: Path) -> list[str]:
    """Run a batch over three workers, one of which is killed; return what is wrong."""
    calm, out = folder / "calm" / "out", folder / "cluster" / "out"
    for each in (calm, out):
        each.parent.mkdir(parents=True)
        (each.parent / "ways.json").write_text(json.dumps({str(DEADLY): "sigkill"}))
    _run(calm, LocalPool(2, 1024, faulty), Told())
    with _cluster(folder / "dask", "--no-nanny") as (address, workers):
        told = Told()
        pool = ClusterPool(address, faulty)

        def tell(event: str, **rest: object) -> None:
            told(event, **rest)
            if event == "item_done" and told.count("item_done") == ITEMS // 3:
                workers[0].send_signal(signal.SIGKILL)

        _run(out, pool, tell)
    wrong = []
    if _files(calm) != _files(out):
        wrong.append("bytes differ from those without a cluster")
    with Ledger(out) as ledger:
        if ledger.counts() != {"done": ITEMS - 1, "failed": 1}:
            wrong.append(f"the ledger says {ledger.counts()} {ledger.reasons()}")
        failed = [entry.item for entry in ledger.entries("failed")]
        if failed != [DEADLY]:
            wrong.append(f"items {failed} failed, not {DEADLY}")
    lines = (out.parent / "worked.log").read_text().splitlines()
    done = [line.split()[1] for line in lines if line.startswith("complete")]
    if len(done) != len(set(done)):
        wrong.append("an item was completed twice")
    return wrong


def _run(out: Path, pool: Pool, tell: object) -> None:
    run_small(
        out,
        lambda: pool,
        items=Items([Numbered(ITEMS)]),
        tell=tell,  # type: ignore[arg-type]
    )
    with Ledger(out) as ledger:
        export(out, [ledger])


def _files(out: Path) -> dict[str, bytes]:
    names = {"ledger.sqlite", "log.ndjson"}
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in names
    }


def _nannies(folder: Path) -> list[str]:
    """Return what is wrong with how workers under nannies are refused."""
    with _cluster(folder / "nannies", "--nanny") as (address, _):
        try:
            ClusterPool(address, faulty)
        except UsageError as error:
            told = str(error)
            return [] if "--no-nanny" in told else [f"the remedy is missing: {told}"]
    return ["workers under nannies were not refused"]


def main() -> int:
    """Run the campaign."""
    with tempfile.TemporaryDirectory() as name:
        wrong = _mixed(Path(name)) + _nannies(Path(name))
    for fault in wrong:
        say(fault)
    say(f"{len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
