"""Commands as whole processes: how long they take, and how much memory at most."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent

_PER_MIB = 2**20 if sys.platform == "darwin" else 2**10
"""Of the unit in which the system tells the peak of memory."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ended.

    Parameters
    ----------
    code : int
        Its exit code; negative: the signal that ended it.
    in_time : bool
        Whether it ended by itself, and not at the limit.
    seconds : float
        From its start to its end.
    peak : float
        Most memory at once, MiB: the largest of the process and those it waited for.
    processor : float
        Processor time in seconds, user and system, of the process and those it waited
        for.
    output, errors : str
        What it wrote.
    """

    code: int
    in_time: bool
    seconds: float
    peak: float
    processor: float
    output: str
    errors: str


def finished(command: Sequence[str | Path], limit: float) -> Finished:
    """Run a command in the repository's folder, and end it at the limit.

    The system counts the memory of this process as the child's until that runs its own
    program: whoever calls this must be small.

    Parameters
    ----------
    command : sequence of str or Path
        Program and arguments.
    limit : float
        Seconds after which it is ended, with all that it started.
    """
    late = Event()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        child = subprocess.Popen(  # noqa: S603 - our own commands
            [str(word) for word in command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        timer = Timer(limit, _end, (child.pid, late))
        timer.start()
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            _end(child.pid, late)
            raise
        finally:
            timer.cancel()
        seconds = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        return Finished(
            code=child.returncode,
            in_time=not late.is_set(),
            seconds=seconds,
            peak=usage.ru_maxrss / _PER_MIB,
            processor=usage.ru_utime + usage.ru_stime,
            output=output.read().decode(errors="replace"),
            errors=errors.read().decode(errors="replace"),
        )


def _end(group: int, late: Event) -> None:
    """End a process that we started, and all that it started."""
    late.set()
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
