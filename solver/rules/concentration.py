"""Rows of rules that bound all values together: HHI, the largest, change.

They are convex, and become linear in two ways: by further columns for the model
(`lifted`), and by weights a_v, for prices and proofs (`linear`).

References
----------
Vielma, J. P., Dunning, I., Huchette, J. and Lubin, M. (2017), Extended formulations in
mixed integer conic quadratic programming, Mathematical Programming Computation 9: one
tangent for each square, rather than for their sum, is why few rounds of cuts suffice.
Ogryczak, W. and Tamir, A. (2003), Minimizing the sum of the k largest functions in
linear time, Information Processing Letters 85.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.rules.row import ALL_VALUES, Line, RuleRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats
    from solver.errors import Fault
    from solver.problem.rules import RulePlace
    from solver.rules.row import Lifted


HHI_SCALE = 10_000.0
"""What an HHI of 1 is on the scale that values above 1 are on."""


def is_share(value: float) -> bool:
    """Whether a number can be a share."""
    return 0 <= value <= 1


def least_hhi(count: int) -> float:
    """HHI, and largest share, of so many equal corridors."""
    return 1.0 / max(1, count)


def overlap_faults(place: RulePlace, key: str) -> Iterator[Fault]:
    """Yield the fault of a bound on all values where they are no parts of a whole."""
    value, by = getattr(place.rule, key), place.rule.by
    if value is not None and by != "corridor":
        message = (
            f'{key} needs `by = "corridor"`: a route is in one corridor, but may '
            f"carry several values of `{by}` at once, so that their shares do not "
            "sum to 1"
        )
        remedy = "bound each with max_share, or count by corridor"
        yield place.fault(key, message, remedy, value)


@dataclass(frozen=True, eq=False)
class ConcentrationRow(RuleRow):
    """A row that bounds all values together."""

    def lines(self, number: int) -> Iterator[Line]:
        """Yield a line for each F_v, and one for a base that is no sum of them."""
        for value in range(len(self.values)):
            yield Line(number, value, 1.0, 0.0)
        if not (self.of_demand or self.scope.rule.by == "corridor"):
            yield Line(number, ALL_VALUES, 0.0, 1.0)

    @property
    def is_lifted(self) -> bool:
        """Whether the model needs further columns to hold it."""
        return True

    @abstractmethod
    def lifted(self) -> Lifted:
        """Return the row with further columns, so that it is linear."""

    @abstractmethod
    def sound(self, weights: Floats) -> Floats:
        """Weights as near as the row allows."""
