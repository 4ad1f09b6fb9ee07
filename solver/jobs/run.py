"""A batch from its words to its end: planned, claimed, begun or resumed, exported."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.errors import DataError, Fault, OutputError
from solver.jobs.batch import Batch, ItemOrder
from solver.jobs.questions.bases import Bases
from solver.jobs.questions.items import Items
from solver.jobs.questions.keys import Keys, hash_of
from solver.jobs.questions.words import jobs_of
from solver.jobs.records.export import export
from solver.jobs.records.layout import EXPORTS, ITEMS
from solver.jobs.records.ledger import DONE, FAILED, LEDGER, LEFT, Ledger
from solver.options import Options
from solver.storage.folders import claimed
from solver.tasks.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.jobs.batch import Tell
    from solver.jobs.workers.pool import Pool
    from solver.jobs.workers.task import Keep
    from solver.solution.form import Asked

LONGEST = 3600.0
"""Seconds that an item may take where no limit is given."""

MEMORY = 4096
"""Megabytes that a worker may use where no limit is given."""

MOST_COUNTED = 20_000
"""Items, beyond which duplicates are not counted before a batch."""

_FILES = {f"{LEDGER}{end}" for end in ("", "-wal", "-shm", "-journal")}
_SAME_WORDS = {
    "jobs": "other jobs, or an instance that has changed since",
    "shard": "another shard",
    "options": "other options",
    "keep": "another --keep",
    "versions": "other versions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrder:
    """What a caller of a batch may choose.

    Parameters
    ----------
    words : sequence of str
        Instances, globs, sweep files, ``-``.
    folder : Path or None
        Where all goes; None: it is only counted.
    resume : bool
        Whether a batch that stands there goes on.
    retry_failed : bool
        Whether items that failed are tried again.
    fail_fast : bool
        Whether no item starts once one has failed.
    time_limit : float
        Seconds for each item.
    memory_limit : int
        Megabytes for each worker.
    shard : (int, int)
        Which part of the items.
    keep : str
        What of each result is kept.
    sensitivity : str
        Questions asked of each result: ``none``, ``some`` or ``all``.
    solver : str
        Solver of the linear programs.
    """

    words: Sequence[str]
    folder: Path | None = None
    resume: bool = False
    retry_failed: bool = False
    fail_fast: bool = False
    time_limit: float = LONGEST
    memory_limit: int = MEMORY
    shard: tuple[int, int] = (1, 1)
    keep: Keep = "all"
    sensitivity: Asked = "none"
    solver: str = "HiGHS"

    @property
    def options(self) -> Options:
        """How each item is solved."""
        return Options(
            solver=self.solver,
            time_limit=self.time_limit,
            sensitivity=self.sensitivity,
        )


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a batch is about, before anything is written.

    Parameters
    ----------
    order : BatchOrder
        What was chosen.
    items : Items
        The items of its shard.
    keys : Keys
        What tells their answers apart.
    facts : dict
        What must be the same when it goes on.
    """

    order: BatchOrder
    items: Items
    keys: Keys
    facts: dict[str, Any] = field(default_factory=dict)


def planned(order: BatchOrder, listed: Callable[[], bytes]) -> BatchPlan:
    """Return the plan of a batch; nothing is written.

    Parameters
    ----------
    order : BatchOrder
        What was chosen.
    listed : callable
        Reads the list of paths that ``-`` stands for.

    Raises
    ------
    InputError, DataError, UsageError
        As `solver.jobs.questions.words.jobs_of`.
    """
    bases = Bases()
    items = Items(jobs_of(order.words, listed, bases), order.shard)
    used = versions()
    facts = {
        "jobs": hash_of(items.described()),
        "total": items.total,
        "shard": list(order.shard),
        "options": asdict(order.options),
        "keep": order.keep,
        "versions": used,
    }
    return BatchPlan(order, items, Keys(bases, order.options, used), facts)


def counted(plan: BatchPlan) -> dict[str, Any]:
    """Return how many items a plan has, and how many are done: nothing is solved.

    Duplicates are counted where there are not too many items to look at each.
    """
    items, folder = plan.items, plan.order.folder
    counts: dict[str, Any] = {"items": len(items), "duplicates": None}
    if len(items) <= MOST_COUNTED:
        keys = {
            plan.keys.of(items[number], is_varied=items.is_varied(number))[0]
            for number in items.numbers()
        }
        counts["duplicates"] = len(items) - len(keys)
    known: dict[str, int] = {}
    if folder is not None and (folder / LEDGER).is_file():
        with Ledger(folder) as ledger:
            _refuse_others(ledger.facts(), plan.facts)
            known = ledger.counts()
    counts |= {state: known.get(state, 0) for state in (DONE, FAILED)}
    counts[LEFT] = len(items) - counts[DONE] - counts[FAILED]
    return counts


def run(
    plan: BatchPlan, pool: Callable[[], Pool], tell: Tell, stops: Callable[[], int]
) -> dict[str, Any]:
    """Work on the items of a plan, and export what came of them.

    Parameters
    ----------
    plan : BatchPlan
        What is to be done.
    pool : callable
        Makes the workers, once the folder is claimed.
    tell : callable
        Called with the name of an event and what belongs to it.
    stops : callable
        Says how often the batch was told to stop.

    Returns
    -------
    dict
        How many items are done, failed and left.

    Raises
    ------
    DataError
        Another batch stands in the folder.
    OutputError
        The folder cannot be written to, or holds a batch that is not to be resumed.
    LockedError
        Another batch is writing there.
    """
    order, began = plan.order, time.monotonic()
    folder = Path(order.folder or ".").absolute()
    with claimed(folder, _own):
        is_new = not (folder / LEDGER).exists()
        if not is_new and not order.resume:
            message = f"{folder}: holds a batch already"
            raise OutputError(
                f"{message}; go on with it by --resume, or name a new one"
            )
        with Ledger(folder, writable=True) as ledger:
            _begin(ledger, plan)
            tell("batch_started", items=len(plan.items), folder=str(order.folder))
            work = ItemOrder(
                folder=folder,
                options=order.options,
                keep=order.keep,
                memory_limit=order.memory_limit,
                retry_failed=order.retry_failed,
                fail_fast=order.fail_fast,
            )
            Batch(work, plan.items, plan.keys, ledger, pool(), tell, stops).run()
            counts = outcome(ledger, len(plan.items))
            if not stops():
                export(folder, [ledger])
    seconds = round(time.monotonic() - began, 3)
    tell("batch_ended", **counts, seconds=seconds)
    return counts


def outcome(ledger: Ledger, total: int) -> dict[str, int]:
    """Return how many items are done, failed and left, and how many are duplicates."""
    known = ledger.counts()
    counts = {state: known.get(state, 0) for state in (DONE, FAILED)}
    counts[LEFT] = total - sum(counts.values())
    return {"items": total, **counts, "duplicates": ledger.duplicates()}


def _begin(ledger: Ledger, plan: BatchPlan) -> None:
    """Keep what the batch is begun with, or see that it is the same."""
    known = ledger.facts()
    if known:
        _refuse_others(known, plan.facts)
    now = time.time()
    ledger.begin({"began": now, **plan.facts, **known, "run_began": now})


def _refuse_others(known: dict[str, Any], facts: dict[str, Any]) -> None:
    """Raise if a batch was begun with something else that its answers depend on."""
    faults = [
        Fault(
            LEDGER,
            f"was begun with {words}: {_shortly(known.get(name))}, "
            f"now {_shortly(facts[name])}",
            "give the same, or name a new folder",
            column=name,
        )
        for name, words in _SAME_WORDS.items()
        if known and known.get(name) != facts[name]
    ]
    if faults:
        raise DataError(faults)


def _shortly(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    text = str(value)
    return text if len(text) < 20 else f"{text[:12]}..."  # noqa: PLR2004


def _own(folder: Path) -> set[str]:
    """Names in a folder that are those of a batch, if it holds one."""
    if not (folder / LEDGER).exists():
        return set()
    return {*_FILES, ITEMS, *EXPORTS}
