"""Lower bounds by tangents: a convex least cost as one number of the problem varies.

Prices that prove a plan prove a line below the least cost, through the plan. Where one
line reaches both ends of a range, the least cost is that line. Otherwise two lines meet
at one place: if the least cost is theirs there, it bends there alone; if not, both
halves are asked the same.

References
----------
Eisner, M. J. and Severance, D. G. (1976), Mathematical Techniques for Efficient Record
Segmentation in Large Shared Databases, Journal of the ACM 23(4).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_DIGITS = 9
"""Digits after the point of places at which the instance is solved."""

_NEAR = Fraction(1, 10**10)
"""Relative difference of places that are the same."""


@dataclass(frozen=True, slots=True)
class Tangent:
    """The least cost at a place, and a line below it through there.

    Parameters
    ----------
    place, value, slope : Fraction
        Where, how much, and the slope of the line.
    """

    place: Fraction
    value: Fraction
    slope: Fraction

    def at(self, place: Fraction) -> Fraction:
        """Return the line at another place."""
        return self.value + self.slope * (place - self.place)


def bends(
    tangent: Callable[[Fraction], Tangent],
    low: Fraction,
    high: Fraction,
    tolerance: Fraction,
) -> list[Fraction]:
    """Return the places between two others at which a convex function bends.

    Parameters
    ----------
    tangent : callable
        Gives the value and a line below the function at a place.
    low, high : Fraction
        The ends.
    tolerance : Fraction
        Relative difference of values that are the same.
    """
    first, last = tangent(low), tangent(high)
    noise = tolerance * max(Fraction(1), abs(first.value), abs(last.value))
    if _reaches(first, last, noise):
        return []
    slope = last.slope - first.slope
    if not slope:
        return []
    meet = first.place + (last.at(first.place) - first.value) / -slope
    place = _short(meet)
    if not low < place < high:
        return []
    between = tangent(place)
    if between.value <= first.at(place) + noise:
        return [place]
    left = bends(tangent, low, place, tolerance)
    right = bends(tangent, place, high, tolerance)
    # It bends here too unless the pieces on both sides are one line.
    before = tangent(left[-1] if left else low)
    after = tangent(right[0] if right else high)
    span = (after.value - before.value) / (after.place - before.place)
    chord = before.value + span * (place - before.place)
    here = [place] if between.value < chord - noise else []
    return [*left, *here, *right]


def _short(place: Fraction) -> Fraction:
    """Return the decimal of fewest digits that is as good as a place."""
    near = _NEAR * max(Fraction(1), abs(place))
    for digits in range(_DIGITS):
        if abs(round(place, digits) - place) <= near:
            return round(place, digits)
    return round(place, _DIGITS)


def _reaches(first: Tangent, last: Tangent, noise: Fraction) -> bool:
    """Whether the line of either end goes through the other."""
    from_first = last.value <= first.at(last.place) + noise
    return from_first or first.value <= last.at(first.place) + noise
