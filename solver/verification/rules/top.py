"""Rules on the largest together, as the verifier reads them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from solver.verification.exact.amounts import ZERO, decimal, decimals
from solver.verification.rules.cells import Carried
from solver.verification.rules.kind import row_key
from solver.verification.rules.row import ExactConcentrationRow, ExactLinear, share_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.problem.rules import Rule
    from solver.verification.rules.cells import Cell, ExactScope
    from solver.verification.rules.kind import Known, RowMaker
    from solver.verification.rules.row import ExactRow


def top_rows(rule: Rule, known: Known) -> RowMaker:
    """Return what makes the rows on the largest together."""
    top = rule.max_top

    def of(cell: Cell, scope: ExactScope) -> Iterator[ExactRow]:
        if top is not None:
            key, share = row_key(rule, cell, "top"), decimal(top.share)
            yield ExactTopRow(key, scope, share, known, top.k)

    return of


@dataclass(frozen=True, eq=False)
class ExactTopRow(ExactConcentrationRow):
    """A bound on the share of the `count` largest values together: its limit."""

    count: int

    told = "largest together"

    def linear(self, weights: Mapping[str, Decimal]) -> ExactLinear:
        """Return what values carry as weighted: no more than the largest do."""
        return ExactLinear(dict(weights), self.limit, ZERO)

    def wrong_weights(self, weights: Mapping[str, float]) -> str:
        """Say why weights are not allowed: below 0, or more than `count` in all."""
        wrong = super().wrong_weights(weights)
        if wrong:
            return wrong
        if any(weight < 0 for weight in weights.values()):
            return "one is below 0"
        total = sum(decimals(weights).values(), ZERO)
        return f"they sum to {total}" if total > self.count else ""

    def _largest(self, carried: Carried) -> Decimal:
        descending = sorted(self.amounts(carried), reverse=True)
        return sum(descending[: self.count], ZERO)

    def excess(self, carried: Carried) -> Decimal:
        """Quantity above the share."""
        return self._largest(carried) - self.limit * self.base(carried)

    def level(self, carried: Carried) -> float:
        """Share of the largest."""
        return share_of(self._largest(carried), self.base(carried))

    def excess_at(self, level: float, base: float) -> float:
        """Quantity above the share."""
        return (level - float(self.limit)) * base
