"""How to solve an instance: every knob, its default and its unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

from solver.errors import UsageError
from solver.messages import listed, shown, suggestion
from solver.solution.form import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller of a solve may choose.

    Parameters
    ----------
    solver : str
        Name of the solver of the linear programs: ``HiGHS`` (kept warm, on
        arrays), or any other that PuLP lists as available.
    time_limit : float or None
        Seconds after which the best feasible solution found is returned; None: no
        limit.
    sensitivity : str
        Questions to ask about what the plan depends on: ``none``; ``some``, as many as
        bounded work answers; or ``all``.

    Raises
    ------
    UsageError
        A value is none that can be chosen. Whether a solver is there shows when it is
        asked for.
    """

    solver: str = "HiGHS"
    time_limit: float | None = None
    sensitivity: Asked = "some"

    def __post_init__(self) -> None:
        """Refuse what cannot be chosen, before anything is solved."""
        if not _is_text(self.solver):
            message = f"solver {shown(self.solver)} is not the name of a solver"
            raise UsageError(f"{message}; give one such as `HiGHS`")
        if self.time_limit is not None and not _is_duration(self.time_limit):
            message = f"time_limit {shown(self.time_limit)} is not a number of seconds"
            raise UsageError(f"{message}; give one of 0 or more, or None for no limit")
        amounts = get_args(Asked)
        if self.sensitivity not in amounts:
            given = str(self.sensitivity)
            remedy = suggestion(given, amounts, f"known: {listed(amounts)}")
            raise UsageError(f"unknown sensitivity {shown(given)}; {remedy}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_duration(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and value >= 0
