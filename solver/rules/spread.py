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

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.messages import listed
from solver.rules.row import Row
from solver.rules.share import DUST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.arrays import Floats


HHI_SCALE = 10_000.0
"""What an HHI of 1 is on the scale that values above 1 are on."""


LIMIT_DIGITS = 4


def is_share(value: float) -> bool:
    """Whether a number can be a share."""
    return 0 <= value <= 1


@dataclass(frozen=True, slots=True)
class SpreadLimit:
    """One bound: whether some shares of a number of corridors keep it."""

    key: str
    value: float
    text: str
    holds: Callable[[int], bool]
    remedy: Callable[[int], str]


def least_hhi(count: int) -> float:
    """HHI, and largest share, of so many equal corridors."""
    return 1.0 / max(1, count)


def rounded_up(value: float, digits: int) -> str:
    """Return a number rounded up, so that what it bounds can hold."""
    scale = 10**digits
    return f"{math.ceil(value * scale - DUST) / scale:g}"


def carriers_text(found: Sequence[str]) -> str:
    """Which corridors can carry the cargo, as part of a sentence."""
    if len(found) == 1:
        return f"only one corridor can carry this cargo, {listed(found)}"
    return f"only {len(found)} corridors can carry this cargo, {listed(found)}"


_LEAST_SIZE = 1e3
"""Demand of a scope, as the model counts it, at least."""


@dataclass(frozen=True, slots=True)
class Part:
    """A row ``level F_v + base B + sum column x factor <= limit`` beside a lifted row.

    `columns` pairs the further columns of its row with factors; `weight` is what its
    price adds, per price of the row, to the weight of the value.
    """

    value: int
    level: float
    base: float
    columns: tuple[tuple[int, float], ...]
    limit: float
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Lifted:
    """The row ``sum column x factor + base B <= limit``, with its parts."""

    factors: Floats
    base: float
    limit: float
    parts: list[Part]


@dataclass(frozen=True, eq=False)
class SpreadRow(Row):
    """A row that bounds all values together."""

    @property
    def scale(self) -> float:
        """Factor of quantities in the model: small scopes count in finer units.

        What a solver takes for 0 must be little beside what is carried.
        """
        return max(1.0, _LEAST_SIZE / self.scope.demand) if self.scope.demand else 1.0

    @abstractmethod
    def lifted(self) -> Lifted:
        """Return the row with further columns, so that it is linear."""

    def cuts(self, amounts: Floats, base: float, taken: Sequence[Part]) -> list[Part]:
        """Parts that amounts call for which break the row, beside those taken."""
        del amounts, base, taken
        return []

    @abstractmethod
    def sound(self, weights: Floats) -> Floats:
        """Weights as near as the row allows."""
