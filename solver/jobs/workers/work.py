"""What a worker does: one item after the other, each started from the same snapshot."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from solver.errors import DataError, InputError, KeruenError, OutputError
from solver.jobs.questions.bases import Bases
from solver.jobs.records.layout import item_folder
from solver.jobs.records.results import exit_code_of, found_at, kept_files, summary_row
from solver.jobs.workers.machine import GRACE, arm
from solver.jobs.workers.task import Ended
from solver.loaders.references import load, with_one_off
from solver.solution.form import SUMMARY
from solver.solution.status import Status
from solver.storage.files import write_folder
from solver.tasks.answer import solve, solve_from, study_of
from solver.tasks.clock import Clock
from solver.tasks.solve import finished

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from solver.jobs.workers.task import Task
    from solver.tasks.solve import Run

_bases = Bases()


def work(task: Task) -> Ended:
    """Solve an item, verify the result and write its folder.

    Whatever goes wrong comes back as an `Ended` that says so.
    """
    began = time.monotonic()
    try:
        ended = _worked(task)
    except OutputError as error:
        ended = Ended(task.number, "unwritable", error.exit_code, str(error))
    except MemoryError:
        _bases.clear()
        ended = Ended(task.number, "failed", 71, f"over {task.memory_limit:,} MB")
    except DataError as error:
        ended = Ended(task.number, "failed", 65, f"bad instance: {error.faults[0]}")
    except KeruenError as error:
        reason = " ".join(str(error).split())
        ended = Ended(task.number, "failed", error.exit_code, reason)
    except Exception as error:  # noqa: BLE001 - it must cost this item only
        what = " ".join(f"{type(error).__name__}: {error}".split())
        ended = Ended(task.number, "failed", 70, f"a fault in Keruen: {what}")
    finally:
        arm(0)
    return replace(ended, seconds=round(time.monotonic() - began, 3))


def _worked(task: Task) -> Ended:
    folder = item_folder(Path(task.folder), task.number)
    found = found_at(folder, task.item)
    if found is not None:
        # Only on a cluster: a worker that was lost had finished it.
        return _done(task, found.summary, found.sha256)
    run = _run(task)
    if run.result.summary["status"] == Status.NONE:
        return Ended(task.number, "failed", Status.NONE.exit_code, "no plan was found")
    files = kept_files(run.files, task.keep)
    try:
        write_folder(folder, files, beside=Path(task.folder))
    except OutputError:
        found = found_at(folder, task.item)
        if found is None:
            raise
        # A worker that was given up for lost was faster: its answer stands.
        return _done(task, found.summary, found.sha256)
    sha256 = hashlib.sha256(files[SUMMARY]).hexdigest()
    done = _done(task, summary_row(run.result.summary), sha256)
    return replace(done, base=_base_figures(task))


def _done(task: Task, summary: Mapping[str, Any], sha256: str) -> Ended:
    code = exit_code_of(summary)
    return Ended(task.number, "done", code, summary=summary, sha256=sha256)


def _run(task: Task) -> Run:
    """Solve and verify what a task asks."""
    item, options = task.item, task.options
    _arm_for(task)
    if not task.is_varied:
        instance = load(task.path, item.scenarios).instance
        clock = Clock()
        return finished(instance, solve(instance, options), options, clock)
    base = _bases.get(str(task.path), item.scenarios)
    if base.sha256 != task.base_sha256:
        message = f"{item.instance}: has changed since the batch began"
        raise InputError(f"{message}; start again in a new folder")
    base.study = base.study or study_of(base.loaded.instance, options)
    # The base, which many items share, is not on the time of one of them.
    _arm_for(task)
    clock = Clock()
    loaded = with_one_off(base.loaded, item.changes, task.path, warns=False)
    solution = solve_from(base.study, loaded.instance, options)
    return finished(loaded.instance, solution, options, clock)


def _base_figures(task: Task) -> dict[str, float] | None:
    """Return cost and unmet quantity of what the item started from, if solved."""
    if not task.is_varied:
        return None
    study = _bases.get(str(task.path), task.item.scenarios).study
    if study is None or study.solution.plan is None:
        return None
    cost, unmet = study.solution.proved.objective, study.solution.plan.unmet.sum()
    return {"cost": cost or 0.0, "unmet": float(unmet)}


def _arm_for(task: Task) -> None:
    if task.options.time_limit is not None:
        arm(task.options.time_limit + GRACE)
