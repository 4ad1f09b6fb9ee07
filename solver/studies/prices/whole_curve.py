"""The whole curve of the least cost over a right-hand side, piece by piece.

Between two tangents the cost is below none of them. Where they meet it is on both, and
then there is nothing between, or a third tangent is taken there.

References
----------
Eisner, M. J. and Severance, D. G. (1976), Mathematical Techniques for Efficient Record
Segmentation in Large Shared Databases, Journal of the ACM 23(4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from solver.studies.prices.curve import CostTangent


MOST_PIECES = 200
"""Tangents of a curve at most."""

SAME = 1e-9
"""Relative difference of costs and slopes that are the same."""


def corners(
    tangent: Callable[[float], CostTangent],
    first: float,
    last: float,
    unit: float,
    within: float = SAME,
) -> list[CostTangent]:
    """Tangents at the corners of the least cost, and at both ends, in order.

    Parameters
    ----------
    tangent : callable
        Gives the tangent at a point.
    first, last : float
        Ends of the curve.
    unit : float
        Slopes are compared in parts of at least this.
    within : float
        Part of the cost by which lines between the tangents told may be above it: a
        row of lines needs next to none, a curve would take them without end.
    """
    left = [MOST_PIECES]
    ends = tangent(first), tangent(last)
    return [ends[0], *_between(tangent, *ends, (unit, within), left), ends[1]]


def _between(
    tangent: Callable[[float], CostTangent],
    low: CostTangent,
    high: CostTangent,
    least: tuple[float, float],
    left: list[int],
) -> Iterator[CostTangent]:
    """Yield the tangents at the corners between two."""
    unit, within = least
    rise, wide = high.slope - low.slope, high.at - low.at
    if rise <= SAME * max(abs(low.slope), abs(high.slope), unit) or left[0] <= 0:
        return
    at = (low.start - high.start) / rise
    margin = SAME * max(wide, abs(high.at))
    if not low.at + margin < at < high.at - margin:
        return
    own = low.start + low.slope * at
    chord = low.value + (high.value - low.value) * (at - low.at) / wide
    near = within * max(abs(own), unit * wide)
    if chord - own <= near:
        return
    left[0] -= 1
    here = tangent(at)
    if abs(here.value - own) <= near:
        yield here
        return
    yield from _between(tangent, low, here, least, left)
    yield here
    yield from _between(tangent, here, high, least, left)
