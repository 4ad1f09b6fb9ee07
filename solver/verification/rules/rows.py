"""The registry of the kinds of rules, and all rows of one rule, scope by scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.verification.rules.change import change_rows
from solver.verification.rules.hhi import hhi_rows
from solver.verification.rules.share import share_rows
from solver.verification.rules.top import top_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from solver.problem.instance import Instance
    from solver.problem.rules import Rule
    from solver.verification.rules.kind import Known, RowMaker
    from solver.verification.rules.row import Cell, ExactRow, ExactScope


KINDS: tuple[Callable[[Rule, Known], RowMaker], ...] = (
    share_rows,
    hhi_rows,
    top_rows,
    change_rows,
)
"""What makes the rows of each kind, in the order in which results list them."""


OF_TABLES: tuple[Callable[[Instance], Iterator[Rule]], ...] = ()
"""What makes rules of columns of an instance's tables, kind by kind."""


def rules_of(instance: Instance) -> tuple[Rule, ...]:
    """Rules that an instance states, then those that its tables ask for."""
    asked = (rule for kind in OF_TABLES for rule in kind(instance))
    return (*instance.diversification, *asked)


class RowsOfRule:
    """What one rule bounds in every scope.

    Parameters
    ----------
    rule : Rule
        The rule.
    known : tuple of str
        All values of its `by`.
    """

    def __init__(self, rule: Rule, known: tuple[str, ...]) -> None:
        values = dict.fromkeys(known)
        self._makers = [kind(rule, values) for kind in KINDS]

    def of(self, cell: Cell, scope: ExactScope) -> Iterator[ExactRow]:
        """Yield the rows of a cell, in the order in which results list them."""
        for maker in self._makers:
            yield from maker(cell, scope)
