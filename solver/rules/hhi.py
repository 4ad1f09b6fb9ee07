"""Rules on the Herfindahl-Hirschman index: `max_hhi` and `min_effective`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from solver.problem.tables import ABSURD
from solver.rules.concentration import (
    HHI_SCALE,
    ConcentrationRow,
    least_hhi,
    overlap_faults,
)
from solver.rules.kind import RuleKind, SpreadLimit, Varied, Words, row_key
from solver.rules.row import HUNDREDTHS, Lifted, Linear, Part, WeightChoice
from solver.rules.share import LIMIT_DIGITS, rounded_up
from solver.solution.tolerances import HHI_RESIDUAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.arrays import Floats
    from solver.errors import Fault
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule, RulePlace
    from solver.rules.cargo_scopes import CargoScope
    from solver.rules.kind import RowMaker
    from solver.rules.row import RuleRow
    from solver.solution.keys import Measure, RowKey


class HHIKind(RuleKind):
    """Bounds on the index, or on its inverse, the effective number of corridors."""

    keys = ("max_hhi", "min_effective")
    words: ClassVar[Mapping[Measure, Words]] = {
        "hhi": Words("HHI", "index", "0.01 HHI"),
        "effective": Words("effective", "number", "corridor"),
    }
    varied: ClassVar[Mapping[str, Varied]] = {
        "max_hhi": Varied(1.0, False, True, "largest HHI by corridor")
    }
    penalty_by_demand = True

    def faults(
        self, instance: Instance, place: RulePlace, values: Sequence[str]
    ) -> Iterator[Fault]:
        """Yield what is wrong with a rule's `max_hhi` and `min_effective`."""
        del instance, values
        for key in self.keys:
            yield from overlap_faults(place, key)
        hhi, number = place.rule.max_hhi, place.rule.min_effective
        if hhi is not None and not is_hhi(hhi):
            remedy = "give a number above 0 and up to 1, or up to 10000 on that scale"
            yield place.fault("max_hhi", f"{hhi:g} is not an HHI", remedy, hhi)
        if number is not None and not is_effective_number(number):
            message = f"{number:g} is not an effective number of corridors"
            remedy = "give a number of 1 or more, such as 2.5"
            yield place.fault("min_effective", message, remedy, number)

    def rows(self, rule: Rule, values: tuple[str, ...]) -> RowMaker:
        """Return what makes a row for the index, and one for the effective number."""
        largest = largest_hhi(rule)

        def of(scope: CargoScope) -> Iterator[RuleRow]:
            for measure, hhi in largest.items():
                side: Literal["max", "min"] = "max" if measure == "hhi" else "min"
                yield HHIRow(row_key(rule, scope, measure, side), scope, values, hhi)

        return of

    def limit(self, rule: Rule, key: RowKey) -> float | None:
        """Largest index from 0 to 1, or least effective number."""
        if key.measure == "effective":
            return rule.min_effective
        return largest_hhi(rule)["hhi"]

    def eased(self, value: Any, key: RowKey, level: float) -> Any:  # noqa: ANN401
        """Return an index, on the scale that it is given on, or an effective number."""
        is_scaled = key.measure == "hhi" and value > 1.0
        return super().eased(value, key, level * (HHI_SCALE if is_scaled else 1.0))

    def spread_limits(self, rule: Rule) -> list[SpreadLimit]:
        """Bounds that no shares of too few corridors keep."""
        hhi, number = rule.max_hhi, rule.min_effective
        limits = []
        if hhi is not None and is_hhi(hhi):
            limits.append(hhi_limit(hhi))
        if number is not None and is_effective_number(number):
            limits.append(effective_limit(number))
        return limits


def is_hhi(value: float) -> bool:
    """Whether a number can be an index, on either scale."""
    return 0 < value <= HHI_SCALE


def is_effective_number(value: float) -> bool:
    """Whether a number can be an effective number."""
    return 1 <= value < ABSURD


def hhi_limit(given: float) -> SpreadLimit:
    """Return the bound that `max_hhi` sets."""
    scale = HHI_SCALE if given > 1 else 1.0
    digits = 0 if given > 1 else LIMIT_DIGITS
    return SpreadLimit(
        key="max_hhi",
        value=given,
        text=f"an HHI of {given:g}",
        holds=lambda count: least_hhi(count) <= given / scale + HHI_RESIDUAL,
        remedy=lambda count: f"give {rounded_up(scale / count, digits)} at least",
    )


def effective_limit(given: float) -> SpreadLimit:
    """Return the bound that `min_effective` sets."""
    return SpreadLimit(
        key="min_effective",
        value=given,
        text=f"an effective number of {given:g}",
        holds=lambda count: least_hhi(count) <= 1 / given + HHI_RESIDUAL,
        remedy=lambda count: f"give {count} at most",
    )


_HHI_SCALE = Decimal(10_000)


_HHI_DIGITS = Decimal("1e-15")


_TINY = 1e-300


_FINER = 20.0
"""How much closer to its limit than a plan must be an index is brought."""


_FIRST_SHARES = (1.0, 2.0, 4.0, 8.0)
"""Shares at which squares get a tangent from the start, in parts of 1 / values."""


_LEAST_SHARE = 1e-5
"""Least share at which a square gets a tangent: solvers take smaller squares for 0."""


@dataclass(frozen=True, eq=False)
class HHIRow(ConcentrationRow):
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

    def limit_unit(self, base: float) -> float:
        """Money per 0.01 of the index, or per one of the effective number."""
        if self.key.measure == "effective":
            return base * self.hhi**2
        return super().limit_unit(base)

    def form(self, weights: Floats) -> Linear:
        """Return the tangent of the index at shares as weighted."""
        return Linear(2.0 * weights, -float(weights @ weights) - self.hhi, 0.0)

    def choice(self, amounts: Floats, base: float, noise: float) -> WeightChoice:
        """Shares: an index is smooth, but of nothing every tangent is as tight."""
        del noise
        if base > 0:
            return WeightChoice(amounts / base)
        return WeightChoice(np.zeros(len(amounts)), is_all=False)

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


def _new_tangents(share: float, met: float, known: Sequence[float]) -> list[float]:
    """Shares at which the square gets a tangent that it does not have.

    Where next to nothing is carried, noise of a part of it is no share above 1.
    """
    below = max((place for place in known if place < share), default=share)
    above = min((place for place in known if place > share), default=share)
    wanted = (share, met, (below + share) / 2.0, (share + above) / 2.0)
    places = dict.fromkeys(min(max(place, _LEAST_SHARE), 1.0) for place in wanted)
    return [place for place in places if place not in known]


def largest_hhi(rule: Rule) -> dict[Measure, float]:
    """Largest index by measure, `hhi` or `effective`, where the rule bounds it."""
    found: dict[Measure, float] = {}
    if rule.max_hhi is not None:
        given = Decimal(repr(rule.max_hhi))
        found["hhi"] = float(given / _HHI_SCALE if given > 1 else given)
    if rule.min_effective is not None:
        inverse = 1 / Decimal(repr(rule.min_effective))
        found["effective"] = float(inverse.quantize(_HHI_DIGITS, ROUND_HALF_UP))
    return found
