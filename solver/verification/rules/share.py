"""Share rules, as the verifier reads them."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

from solver.verification.exact.amounts import ONE, ZERO
from solver.verification.rules.row import Linear, Row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from solver.verification.rules.row import Carried


@dataclass(frozen=True, slots=True, eq=False)
class ShareRow(Row):
    """A bound on the share of one value."""

    share: Decimal

    @property
    def values(self) -> tuple[str, ...]:
        """The value."""
        return (self.key.value,)

    def linear(self, weights: Mapping[str, Decimal]) -> Linear:
        """Return the row itself."""
        del weights
        return Linear({self.key.value: self.sign * ONE}, self.sign * self.share, ZERO)

    def wrong_weights(self, weights: Mapping[str, float]) -> str:
        """Say that there is nothing to weigh."""
        return f"{len(weights)} given, where there is nothing to weigh"

    @property
    def limit(self) -> Decimal:
        """The share."""
        return self.share

    def excess(self, carried: Carried) -> Decimal:
        """Quantity above a largest share, or below a least one."""
        amount = carried.by_value[self.key.value][self.scope.cell]
        return self.sign * (amount - self.share * self.base(carried))

    def level(self, carried: Carried) -> float:
        """Return the share."""
        base = self.base(carried)
        amount = carried.by_value[self.key.value][self.scope.cell]
        return float(amount) / float(base) if base else nan

    def excess_at(self, level: float, base: float) -> float:
        """Quantity above or below the share."""
        return self.sign * (level - float(self.share)) * base
