"""Seconds of each phase of a run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Clock:
    """Seconds of each phase, one after the other.

    Parameters
    ----------
    began : float, optional
        Moment, on the monotonic clock, at which the first phase began.
    """

    def __init__(self, began: float | None = None) -> None:
        self._last = time.monotonic() if began is None else began
        self.seconds: dict[str, float] = {}

    def stop(self, phase: str) -> None:
        """End a phase; the next one begins."""
        now = time.monotonic()
        self.seconds[phase] = now - self._last
        self._last = now

    def split(self, phases: Mapping[str, float]) -> None:
        """End a phase that knows its own parts."""
        self.seconds |= phases
        self._last = time.monotonic()

    def with_total(self) -> dict[str, float]:
        """Seconds by phase, to the millisecond, and their sum."""
        phases = {phase: round(value, 3) for phase, value in self.seconds.items()}
        return {**phases, "total": round(sum(phases.values()), 3)}
