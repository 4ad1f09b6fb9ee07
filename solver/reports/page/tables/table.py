"""Tables of a page: heads, rows as texts, and how many rows are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.reports.page.text import shown
from solver.reports.screen.numbers import figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SEARCHED = 16
"""Rows from which on a table can be searched."""


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a column; numbers stand to the right."""

    text: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """Cells of a row, and the number of the group of cargo it is about."""

    cells: tuple[str, ...]
    group: int | None = None


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as it stands on the page.

    Parameters
    ----------
    caption : str
        What it holds.
    heads, rows
        Its columns, and its rows as texts.
    left_out : int
        Rows that are not shown; those shown are the first.
    folded : bool
        Whether it opens on demand.
    """

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[TableRow, ...]
    left_out: int = 0
    folded: bool = False

    @property
    def searched(self) -> bool:
        """Whether it is long enough to be searched."""
        return len(self.rows) >= _SEARCHED


def heads(*texts: str) -> tuple[Head, ...]:
    """Return heads; those that begin with `#` are of numbers."""
    return tuple(Head(text.lstrip("#"), text.startswith("#")) for text in texts)


def rows(
    cells: Iterable[Sequence[str | float | None]],
    groups: Sequence[int] | None = None,
) -> tuple[TableRow, ...]:
    """Return rows of names and numbers as texts; NaN and None are dashes."""
    return tuple(
        TableRow(
            tuple(
                shown(cell) if isinstance(cell, str) else figure(cell) for cell in row
            ),
            None if groups is None else groups[number],
        )
        for number, row in enumerate(cells)
    )
