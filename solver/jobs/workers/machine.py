"""What a worker process may use, and how it ends with its parent.

On Linux the kernel ends a worker whose parent is gone (``PR_SET_PDEATHSIG``) and bounds
its address space (``RLIMIT_AS``). Elsewhere a thread of the worker looks twice a second
at both, which a computation that never lets other threads run can hold up.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

OVER_MEMORY = 71
"""Exit code of a worker that ended itself over its limit, where no kernel bounds it."""

MEGABYTE = 1 << 20

GRACE = 5.0
"""Seconds that an item has beyond its time limit to stop by itself."""

_PR_SET_PDEATHSIG = 1
_LOOK = 0.5
_CGROUP = Path("/sys/fs/cgroup")


def cores() -> int:
    """Return how many cores this process may use: its affinity, and its cgroup's."""
    allowed = os.cpu_count() or 1
    if sys.platform == "linux":
        allowed = len(os.sched_getaffinity(0))
    return max(1, min(allowed, _cgroup_cores(allowed)))


def _cgroup_cores(otherwise: int) -> int:
    """Return the cores of the cgroup's quota, of version 2 or 1."""
    with suppress(OSError, ValueError):
        quota, period = (_CGROUP / "cpu.max").read_text().split()
        return otherwise if quota == "max" else -(-int(quota) // int(period))
    with suppress(OSError, ValueError):
        cpu = _CGROUP / "cpu"
        limit = int((cpu / "cpu.cfs_quota_us").read_text())
        each = int((cpu / "cpu.cfs_period_us").read_text())
        return -(-limit // each) if limit > 0 else otherwise
    return otherwise


def begin(parent: int, memory_limit: int) -> None:
    """Prepare a new worker process.

    Parameters
    ----------
    parent : int
        Number of the process that it must not outlive.
    memory_limit : int
        Megabytes it may use.
    """
    bind_to_parent(parent)
    limit_memory(memory_limit)


def bind_to_parent(parent: int) -> None:
    """End this process with its parent; at once if that is gone already.

    Parameters
    ----------
    parent : int
        Number of the process that started this one.
    """
    if sys.platform == "linux":
        _die_with_parent()
    else:
        _watch(lambda: os.getppid() != parent, 1)
    # Between the start of this process and here the parent may have ended.
    if os.getppid() != parent:
        os._exit(1)


def limit_memory(megabytes: int) -> None:
    """Bound the memory of this process.

    Parameters
    ----------
    megabytes : int
        Address space on Linux; elsewhere, resident memory.
    """
    if sys.platform == "linux":
        import resource

        size = megabytes * MEGABYTE
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        size = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))
    else:
        import psutil

        own = psutil.Process()
        limit = megabytes * MEGABYTE
        _watch(lambda: own.memory_info().rss > limit, OVER_MEMORY)


def arm(seconds: float) -> None:
    """Have the kernel end this process after so many seconds; 0: not any more.

    The alarm needs no thread and no lock of the interpreter, so nothing that a library
    does can hold it up. Where there is none, the pool's own limit must do.
    """
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _die_with_parent() -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _watch(is_over: Callable[[], bool], code: int) -> None:
    """End this process with a code once a condition holds."""

    def look() -> None:
        while not is_over():
            time.sleep(_LOOK)
        os._exit(code)

    threading.Thread(target=look, daemon=True).start()
