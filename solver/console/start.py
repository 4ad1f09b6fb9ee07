"""The first steps of the program, before anything is loaded that takes time."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_INTERRUPTED = 130
_STANDARD = (0, 1, 2)


def begin() -> None:
    """Prepare the process: end at once when interrupted, keep closed streams closed.

    An interrupt while modules load would be told as a traceback of theirs; until this
    is called, the default of the system ends the process without a word. A standard
    stream that the caller closed leaves its number to the next file opened, which
    whatever a library prints would then be written into.
    """
    for number in _STANDARD:
        with suppress(OSError):
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # Takes the lowest number that is free.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    with suppress(OSError):
        os.write(2, b"keruen: interrupted\n")
    os._exit(_INTERRUPTED)
