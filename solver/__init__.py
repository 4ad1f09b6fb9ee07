"""Keruen decides which transport corridor carries which cargo.

The front door: names are looked up when they are first used, so that importing the
package loads nothing heavy.

>>> from solver import load, solve
>>> result = solve(load("instances/quickstart"))
>>> result.status.value, result.cost
('optimal', 72000000.0)
"""

from __future__ import annotations

TYPE_CHECKING = False  # As `typing` has it, whose import takes time.

if TYPE_CHECKING:
    from solver.errors import DataError, Fault, InputError, KeruenError, UsageError
    from solver.options import Options
    from solver.solution.certificate import Certificate
    from solver.solution.plan import Plan
    from solver.solution.solution import Solution
    from solver.solution.status import Status
    from solver.studies.what_if import WhatIf
    from solver.tasks.python.checked import CheckedInstance as Instance
    from solver.tasks.python.checked import apply, load
    from solver.tasks.python.checked_change import CheckedChange as Change
    from solver.tasks.python.checked_change import CheckedScenario as Scenario
    from solver.tasks.python.checked_rule import CheckedRule as Rule
    from solver.tasks.python.verification import verify
    from solver.tasks.python.verified import VerifiedResult as Result
    from solver.tasks.python.verified import read, solve
    from solver.verification import proof

_ROOMS = {
    "Certificate": "solver.solution.certificate:Certificate",
    "Change": "solver.tasks.python.checked_change:CheckedChange",
    "DataError": "solver.errors:DataError",
    "Fault": "solver.errors:Fault",
    "InputError": "solver.errors:InputError",
    "Instance": "solver.tasks.python.checked:CheckedInstance",
    "KeruenError": "solver.errors:KeruenError",
    "Options": "solver.options:Options",
    "Plan": "solver.solution.plan:Plan",
    "Result": "solver.tasks.python.verified:VerifiedResult",
    "Rule": "solver.tasks.python.checked_rule:CheckedRule",
    "Scenario": "solver.tasks.python.checked_change:CheckedScenario",
    "Solution": "solver.solution.solution:Solution",
    "Status": "solver.solution.status:Status",
    "UsageError": "solver.errors:UsageError",
    "WhatIf": "solver.studies.what_if:WhatIf",
    "apply": "solver.tasks.python.checked:apply",
    "load": "solver.tasks.python.checked:load",
    "proof": "solver.verification:proof",
    "read": "solver.tasks.python.verified:read",
    "solve": "solver.tasks.python.verified:solve",
    "verify": "solver.tasks.python.verification:verify",
}
"""Where each name of the front door comes from, and what it is called there."""

__all__ = [
    "Certificate",
    "Change",
    "DataError",
    "Fault",
    "InputError",
    "Instance",
    "KeruenError",
    "Options",
    "Plan",
    "Result",
    "Rule",
    "Scenario",
    "Solution",
    "Status",
    "UsageError",
    "WhatIf",
    "apply",
    "load",
    "proof",
    "read",
    "solve",
    "verify",
]


_RENAMED = {"Study": "WhatIf"}
"""Names of the last release, which the next one drops."""


def __getattr__(name: str) -> object:
    """Look a name up in the room that defines it."""
    if name in _RENAMED:
        import warnings

        message = f"`{name}` is now `{_RENAMED[name]}`; the next release drops it"
        warnings.warn(message, DeprecationWarning, stacklevel=2)
        name = _RENAMED[name]
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    room, _, own = _ROOMS[name].partition(":")
    return getattr(import_module(room), own)


def __dir__() -> list[str]:
    """Return the names of the front door, for tab completion."""
    return [*__all__]
