"""How to solve an instance: every knob, its default and its unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    """

    solver: str = "HiGHS"
    time_limit: float | None = None
    sensitivity: Asked = "some"
