"""Versions of everything that a result rests on."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata

from solver.solution.form import PACKAGES
from solver.version import VERSION


def versions() -> dict[str, str]:
    """Versions of everything that a result depends on."""
    found = {"keruen": VERSION, "python": platform.python_version()}
    return found | {name: _version(name) for name in PACKAGES}


@cache
def _version(package: str) -> str:
    """Version of a package: the line of its metadata, not read as a whole letter."""
    found = metadata.distribution(package)
    lines = (found.read_text("METADATA") or "").splitlines()
    told = (line for line in lines if line.startswith("Version: "))
    return next(told, "").removeprefix("Version: ").strip() or found.version
