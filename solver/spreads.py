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
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np

from solver.measures import HUNDREDTHS, Linear, Row
from solver.options import HHI_RESIDUAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from solver.instance import Rule

    Floats = NDArray[np.float64]

_HHI_SCALE = Decimal(10_000)
_HHI_DIGITS = Decimal("1e-15")
_TINY = 1e-300
_FINER = 20.0
"""How much closer to its limit than a plan must be an index is brought."""

_LEAST_SIZE = 1e3
"""Demand of a scope, as the model counts it, at least."""

_FIRST_SHARES = (1.0, 2.0, 4.0, 8.0)
"""Shares at which squares get a tangent from the start, in parts of 1 / values."""

_LEAST_SHARE = 1e-5
"""Least share at which a square gets a tangent: solvers take smaller squares for 0."""


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


@dataclass(frozen=True, eq=False)
class HHIRow(SpreadRow):
    """The Herfindahl-Hirschman index, or its inverse, the effective number."""

    hhi: float

    @property
    def limit_shown(self) -> float:
        """Largest index, or least effective number."""
        number = self.scope.rule.min_effective
        if self.key.measure == "effective" and number is not None:
            return float(number)
        return self.hhi

    @property
    def most_price(self) -> float:
        """A penalty is per 0.01 of the index, whatever the size of the scope."""
        most = super().most_price
        if np.isinf(most):
            return most
        return HUNDREDTHS * most / self.scope.demand if self.scope.demand > 0 else 0.0

    def tolerance(self, base: float) -> float:
        """Excess within which the index is at its limit."""
        return HHI_RESIDUAL * base

    def noise(self, base: float) -> float:
        """Excess that calls for no further cut."""
        return self.tolerance(base) / _FINER

    def excess(self, amounts: Floats, base: float) -> float:
        """Index above its limit, times the base."""
        return float(amounts @ amounts) / base - self.hhi * base if base > 0 else 0.0

    def level(self, amounts: Floats, base: float) -> float:
        """Index or effective number."""
        squares = float(amounts @ amounts)
        if not (base > 0 and squares > 0):
            return np.nan
        index = squares / base**2
        return 1.0 / index if self.key.measure == "effective" else index

    def unit_worth(self, base: float) -> float:
        """Money per 0.01 of the index, or per one of the effective number."""
        if self.key.measure == "effective":
            return base * self.hhi**2
        return super().unit_worth(base)

    def _form(self, weights: Floats) -> Linear:
        return Linear(2.0 * weights, -float(weights @ weights) - self.hhi, 0.0)

    def lifted(self) -> Lifted:
        """Return a column z_v >= F_v^2 / B for each value: sum z_v <= H B."""
        count = len(self.values)
        first = [min(1.0, part / count) for part in _FIRST_SHARES]
        parts = [self._tangent(v, share) for v in range(count) for share in first]
        return Lifted(np.ones(count), -self.hhi, 0.0, parts)

    def _tangent(self, value: int, share: float) -> Part:
        column = ((value, -1.0),)
        return Part(value, 2.0 * share, -(share**2), column, 0.0, share)

    def cuts(self, amounts: Floats, base: float, taken: Sequence[Part]) -> list[Part]:
        """Tangents at the shares, and near them.

        One is where the way to equal shares meets the limit, two are halfway to the
        nearest shares that have a tangent.
        """
        shares = amounts / base
        equal = 1.0 / len(shares)
        away = shares - equal
        room = max(self.hhi - equal, 0.0) / max(float(away @ away), _TINY)
        met = equal + np.sqrt(min(room, 1.0)) * away
        known: dict[int, list[float]] = {}
        for part in taken:
            known.setdefault(part.value, [0.0]).append(part.weight)
        return [
            self._tangent(value, share)
            for value in range(len(shares))
            for share in _new_tangents(float(shares[value]), met[value], known[value])
        ]

    def sound(self, weights: Floats) -> Floats:
        """Weights are shares: between 0 and 1."""
        return np.clip(weights, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class TopRow(SpreadRow):
    """What the k largest values carry together."""

    count: int
    share: float

    @property
    def limit_shown(self) -> float:
        """Their largest share."""
        return self.share

    def _largest(self, amounts: Floats) -> float:
        return float(np.sort(amounts)[::-1][: self.count].sum())

    def excess(self, amounts: Floats, base: float) -> float:
        """Quantity above the share."""
        return self._largest(amounts) - self.share * base

    def level(self, amounts: Floats, base: float) -> float:
        """Share of the k largest."""
        return self._largest(amounts) / base if base > 0 else np.nan

    def _form(self, weights: Floats) -> Linear:
        return Linear(weights, -self.share, 0.0)

    def lifted(self) -> Lifted:
        """Return columns t and s_v >= F_v - t: k t + sum s_v <= share B."""
        size = len(self.values)
        factors = np.array([float(self.count), *np.ones(size)])
        parts = [
            Part(value, 1.0, 0.0, ((0, -1.0), (value + 1, -1.0)), 0.0, 1.0)
            for value in range(size)
        ]
        return Lifted(factors, -self.share, 0.0, parts)

    def sound(self, weights: Floats) -> Floats:
        """Weights between 0 and 1 that sum to k at most."""
        clipped = np.clip(weights, 0.0, 1.0)
        total = float(clipped.sum())
        return clipped * min(1.0, self.count / total) if total > 0 else clipped


@dataclass(frozen=True, eq=False)
class ChangeRow(SpreadRow):
    """Half of what all values gain or lose against a reference.

    Parameters
    ----------
    reference : ndarray, shape (values,)
        What each value carried.
    share, quantity : float
        The limit: share of the base, plus quantity (one of them is 0).
    """

    reference: Floats
    share: float
    quantity: float

    @property
    def _is_share(self) -> bool:
        change = self.scope.rule.max_change
        return change is not None and change.share is not None

    @property
    def limit_shown(self) -> float:
        """Share or quantity."""
        return self.share if self._is_share else self.quantity

    def _moved(self, amounts: Floats) -> float:
        return float(np.abs(amounts - self.reference).sum()) / 2.0

    def excess(self, amounts: Floats, base: float) -> float:
        """Quantity moved beyond the limit."""
        return self._moved(amounts) - self.share * base - self.quantity

    def level(self, amounts: Floats, base: float) -> float:
        """Quantity moved, or its share."""
        moved = self._moved(amounts)
        if not self._is_share:
            return moved
        return moved / base if base > 0 else np.nan

    def unit_worth(self, base: float) -> float:
        """Money per point of the share, or per unit of quantity."""
        return super().unit_worth(base) if self._is_share else 1.0

    def _form(self, weights: Floats) -> Linear:
        limit = float(weights @ self.reference) / 2.0 + self.quantity
        return Linear(weights / 2.0, -self.share, limit)

    def lifted(self) -> Lifted:
        """Return a column d_v >= |F_v - R_v| for each value: sum d_v / 2 <= limit."""
        size = len(self.values)
        before = self.reference.tolist()
        parts = [
            Part(value, sign, 0.0, ((value, -1.0),), sign * before[value], 2.0 * sign)
            for value in range(size)
            for sign in (1.0, -1.0)
        ]
        return Lifted(np.full(size, 0.5), -self.share, self.quantity, parts)

    def sound(self, weights: Floats) -> Floats:
        """Weights between -1 and 1."""
        return np.clip(weights, -1.0, 1.0)


def _new_tangents(share: float, met: float, known: Sequence[float]) -> list[float]:
    """Shares at which the square gets a tangent that it does not have."""
    below = max((place for place in known if place < share), default=share)
    above = min((place for place in known if place > share), default=share)
    wanted = (share, met, (below + share) / 2.0, (share + above) / 2.0)
    places = dict.fromkeys(max(place, _LEAST_SHARE) for place in wanted)
    return [place for place in places if place not in known]


def largest_hhi(rule: Rule) -> dict[str, float]:
    """Largest index by measure, `hhi` or `effective`, where the rule bounds it."""
    found = {}
    if rule.max_hhi is not None:
        given = Decimal(repr(rule.max_hhi))
        found["hhi"] = float(given / _HHI_SCALE if given > 1 else given)
    if rule.min_effective is not None:
        inverse = 1 / Decimal(repr(rule.min_effective))
        found["effective"] = float(inverse.quantize(_HHI_DIGITS, ROUND_HALF_UP))
    return found
