"""What an instance holds, as ``keruen check`` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.problem.tables import DEFINITIONS
from solver.solution.rounding import amount

if TYPE_CHECKING:
    from solver.problem.instance import Instance


def sizes(instance: Instance) -> dict[str, Any]:
    """Name of an instance, how many rows its tables have, and its demand in all."""
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
        "demand": {
            "quantity": amount(float(instance.shipments.quantity.sum())),
            "unit": instance.units.quantity,
        },
    }
