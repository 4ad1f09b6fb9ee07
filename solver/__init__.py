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
    from solver.loaders.references import load
    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.problem.scenarios import Change, Scenario, apply
    from solver.solution.certificate import Certificate
    from solver.solution.plan import Plan
    from solver.solution.solution import Solution
    from solver.solution.status import Status
    from solver.studies.what_if import WhatIf
    from solver.tasks.answer import solve
    from solver.verification import proof, verify

_ROOMS = {
    "Certificate": "solver.solution.certificate",
    "Change": "solver.problem.scenarios",
    "DataError": "solver.errors",
    "Fault": "solver.errors",
    "InputError": "solver.errors",
    "Instance": "solver.problem.instance",
    "KeruenError": "solver.errors",
    "Options": "solver.options",
    "Plan": "solver.solution.plan",
    "Scenario": "solver.problem.scenarios",
    "Solution": "solver.solution.solution",
    "Status": "solver.solution.status",
    "WhatIf": "solver.studies.what_if",
    "apply": "solver.problem.scenarios",
    "load": "solver.loaders.references",
    "proof": "solver.verification",
    "solve": "solver.tasks.answer",
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
    "WhatIf",
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
