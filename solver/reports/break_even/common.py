"""What both screens of a break-even say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.reports.screen.numbers import figure, small
from solver.reports.screen.screen_page import ScreenPage
from solver.solution.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.reports.screen.sheet import Style

INDENT = len("Today    ")
"""Columns before what a line says."""

DIGITS = 8
"""Digits of a rate that has fewer before its point."""


class BreakEvenPage(ScreenPage):
    """The parts of both screens.

    Parameters
    ----------
    title : str
        What the number that varies is called.
    """

    def __init__(self, document: Mapping[str, Any], style: Style, title: str) -> None:
        super().__init__(document, style)
        self._title = title
        units = document["units"]
        self.unit = units["quantity"]
        self.rate = f"{units['money']}/{self.unit}"

    def heading(self, steps: str) -> Iterator[Text]:
        """Say what is asked, and how it is answered."""
        document = self.document
        status, proof = Status(document["status"]), document["proof"]
        known = "exact"
        if not proof["exact"]:
            known = f"costs within {small(proof['tolerance'])}"
        title = f"Break-even of {names_text(document['selection'])}"
        yield from self.sheet.wrapped(title, 0, "bold")
        yield Text.assemble(
            (str(status), "bold green" if not status.exit_code else "bold yellow"),
            f": {steps}, {known}; every plan proved (gap {small(proof['gap'])})",
        )
        counts = [
            f"{number} {word if number != 1 else word[:-1]}"
            for word, number in document["elements"].items()
            if number
        ]
        cargo = names_text(document["cargo"]) if document["cargo"] else "all cargo"
        text = f"{self._title:9}of {' and '.join(counts)}, for {cargo}"
        text = f"{text}: {self.amount(document['demand'])} of demand"
        yield from self.sheet.wrapped(text, INDENT)

    def amount(self, quantity: float) -> str:
        """Quantity with its unit."""
        return f"{figure(quantity)} {self.unit}"


def names_text(named: Mapping[str, Sequence[str]]) -> str:
    """Return names with what they are names of."""
    return ", ".join(f"{key} {' or '.join(names)}" for key, names in named.items())


def cargo_text(moves: Sequence[Mapping[str, Any]]) -> str:
    """Return the largest cargo that moves, and how many others do."""
    first = moves[0]
    text = f"{first['product']}, {first['origin']} to {first['market']}"
    return text if len(moves) == 1 else f"{text} (+{len(moves) - 1})"


def places_text(moves: Sequence[Mapping[str, Any]]) -> str:
    """Return where cargo that leaves goes and what comes stems from, most first."""
    sums: dict[str, float] = {}
    for move in moves:
        place = move["target"] if move["kind"] == "leaves" else move["source"]
        sums[place] = sums.get(place, 0.0) + move["quantity"]
    return ", ".join(sorted(sums, key=sums.__getitem__, reverse=True))
