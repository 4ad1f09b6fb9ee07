"""The curve over capacities: pieces solved by hand, and each solved in its middle."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver import Options
from solver.errors import UnansweredError, UsageError
from solver.problem.edits import with_columns
from solver.studies.break_even.capacity_curve import CapacityCurve, capacity_curve
from solver.studies.break_even.convex import Tangent, bends
from solver.studies.break_even.selection import SelectionWords, selected
from solver.studies.break_even.set_apart import set_apart, with_tables
from solver.studies.break_even.until import capacity_goal
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.random_instances import random_instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance

COLD = Options(sensitivity="none")


def drawn(instance: Instance, **names: str) -> CapacityCurve:
    """Curve of a selection, given as ``leg="A>B"`` and the like."""
    words = {key: (name,) for key, name in names.items()}
    selection = selected(instance, SelectionWords(places=words, cargo=words))
    return capacity_curve(set_apart(instance, selection.rows), selection, COLD)


def told(curve: CapacityCurve) -> list[tuple[float, ...]]:
    """End, value, relief and quantity of each stretch."""
    return [
        (float(piece.end), piece.value, piece.relief, piece.after)
        for piece in curve.stretches
    ]


def ladder() -> Instance:
    """Return a cheap leg of 5, a dearer one of 10, and the dearest of 15."""
    return build_instance(
        [
            {"from": "A", "to": "B", "mode": "a", "cost": 1.0, "capacity": 5.0},
            {"from": "A", "to": "B", "mode": "b", "cost": 4.0, "capacity": 10.0},
            {"from": "A", "to": "B", "mode": "c", "cost": 6.0, "capacity": 15.0},
        ],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 28.0}],
    )


def test_a_unit_more_saves_what_it_takes_the_place_of() -> None:
    """First 13 of the dearest leg, at 6 - 1; then 10 of the other, at 4 - 1."""
    curve = drawn(ladder(), leg="A>B:a")
    assert told(curve) == [(13.0, 5.0, 0.0, 18.0), (23.0, 3.0, 0.0, 28.0)]
    assert (curve.capacity, curve.today, curve.most) == (5.0, 5.0, 28.0)
    (move,) = curve.stretches[0].moves
    assert (move.kind, move.quantity) == ("comes", 13.0)


def test_what_is_unmet_comes_first() -> None:
    """Of 40 t ten are left: they come first, and only then is money saved."""
    instance = ladder()
    demand = with_columns(instance.demand, {"quantity": np.array([40.0])})
    curve = drawn(with_tables(instance, {"demand": demand}), leg="A>B:a")
    assert [piece[0] for piece in told(curve)] == [10.0, 25.0, 35.0]
    assert [piece[2] for piece in told(curve)] == [1.0, 0.0, 0.0]
    assert [piece[1] for piece in told(curve)][1:] == [5.0, 3.0]


def test_legs_in_series_are_priced_together_only() -> None:
    """One alone lets nothing more through; both by one tag do."""
    instance = build_instance(
        [
            {"from": "A", "to": "M", "cost": 1.0, "capacity": 5.0, "tags": "own"},
            {"from": "M", "to": "B", "cost": 1.0, "capacity": 5.0, "tags": "own"},
            {"from": "A", "to": "B", "cost": 10.0},
        ],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 9.0}],
    )
    assert told(drawn(instance, leg="A>M")) == []
    assert told(drawn(instance, tag="own")) == [(4.0, 8.0, 0.0, 9.0)]


def test_a_planned_leg_grows_from_nothing() -> None:
    """It saves 6 - 1, then 4 - 1."""
    instance = ladder()
    legs = with_columns(instance.legs, {"capacity": np.array([0.0, 20.0, 15.0])})
    curve = drawn(with_tables(instance, {"legs": legs}), leg="A>B:a")
    assert told(curve) == [(8.0, 5.0, 0.0, 8.0), (28.0, 3.0, 0.0, 28.0)]


def test_a_goal_lies_within_a_stretch() -> None:
    """What is carried grows evenly; more than all is not to be had."""
    curve = drawn(ladder(), leg="A>B:a")
    goals = [capacity_goal(curve, quantity) for quantity in (4.0, 11.0, 28.0, 28.1)]
    assert [goal and goal.added for goal in goals] == [0.0, 6.0, 23.0, None]


def test_what_has_no_limit_cannot_grow() -> None:
    """It says so, with exit code 2."""
    instance = build_instance(
        [{"from": "A", "to": "B", "cost": 1.0}],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 9.0}],
    )
    with pytest.raises(UsageError, match="nothing selected has a capacity"):
        drawn(instance, leg="A>B")


def test_bends_are_those_of_a_convex_function() -> None:
    """The greatest of lines with other slopes bends where they meet."""
    lines = [(-7, 100), (-3, 80), (-1, 60), (0, 45)]

    def tangent(place: Fraction) -> Tangent:
        value, slope = max((s * place + v, s) for s, v in lines)
        return Tangent(place, Fraction(value), Fraction(slope))

    found = bends(tangent, Fraction(0), Fraction(50), Fraction(1, 10**12))
    assert found == [5, 10, 15]


def stretch_faults(instance: Instance, row: int) -> Iterator[str]:
    """Yield stretches that are no line: ends and middle are cold solves."""
    curve = drawn(instance, leg=str(instance.legs["leg"][row]))
    if curve.solves > 20 * max(1, len(curve.stretches)):
        yield f"{curve.solves} solves for {len(curve.stretches)} stretches"
    for piece in curve.stretches if curve.is_exact else ():
        ends = [_solved(instance, row, place) for place in (piece.start, piece.end)]
        middle = _solved(instance, row, (piece.start + piece.end) / 2)
        for one, other, between in zip(*ends, middle, strict=True):
            scale = max(1.0, abs(one), abs(other))
            if abs(between - (one + other) / 2) > 2e-7 * scale:
                yield f"{float(piece.start)} to {float(piece.end)}: no line"


@pytest.mark.parametrize("seed", range(14))
def test_every_stretch_is_a_line(seed: int) -> None:
    """A cold solve in its middle costs the mean of its ends, and leaves that much."""
    instance = random_instance(seed)
    limited = np.flatnonzero(~np.isnan(instance.legs["capacity"]))
    if not len(limited):
        return
    try:
        found = list(stretch_faults(instance, int(limited[seed % len(limited)])))
    except UnansweredError:
        return
    assert found == []


def _solved(instance: Instance, row: int, added: Fraction) -> list[float]:
    """Firm demand that is left by class, and the cost."""
    column = instance.legs["capacity"].astype(float).copy()
    column[row] = float(f"{column[row] + float(added):.15g}")
    legs = with_columns(instance.legs, {"capacity": column})
    changed = with_tables(instance, {"legs": legs})
    solution = solve(changed, COLD)
    assert solution.plan is not None
    firm = np.isinf(instance.demand["unmet_cost"])[instance.shipments.demand]
    left = float(solution.plan.unmet[firm].sum())
    return [left, solution.proved.objective or 0.0]
