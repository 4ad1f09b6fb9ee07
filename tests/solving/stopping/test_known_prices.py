"""What a stopped run proves beside its plan."""

from __future__ import annotations

import pytest

from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.verification.verify import verify
from tests.build import build_instance


@pytest.mark.parametrize(
    ("priorities", "bounds"),
    [((None, None), {None: 2}), ((2, 1), {1: 2}), ((1, 2), {2: 2}), ((1, 1), {1: 2})],
)
def test_what_has_no_route_need_not_be_carried(
    priorities: tuple[int | None, int | None], bounds: dict[int | None, float]
) -> None:
    """Nothing leads from C; the 6 t from A are carried at least cost."""
    legs = [
        {"leg": "near", "from": "A", "to": "B", "cost": 1.0, "capacity": 10.0},
        {"leg": "back", "from": "B", "to": "C", "cost": 1.0},
    ]
    given = zip(("A", "C"), (6.0, 2.0), priorities, strict=True)
    rows = [
        {"product": "ore", "origin": origin, "market": "B", "quantity": quantity}
        | {"priority": priority}
        for origin, quantity, priority in given
    ]
    instance = build_instance(legs, rows)
    result = run(instance, Options(time_limit=1e-9), Clock()).result
    assert not verify(instance, result).faults
    summary = result.summary
    assert (summary["status"], summary["cost"], summary["gap"]) == ("unmet", 6, 0)
    proved = {own["priority"]: own["bound"] for own in summary["unmet_bounds"]}
    assert {name: size for name, size in proved.items() if size} == bounds
