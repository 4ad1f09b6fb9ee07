"""Items on the workers of a Dask scheduler, each in a child process of the worker.

Dask only places items. A task that kills its process would take the worker with it, and
Dask ends no task that takes too long: so every worker has a child that may die, is
bounded in memory and ends with it, as on one machine.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from solver.errors import UsageError
from solver.jobs.workers.pool import Place, kill_workers
from solver.jobs.workers.task import Ended
from solver.storage.files import OURS

if TYPE_CHECKING:
    from solver.jobs.workers.task import Task, Work

MOST_IN_FLIGHT = 4
"""Items of one worker that the scheduler holds at once."""

_RETRIES = 2
_WAIT = 30.0
_HOW = "start it by: dask worker ADDRESS --nthreads 1 --no-nanny --memory-limit 0"


class ClusterPool:
    """Workers of a Dask scheduler that the user started.

    Nothing is written before all workers have been looked at.

    Parameters
    ----------
    address : str
        Of the scheduler.
    function : callable
        What a child does with a task.

    Raises
    ------
    UsageError
        `distributed` is not installed, the scheduler cannot be reached, or a worker is
        one that may not have children.
    """

    def __init__(self, address: str, function: Work) -> None:
        if find_spec("distributed") is None:
            message = "--cluster needs distributed"
            raise UsageError(f"{message}; install it: pip install 'keruen[cluster]'")
        from distributed import Client

        self._function = function
        self._ended: SimpleQueue[Any] = SimpleQueue()
        self._tasks: dict[str, tuple[Task, Any]] = {}
        try:
            self._client: Any = Client(address, timeout=_WAIT, set_as_default=False)  # type: ignore[no-untyped-call]
            self._client.wait_for_workers(1, timeout=_WAIT)
        except (OSError, TimeoutError) as error:
            message = f"{address}: no scheduler with a worker answers: {error}"
            raise UsageError(f"{message}; {_HOW}") from error
        self._refuse_nannies()

    def probe(self, folder: Path) -> None:
        """See that every worker has the same folder, by a file that is there for once.

        Raises
        ------
        UsageError
            One has not.
        """
        mark = secrets.token_hex(16)
        path = folder / f"{OURS}probe-{mark}"
        path.write_text(mark, encoding="utf-8")
        try:
            found = self._client.run(_seen, str(path))
        finally:
            path.unlink()
        blind = [worker for worker, seen in found.items() if seen != mark]
        if blind:
            message = f"the worker {blind[0]} does not see {folder}"
            raise UsageError(f"{message}; put DIR on a file system that all share")

    @property
    def free(self) -> int:
        """How many tasks the scheduler may be given now."""
        workers = len(self._client.scheduler_info(n_workers=-1)["workers"])
        return MOST_IN_FLIGHT * max(1, workers) - len(self._tasks)

    def submit(self, task: Task) -> None:
        """Hand a task to the scheduler."""
        key = f"keruen-{task.number}-{secrets.token_hex(4)}"
        future = self._client.submit(
            run_here,
            task,
            self._function,
            key=key,
            retries=_RETRIES,
            pure=False,
        )
        self._tasks[key] = (task, future)
        future.add_done_callback(lambda done: self._ended.put(done.key))

    def ended(self, seconds: float) -> list[Ended]:
        """Return the tasks that ended, waiting so long for the first."""
        found: list[Ended] = []
        try:
            found.append(self._taken(self._ended.get(timeout=seconds)))
            while True:
                found.append(self._taken(self._ended.get_nowait()))
        except Empty:
            return found

    def stop(self, *, at_once: bool) -> None:  # noqa: ARG002 - children end either way
        """Take back what has not ended, and end the children of all workers."""
        self._client.cancel([future for _, future in self._tasks.values()], force=True)
        self._tasks.clear()
        self._client.run(end_child, on_error="ignore")
        self._client.close()

    def _taken(self, key: str) -> Ended:
        """Return how a task ended, and let go of it."""
        task, future = self._tasks.pop(key)
        try:
            ended: Ended = future.result(timeout=_WAIT)
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001 - a worker was lost, with its child
            return Ended(task.number, "died", reason=f"its worker was lost: {error}")
        finally:
            future.release()
        return ended

    def _refuse_nannies(self) -> None:
        """Raise if a worker may not have children: every item would fail there."""
        found = self._client.run(_is_daemon)
        bound = [worker for worker, is_daemon in found.items() if is_daemon]
        if bound:
            self._client.close()
            raise UsageError(_refusal(bound[0]))


def _refusal(worker: str) -> str:
    message = f"the worker {worker} runs under a nanny and may not have children"
    return f"{message}; {_HOW}"


def _is_daemon() -> bool:
    return multiprocessing.current_process().daemon


def _seen(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


class _Here:
    """The child of this Dask worker; started in a thread that never ends."""

    place: Place | None = None
    lock = threading.Lock()
    starter = ThreadPoolExecutor(1, thread_name_prefix="keruen-starter")


def run_here(task: Task, function: Work) -> Ended:
    """Solve an item in the child of this Dask worker; return one line.

    Raises
    ------
    UsageError
        This worker may not have children.
    """
    if _is_daemon():
        raise UsageError(_refusal(f"process {os.getpid()}"))
    with _Here.lock:
        if _Here.place is None:
            make = _Here.starter.submit(Place, task.memory_limit, function)
            _Here.place = make.result()
        place = _Here.place
        # The first start makes the process, and so does one after a death.
        future = _Here.starter.submit(place.start, task).result()
    return _Here.starter.submit(place.ended, task, future).result()


def end_child() -> None:
    """End the child of this Dask worker."""
    kill_workers()
    place, _Here.place = _Here.place, None
    if place is not None:
        threading.Thread(target=place.stop, kwargs={"at_once": True}).start()
