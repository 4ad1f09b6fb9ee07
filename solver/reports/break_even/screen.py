"""A curve over rates on one screen: who comes or leaves at which rate."""

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
from solver.reports.screen.numbers import figure, percent
from solver.reports.screen.sheet import SheetLine, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table


def break_even_screen(document: Mapping[str, Any], style: Style) -> str:
    """One screen about a curve over rates, of the document that `--json` prints."""
    return _RatePage(document, style).shown()


class _RatePage(BreakEvenPage):
    """The parts of the screen, top to bottom."""

    def __init__(self, document: Mapping[str, Any], style: Style) -> None:
        super().__init__(document, style, "Rate")
        self.told = [
            step
            for step in document["steps"]
            if any(move["kind"] != "moves" for move in step["moves"])
        ]

    def parts(self) -> Iterator[Text | Table]:
        """Everything there is to say."""
        count = len(self.told)
        yield from self.heading(f"{count} steps" if count != 1 else "one step")
        yield from self._levels()
        yield Text("")
        yield from self._table()
        yield from self._end()
        yield from self._goal()

    def _levels(self) -> Iterator[Text]:
        """Say what the elements carry."""
        document = self.document
        if document["opened"]:
            text = f"Opened   {', '.join(document['opened'])}"
            yield from self.sheet.wrapped(text, INDENT)
            yield from self.sheet.wrapped(f"Priced   {self._first()}", INDENT)
        own = document["own_rate"]
        today = f"Today    {self.amount(document['today'])} carried"
        if own is not None:
            today = f"{today}, at {figure(own, DIGITS)} {self.rate}"
        if document["free"] is not None:
            today = f"{today}; {self.amount(document['free'])} if it cost nothing"
        yield from self.sheet.wrapped(today, INDENT)

    def _first(self) -> str:
        """Say who would come first to what is closed, at today's prices."""
        first = self.document["first_to_come"]
        if first is None:
            return "at today's prices nobody would come, at any rate of 0 or more"
        who = f"{first['product']}, {first['origin']} to {first['market']}"
        if first["any_rate"]:
            return f"{who} is firm and unmet today: it would come at any rate"
        rate = f"{self._rate(first)} {self._unit(first)}"
        moved = "before anything else moves"
        return f"at today's prices, {moved}, {who} would come first, up to {rate}"

    def _end(self) -> Iterator[Text]:
        """Say why the curve stops where it does, at both ends."""
        end, document = self.document["end"], self.document
        if not end["whole"]:
            added = figure(end["added"], DIGITS)
            text = f"followed up to {added} {self.rate} more, where cargo still leaves"
        elif not self.told:
            text = "no rate drives away what is carried"
        elif end["carried"]:
            left = self.amount(end["carried"])
            why = "routes, capacities or rules leave no other way"
            text = f"beyond the last row {left} stay at any rate: {why}"
        else:
            text = "beyond the last row nothing is carried"
        if end["carried"] or self.told:
            below = "rates end at 0" if document["free"] is not None else ""
            told = "; ".join(filter(None, (text, below)))
            yield from self.sheet.wrapped(f"End      {told}", INDENT)

    def _table(self) -> Iterator[Text | Table]:
        """One row a step, from cheap to dear."""
        if not self.told:
            yield Text("At no rate does any cargo come or leave.")
            return
        head = ["Who leaves as it gets dearer", "for", "rate", self.unit, "left"]
        lines = [
            SheetLine(
                [
                    cargo_text(step["moves"]),
                    places_text([m for m in step["moves"] if m["kind"] != "moves"]),
                    self._rate(step),
                    f"{step['dearer'] - step['cheaper']:+,.0f}",
                    figure(step["dearer"]),
                ]
            )
            for step in self.told
        ]
        yield from self.sheet.table(head, lines, len(lines), left=[1])
        yield from self.sheet.wrapped(f"({'; '.join(self._legend())})", 1)

    def _legend(self) -> Iterator[str]:
        """Say what the rates are, which of them are below today's, and what + means."""
        if any(step["rate"] is not None for step in self.told):
            yield f"rates in {self.rate}"
        elif any(step["added"] is not None for step in self.told):
            yield f"+ is added to every rate of today, in {self.rate}"
        if any(step["rate"] is None and step["added"] is None for step in self.told):
            yield "- is the part that is taken off every rate of today"
        if any(map(self._is_below_today, self.told)):
            yield "who stands at less than today's rate comes as it gets cheaper"
        if any(len(step["moves"]) > 1 for step in self.told):
            yield "(+1): one other cargo with it"

    def _is_below_today(self, step: Mapping[str, Any]) -> bool:
        """Whether a step is at a lower rate than today's."""
        own = self.document["own_rate"]
        if step["rate"] is not None:
            return own is not None and step["rate"] < own
        return step["added"] is None or step["added"] < 0

    def _rate(self, step: Mapping[str, Any]) -> str:
        if step["rate"] is not None:
            return figure(step["rate"], DIGITS)
        if step["added"] is None:
            return f"-{percent(step['cut'], 4)}"
        added = step["added"]
        return f"{'+' if added >= 0 else '-'}{figure(abs(added), DIGITS)}"

    def _unit(self, step: Mapping[str, Any]) -> str:
        return self.rate if step["added"] is not None else "of today's rates"

    def _goal(self) -> Iterator[Text]:
        """Say which rate brings what is wanted."""
        until = self.document["until"]
        if until is None:
            return
        wanted = self.amount(until["quantity"])
        if until["any_rate"]:
            text = f"Goal     {wanted} at any rate: {self.amount(until['carried'])}"
        else:
            rate = f"{self._rate(until)} {self._unit(until)}"
            text = f"Goal     {wanted} up to {rate}"
            if until["carried"] != until["quantity"]:
                text = f"{text}; below it {self.amount(until['carried'])} are carried"
        yield from self.sheet.wrapped(text, INDENT)
