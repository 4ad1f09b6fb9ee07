"""What workers of the tests do: quick folders, and every way in which a process ends.

Each function that a worker calls stands at the top of this module, so that a spawned
process finds it, and imports little, so that it starts quickly.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.jobs.records.layout import item_folder
from solver.jobs.workers.machine import GRACE, arm
from solver.jobs.workers.task import Ended
from solver.storage.files import write_folder

if TYPE_CHECKING:
    from solver.errors import OutputError
    from solver.jobs.workers.task import Task

REASONS = {
    "sigkill": "killed by signal 9",
    "sigsegv": "killed by signal 11",
    "sigabrt": "killed by signal 6",
    "exit": "its worker ended with 3",
    "exception": "a fault in Keruen: ValueError: a fault",
    "hang": "no end within 5.3 s",
    "deaf": "no end within 5.3 s",
    "grow": "a fault in Keruen: MemoryError: ",
    "burst": "a fault in Keruen: MemoryError: ",
}
"""Ways to end badly: `deaf` ignores SIGTERM, `grow` and `burst` take memory.
Beside them stands why the item then fails, where its time limit is 0.3 s."""

WAYS = tuple(REASONS)


def quick(task: Task) -> Ended:
    """Write a small folder at once, and say so in a log beside the batch."""
    from solver.errors import OutputError

    _log(task, "began")
    files = {"table.csv": f"item\n{task.number}\n".encode()}
    summary: dict[str, Any] = {
        "status": "optimal",
        "cost": float(task.item.changes[0].split()[-1].strip("}")),
        "unmet": 0.0,
        "instance": {
            "scenarios": list(task.item.scenarios),
            "changes": list(task.item.changes),
        },
        "files": {
            name: hashlib.sha256(data).hexdigest() for name, data in files.items()
        },
    }
    content = json.dumps(summary).encode()
    folder = item_folder(Path(task.folder), task.number)
    try:
        write_folder(
            folder, {**files, "summary.json": content}, beside=Path(task.folder)
        )
    except OutputError as error:
        return _unwritable(task, error)
    _log(task, "complete")
    row = {name: summary[name] for name in ("status", "cost", "unmet")}
    sha256 = hashlib.sha256(content).hexdigest()
    return Ended(task.number, "done", 0, seconds=0.0, summary=row, sha256=sha256)


def _unwritable(task: Task, error: OutputError) -> Ended:
    return Ended(task.number, "unwritable", error.exit_code, str(error))


def faulty(task: Task) -> Ended:
    """End as the file `ways.json` beside the batch says for this item, or be quick."""
    ways = json.loads((Path(task.folder).parent / "ways.json").read_text())
    way = ways.get(str(task.number))
    if way is not None:
        if way in {"hang", "deaf"}:
            arm((task.options.time_limit or 0) + GRACE)
        end_badly(way)
    return quick(task)


def hanging_once(task: Task) -> Ended:
    """Hang the first time at every third item, else be quick after a moment."""
    mark = Path(task.folder).parent / f"hung-{task.number}"
    if task.number % 3 == 0 and not mark.exists():
        mark.touch()
        time.sleep(600)
    time.sleep(0.01)
    return quick(task)


def end_badly(way: str) -> None:
    """End this process, or never."""
    signals = {"sigkill": 9, "sigsegv": 11, "sigabrt": 6}
    if way in signals:
        os.kill(os.getpid(), signals[way])
        time.sleep(60)
    elif way == "exit":
        os._exit(3)
    elif way == "exception":
        raise ValueError("a fault")
    elif way == "grow":
        held = []
        while True:
            held.append(bytearray(10_000_000))
    elif way == "burst":
        bytearray(1 << 45)
    else:
        _hang(deaf=way == "deaf")


def _hang(*, deaf: bool) -> None:
    """Never come back; deaf: hold the interpreter's lock and ignore SIGTERM."""
    if deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        ctypes.PyDLL(None).sleep(600)
    time.sleep(600)


def _log(task: Task, word: str) -> None:
    """Add one line to the log beside the batch, whole even if two write at once."""
    path = Path(task.folder).parent / "worked.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{word} {task.number} {os.getpid()}\n".encode())
    os.close(descriptor)
