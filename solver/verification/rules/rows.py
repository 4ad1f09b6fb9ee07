"""The registry of the kinds of rules, and all rows of one rule, scope by scope."""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from solver.problem.instance import Instance
    from solver.problem.rules import Rule
    from solver.verification.rules.kind import Known, RowMaker


OF_TABLES: tuple[Callable[[Instance], Iterator[Rule]], ...] = ()
"""What makes rules of columns of an instance's tables, kind by kind."""


def rules_of(instance: Instance) -> tuple[Rule, ...]:
    """Rules that an instance states, then those that its tables ask for."""
    asked = (rule for kind in OF_TABLES for rule in kind(instance))
    return (*instance.diversification, *asked)


@cache
def kinds() -> tuple[Callable[[Rule, Known], RowMaker], ...]:
    """Return what makes the rows of each kind, in the order in which results list them.

    It is loaded with the first rule.
    """
    from solver.verification.rules.change import change_rows
    from solver.verification.rules.hhi import hhi_rows
    from solver.verification.rules.share import share_rows
    from solver.verification.rules.top import top_rows

    return (
        share_rows,
        hhi_rows,
        top_rows,
        change_rows,
    )


def row_maker(rule: Rule, known: Known) -> RowMaker:
    """Return what makes all rows of a cell, in the order in which results list them."""
    makers = [kind(rule, known) for kind in kinds()]
    return lambda cell, scope: chain.from_iterable(of(cell, scope) for of in makers)
