"""The first steps of the program, before anything is loaded that takes time."""

from __future__ import annotations

import gc
import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_INTERRUPTED = 130
_STANDARD = (0, 1, 2)

_WHILE_LOADING = 500_000
"""Objects that may be made while modules load before garbage is looked for: hardly
any of them ever is, and looking takes a tenth of the time of a small run."""

_ORDINARY = gc.get_threshold()


def begin() -> None:
    """Prepare the process: end at once when interrupted, keep closed streams closed.

    An interrupt while modules load would be told as a traceback of theirs; until this
    is called, the default of the system ends the process without a word. A standard
    stream that the caller closed leaves its number to the next file opened, which
    whatever a library prints would then be written into. Until `loaded` is called,
    garbage is hardly looked for. Linear algebra gets one thread.
    """
    gc.set_threshold(_WHILE_LOADING)
    # Matrices are small, and sums must not depend on how many cores there are.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for number in _STANDARD:
        with suppress(OSError):
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # Takes the lowest number that is free.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _end)


def loaded() -> None:
    """Look for garbage as usual from now on, but among what is loaded by now.

    Whoever uses Keruen from Python has not called `begin`: there this does nothing.
    """
    if gc.get_threshold()[0] == _WHILE_LOADING:
        gc.freeze()
        gc.set_threshold(*_ORDINARY)


def _end(_number: int, _frame: FrameType | None) -> None:
    with suppress(OSError):
        os.write(2, b"keruen: interrupted\n")
    os._exit(_INTERRUPTED)
