"""SIGINT and SIGTERM: both stop the run in the main thread, with their own exit code.

Either signal raises `KeyboardInterrupt`, which no ``except Exception`` of a library
swallows; which of the two it was is kept here.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


_EXIT_BASE = 128


class _State:
    """The signal that came first, and whether it may raise now."""

    received: int | None = None
    held: int = 0
    count: int = 0


_state = _State()


def exit_code() -> int:
    """Exit code of the signal that came first; 130 if none was recorded."""
    return _EXIT_BASE + (_state.received or signal.SIGINT)


@contextmanager
def handled() -> Iterator[None]:
    """Let both signals raise `KeyboardInterrupt` inside the block.

    Does nothing outside the main thread, which alone may set handlers.
    """
    _state.received, _state.count = None, 0
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _raise) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """Count both signals inside the block, where they raise nothing.

    Yields a function that says how many there were; once the block has ended, the first
    of them raises.
    """
    _state.held += 1
    before = _state.count
    try:
        yield lambda: _state.count - before
    finally:
        _state.held -= 1
    if _state.count > before and not _state.held:
        raise KeyboardInterrupt


@contextmanager
def held() -> Iterator[None]:
    """Hold both signals back until the block has ended, then raise.

    For the few steps that must not be torn apart.
    """
    _state.held += 1
    arrived = _state.received
    try:
        yield
    finally:
        _state.held -= 1
    if arrived is None and _state.received is not None and not _state.held:
        raise KeyboardInterrupt


@contextmanager
def held_for_good() -> Iterator[None]:
    """Hold both signals back for the last steps before the end."""
    _state.held += 1
    try:
        yield
    finally:
        _state.held -= 1


def _raise(number: int, _frame: FrameType | None) -> None:
    _state.count += 1
    if _state.received is None:
        _state.received = number
    if not _state.held:
        raise KeyboardInterrupt
