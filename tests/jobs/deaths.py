"""Let one item of a batch end in each bad way, first, in the middle and last.

``python -m tests.jobs.deaths`` runs 27 batches: that item fails alone, for its own
reason, and all other files have the bytes of a batch without it.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
from itertools import product
from pathlib import Path

from solver.console.terminal import say
from solver.jobs.questions.items import Items
from solver.jobs.records.ledger import Ledger
from solver.jobs.workers.pool import LocalPool
from tests.jobs.small import Numbered, run_small
from tests.jobs.works import REASONS, WAYS, faulty

ITEMS = 7
PLACES = (1, 4, 7)


def main() -> int:
    """Run the campaign."""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        calm = _run(Path(folder) / "calm", {})
        for number, (way, place) in enumerate(product(WAYS, PLACES)):
            at = Path(folder) / str(number)
            found = _run(at, {str(place): way})
            faults = [*_faults(at, way, place, calm, found)]
            wrong += faults
            say(f"{way} at item {place}: {'; '.join(faults) or 'fails alone'}")
    say(f"{len(WAYS) * len(PLACES)} batches, {len(wrong)} faults")
    return 1 if wrong else 0


def _run(at: Path, ways: dict[str, str]) -> dict[str, bytes]:
    """Run a batch; return the bytes of its items."""
    at.mkdir()
    (at / "ways.json").write_text(json.dumps(ways))
    run_small(
        at / "out",
        lambda: LocalPool(2, 1024, faulty),
        items=Items([Numbered(ITEMS)]),
        time_limit=0.3,
    )
    items = at / "out" / "items"
    return {
        str(path.relative_to(items)): path.read_bytes()
        for path in sorted(items.rglob("*"))
        if path.is_file()
    }


def _faults(
    at: Path,
    way: str,
    place: int,
    calm: dict[str, bytes],
    found: dict[str, bytes],
) -> list[str]:
    """Return what is wrong with a batch in which one item ended badly."""
    expected = {
        name: content
        for name, content in calm.items()
        if int(Path(name).parent.name) != place
    }
    wrong = [] if found == expected else ["other files differ"]
    with Ledger(at / "out") as ledger:
        failed = {each.item: each.reason.strip() for each in ledger.entries("failed")}
    if failed != {place: REASONS[way].strip()}:
        wrong.append(f"failed are {failed}")
    if multiprocessing.active_children():
        wrong.append("a worker is left")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
