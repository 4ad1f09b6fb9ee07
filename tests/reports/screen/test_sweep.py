"""A sweep on the screen: what its notes say, and when."""

from __future__ import annotations

from typing import Any

from solver.reports.page.sweep import render_sweep
from solver.reports.screen.sheet import Style
from solver.reports.screen.sweep import sweep_screen

NOTE = "and no saving"
DRAWS = {
    "factor": "draws",
    "value_at_least": "5 %",
    "least_mean_cost": 90.0,
    "value_at_most": "95 %",
    "largest_mean_cost": 110.0,
    "swing": 20.0,
}


def _closed(unmet: float, change: float | None, cost_change: float) -> dict[str, Any]:
    return {
        "rank_by_unmet": 1,
        "rank_by_cost": 1,
        "closed": "corridor southern",
        "scenarios": "base",
        "cost": 50.0,
        "cost_change": cost_change,
        "unmet": unmet,
        "unmet_change": change,
    }


def _screen(*closures: dict[str, Any]) -> str:
    return " ".join(sweep_screen([], [], closures, Style()).split())


def test_a_closure_that_leaves_more_unmet_is_no_saving() -> None:
    """Screen and page say so; where as much stays unmet as before, neither does."""
    short, same = _closed(250.0, 250.0, -21.5), _closed(250.0, 0.0, 4.5)
    served, unknown = _closed(0.0, None, 4.5), _closed(250.0, None, -21.5)
    assert NOTE in _screen(same, short)
    assert NOTE in _screen(unknown)
    assert NOTE not in _screen(same, served)
    assert NOTE in render_sweep("Sweep", [], [], [short]).decode()
    assert NOTE not in render_sweep("Sweep", [], [], [same]).decode()


def test_the_row_of_draws_says_what_its_quantiles_are_of() -> None:
    """Of deviations from the mean of a grid point; without draws nothing is said."""
    text = " ".join(sweep_screen([DRAWS], [], [], Style()).split())
    assert "quantiles of how far an item is from the mean" in text
    grid = {**DRAWS, "factor": "legs.cost *="}
    assert "quantiles" not in sweep_screen([grid], [], [], Style())
