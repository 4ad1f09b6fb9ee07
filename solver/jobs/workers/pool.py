"""Worker processes on this machine: one item at a time each, and each can die alone.

Every place has a pebble pool of one worker, so that it is always known which item a
worker had when it died.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures.process import BrokenProcessPool
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from pebble import ProcessExpired, ProcessPool

from solver.errors import InternalError
from solver.jobs.workers.machine import GRACE, OVER_MEMORY, begin
from solver.jobs.workers.task import Ended

if TYPE_CHECKING:
    from concurrent.futures import Future

    from solver.jobs.workers.task import Task, Work

RECYCLED_AFTER = 500
"""Items after which a worker process is replaced by a new one."""

_MOST_BREAKS = 20
_LONGER = 30.0
"""Seconds beyond all limits after which the pool ends a worker itself."""

_WORKER_NAME = "pebble_pool_worker"


class Pool(Protocol):
    """Where tasks are worked on."""

    @property
    def free(self) -> int:
        """How many tasks could start now."""
        ...

    def submit(self, task: Task) -> None:
        """Start a task, or hand it to a place that soon will."""
        ...

    def ended(self, seconds: float) -> list[Ended]:
        """Return the tasks that ended, waiting so long for the first."""
        ...

    def stop(self, *, at_once: bool) -> None:
        """End all workers; at once: whatever they do."""
        ...


class Place:
    """A worker process, replaced when it dies; made in a thread that lives as long.

    The signal that ends a worker with its parent follows the thread that started it.

    Parameters
    ----------
    memory_limit : int
        Megabytes it may use.
    function : callable
        What it does with a task.
    recycled_after : int
        Items after which it is replaced; 0: never.
    """

    def __init__(
        self,
        memory_limit: int,
        function: Work,
        recycled_after: int = RECYCLED_AFTER,
    ) -> None:
        # One thread a solve: as many workers as cores, and no more threads than that.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self._memory_limit = memory_limit
        self._function = function
        self._recycled_after = recycled_after
        self._breaks = 0
        self._pool = self._new()

    def start(self, task: Task) -> Future[Ended]:
        """Start a task."""
        try:
            return self._scheduled(task)
        except RuntimeError:
            # Its worker died while it had nothing to do.
            self._renew()
            return self._scheduled(task)

    def ended(self, task: Task, future: Future[Ended]) -> Ended:
        """Return how a task ended, waiting for it."""
        try:
            ended = future.result()
        except BrokenProcessPool:
            self._renew()
            # No worker had taken it: what ended the process was not this item.
            return Ended(task.number, "unstarted", reason="its worker never began")
        except Exception as error:  # noqa: BLE001
            return _unfinished(task, error)
        self._breaks = 0
        return ended

    def stop(self, *, at_once: bool) -> None:
        """End the worker; at once: whatever it does."""
        if at_once:
            kill_workers()
        self._end()

    def _scheduled(self, task: Task) -> Future[Ended]:
        limit = task.options.time_limit
        # The item's own alarm comes first; its base may take as long as itself.
        longest = None if limit is None else 2 * (limit + GRACE) + _LONGER
        return self._pool.schedule(self._function, args=(task,), timeout=longest)

    def _new(self) -> ProcessPool:
        return ProcessPool(
            max_workers=1,
            max_tasks=self._recycled_after,
            initializer=begin,
            initargs=(os.getpid(), self._memory_limit),
            context=multiprocessing.get_context("spawn"),
        )

    def _renew(self) -> None:
        """Put a new pool in the place of a broken one."""
        self._breaks += 1
        if self._breaks > _MOST_BREAKS:
            message = "worker processes end before they begin; is memory short?"
            raise InternalError(message)
        self._end()
        self._pool = self._new()

    def _end(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


class LocalPool:
    """Workers on this machine. Made, and given tasks, in the main thread alone.

    Parameters
    ----------
    memory_limit : int
        Megabytes for each.
    function : callable
        What a worker does with a task.
    recycled_after : int, optional
        Items after which a worker is replaced; 0: never.
    """

    def __init__(
        self,
        workers: int,
        memory_limit: int,
        function: Work,
        recycled_after: int = RECYCLED_AFTER,
    ) -> None:
        self._places = [
            Place(memory_limit, function, recycled_after) for _ in range(workers)
        ]
        self._tasks: dict[int, Task] = {}
        self._ended: SimpleQueue[tuple[int, Future[Ended]]] = SimpleQueue()

    @property
    def free(self) -> int:
        """How many tasks could start now."""
        return len(self._places) - len(self._tasks)

    def submit(self, task: Task) -> None:
        """Start a task at a free place."""
        place = next(n for n in range(len(self._places)) if n not in self._tasks)
        self._tasks[place] = task
        future = self._places[place].start(task)
        future.add_done_callback(lambda done: self._ended.put((place, done)))

    def ended(self, seconds: float) -> list[Ended]:
        """Return the tasks that ended, waiting so long for the first."""
        found: list[Ended] = []
        try:
            found.append(self._taken(*self._ended.get(timeout=seconds)))
            while True:
                found.append(self._taken(*self._ended.get_nowait()))
        except Empty:
            return found

    def stop(self, *, at_once: bool) -> None:
        """End all workers."""
        if at_once:
            kill_workers()
        for place in self._places:
            place.stop(at_once=False)
        self._tasks.clear()

    def _taken(self, place: int, done: Future[Ended]) -> Ended:
        """Return how a task ended, and free its place."""
        return self._places[place].ended(self._tasks.pop(place), done)


def kill_workers() -> None:
    """Kill every worker process of this one, which needs no time."""
    for process in multiprocessing.active_children():
        if process.name == _WORKER_NAME:
            process.kill()


def _unfinished(task: Task, error: BaseException) -> Ended:
    """Return how a task ended whose worker gave no answer."""
    limit = task.options.time_limit or 0.0
    late = Ended(task.number, "timeout", reason=f"no end within {limit + GRACE:g} s")
    if isinstance(error, TimeoutError):
        return late
    if not isinstance(error, ProcessExpired):
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return Ended(task.number, "failed", 70, f"a fault in Keruen: {what}")
    code = error.exitcode
    if code == -signal.SIGALRM:
        return late
    if code == OVER_MEMORY:
        reason = f"over {task.memory_limit:,} MB"
        return Ended(task.number, "failed", OVER_MEMORY, reason)
    how = f"killed by signal {-code}" if code < 0 else f"its worker ended with {code}"
    return Ended(task.number, "died", reason=how)
