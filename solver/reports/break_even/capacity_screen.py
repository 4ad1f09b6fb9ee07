"""A curve over capacities on one screen: who comes as there is more of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.reports.break_even.common import (
    DIGITS,
    INDENT,
    BreakEvenPage,
    cargo_text,
    places_text,
)
from solver.reports.screen.numbers import figure
from solver.reports.screen.sheet import SheetLine, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table

_MOST = 40
"""Rows of the table."""


def capacity_screen(document: Mapping[str, Any], style: Style) -> str:
    """One screen about a curve over capacities, of what `--json` prints."""
    return _CapacityPage(document, style).shown()


class _CapacityPage(BreakEvenPage):
    """The parts of the screen, top to bottom."""

    def __init__(self, document: Mapping[str, Any], style: Style) -> None:
        super().__init__(document, style, "Capacity")
        self.first = document["capacity"] or 0.0
        self.has_relief = any(piece["relief"] for piece in document["stretches"])

    def parts(self) -> Iterator[Text | Table]:
        """Everything there is to say."""
        document, count = self.document, len(self.document["stretches"])
        yield from self.heading(f"{count} stretches" if count != 1 else "one stretch")
        today = f"Today    {self.amount(document['today'])} carried"
        if document["capacity"] is not None:
            today = f"{today} of a capacity of {self.amount(document['capacity'])}"
        text = f"{today}; {self.amount(document['most'])} at any capacity"
        yield from self.sheet.wrapped(text, INDENT)
        yield Text("")
        yield from self._table()
        if self.document["stretches"]:
            text = "End      beyond the last row no cargo gains by more capacity"
            yield from self.sheet.wrapped(text, INDENT)
        yield from self._goal()

    def _table(self) -> Iterator[Text | Table]:
        """One row a stretch."""
        stretches = self.document["stretches"]
        if not stretches:
            yield Text("More capacity is of no use.")
            return
        head = ["Who comes", "from", "up to", self.rate]
        head += [*(["relief"] if self.has_relief else []), "carried"]
        lines = [SheetLine(self._cells(piece)) for piece in stretches[:_MOST]]
        yield from self.sheet.table(head, lines, len(stretches), left=[1])
        yield from self.sheet.wrapped(f"({'; '.join(self._legend())})", 1)

    def _cells(self, piece: Mapping[str, Any]) -> list[str]:
        moves, relief = piece["moves"], piece["relief"]
        return [
            cargo_text(moves) if moves else "-",
            places_text(moves) if moves else "-",
            figure(self.first + piece["to"]),
            "-" if relief else figure(piece["value"], DIGITS),
            *([figure(relief)] if self.has_relief else []),
            figure(piece["after"]),
        ]

    def _legend(self) -> Iterator[str]:
        """Say what the columns are."""
        told = "capacity" if self.document["capacity"] is not None else "added"
        yield f"up to: {told} of each element, in {self.unit}"
        yield f"{self.rate}: what a unit more saves"
        if self.has_relief:
            yield "relief: firm demand that a unit more lets through"

    def _goal(self) -> Iterator[Text]:
        """Say which capacity brings what is wanted."""
        until = self.document["until"]
        if until is None:
            return
        wanted = self.amount(until["quantity"])
        text = f"Goal     {wanted} with {self.amount(until['added'])} more"
        if until["capacity"] is not None:
            text = f"{text}, a capacity of {self.amount(until['capacity'])}"
        yield from self.sheet.wrapped(text, INDENT)
