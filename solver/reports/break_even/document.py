"""A break-even as one document: the one that `--json` prints, and the screen shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from solver.errors import UsageError
from solver.reports.screen.numbers import figure, outwards
from solver.solution.rounding import amount
from solver.studies.break_even.until import capacity_goal, goal, most

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.problem.instance import Instance, Units
    from solver.studies.break_even.capacity_curve import CapacityCurve
    from solver.studies.break_even.priced_first import FirstToCome
    from solver.studies.break_even.rate_curve import RateCurve, Step
    from solver.studies.break_even.selection import Selection
    from solver.studies.break_even.until import WantedQuantity
    from solver.studies.break_even.use import Move

_DIGITS = 6
"""Digits after the point of a quantity in a message."""

RATE = 9
"""Digits after the point of a rate."""


def break_even_document(
    curve: RateCurve,
    instance: Instance,
    selection: Selection,
    names: Sequence[str],
    first: FirstToCome | None = None,
) -> dict[str, Any]:
    """Document about a curve over rates.

    Parameters
    ----------
    instance : Instance
        The instance as it was loaded.
    selection : Selection
        The elements and the cargo.
    names : sequence of str
        Elements that were closed and are open here.
    first : FirstToCome, optional
        Who comes to them first at today's prices, if anyone.
    """
    return {
        "of": "rate",
        **_about(curve, instance, selection),
        "opened": list(names),
        "first_to_come": None if first is None else _first(first, curve.own_rate),
        "free": amount(curve.lowest) if curve.has_cuts else None,
        "today": amount(curve.today),
        "captive": amount(curve.captive),
        "own_rate": curve.own_rate,
        "end": {
            "added": round(float(curve.highest), RATE),
            "carried": amount(curve.steps[-1].after if curve.steps else curve.today),
            "whole": curve.is_whole,
        },
        "steps": [_step(step, curve.own_rate) for step in curve.steps],
    }


def capacity_document(
    curve: CapacityCurve, instance: Instance, selection: Selection
) -> dict[str, Any]:
    """Document about a curve over capacities.

    Parameters
    ----------
    instance, selection
        As in `break_even_document`.
    """
    return {
        "of": "capacity",
        **_about(curve, instance, selection),
        "capacity": curve.capacity,
        "today": amount(curve.today),
        "most": amount(curve.most),
        "stretches": [
            {
                "from": round(float(piece.start), RATE),
                "to": round(float(piece.end), RATE),
                "value": round(piece.value, RATE),
                "relief": round(piece.relief, RATE),
                "before": amount(piece.before),
                "after": amount(piece.after),
                "moves": [_move(move) for move in piece.moves],
            }
            for piece in curve.stretches
        ],
    }


def _about(
    curve: RateCurve | CapacityCurve, instance: Instance, selection: Selection
) -> dict[str, Any]:
    """Return what is asked of what, and how it is proved."""
    return {
        "status": str(curve.solution.status),
        "instance": {
            "name": instance.name,
            "scenarios": list(instance.scenarios),
            **({"changes": list(instance.changes)} if instance.changes else {}),
        },
        "units": instance.units.model_dump(),
        "selection": {key: list(names) for key, names in selection.places.items()},
        "elements": {
            "legs": len(selection.legs),
            "nodes": len(selection.nodes),
            "routes": len(selection.routes),
        },
        "cargo": {key: list(names) for key, names in selection.cargo.items()},
        "demand": amount(curve.demand),
        "proof": {
            "gap": curve.gap,
            "tolerance": curve.tolerance,
            "exact": curve.is_exact,
            "solves": curve.solves,
        },
    }


def until_document(
    curve: RateCurve, wanted: WantedQuantity | None, units: Units
) -> dict[str, Any] | None:
    """Answer to the goal; None if there is none.

    Raises
    ------
    UsageError
        No rate brings so much.
    """
    if wanted is None:
        return None
    found = goal(curve, wanted.value)
    if found is None:
        said = _told(most(curve), wanted, units.quantity)
        rates = "at any rate" if curve.has_cuts else "at any rate, for none is below 0"
        message = f"--until: at most {said} {rates}; give a quantity up to that"
        raise UsageError(message)
    place = _place(found.step, curve.own_rate) if found.step else {}
    return {
        "quantity": found.quantity,
        "carried": amount(found.carried),
        "any_rate": found.step is None,
        **(place or dict.fromkeys(_PLACE)),
    }


def capacity_until_document(
    curve: CapacityCurve, wanted: WantedQuantity | None, units: Units
) -> dict[str, Any] | None:
    """Answer to the goal; None if there is none.

    Raises
    ------
    UsageError
        No capacity brings so much.
    """
    if wanted is None:
        return None
    found = capacity_goal(curve, wanted.value)
    if found is None:
        said = _told(curve.most, wanted, units.quantity)
        message = f"--until: at most {said} at any capacity; give a quantity up to that"
        raise UsageError(message)
    capacity = None if curve.capacity is None else curve.capacity + found.added
    return {
        "quantity": found.quantity,
        "added": amount(found.added),
        "capacity": None if capacity is None else amount(capacity),
    }


def _told(quantity: float, wanted: WantedQuantity, own: str) -> str:
    """Return a quantity in the unit in which one was given, never more than it is.

    `own` is the instance's unit.
    """
    least = outwards(quantity / wanted.per_unit, _DIGITS, up=False)
    if quantity and not least:  # Too little to be told in that unit.
        return f"{figure(quantity)} {own}"
    return f"{figure(least, 2 * _DIGITS)} {wanted.unit}"


_PLACE = ("added", "cut", "rate")


def _step(step: Step, own_rate: float | None) -> dict[str, Any]:
    """Return a step: the change of today's rates, and what happens there."""
    return {
        **_place(step, own_rate),
        "exact": f"{step.rate.numerator}/{step.rate.denominator}",
        "cheaper": amount(step.before),
        "dearer": amount(step.after),
        "moves": [_move(move) for move in step.moves],
    }


def _place(found: Step | FirstToCome, own_rate: float | None) -> dict[str, Any]:
    """Return a rate as a change of today's, and as the whole where that is one."""
    if found.rate is None:
        return dict.fromkeys(_PLACE)
    value = round(float(found.rate), RATE)
    is_added = found.side == "added"
    change = value if is_added else None
    if own_rate is not None and not is_added:
        change = round(-float(found.rate) * own_rate, RATE) + 0.0
    rate = None if own_rate is None or change is None else own_rate + change
    return {
        "added": change,
        "cut": None if is_added else value,
        "rate": None if rate is None else round(rate, RATE),
    }


def _first(first: FirstToCome, own_rate: float | None) -> dict[str, Any]:
    """Return who comes first to what is closed, at today's prices."""
    return {
        "product": first.product,
        "origin": first.origin,
        "market": first.market,
        "period": first.period,
        "quantity": amount(first.quantity),
        "any_rate": first.rate is None,
        **_place(first, own_rate),
    }


def _move(move: Move) -> dict[str, Any]:
    return {**asdict(move), "quantity": amount(move.quantity)}
