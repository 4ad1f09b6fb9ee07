"""The least cost over what is moved, by its tangents.

The least cost f(s) is convex and, but for indices of concentration, piecewise linear.
A tangent far out that passes through f(0) is the first piece itself; if it does not,
it meets a line that is below f from 0 onwards where f can be no further, and the next
tangent is taken there. So each step ends at the end of a piece, or in an earlier one.

References
----------
Eisner, M. J. and Severance, D. G. (1976), Mathematical Techniques for Efficient Record
Segmentation in Large Shared Databases, Journal of the ACM 23(4): the breakpoints of a
convex piecewise linear function from its tangents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.model.objective import Duals
    from solver.solving.column_generation import LoopResult


MOST_STEPS = 60
"""Tangents of one direction at most."""

NOISE = 1e-13
"""Relative error of a cost that a basis of the program gives."""

NEAREST = 1e-9
"""Part of the farthest point at which nothing nearer is looked for."""


BEYOND = 1e-3
"""Part of a piece's length by which is looked beyond its end."""


@dataclass(frozen=True, slots=True, eq=False)
class CostTangent:
    """A line below the least cost that touches it.

    Parameters
    ----------
    at : float
        Where it touches.
    value, slope : float
        Least cost there, and its slope.
    duals : Duals
        Prices that prove it.
    run : LoopResult
        The plan there.
    """

    at: float
    value: float
    slope: float
    duals: Duals
    run: LoopResult

    @property
    def start(self) -> float:
        """Where it is at 0."""
        return self.value - self.slope * self.at


class Piece(NamedTuple):
    """The first piece of the least cost, from 0.

    Parameters
    ----------
    line : CostTangent
        A tangent that is the piece; it may touch inside, or at its end.
    last : CostTangent
        The tangent at its end, or as far as was looked.
    beyond : CostTangent or None
        A tangent with another slope that meets it at its end; None if none was found.
    """

    line: CostTangent
    last: CostTangent
    beyond: CostTangent | None


class FirstPiece:
    """Search of the first piece.

    Parameters
    ----------
    tangent : callable
        Gives the tangent at a point.
    base : CostTangent
        A tangent at 0.
    unit : float
        Slopes are compared in parts of at least this.
    part : float
        Relative error of a slope.
    noise : float
        Relative error of the least cost at a point.
    """

    def __init__(
        self,
        tangent: Callable[[float], CostTangent],
        base: CostTangent,
        unit: float,
        part: float,
        noise: float = NOISE,
    ) -> None:
        self.tangent, self.base = tangent, base
        self.unit, self.part = unit, part
        self.noise = noise * max(abs(base.value), unit)

    def found(self, reach: float, *, with_end: bool = True) -> Piece | None:
        """First piece, looked for up to a point; None if it is not found.

        Parameters
        ----------
        reach : float
            The farthest point.
        with_end : bool
            Whether to look for the end of the piece.
        """
        at: float = reach
        far: CostTangent | None = None
        for _ in range(MOST_STEPS):
            here = self.tangent(at)
            if self._is_first(here):
                if far is None or not with_end:
                    return Piece(here, here, None)
                return self._end(here, far)
            far = here
            rise = here.slope - self.base.slope
            at = 0.25 * here.at
            if rise > self.part * max(abs(here.slope), self.unit):
                at = min((self.base.value - here.start) / rise, 0.9 * here.at)
            if not at > NEAREST * reach:
                break
        return None

    def ended(self, line: CostTangent, reach: float) -> Piece:
        """First piece where it is known to go some way: look for its end.

        Parameters
        ----------
        line : CostTangent
            It touches as far as the piece is known to go.
        reach : float
            The farthest point.
        """
        if line.at >= reach:
            return Piece(line, line, None)
        beyond = self.tangent(min(reach, line.at * (1.0 + BEYOND)))
        if not self._is_first(beyond):
            return self._end(line, beyond)
        found = self.found(reach)
        return found or Piece(line, beyond, None)

    def _is_first(self, here: CostTangent) -> bool:
        """Whether a tangent passes through the value at 0."""
        margin = 0.3 * self.part * max(abs(here.slope), self.unit) * here.at
        return abs(here.start - self.base.value) <= max(margin, self.noise)

    def _end(self, line: CostTangent, far: CostTangent) -> Piece:
        """Follow the piece to its end."""
        last = line
        for _ in range(MOST_STEPS):
            rise = far.slope - line.slope
            if not rise > 10 * self.part * max(abs(line.slope), self.unit):
                return Piece(line, last, None)
            at = min((self.base.value - far.start) / rise, far.at)
            if at <= last.at * (1.0 + 1e-12):
                return Piece(line, last, far)
            here = self.tangent(at)
            own = self.base.value + line.slope * at
            margin = 0.3 * self.part * max(abs(line.slope), self.unit) * at
            if abs(here.value - own) <= max(margin, self.noise):
                return Piece(line, here, far)
            far = here
        return Piece(line, last, None)
