"""How much of a result a page shows, so that it never grows beyond what opens well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_BYTES = 3_000_000
"""Bytes of a page."""


@dataclass(frozen=True, slots=True)
class PageBudget:
    """What is shown at most.

    Parameters
    ----------
    rows : int
        Rows of a table.
    strands : int
        Strands of a map.
    values : int
        Values of a column of a Sankey.
    """

    rows: int
    strands: int
    values: int


BUDGETS = (
    PageBudget(400, 2_400, 25),
    PageBudget(250, 1_200, 20),
    PageBudget(150, 700, 14),
    PageBudget(80, 350, 10),
    PageBudget(40, 160, 7),
    PageBudget(20, 80, 5),
)
"""From the most to the least; the first that keeps a page small enough is used."""


def shared(budgets: Iterable[PageBudget], count: int) -> Iterator[PageBudget]:
    """Yield budgets of which each of several results gets its part."""
    for budget in budgets:
        yield replace(
            budget,
            rows=max(_FEWEST, budget.rows // count),
            strands=max(_FEWEST, budget.strands // count),
        )


_FEWEST = 8
"""Rows and strands that every result may have."""
