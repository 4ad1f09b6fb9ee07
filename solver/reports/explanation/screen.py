"""An explanation as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.console.terminal import printable
from solver.reports.explanation.cargo_screen import IN_PLACE, cargo_lines, is_short
from solver.reports.explanation.elements_screen import ElementsPage
from solver.reports.screen.numbers import figure, small
from solver.reports.screen.screen_page import ScreenPage
from solver.reports.screen.sheet import SheetLine, Style
from solver.reports.shortage import limit_text, set_text, shortage_text
from solver.solution.status import Status
from solver.solution.tolerances import GAP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table

_INDENT = len("Short    ")


def explanation_screen(document: Mapping[str, Any], style: Style, most: int) -> str:
    """Text about an explanation.

    Parameters
    ----------
    document : dict
        The document that `--json` prints.
    most : int
        How many of each list are shown.
    """
    return _ExplanationPage(document, style, most).shown()


class _ExplanationPage(ScreenPage):
    """The parts of a screen, top to bottom."""

    def __init__(self, document: Mapping[str, Any], style: Style, most: int) -> None:
        super().__init__(document, style)
        self.most = most
        self.money = document["units"]["money"]
        self.rate = f"{self.money}/{document['units']['quantity']}"

    def parts(self) -> Iterator[Text | Table]:
        """Everything there is to say."""
        yield from self.heading()
        yield from self.cargo()
        yield from ElementsPage(self.document, self.sheet, self.most).parts()
        if not self.document["selected"]:
            yield from self.shortage()
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
        if Status(document["status"]) not in {Status.OPTIMAL, Status.UNMET}:
            text = (
                "The plan is not proved: what its cargo pays may be more than it must, "
                "and what other routes lack is not known"
            )
            yield from self.sheet.wrapped(text, 0)

    def cargo(self) -> Iterator[Text | Table]:
        """Cargo that is selected, the largest quantity first."""
        rows, total = self.document["cargo"], self.document["num_cargo"]
        for row in rows[: self.most]:
            yield Text("")
            yield from cargo_lines(row, self.document, self.sheet)
        if any(map(is_short, rows[: self.most])):
            yield Text("")
            yield from self.sheet.wrapped(IN_PLACE, 0)
        if total > self.most:
            yield Text("")
            yield Text(f"... and {total - self.most} more; --top shows more of them")

    def shortage(self) -> Iterator[Text | Table]:
        """Say which firm demand must stay unmet, and which limits keep it."""
        unit = self.document["units"]["quantity"]
        for row in self.document["shortage"]:
            yield Text("")
            text = shortage_text(row, unit)
            yield from self.sheet.wrapped(printable(f"Short    {text}"), _INDENT)
            for own in row["sets"] if len(row["sets"]) > 1 else ():
                told = printable(f"{' ' * _INDENT}{set_text(own, unit)}")
                yield from self.sheet.wrapped(told, _INDENT + 2)
        rows = sorted(self.document["unmet_demand"], key=lambda row: -row["unmet"])
        if rows:
            yield Text("")
            yield Text("Unmet demand", "bold")
        several = self.document["instance"]["periods"] > 1
        reasons: dict[str, list[str]] = {}
        for row in rows[: self.most]:
            name = f"{row['product']}, {row['origin']} to {row['market']}"
            text = f"{figure(row['unmet'])} {unit} of {name}"
            reasons.setdefault(row["reason"], []).append(f"{text}{_span(row, several)}")
        for reason, cargo in reasons.items():
            text = f"{'; '.join(cargo)}: {reason}"
            yield from self.sheet.wrapped(printable(text), 2)
        if len(rows) > self.most:
            yield Text(f"... and {len(rows) - self.most} more")

    def account(self) -> Iterator[Text | Table]:
        """Say what all cargo pays, which part of it is rent, and to whom."""
        account = self.document["account"]
        if account is None:
            yield Text("There are no prices: nothing says why cargo goes where it goes")
            return
        whole = "cost and penalties" if self.document["penalties"] else "cost"
        sums = [
            ("All cargo, quantity times marginal cost", account["paid"]),
            ("less rents of what is scarce", account["rents"]),
            (f"= {whole}", account["cost"]),
        ]
        if self._is_noticed(account["difference"]):
            sums.insert(2, ("and what is not proved", account["difference"]))
        lines = [SheetLine([name, figure(money)]) for name, money in sums]
        yield from self.sheet.table(["Account", self.money], lines, len(lines))
        several = self.document["instance"]["periods"] > 1
        rents = sorted(_rents(account, several=several), key=lambda row: -abs(row[1]))
        lines = [SheetLine([name, figure(money)]) for name, money in rents]
        if lines:
            yield Text("")
        yield from self.sheet.table(
            ["Rents", self.money], lines[: self.most], len(lines)
        )

    def _is_noticed(self, money: float) -> bool:
        """Whether a difference is more than rounding makes."""
        return bool(abs(money) > GAP * max(1.0, abs(self.document["cost"])))


def _rents(account: Mapping[str, Any], *, several: bool) -> Iterator[tuple[str, float]]:
    """Yield everything that has a rent, by name and, of several, by period."""
    for row in account["capacity_rents"]:
        yield f"{limit_text(row)}{_span(row, several)}", row["rent"]
    for row in account["rule_rents"]:
        scope = f" ({row['scope']})" if row["scope"] else ""
        yield f"rule {row['rule']}{_span(row, several)}{scope}", row["rent"]
    for row in account["unmet_rents"]:
        which = "" if row["priority"] is None else f" of priority {row['priority']}"
        yield f"firm demand{which} left unmet", row["rent"]


def _span(row: Mapping[str, Any], several: bool) -> str:
    return f", {row['period']}" if several else ""
