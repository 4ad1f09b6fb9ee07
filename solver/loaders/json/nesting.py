"""How deeply keys are nested: no instance needs much, and readers must not run wild."""

from __future__ import annotations

import re

from solver.errors import Fault

_DEEPEST = 32
"""Levels allowed; an instance has six."""


_DOTTED = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){32,}""")
"""A key of so many parts: the TOML reader takes quadratic memory for them."""


def deep_nesting(file: str, line: int | None = None) -> Fault:
    """Return the fault of a file that is nested too deeply."""
    message = f"is nested too deeply: more than {_DEEPEST} levels"
    return Fault(file, message, "flatten it", line)


def dotted_fault(text: str, file: str) -> Fault | None:
    """Return the fault of a TOML text with a key of too many dotted parts."""
    found = _DOTTED.search(text)
    if found is None:
        return None
    return deep_nesting(file, text.count("\n", 0, found.start()) + 1)


def nesting_fault(document: object, file: str) -> Fault | None:
    """Return the fault of a document in which too much is inside something else."""
    level = [document]
    for _ in range(_DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return None
    return deep_nesting(file)


def _inside(value: object) -> list[object]:
    """Objects and lists right inside a value."""
    if not isinstance(value, dict | list):
        return []
    values = list(value.values()) if isinstance(value, dict) else value
    if not any(issubclass(kind, dict | list) for kind in set(map(type, values))):
        return []  # A column, of which there may be millions of cells.
    return [inner for inner in values if isinstance(inner, dict | list)]
