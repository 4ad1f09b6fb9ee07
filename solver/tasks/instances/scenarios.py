"""Scenarios that an instance offers, as ``keruen scenarios`` tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.loaders.instance_files import offered_scenarios

if TYPE_CHECKING:
    from pathlib import Path


def listed_scenarios(path: Path) -> list[dict[str, Any]]:
    """Return the scenarios of an instance, in the order of their file.

    Each has its name, description and source, what it includes, and how many changes
    and rules of its own it makes.

    Raises
    ------
    InputError
        If a file is missing or cannot be read.
    DataError
        If the scenarios are wrong.
    """
    return [
        {
            "name": name,
            "description": entry.description,
            "source": entry.source,
            "includes": list(entry.includes),
            "changes": len(entry.change),
            "rules": len(entry.diversification),
        }
        for name, entry in offered_scenarios(path).items()
    ]
