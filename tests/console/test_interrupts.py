"""Signals raise in the main thread, but not inside a step that must be whole."""

from __future__ import annotations

import os
import signal

import pytest

from solver.console import interrupts


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_stops_the_run_with_its_own_code(number: int, code: int) -> None:
    """Both raise KeyboardInterrupt; the first one decides the exit code."""
    with interrupts.handled():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        assert interrupts.exit_code() == code


def test_a_signal_waits_for_the_end_of_a_held_block() -> None:
    """The block is done when the interrupt is raised."""
    done = []

    def block() -> None:
        with interrupts.held():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("block")

    with interrupts.handled(), pytest.raises(KeyboardInterrupt):
        block()
    assert done == ["block"]


def test_handlers_are_put_back() -> None:
    """Outside the block signals do what they did before."""
    before = signal.getsignal(signal.SIGTERM)
    with interrupts.handled():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
