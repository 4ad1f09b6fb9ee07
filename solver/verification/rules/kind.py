"""What a kind of rule is, as the verifier reads it: what makes the rows of a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from solver.solution.keys import RowKey
from solver.verification.rules.cells import Cell, ExactScope
from solver.verification.rules.row import ExactRow

if TYPE_CHECKING:
    from solver.problem.rules import Rule
    from solver.solution.keys import Measure


RowMaker = Callable[[Cell, ExactScope], Iterator[ExactRow]]


Known = dict[str, None]
"""All values of a rule's `by`, in their order."""


def row_key(
    rule: Rule, cell: Cell, measure: Measure, side: Literal["max", "min"] = "max"
) -> RowKey:
    """Name of a row that bounds all values together."""
    return RowKey(rule.name, cell.scope, cell.period, "", side, measure)
