"""An explanation as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.console.terminal import printable
from solver.reports.explanation.cargo_screen import cargo_lines, limit_name
from solver.reports.screen.numbers import figure, small
from solver.reports.screen.sheet import Sheet, SheetLine, Style, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table

_INDENT = len("Account  ")

_MOST_RENTS = 5


def explanation_screen(document: Mapping[str, Any], style: Style, most: int) -> str:
    """Text about an explanation.

    Parameters
    ----------
    document : dict
        The document that `--json` prints.
    style : Style
        How it looks.
    most : int
        How many of each list are shown.
    """
    page = _ExplanationPage(document, Sheet(style), most)
    return rendered(list(page.parts()), style)


class _ExplanationPage:
    """The parts of a screen, top to bottom."""

    def __init__(self, document: Mapping[str, Any], sheet: Sheet, most: int) -> None:
        self.document, self.sheet, self.most = document, sheet, most
        self.money = document["units"]["money"]
        self.rate = f"{self.money}/{document['units']['quantity']}"

    def parts(self) -> Iterator[Text | Table]:
        """Everything there is to say."""
        yield from self.heading()
        yield from self.cargo()
        if not self.document["cargo"]:
            yield Text("")
            yield from self.account()

    def heading(self) -> Iterator[Text]:
        """Say what is explained, and how far it is proved."""
        document = self.document
        title = printable(document["instance"]["name"] or "instance")
        names = document["instance"]["scenarios"]
        if names:
            title = f"{title} [{printable(' + '.join(names))}]"
        for line in self.sheet.wrapped(title, 0):
            line.stylize("bold")
            yield line
        gap = document["gap"]
        proof = "nothing is proved" if gap is None else f"gap {small(gap)}"
        yield Text(
            f"{document['status']}: {figure(document['cost'])} {self.money} ({proof})"
        )

    def cargo(self) -> Iterator[Text | Table]:
        """Cargo that is selected, the largest quantity first."""
        rows = self.document["cargo"]
        for row in rows[: self.most]:
            yield Text("")
            yield from cargo_lines(row, self.document, self.sheet)
        if len(rows) > self.most:
            yield Text("")
            yield Text(
                f"... and {len(rows) - self.most} more; --top shows more of them"
            )

    def account(self) -> Iterator[Text | Table]:
        """Say what all cargo pays, and which part of it is rent."""
        account = self.document["account"]
        if account is None:
            yield Text("There are no prices: nothing says why cargo goes where it goes")
            return
        rents = account["capacity_rents"]
        lines = [
            SheetLine([limit_name(row), figure(row["rent"])])
            for row in rents[:_MOST_RENTS]
        ]
        yield Text(
            f"Account  all cargo pays {figure(account['paid'])} {self.money}, of which "
            f"{figure(account['rents'])} is rent"
        )
        yield from self.sheet.table(["Rents", self.money], lines, len(rents))
