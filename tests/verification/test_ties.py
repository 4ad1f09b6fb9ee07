"""Figures that are equal on paper stand in the order of their names."""

from __future__ import annotations

from typing import Any

from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.verification.verify import verify
from tests.build import build_instance


def test_limits_priced_the_same_stand_by_name() -> None:
    """0.1 x 3 and 0.3 x 1 are equal, though not as floats.

    From A to B a full leg costs 1 and the way round 1.1, so 0.1 for 3; from D to E
    1 and 1.3, so 0.3 for 1.
    """
    legs: list[dict[str, Any]] = [
        {"leg": "z", "from": "A", "to": "B", "cost": 1.0, "capacity": 3.0},
        {"leg": "round", "from": "A", "to": "B", "cost": 1.1, "mode": "road"},
        {"leg": "a", "from": "D", "to": "E", "cost": 1.0, "capacity": 1.0},
        {"leg": "about", "from": "D", "to": "E", "cost": 1.3, "mode": "road"},
    ]
    demand = [
        {"product": "p", "origin": "A", "market": "B", "quantity": 5.0},
        {"product": "p", "origin": "D", "market": "E", "quantity": 5.0},
    ]
    found = run(build_instance(legs, demand), Options(), Clock())
    assert [row["limit"] for row in found.result.summary["binding_capacities"]] == [
        "a",
        "z",
    ]
    assert verify(found.instance, found.result).passed
