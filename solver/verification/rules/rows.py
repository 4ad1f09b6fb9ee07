"""All rows of one rule, scope by scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from solver.problem.tables import NO_CORRIDOR
from solver.solution.keys import RowKey
from solver.verification.exact.amounts import decimal
from solver.verification.rules.change import ChangeRow, References
from solver.verification.rules.hhi import HHIRow, hhi_of_number, largest_hhi
from solver.verification.rules.row import Row
from solver.verification.rules.share import ShareRow
from solver.verification.rules.top import TopRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from solver.problem.rules import Change, Rule
    from solver.solution.keys import Measure
    from solver.verification.rules.row import Cell, Scope

    Side = Literal["max", "min"]


class RuleRows:
    """What one rule bounds in every scope.

    Parameters
    ----------
    rule : Rule
        The rule.
    known : tuple of str
        All values of its `by`.
    """

    def __init__(self, rule: Rule, known: tuple[str, ...]) -> None:
        self.rule, self.known = rule, dict.fromkeys(known)
        self._most = self._shares(rule.max_share, every=True)
        self._least = self._shares(rule.min_share, every=False)
        self._order = self._share_order()
        self._references = References(rule.max_change)

    def _shares(
        self, shares: float | dict[str, float] | None, *, every: bool
    ) -> dict[str, Decimal]:
        """Shares by value; one number is for all, or for all but `none`."""
        if shares is None:
            return {}
        if isinstance(shares, dict):
            return {value: decimal(share) for value, share in shares.items()}
        found = dict.fromkeys(self.known, decimal(shares))
        if self.rule.by == "corridor" and not every:
            del found[NO_CORRIDOR]
        return found

    def _share_order(self) -> tuple[str, ...]:
        """Values with a bound on their share: as named, if all bounds name them."""
        given = (self.rule.max_share, self.rule.min_share)
        bounded = dict.fromkeys([*self._most, *self._least])
        if all(shares is None or isinstance(shares, dict) for shares in given):
            return tuple(bounded)
        return tuple(value for value in self.known if value in bounded)

    def of(self, cell: Cell, scope: Scope) -> Iterator[Row]:
        """Yield the rows of a cell, in the order in which results list them."""
        yield from self._share_rows(cell, scope)
        yield from self._hhi_rows(cell, scope)
        if self.rule.max_top is not None:
            key, top = self._key(cell, "top"), self.rule.max_top
            yield TopRow(key, scope, self.known, top.k, decimal(top.share))
        if self.rule.max_change is not None:
            yield self._change_row(cell, scope, self.rule.max_change)

    def _key(self, cell: Cell, measure: Measure) -> RowKey:
        side: Side = "min" if measure == "effective" else "max"
        return RowKey(self.rule.name, cell.scope, cell.period, "", side, measure)

    def _share_rows(self, cell: Cell, scope: Scope) -> Iterator[Row]:
        most, least, name = self._most, self._least, self.rule.name
        for value in self._order:
            if value in most:
                key = RowKey(name, cell.scope, cell.period, value, "max")
                yield ShareRow(key, scope, most[value])
            if value in least:
                key = RowKey(name, cell.scope, cell.period, value, "min")
                yield ShareRow(key, scope, least[value])

    def _hhi_rows(self, cell: Cell, scope: Scope) -> Iterator[Row]:
        given, number = self.rule.max_hhi, self.rule.min_effective
        if given is not None:
            hhi = largest_hhi(given)
            yield HHIRow(self._key(cell, "hhi"), scope, self.known, hhi, hhi)
        if number is not None:
            key, hhi = self._key(cell, "effective"), hhi_of_number(number)
            yield HHIRow(key, scope, self.known, hhi, decimal(number))

    def _change_row(self, cell: Cell, scope: Scope, change: Change) -> Row:
        return ChangeRow(
            self._key(cell, "change"),
            scope,
            self.known,
            self._references.values,
            self._references.of(cell.scope, cell.period),
            None if change.share is None else decimal(change.share),
            None if change.quantity is None else decimal(change.quantity),
        )
