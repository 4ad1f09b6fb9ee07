"""The loop of a batch: items to workers, and how they ended to the ledger."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.errors import OutputError, WriteError
from solver.jobs.records.layout import base_name, item_folder
from solver.jobs.records.ledger import DONE, FAILED, LEFT, RUNNING, LedgerEntry
from solver.jobs.records.results import exit_code_of, found_at
from solver.jobs.workers.task import Task
from solver.storage.files import remove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from solver.jobs.questions.items import Item, Items
    from solver.jobs.questions.keys import Keys
    from solver.jobs.records.ledger import Ledger
    from solver.jobs.workers.pool import Pool
    from solver.jobs.workers.task import Ended, Keep
    from solver.options import Options

    Tell = Callable[..., None]

_POLL = 0.2
_EVERY = 10.0
"""Seconds between two lines of progress."""

_LAST = 10.0
"""Seconds that running items get once a batch is told to stop."""

_MOST_DEATHS = 2
"""Workers that one item may end."""

_CANNOT_WRITE = 74


@dataclass(frozen=True, slots=True)
class ItemOrder:
    """What a batch does with its items.

    Parameters
    ----------
    folder : Path
        Folder of the batch.
    options : Options
        How each item is solved.
    keep : str
        What of each result is kept.
    memory_limit : int
        Megabytes for each worker.
    retry_failed : bool
        Whether items that failed before are tried again.
    fail_fast : bool
        Whether no item starts once one has failed.
    """

    folder: Path
    options: Options
    keep: Keep = "all"
    memory_limit: int = 4096
    retry_failed: bool = False
    fail_fast: bool = False


@dataclass(frozen=True, slots=True)
class _Try:
    """An item that is solved: its row of the ledger, and what is sent to a worker."""

    entry: LedgerEntry
    task: Task


class Batch:
    """One run over the items of a batch.

    Parameters
    ----------
    order : ItemOrder
        What is done with them.
    keys : Keys
        What tells their answers apart.
    ledger : Ledger
        What becomes of them.
    pool : Pool
        Where they are worked on.
    tell : callable
        Called with the name of an event and what belongs to it.
    stops : callable
        Says how often the batch was told to stop.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a batch
        self,
        order: ItemOrder,
        items: Items,
        keys: Keys,
        ledger: Ledger,
        pool: Pool,
        tell: Tell,
        stops: Callable[[], int],
    ) -> None:
        self._order, self._items, self._keys = order, items, keys
        self._ledger, self._pool, self._tell, self._stops = ledger, pool, tell, stops
        self._again: deque[_Try] = deque()
        self._running: dict[int, _Try] = {}
        self._solving: dict[str, int] = {}
        self._unsaved: list[LedgerEntry] = []
        self._bases: set[str] = set()
        self._is_failing = False
        self._deadline: float | None = None
        self._solved = 0
        self._counts = {DONE: 0, FAILED: 0, "duplicates": 0, "found": 0}

    def run(self, numbers: Sequence[int] | None = None) -> None:
        """Work on all items that are left, until told to stop.

        Parameters
        ----------
        numbers : sequence of int, optional
            Order in which they are taken; default their own.

        Raises
        ------
        OutputError
            A result, or the ledger, cannot be written.
        """
        tries = self._tries(self._items.numbers() if numbers is None else numbers)
        began = told = time.monotonic()
        try:
            while self._goes_on():
                more = self._fill(tries)
                self._save()
                if not more and not self._running:
                    break
                for ended in self._pool.ended(_POLL):
                    self._record(ended)
                if time.monotonic() - told >= _EVERY:
                    told = time.monotonic()
                    self._tell("progress", **self.counts(told - began))
        finally:
            self._leave()

    def counts(self, seconds: float) -> dict[str, Any]:
        """Return how far this run is, after so many seconds."""
        return {
            **self._counts,
            "running": len(self._running),
            "total": len(self._items),
            "rate": round(self._solved / seconds, 3) if seconds > 0 else None,
        }

    def _goes_on(self) -> bool:
        """Whether running items may go on; told to stop, they get some seconds more."""
        stops = self._stops()
        if stops and self._deadline is None:
            self._deadline = time.monotonic() + _LAST
            self._tell("stopping", running=len(self._running), seconds=_LAST)
        return stops <= 1 and (
            self._deadline is None or time.monotonic() < self._deadline
        )

    def _fill(self, tries: Iterator[_Try]) -> bool:
        """Give every free worker an item; return whether there may be more."""
        while self._pool.free > 0:
            if self._stops() or self._is_failing:
                return False
            each = self._again.popleft() if self._again else next(tries, None)
            if each is None:
                return False
            self._start(each)
        return True

    def _start(self, each: _Try) -> None:
        entry = each.entry
        self._running[entry.item] = each
        self._solving[entry.key] = entry.item
        self._pool.submit(each.task)
        self._unsaved.append(entry)
        self._tell("item_started", item=entry.item, attempts=entry.attempts)

    def _tries(self, numbers: Sequence[int]) -> Iterator[_Try]:
        """Yield the items to be solved, one when the next is asked for."""
        for number in numbers:
            each = self._looked_at(number)
            if each is not None:
                yield each

    def _looked_at(self, number: int) -> _Try | None:
        """Return an item that is to be solved; None: there is nothing to do."""
        item, is_varied = self._items[number], self._items.is_varied(number)
        key, base = self._keys.of(item, is_varied=is_varied)
        known = self._ledger.entry(number)
        if known is not None and known.key != key:
            known = None
        if known is not None and known.state == FAILED:
            if not self._order.retry_failed:
                self._counts[FAILED] += 1
                return None
            known = None
        attempts = known.attempts if known is not None else 0
        entry = LedgerEntry(number, key, RUNNING, attempts=attempts, task=asdict(item))
        if self._is_shared(entry) or self._is_found(entry, item, known):
            return None
        order = self._order
        task = Task(
            number=number,
            key=key,
            item=item,
            is_varied=is_varied,
            base_sha256=base,
            folder=str(order.folder),
            options=order.options,
            keep=order.keep,
            memory_limit=order.memory_limit,
            root=str(Path.cwd()),
        )
        return _Try(entry, task)

    def _is_shared(self, entry: LedgerEntry) -> bool:
        """Whether an earlier item has the same answer, which is then this one's too."""
        first = self._solving.get(entry.key)
        if first is not None:
            row: LedgerEntry | None = self._running[first].entry
        else:
            self._save()
            row = self._ledger.same(entry.key, entry.item)
        if row is None or row.item > entry.item:
            return False
        self._counts["duplicates"] += 1
        self._unsaved.append(_shared(entry, row))
        return True

    def _is_found(
        self, entry: LedgerEntry, item: Item, known: LedgerEntry | None
    ) -> bool:
        """Whether the folder of an item is complete already; if not, clear it away."""
        folder = item_folder(self._order.folder, entry.item)
        if not folder.exists():
            return False
        found = found_at(folder, item)
        is_known = known is not None and known.state == DONE
        if found is None or (is_known and known and known.sha256 != found.sha256):
            remove(folder)
            return False
        self._counts["found"] += 1
        self._counts[DONE] += 1
        if not is_known:
            done = replace(
                entry,
                state=DONE,
                exit_code=exit_code_of(found.summary),
                ended=time.time(),
                summary=found.summary,
                sha256=found.sha256,
            )
            self._keep(done)
        return True

    def _record(self, ended: Ended) -> None:
        """Write down how a task ended, or have it tried again."""
        each = self._running.pop(ended.number, None)
        if each is None:
            return
        entry = each.entry
        self._solving.pop(entry.key, None)
        if ended.outcome == "unwritable":
            self._unsaved.append(replace(entry, state=LEFT))
            error = WriteError if ended.exit_code == _CANNOT_WRITE else OutputError
            raise error(f"item {ended.number}: {ended.reason}")
        if ended.outcome in {"died", "unstarted"}:
            tries = entry.attempts + (ended.outcome == "died")
            entry = replace(entry, attempts=tries)
            if entry.attempts < _MOST_DEATHS:
                self._again.append(_Try(entry, each.task))
                # Until it starts again, the ledger knows that it is left.
                self._unsaved.append(replace(entry, state=LEFT))
                self._tell("item_retried", item=ended.number, reason=ended.reason)
                return
        done = replace(
            entry,
            state=DONE if ended.outcome == "done" else FAILED,
            exit_code=ended.exit_code,
            reason=ended.reason,
            seconds=ended.seconds,
            ended=time.time(),
            summary=ended.summary,
            sha256=ended.sha256,
        )
        self._keep_base(each.task, ended)
        self._keep(done)
        self._tell_end(done)

    def _keep_base(self, task: Task, ended: Ended) -> None:
        """Keep the figures that a worker found for what items start from, once."""
        name = base_name(task.item.instance, task.item.scenarios)
        if ended.base is not None and name not in self._bases:
            self._bases.add(name)
            self._ledger.begin({name: ended.base})

    def _tell_end(self, entry: LedgerEntry) -> None:
        self._counts[entry.state] += 1
        self._solved += 1
        if entry.state == FAILED:
            self._is_failing |= self._order.fail_fast
        self._tell(
            f"item_{entry.state}",
            item=entry.item,
            exit_code=entry.exit_code,
            reason=entry.reason,
            seconds=entry.seconds,
            status=(entry.summary or {}).get("status"),
        )

    def _keep(self, entry: LedgerEntry) -> None:
        """Keep a row that is over, and those that have the same answer."""
        self._unsaved.append(entry)
        if self._counts["duplicates"]:
            self._save()
            followers = list(self._ledger.sharing(entry.item))
            self._unsaved += [_shared(follower, entry) for follower in followers]

    def _save(self) -> None:
        if self._unsaved:
            # The last word on an item counts.
            rows = {entry.item: entry for entry in self._unsaved}
            self._ledger.save(rows.values())
            self._unsaved.clear()

    def _leave(self) -> None:
        """Write down that what still runs is left for another time."""
        self._pool.stop(at_once=bool(self._running))
        running = [each.entry for each in self._running.values()]
        self._unsaved += [replace(entry, state=LEFT) for entry in running]
        self._running.clear()
        self._save()


def _shared(entry: LedgerEntry, first: LedgerEntry) -> LedgerEntry:
    """Return a row with the answer of another."""
    is_over = first.state in {DONE, FAILED}
    return replace(
        entry,
        state=first.state if is_over else LEFT,
        same_as=first.item,
        exit_code=first.exit_code,
        reason=first.reason,
        summary=first.summary,
    )
