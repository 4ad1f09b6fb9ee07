"""A bound on change: half of what all values gain or lose against a reference."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import nan
from typing import TYPE_CHECKING

from solver.verification.exact.amounts import ZERO, decimal
from solver.verification.rules.kind import row_key
from solver.verification.rules.row import Carried, ExactConcentrationRow, ExactLinear

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from solver.problem.rules import ChangeLimit, Rule
    from solver.verification.rules.kind import Known, RowMaker
    from solver.verification.rules.row import Cell, ExactRow, ExactScope


HALF = Decimal("0.5")


Names = tuple[tuple[str, str], ...]


def change_rows(rule: Rule, known: Known) -> RowMaker:
    """Return what makes the rows on change against a reference."""
    change, references = rule.max_change, References(rule.max_change)

    def of(cell: Cell, scope: ExactScope) -> Iterator[ExactRow]:
        if change is not None:
            yield ExactChangeRow(
                row_key(rule, cell, "change"),
                scope,
                known,
                references.values,
                references.of(cell.scope, cell.period),
                None if change.share is None else decimal(change.share),
                None if change.quantity is None else decimal(change.quantity),
            )

    return of


@dataclass(frozen=True, eq=False)
class ExactChangeRow(ExactConcentrationRow):
    """The row ``1/2 sum_v |F_v - R_v| <= share B``, or ``<= quantity``.

    Parameters
    ----------
    once : collection of str
        Values that the rule's reference names anywhere, known or not.
    reference : dict of str to Decimal
        R_v, what values carried before in this scope; others carried nothing.
    share, quantity : Decimal or None
        The limit: one of them.
    """

    once: Collection[str]
    reference: Mapping[str, Decimal]
    share: Decimal | None
    quantity: Decimal | None

    told = "change"

    @property
    def limit(self) -> Decimal:
        """Share or quantity."""
        return self.share if self.share is not None else self._quantity

    @property
    def _quantity(self) -> Decimal:
        return ZERO if self.quantity is None else self.quantity

    def weighable(self, value: str) -> bool:
        """Whether a value is known, or was carried before in any scope."""
        return value in self.known or value in self.once

    def linear(self, weights: Mapping[str, Decimal]) -> ExactLinear:
        """Return what changes as weighted: |F_v - R_v| is a_v (F_v - R_v) or more.

        Values that are no longer known carry nothing: they count in the constant.
        """
        before = sum(
            (w * self.reference.get(value, ZERO) for value, w in weights.items()), ZERO
        )
        values = {v: w * HALF for v, w in weights.items() if v in self.known}
        share = ZERO if self.share is None else self.share
        return ExactLinear(values, share, before * HALF + self._quantity)

    def _moved(self, carried: Carried) -> Decimal:
        left = dict(self.reference)
        moved = ZERO
        for value, amount in zip(self.known, self.amounts(carried), strict=True):
            moved += abs(amount - left.pop(value, ZERO))
        return (moved + sum(left.values(), ZERO)) * HALF

    def excess(self, carried: Carried) -> Decimal:
        """Quantity moved beyond the limit."""
        most = self._quantity
        if self.share is not None:
            most = self.share * self.base(carried)
        return self._moved(carried) - most

    def level(self, carried: Carried) -> float:
        """Quantity moved, or its share."""
        moved = self._moved(carried)
        if self.share is None:
            return float(moved)
        base = Fraction(self.base(carried))
        return float(Fraction(moved) / base) if base else nan

    @property
    def tells_excess(self) -> bool:
        """Whether the limit is of the demand, or a quantity."""
        return self.share is None or self.scope.of_demand

    @property
    def excess_of_nothing(self) -> float:
        """Excess over a share of nothing: all that was carried has gone."""
        if self.share is None:
            return nan
        return float(sum(self.reference.values(), ZERO) * HALF)

    def excess_at(self, level: float, base: float) -> float:
        """Quantity moved beyond the limit."""
        beyond = level - float(self.limit)
        return beyond if self.share is None else beyond * base

    def limit_unit(self, base: float) -> float:
        """Money per point of the share, or per unit of the quantity."""
        return 1.0 if self.share is None else super().limit_unit(base)


class References:
    """What values carried before, by scope and period.

    Parameters
    ----------
    change : ChangeLimit or None
        A bound on change with its reference.

    Attributes
    ----------
    values : frozenset of str
        All that carried anything anywhere.
    """

    def __init__(self, change: ChangeLimit | None) -> None:
        self._before: dict[tuple[Names, str], dict[str, Decimal]] = {}
        entries = () if change is None else change.reference or ()
        self.values = frozenset(entry.value for entry in entries)
        for entry in entries:
            place = _place([*entry.scope.items()], entry.period)
            found = self._before.setdefault(place, {})
            found[entry.value] = decimal(entry.quantity)

    def of(self, scope: Names, period: str) -> dict[str, Decimal]:
        """Return what values carried in a scope."""
        return self._before.get(_place([*scope], period), {})


def _place(scope: list[tuple[str, str]], period: str) -> tuple[Names, str]:
    return tuple(sorted(scope)), period
