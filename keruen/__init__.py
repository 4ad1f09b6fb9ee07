"""Keruen's front door under its own name: `import keruen` is `import solver`.

Names are looked up when they are first used, so that importing loads nothing heavy.

>>> import keruen
>>> keruen.solve(keruen.load("instances/quickstart")).cost
72000000.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import solver

if TYPE_CHECKING:
    from solver import *  # noqa: F403

__all__ = solver.__all__


def __getattr__(name: str) -> object:
    """Look a name up in the package that does the work."""
    if name in solver.__all__:
        return getattr(solver, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """Return the names of the front door, for tab completion."""
    return [*solver.__all__]
