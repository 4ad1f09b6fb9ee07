"""The campaign on time limits: what it finds wrong, and one stop that is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.generation import generate, order
from tests.limited import Stop, faults, stopped, timely

if TYPE_CHECKING:
    from pathlib import Path

IN_ORDER = Stop(
    limit=1.0,
    solve=1.5,
    status="limit",
    unmet=0.2,
    gap=None,
    demands=8000,
    verified=True,
)


def test_later_stops_may_leave_less_and_prove_more() -> None:
    """What grows with the limit, or does not verify, is told."""
    better = replace(IN_ORDER, limit=5.0, unmet=0.0, gap=0.1)
    best = replace(better, limit=20.0, gap=0.01)
    assert list(faults([IN_ORDER, better, best])) == []
    assert len(list(faults([IN_ORDER, best, better]))) == 1
    assert len(list(faults([better, IN_ORDER]))) == 2
    assert len(list(faults([replace(IN_ORDER, verified=False)]))) == 1


def test_two_seconds_are_allowed_for_each_hundred_thousand_begun() -> None:
    """4 s for 100,001 demands, 2 s for fewer."""
    late = replace(IN_ORDER, solve=IN_ORDER.limit + 3.0)
    assert timely(IN_ORDER)
    assert not timely(late)
    assert timely(replace(late, demands=100_001))


def test_a_stop_of_the_real_command_verifies(tmp_path: Path) -> None:
    """Whatever the machine does meanwhile, its plan carries cargo."""
    generate(tmp_path / "n", order({"demands": 600}, seed=3, rules="share"))
    stop = stopped(tmp_path / "n", 0.05)
    assert list(faults([stop])) == []
    assert stop.unmet < 0.9
