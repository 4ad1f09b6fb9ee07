"""Why a solve ended, and the exit code that says so."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How a solve ended; each value is written to results as it stands."""

    OPTIMAL = "optimal"
    """Proved and verified; all firm demand is met."""
    UNMET = "unmet"
    """Proved and verified; firm demand stays unmet, with what keeps it."""
    INFEASIBLE = "infeasible"
    """The rules cannot hold together (proved)."""
    LIMIT = "limit"
    """Stopped by a limit: the best feasible solution found and its proven gap."""
    APPROXIMATE = "approximate"
    """Finished, but not proved to the tolerance: best plan and its proven gap."""
    NONE = "none"
    """Stopped with no plan."""

    @property
    def exit_code(self) -> int:
        """Exit code of a command that ends with this status."""
        return _EXIT_CODES[self]

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan to show."""
        return self not in {Status.INFEASIBLE, Status.NONE}


_EXIT_CODES = {
    Status.OPTIMAL: 0,
    Status.UNMET: 10,
    Status.INFEASIBLE: 11,
    Status.LIMIT: 12,
    Status.APPROXIMATE: 12,
    Status.NONE: 13,
}
