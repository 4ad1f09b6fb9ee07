"""The lower envelope of lines: the least cost as one number of the problem varies.

Each plan costs a line over the rate, ``fixed + slope * rate``; the least cost is the
least of all lines, concave and piecewise linear. Two plans, each optimal at one end,
meet at one rate. If neither is beaten there, they are optimal up to it and from it on;
if a third is cheaper there, both halves are asked the same.

References
----------
Eisner, M. J. and Severance, D. G. (1976), Mathematical Techniques for Efficient Record
Segmentation in Large Shared Databases, Journal of the ACM 23(4).
Aneja, Y. P. and Nair, K. P. K. (1979), Bicriteria Transportation Problem, Management
Science 25(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from solver.studies.break_even.rates import DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.solution.plan import Plan

EXACT = Fraction(1, 10**10)
"""Relative difference of costs that are the same."""

CURVED = Fraction(1, 10**6)
"""The same where rules on concentration make the least cost a curve."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanLine:
    """What a plan costs, by rate.

    Parameters
    ----------
    fixed, slope : Fraction
        Cost at rate 0, and cost per unit of rate.
    """

    plan: Plan
    fixed: Fraction
    slope: Fraction

    def at(self, rate: Fraction) -> Fraction:
        """Cost at a rate."""
        return self.fixed + self.slope * rate


@dataclass(frozen=True, slots=True, eq=False)
class RateOptimum:
    """A plan that is proved to be optimal at a rate.

    Parameters
    ----------
    line : PlanLine
        What the plan costs.
    gap : float
        Relative gap that its proof leaves.
    """

    rate: Fraction
    line: PlanLine
    gap: float


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """Lines that are the least one after the other, and where they meet.

    Parameters
    ----------
    start, end : Fraction
        Rates between which it is known.
    lines : tuple of PlanLine
        By rate, their slopes descending.
    breaks : tuple of Fraction
        Rates at which one line gives way to the next, one fewer than lines.
    gap : float
        Largest relative gap of the proofs.
    """

    start: Fraction
    end: Fraction
    lines: tuple[PlanLine, ...]
    breaks: tuple[Fraction, ...]
    gap: float


class EnvelopeSearch:
    """Finds the lower envelope between two rates.

    Parameters
    ----------
    optimum : callable
        Solves at a rate.
    tolerance : Fraction
        Relative difference of costs that are the same.
    """

    def __init__(
        self, optimum: Callable[[Fraction], RateOptimum], tolerance: Fraction = EXACT
    ) -> None:
        self._optimum, self._tolerance = optimum, tolerance
        self._gap = 0.0

    def between(self, low: RateOptimum, high: RateOptimum) -> Envelope:
        """Return the envelope between two optima."""
        self._gap = max(low.gap, high.gap)
        lines = self._lines(low, high)
        breaks = [
            min(max(_meet(one, other), low.rate), high.rate)
            for one, other in pairwise(lines)
        ]
        return Envelope(low.rate, high.rate, tuple(lines), tuple(breaks), self._gap)

    def _lines(self, low: RateOptimum, high: RateOptimum) -> list[PlanLine]:
        """Lines of the envelope, each of another slope than the one before."""
        first, last = low.line, high.line
        span = high.rate - low.rate
        if (first.slope - last.slope) * span <= self._noise(first, high.rate):
            return [first]
        rate = round(_meet(first, last), DIGITS)
        if not low.rate < rate < high.rate:
            return [first, last]
        between = self._optimum(rate)
        self._gap = max(self._gap, between.gap)
        least = min(first.at(rate), last.at(rate))
        if between.line.at(rate) >= least - self._noise(first, rate):
            return [first, last]
        left, right = self._lines(low, between), self._lines(between, high)
        step = abs(left[-1].slope - right[0].slope) * span
        is_same = step <= self._noise(first, high.rate)
        return [*left, *right[1:]] if is_same else [*left, *right]

    def _noise(self, line: PlanLine, rate: Fraction) -> Fraction:
        return self._tolerance * max(Fraction(1), abs(line.at(rate)))


def _meet(first: PlanLine, last: PlanLine) -> Fraction:
    """Rate at which two lines cost the same."""
    return (last.fixed - first.fixed) / (first.slope - last.slope)
