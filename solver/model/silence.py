"""Nothing that a solver writes reaches standard output.

Solvers write to file descriptor 1, past Python's streams: HiGHS 1.16 prints a banner
when its first object is made, before any option could forbid it. Whatever is written
there while a solver is at work goes nowhere.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_STDOUT = 1


class _Redirection:
    """File descriptor 1, sent nowhere while anybody wants that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._kept: int | None = None

    def begin(self) -> None:
        """Send it nowhere, from the first who wants it on."""
        with self._lock:
            if self._wanted == 0:
                self._kept = _redirected()
            self._wanted += 1

    def end(self) -> None:
        """Put it back, after the last."""
        with self._lock:
            self._wanted -= 1
            if self._wanted == 0 and self._kept is not None:
                _flush_c()
                os.dup2(self._kept, _STDOUT)
                os.close(self._kept)
                self._kept = None


_REDIRECTION = _Redirection()


@contextmanager
def silenced() -> Iterator[None]:
    """Send what is written to file descriptor 1 nowhere, whoever writes it."""
    _REDIRECTION.begin()
    try:
        yield
    finally:
        _REDIRECTION.end()


def _redirected() -> int | None:
    """Redirect file descriptor 1; return a copy of it, None if there is none."""
    try:
        kept = os.dup(_STDOUT)
    except OSError:
        return None
    with suppress(AttributeError, OSError, ValueError):
        sys.stdout.flush()
    _flush_c()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    os.close(nowhere)
    return kept


def _flush_c() -> None:
    """Write out what C libraries hold back: later it would reach standard output."""
    with suppress(AttributeError, OSError):
        _c_library().fflush(None)


@cache
def _c_library() -> Any:
    return ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
