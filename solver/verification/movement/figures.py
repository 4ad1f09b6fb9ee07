"""The table and the figures of a movement, as the verifier computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.solution.form import MONEY
from solver.solution.keys import KEY_TITLES
from solver.verification.figures.comparison import Figure

if TYPE_CHECKING:
    from solver.solution.earlier import EarlierPlan
    from solver.verification.figures.columns import Cells
    from solver.verification.movement.earlier import MovedAmounts
    from solver.verification.movement.proved import ProvedMovement


def earlier_table(plan: EarlierPlan, moved: MovedAmounts) -> Cells:
    """Return the table of an earlier plan, with what stays of each row."""
    keys = [*zip(*plan.keys, strict=True)] or [()] * len(KEY_TITLES)
    return {
        **dict(zip(KEY_TITLES, keys, strict=True)),
        "legs": plan.legs,
        "quantity": plan.quantity,
        "kept": [float(size) for size in moved.kept],
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
