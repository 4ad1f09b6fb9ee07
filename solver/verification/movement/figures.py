"""The table and the figures of a movement, as the verifier computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.solution.keys import KEY_TITLES
from solver.verification.figures.comparison import (
    MONEY,
    Figure,
    FigureColumn,
    numbers,
    text,
)

if TYPE_CHECKING:
    from solver.solution.earlier import EarlierPlan
    from solver.verification.movement.earlier import MovedAmounts
    from solver.verification.movement.proof import ProvedMovement


def earlier_columns(plan: EarlierPlan, moved: MovedAmounts) -> dict[str, FigureColumn]:
    """Return the table of an earlier plan, with what stays of each row."""
    keys = [*zip(*plan.keys, strict=True)] or [()] * len(KEY_TITLES)
    return {
        **{title: text(own) for title, own in zip(KEY_TITLES, keys, strict=True)},
        "legs": text(plan.legs),
        "quantity": numbers(plan.quantity),
        "kept": numbers([float(size) for size in moved.kept], MONEY),
    }


def movement_figures(proved: ProvedMovement) -> dict[str, Any]:
    """Return what a summary says of the movement, where there is an earlier plan."""
    moved = proved.moved
    if moved is None:
        return {}
    size = float(moved.comparable)
    bound = None if proved.bound is None else Figure(float(proved.bound), MONEY, size)
    return {
        "near": {
            "earlier": Figure(float(moved.earlier), MONEY),
            "comparable": Figure(size, MONEY),
            "movement": Figure(float(moved.movement), MONEY, size),
            "rerouted": Figure(float(moved.movement - moved.unmet), MONEY, size),
            "unmet": Figure(float(moved.unmet), MONEY, size),
            "bound": bound,
            "demand_gone": moved.demand_gone,
            "demand_new": moved.demand_new,
        }
    }
