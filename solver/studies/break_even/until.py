"""The goal: at which rate selected elements carry a quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.errors import UsageError
from solver.messages import shown
from solver.problem.units import UnitError, conversion

if TYPE_CHECKING:
    from solver.problem.instance import Units
    from solver.studies.break_even.capacity_curve import CapacityCurve
    from solver.studies.break_even.rate_curve import RateCurve, Step

_QUANTITY = re.compile(r"\s*([0-9][0-9_,]*\.?[0-9]*(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*")
_NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class Goal:
    """The dearest rate that still brings a quantity.

    Parameters
    ----------
    step : Step or None
        Step up to which the elements carry so much; None: they do at any rate.
    carried : float
        What they carry up to there.
    """

    quantity: float
    step: Step | None
    carried: float


@dataclass(frozen=True, slots=True)
class WantedQuantity:
    """A quantity that is wanted, and the unit in which it was given.

    Parameters
    ----------
    value : float
        In the instance's unit.
    unit : str
        Unit as it was given.
    per_unit : float
        How much a unit given is in the instance's.
    """

    value: float
    unit: str
    per_unit: float


def quantity_of(text: str | None, units: Units) -> WantedQuantity | None:
    """Return a quantity in the instance's unit, such as ``1 Mt`` or ``250000``.

    Raises
    ------
    UsageError
        It is no quantity above 0.
    """
    if text is None:
        return None
    found = _QUANTITY.fullmatch(text)
    if found is None:
        message = f"--until: {shown(text)} is not a quantity; write it as `1 Mt`"
        raise UsageError(message)
    number, unit = found[1].replace(",", "").replace("_", ""), found[2]
    try:
        change = conversion("quantity", unit or units.quantity, units)
    except UnitError as error:
        message = f"--until: {error.message}; {error.remedy}"
        raise UsageError(message) from None
    value = change.converted(number)
    if not 0.0 < value < float("inf"):
        message = f"--until: {shown(text)} is not above 0; give what is to be carried"
        raise UsageError(message)
    return WantedQuantity(value, unit or units.quantity, change.converted("1"))


@dataclass(frozen=True, slots=True)
class CapacityGoal:
    """The least capacity that brings a quantity, as added on each element."""

    quantity: float
    added: float


def capacity_goal(curve: CapacityCurve, quantity: float) -> CapacityGoal | None:
    """Return the least capacity that brings so much; None if none does.

    Along a stretch all plans between those of its ends are optimal, so that what is
    carried grows evenly.
    """
    enough = quantity * (1.0 - _NOISE)
    if curve.today >= enough:
        return CapacityGoal(quantity, 0.0)
    for piece in curve.stretches:
        if piece.after >= enough:
            start, end = float(piece.start), float(piece.end)
            part = (quantity - piece.before) / (piece.after - piece.before)
            return CapacityGoal(quantity, start + min(part, 1.0) * (end - start))
    return None


def goal(curve: RateCurve, quantity: float) -> Goal | None:
    """Return the dearest rate at which so much is carried; None if there is none."""
    levels = [curve.lowest, *(step.after for step in curve.steps)]
    enough = [level >= quantity * (1.0 - _NOISE) for level in levels]
    if not any(enough):
        return None
    last = len(enough) - 1 - enough[::-1].index(True)
    step = curve.steps[last] if last < len(curve.steps) else None
    return Goal(quantity, step, levels[last])


def most(curve: RateCurve) -> float:
    """Return the most that the elements carry at any rate."""
    return max(curve.lowest, *(step.after for step in curve.steps), 0.0)
