"""A bound on change: half of what all values gain or lose against a reference."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from math import nan
from typing import TYPE_CHECKING

from solver.verification.exact.amounts import ONE, ZERO, decimal
from solver.verification.rules.cells import Carried
from solver.verification.rules.kind import row_key
from solver.verification.rules.row import ExactConcentrationRow, ExactLinear, share_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from solver.problem.rules import Rule
    from solver.verification.rules.cells import Cell, ExactScope
    from solver.verification.rules.kind import Known, RowMaker
    from solver.verification.rules.row import ExactRow


HALF = Decimal("0.5")


def change_rows(rule: Rule, known: Known) -> RowMaker:
    """Return what makes the rows on change against a reference."""
    change = rule.max_change
    entries = () if change is None else change.reference or ()
    once = {entry.value for entry in entries}
    before: dict[object, dict[str, Decimal]] = defaultdict(dict)
    for entry in entries:
        place = frozenset(entry.scope.items()), entry.period
        before[place][entry.value] = decimal(entry.quantity)

    def of(cell: Cell, scope: ExactScope) -> Iterator[ExactRow]:
        if change is not None:
            key, is_share = row_key(rule, cell, "change"), change.share is not None
            limit = decimal((change.share if is_share else change.quantity) or 0.0)
            reference = before.get((frozenset(cell.scope), cell.period), {})
            yield ExactChangeRow(key, scope, limit, known, once, reference, is_share)

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
    is_share : bool
        Whether its limit is a share, not a quantity.
    """

    once: Collection[str]
    reference: Mapping[str, Decimal]
    is_share: bool

    told = "change"

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
        share, quantity = (self.limit, ZERO) if self.is_share else (ZERO, self.limit)
        return ExactLinear(values, share, before * HALF + quantity)

    def _moved(self, carried: Carried) -> Decimal:
        left = dict(self.reference)
        moved = ZERO
        for value, amount in zip(self.known, self.amounts(carried), strict=True):
            moved += abs(amount - left.pop(value, ZERO))
        return (moved + sum(left.values(), ZERO)) * HALF

    def excess(self, carried: Carried) -> Decimal:
        """Quantity moved beyond the limit."""
        unit = self.base(carried) if self.is_share else ONE
        return self._moved(carried) - self.limit * unit

    def level(self, carried: Carried) -> float:
        """Quantity moved, or its share."""
        base = self.base(carried) if self.is_share else ONE
        return share_of(self._moved(carried), base)

    @property
    def tells_excess(self) -> bool:
        """Whether the limit is of the demand, or a quantity."""
        return self.scope.of_demand or not self.is_share

    @property
    def excess_of_nothing(self) -> float:
        """Excess over a share of nothing: all that was carried has gone."""
        gone = float(sum(self.reference.values(), ZERO) * HALF)
        return gone if self.is_share else nan

    def excess_at(self, level: float, base: float) -> float:
        """Quantity moved beyond the limit."""
        return (level - float(self.limit)) * (base if self.is_share else 1.0)

    def limit_unit(self, base: float) -> float:
        """Money per point of the share, or per unit of the quantity."""
        return super().limit_unit(base) if self.is_share else 1.0
