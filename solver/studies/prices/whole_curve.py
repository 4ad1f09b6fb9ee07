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

_SAME = 1e-9
"""Relative difference of costs and slopes that are the same."""


def corners(
    tangent: Callable[[float], CostTangent], first: float, last: float, unit: float
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
    """
    left = [MOST_PIECES]
    ends = tangent(first), tangent(last)
    return [ends[0], *_between(tangent, *ends, unit, left), ends[1]]


def _between(
    tangent: Callable[[float], CostTangent],
    low: CostTangent,
    high: CostTangent,
    unit: float,
    left: list[int],
) -> Iterator[CostTangent]:
    """Yield the tangents at the corners between two."""
    rise, wide = high.slope - low.slope, high.at - low.at
    if rise <= _SAME * max(abs(low.slope), abs(high.slope), unit) or left[0] <= 0:
        return
    at = (low.start - high.start) / rise
    margin = _SAME * max(wide, abs(high.at))
    if not low.at + margin < at < high.at - margin:
        return
    left[0] -= 1
    here = tangent(at)
    own = low.start + low.slope * at
    if abs(here.value - own) <= _SAME * max(abs(own), unit * wide):
        yield here
        return
    yield from _between(tangent, low, here, unit, left)
    yield here
    yield from _between(tangent, here, high, unit, left)
