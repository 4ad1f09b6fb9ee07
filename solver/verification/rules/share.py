"""Share rules, as the verifier reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.problem.tables import NO_CORRIDOR
from solver.solution.keys import RowKey
from solver.verification.exact.amounts import ONE, ZERO, decimal
from solver.verification.rules.row import ExactLinear, ExactRow, share_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from solver.problem.rules import Rule
    from solver.verification.rules.cells import Carried, Cell, ExactScope
    from solver.verification.rules.kind import Known, RowMaker


def share_rows(rule: Rule, known: Known) -> RowMaker:
    """Return what makes the rows that bound the share of one value each."""
    most = _shares(rule, rule.max_share, known, every=True)
    least = _shares(rule, rule.min_share, known, every=False)
    order = _order(rule, known, dict.fromkeys([*most, *least]))

    def of(cell: Cell, scope: ExactScope) -> Iterator[ExactRow]:
        for value in order:
            place = rule.name, cell.scope, cell.period, value
            if value in most:
                yield ExactShareRow(RowKey(*place, "max"), scope, most[value])
            if value in least:
                yield ExactShareRow(RowKey(*place, "min"), scope, least[value])

    return of


def _shares(
    rule: Rule, shares: float | dict[str, float] | None, known: Known, *, every: bool
) -> dict[str, Decimal]:
    """Shares by value; one number is for all, or for all but `none`."""
    if shares is None:
        return {}
    if isinstance(shares, dict):
        return {value: decimal(share) for value, share in shares.items()}
    found = dict.fromkeys(known, decimal(shares))
    if rule.by == "corridor" and not every:
        del found[NO_CORRIDOR]
    return found


def _order(rule: Rule, known: Known, bounded: Known) -> tuple[str, ...]:
    """Values with a bound on their share: as named, if all bounds name them."""
    given = (rule.max_share, rule.min_share)
    if all(shares is None or isinstance(shares, dict) for shares in given):
        return tuple(bounded)
    return tuple(value for value in known if value in bounded)


@dataclass(frozen=True, slots=True, eq=False)
class ExactShareRow(ExactRow):
    """A bound on the share of one value: its limit."""

    told = "share"

    @property
    def values(self) -> tuple[str, ...]:
        """The value."""
        return (self.key.value,)

    def linear(self, weights: Mapping[str, Decimal]) -> ExactLinear:
        """Return the row itself."""
        del weights
        sign = self.sign * ONE
        return ExactLinear({self.key.value: sign}, sign * self.limit, ZERO)

    def wrong_weights(self, weights: Mapping[str, float]) -> str:
        """Say that there is nothing to weigh."""
        return f"{len(weights)} given, where there is nothing to weigh"

    def excess(self, carried: Carried) -> Decimal:
        """Quantity above a largest share, or below a least one."""
        most = self.limit * self.base(carried)
        return self.sign * (self._amount(carried) - most)

    def level(self, carried: Carried) -> float:
        """Return the share."""
        return share_of(self._amount(carried), self.base(carried))

    def _amount(self, carried: Carried) -> Decimal:
        return carried.by_value[self.key.value][self.scope.cell]

    def excess_at(self, level: float, base: float) -> float:
        """Quantity above or below the share."""
        return self.sign * (level - float(self.limit)) * base
