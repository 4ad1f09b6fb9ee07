"""Bounds on concentration: the Herfindahl-Hirschman index, and its inverse."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor, nan
from typing import TYPE_CHECKING

from solver.verification.exact.amounts import ZERO, decimal
from solver.verification.exact.margins import HHI_MARGIN
from solver.verification.rules.cells import Carried
from solver.verification.rules.kind import row_key
from solver.verification.rules.row import HUNDRED, ExactConcentrationRow, ExactLinear

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.problem.rules import Rule
    from solver.verification.rules.cells import Cell, ExactScope
    from solver.verification.rules.kind import Known, RowMaker
    from solver.verification.rules.row import ExactRow


_SCALE = Decimal(10_000)
"""An index above 1 is on the scale to 10,000."""


_DIGITS = 15
"""Digits after the point of the index that an effective number stands for."""


_HALF = Fraction(1, 2)


def hhi_rows(rule: Rule, known: Known) -> RowMaker:
    """Return what makes the rows on the index and on the effective number."""
    given, number = rule.max_hhi, rule.min_effective

    def of(cell: Cell, scope: ExactScope) -> Iterator[ExactRow]:
        if given is not None:
            hhi = largest_hhi(given)
            yield ExactHHIRow(row_key(rule, cell, "hhi"), scope, hhi, known, hhi)
        if number is not None:
            key, hhi = row_key(rule, cell, "effective", "min"), hhi_of_number(number)
            yield ExactHHIRow(key, scope, decimal(number), known, hhi)

    return of


@dataclass(frozen=True, eq=False)
class ExactHHIRow(ExactConcentrationRow):
    """The row ``sum_v F_v^2 <= H B^2``: its limit is H, or the least effective number.

    Parameters
    ----------
    hhi : Decimal
        H, the largest index.
    """

    hhi: Decimal

    told = "HHI"

    @property
    def _is_number(self) -> bool:
        return self.key.measure == "effective"

    def linear(self, weights: Mapping[str, Decimal]) -> ExactLinear:
        """Return the sum of tangents: F_v^2 / B is at least 2 a_v F_v - a_v^2 B."""
        squares = sum((weight * weight for weight in weights.values()), ZERO)
        values = {value: 2 * weight for value, weight in weights.items()}
        return ExactLinear(values, squares + self.hhi, ZERO)

    @property
    def rate(self) -> Fraction | None:
        """Money for each 0.01 of the index, in parts of the demand D: 100 / D of it."""
        paid, demand = super().rate, Fraction(self.scope.demand)
        return HUNDRED * paid / demand if paid is not None and demand else None

    def _squares(self, carried: Carried) -> Decimal:
        return sum((own * own for own in self.amounts(carried)), ZERO)

    def excess(self, carried: Carried) -> Fraction:
        """Index above its limit, times the base."""
        base = Fraction(self.base(carried))
        if not base:
            return Fraction(0)
        return Fraction(self._squares(carried)) / base - Fraction(self.hhi) * base

    def fault(self, carried: Carried) -> str:
        """Say that the index is above its limit and margin."""
        base, squares = self.base(carried), self._squares(carried)
        if squares <= (self.hhi + HHI_MARGIN) * base * base:
            return ""
        index = float(Fraction(squares) / Fraction(base * base)) if base else nan
        return f"the HHI is {index!r}, {self.hhi} at most"

    def margin(self, carried: Carried) -> Fraction:
        """Excess that a plan may have: so much of its base."""
        return Fraction(HHI_MARGIN) * Fraction(self.base(carried))

    def level(self, carried: Carried) -> float:
        """Index or effective number; NaN if nothing is carried."""
        squares, base = Fraction(self._squares(carried)), Fraction(self.base(carried))
        if not (squares and base):
            return nan
        whole = base * base
        return float(whole / squares if self._is_number else squares / whole)

    def excess_at(self, level: float, base: float) -> float:
        """Index above its limit, times the base."""
        index = level if not self._is_number else 1.0 / level if level > 0 else nan
        return (index - float(self.hhi)) * base

    def limit_unit(self, base: float) -> float:
        """Money per 0.01 of the index, or per one of the effective number."""
        if self._is_number:
            return base * float(self.hhi) ** 2
        return super().limit_unit(base)


def largest_hhi(max_hhi: float) -> Decimal:
    """Largest index, from 0 to 1, of either scale."""
    limit = decimal(max_hhi)
    return limit / _SCALE if limit > 1 else limit


def hhi_of_number(min_effective: float) -> Decimal:
    """Index of so many equal corridors, rounded half up to 15 digits."""
    inverse = 1 / Fraction(decimal(min_effective))
    return Decimal(floor(inverse * 10**_DIGITS + _HALF)).scaleb(-_DIGITS)
