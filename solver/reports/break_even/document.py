"""A break-even as one document: the one that `--json` prints, and the screen shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from solver.errors import UsageError
from solver.reports.screen.numbers import figure
from solver.solution.form import MONEY
from solver.studies.break_even.until import goal, most

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.problem.instance import Instance, Units
    from solver.studies.break_even.rate_curve import RateCurve, Step
    from solver.studies.break_even.selection import Selection

RATE = 9
"""Digits after the point of a rate."""


def break_even_document(
    curve: RateCurve, instance: Instance, selection: Selection, names: Sequence[str]
) -> dict[str, Any]:
    """Document about a curve over rates.

    Parameters
    ----------
    curve : RateCurve
        The curve.
    instance : Instance
        The instance as it was loaded.
    selection : Selection
        The elements and the cargo.
    names : sequence of str
        Elements that were closed and are open here.
    """
    return {
        "status": str(curve.solution.status),
        "instance": {
            "name": instance.name,
            "scenarios": list(instance.scenarios),
            **({"changes": list(instance.changes)} if instance.changes else {}),
        },
        "units": instance.units.model_dump(),
        "selection": {key: list(names) for key, names in selection.places.items()},
        "elements": {"legs": len(selection.legs), "nodes": len(selection.nodes)},
        "opened": list(names),
        "cargo": {key: list(names) for key, names in selection.cargo.items()},
        "demand": _quantity(curve.demand),
        "free": _quantity(curve.lowest) if curve.has_cuts else None,
        "today": _quantity(curve.today),
        "captive": _quantity(curve.captive),
        "own_rate": curve.own_rate,
        "steps": [_step(step, curve.own_rate) for step in curve.steps],
        "proof": {
            "gap": curve.gap,
            "tolerance": curve.tolerance,
            "exact": curve.is_exact,
            "solves": curve.solves,
        },
    }


def until_document(
    curve: RateCurve, quantity: float | None, units: Units
) -> dict[str, Any] | None:
    """Answer to the goal; None if there is none.

    Raises
    ------
    UsageError
        No rate brings so much.
    """
    if quantity is None:
        return None
    found = goal(curve, quantity)
    if found is None:
        said = f"{figure(most(curve))} {units.quantity}"
        message = f"--until: at most {said} at any rate; give a quantity up to that"
        raise UsageError(message)
    step = None if found.step is None else _step(found.step, curve.own_rate)
    place = {} if step is None else {key: step[key] for key in _PLACE}
    return {
        "quantity": found.quantity,
        "carried": _quantity(found.carried),
        "any_rate": found.step is None,
        **(place or dict.fromkeys(_PLACE)),
    }


_PLACE = ("added", "cut", "rate")


def _step(step: Step, own_rate: float | None) -> dict[str, Any]:
    """Return a step: the change of today's rates, and what happens there."""
    value = round(float(step.rate), RATE)
    is_added = step.side == "added"
    change = value if is_added else None
    if own_rate is not None and not is_added:
        change = round(-float(step.rate) * own_rate, RATE) + 0.0
    rate = None if own_rate is None or change is None else own_rate + change
    return {
        "added": change,
        "cut": None if is_added else value,
        "rate": None if rate is None else round(rate, RATE),
        "exact": f"{step.rate.numerator}/{step.rate.denominator}",
        "cheaper": _quantity(step.before),
        "dearer": _quantity(step.after),
        "moves": [
            {**asdict(move), "quantity": _quantity(move.quantity)}
            for move in step.moves
        ],
    }


def _quantity(value: float) -> float:
    return round(float(value), MONEY) + 0.0
