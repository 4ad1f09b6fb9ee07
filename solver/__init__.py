"""Keruen decides which transport corridor carries which cargo.

The front door: names are looked up when they are first used, so that importing the
package loads nothing heavy.

>>> from pathlib import Path
>>> from solver import Options, load, solve
>>> instance = load(Path("instances/quickstart")).instance
>>> solve(instance, Options()).status.value
'optimal'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.errors import DataError, Fault, InputError, KeruenError
    from solver.instance import Instance
    from solver.options import Options
    from solver.references import load
    from solver.scenarios import Change, Scenario, apply
    from solver.solution import Certificate, Plan, Solution
    from solver.solving import solve
    from solver.status import Status
    from solver.study import Study
    from solver.verification import proof, verify

_ROOMS = {
    "Certificate": "solver.solution",
    "Change": "solver.scenarios",
    "DataError": "solver.errors",
    "Fault": "solver.errors",
    "InputError": "solver.errors",
    "Instance": "solver.instance",
    "KeruenError": "solver.errors",
    "Options": "solver.options",
    "Plan": "solver.solution",
    "Scenario": "solver.scenarios",
    "Solution": "solver.solution",
    "Status": "solver.status",
    "Study": "solver.study",
    "apply": "solver.scenarios",
    "load": "solver.references",
    "proof": "solver.verification",
    "solve": "solver.solving",
    "verify": "solver.verification",
}

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
    "Scenario",
    "Solution",
    "Status",
    "Study",
    "apply",
    "load",
    "proof",
    "solve",
    "verify",
]


def __getattr__(name: str) -> object:
    """Look a name up in the room that defines it."""
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_ROOMS[name]), name)
