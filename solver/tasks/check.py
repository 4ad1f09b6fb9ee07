"""What an instance holds, as ``keruen check`` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from solver.problem.instance import Instance


def sizes(instance: Instance) -> dict[str, Any]:
    """Name of an instance, and how many rows each of its tables has."""
    tables = {name: len(getattr(instance, name)) for name in DEFINITIONS}
    return {
        "instance": {
            "name": instance.name,
            "scenarios": list(instance.scenarios),
            **({"changes": list(instance.changes)} if instance.changes else {}),
        },
        "tables": {
            **tables,
            "rules": len(instance.diversification),
            "periods": len(instance.periods),
        },
    }
