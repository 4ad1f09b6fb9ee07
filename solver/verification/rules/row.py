"""Rows of rules: what each bounds, exactly, and the linear row that its prices use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from math import nan
from typing import TYPE_CHECKING, ClassVar

from solver.verification.exact.amounts import ONE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from decimal import Decimal

    from solver.solution.keys import RowKey
    from solver.verification.rules.cells import Carried, ExactScope


HUNDRED = 100
"""Percentage points, or hundredths of an index, in one."""


@dataclass(frozen=True, slots=True, eq=False)
class ExactLinear:
    """The row ``sum_v values_v F_v <= base B + constant``.

    F_v is what v carries, B what is carried in all or the demand, as the rule says.
    """

    values: dict[str, Decimal]
    base: Decimal
    constant: Decimal

    def times(self, price: Decimal) -> ExactLinear:
        """Return the row at a price."""
        values = {value: price * factor for value, factor in self.values.items()}
        return ExactLinear(values, price * self.base, price * self.constant)


@dataclass(frozen=True, slots=True, eq=False)
class ExactRow(ABC):
    """One row of a rule.

    Parameters
    ----------
    scope : ExactScope
        Cargo it counts.
    limit : Decimal
        The limit in the rule's own scale.
    """

    key: RowKey
    scope: ExactScope
    limit: Decimal

    told: ClassVar[str]
    """What it bounds, in words."""

    told_in: ClassVar[str] = "rules"
    """Table of a result that tells of it."""

    @property
    def sign(self) -> int:
        """1 if the level may not be above its limit, -1 if it may not be below."""
        return 1 if self.key.side == "max" else -1

    def base(self, carried: Carried) -> Decimal:
        """Return what shares are of."""
        if self.scope.of_demand:
            return self.scope.demand
        return carried.total[self.scope.cell]

    # ---- prices

    @property
    @abstractmethod
    def values(self) -> Collection[str]:
        """Values whose quantities it looks at."""

    @abstractmethod
    def linear(self, weights: Mapping[str, Decimal]) -> ExactLinear:
        """Linear row that follows from it for allowed weights a_v."""

    @abstractmethod
    def wrong_weights(self, weights: Mapping[str, float]) -> str:
        """Say why weights are not allowed; blank if they are."""

    @property
    def rate(self) -> Fraction | None:
        """Money for a unit of excess; None where none is paid."""
        penalty = self.scope.penalty
        return None if penalty is None else Fraction(penalty)

    def allows(self, price: Decimal, money: Decimal = ONE) -> bool:
        """Whether it may have a price where a unit of money has one: its penalty."""
        rate = self.rate
        return rate is None or Fraction(price) <= Fraction(money) * rate

    # ---- plans

    @abstractmethod
    def excess(self, carried: Carried) -> Decimal | Fraction:
        """Weighted quantity (times HHI) by which a plan breaks it; 0 or less if not."""

    @abstractmethod
    def level(self, carried: Carried) -> float:
        """Return what it bounds, in the rule's own scale; NaN of nothing."""

    @abstractmethod
    def excess_at(self, level: float, base: float) -> float:
        """Excess of a plan that has this level."""

    @property
    def tells_excess(self) -> bool:
        """Whether the excess of a plan follows from its level alone."""
        return self.scope.of_demand

    @property
    def excess_of_nothing(self) -> float:
        """Excess of a plan that has no level; NaN if it has none."""
        return nan

    def fault(self, carried: Carried) -> str:
        """Say by how much a plan misses it; blank if it keeps it."""
        excess, base = self.excess(carried), self.base(carried)
        limit = f"the limit of {self.limit} on the {self.told}"
        return f"{limit} is missed by {excess} of {base}" if excess > 0 else ""

    def penalty(self, carried: Carried) -> Fraction:
        """Money that a plan pays for breaking it."""
        return self.penalty_of(Fraction(self.excess(carried)))

    def penalty_of(self, excess: Fraction) -> Fraction:
        """Money for an excess; none below 0."""
        return max(Fraction(0), excess) * (self.rate or 0)

    def margin(self, carried: Carried) -> Fraction:
        """Excess that a plan may have where the row must hold."""
        del carried
        return Fraction(0)

    def penalty_of_base(self, base: float) -> float:
        """Penalty of an excess as large as the base."""
        return float(self.rate or 0) * base

    def limit_unit(self, base: float) -> float:
        """Money per unit of the limit as it is shown, at a price of 1."""
        return base / HUNDRED


@dataclass(frozen=True, slots=True, eq=False)
class ExactConcentrationRow(ExactRow):
    """A bound on all values together.

    Parameters
    ----------
    known : collection of str
        All values of the instance, quick to look up.
    """

    known: Collection[str]

    @property
    def values(self) -> Collection[str]:
        """All of them."""
        return self.known

    def amounts(self, carried: Carried) -> list[Decimal]:
        """Return what each value carries."""
        return [carried.by_value[value][self.scope.cell] for value in self.known]

    def weighable(self, value: str) -> bool:
        """Whether a value may have a weight."""
        return value in self.known

    def wrong_weights(self, weights: Mapping[str, float]) -> str:
        """Say why weights are not allowed: unknown values, or out of bounds."""
        for value, weight in weights.items():
            if not self.weighable(value):
                return f"one is for {value!r}, which is not known"
            if not -1.0 <= weight <= 1.0:
                return f"{weight} for {value!r} is out of bounds"
        return ""


def share_of(part: Decimal, base: Decimal) -> float:
    """Return a part of what is carried or asked for; NaN of nothing."""
    return float(part) / float(base) if base else nan
