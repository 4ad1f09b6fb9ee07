"""A break-even on one screen: who comes or leaves at which rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.reports.screen.numbers import figure, percent, small
from solver.reports.screen.sheet import Sheet, SheetLine, Style, rendered
from solver.solution.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table

_INDENT = len("Today    ")
_DIGITS = 8


def break_even_screen(document: Mapping[str, Any], style: Style) -> str:
    """One screen about a break-even.

    Parameters
    ----------
    document : dict
        The document that `--json` prints.
    style : Style
        How it looks.
    """
    return rendered(_BreakEvenPage(document, style).parts(), style)


class _BreakEvenPage:
    """The parts of the screen, top to bottom."""

    def __init__(self, document: Mapping[str, Any], style: Style) -> None:
        self.document, self.sheet = document, Sheet(style)
        units = document["units"]
        self.unit, self.rate = (
            units["quantity"],
            f"{units['money']}/{units['quantity']}",
        )
        self.told = [step for step in document["steps"] if step["moves"]]

    def parts(self) -> Iterator[Text | Table]:
        """Everything there is to say."""
        yield from self._heading()
        yield from self._levels()
        yield Text("")
        yield from self._table()
        yield from self._goal()

    def _heading(self) -> Iterator[Text]:
        document = self.document
        status, proof = Status(document["status"]), document["proof"]
        count = len(self.told)
        steps = f"{count} steps" if count != 1 else "one step"
        known = (
            "exact" if proof["exact"] else f"costs within {small(proof['tolerance'])}"
        )
        yield Text(f"Break-even of {_names(document['selection'])}", "bold")
        yield Text.assemble(
            (str(status), "bold green" if not status.exit_code else "bold yellow"),
            f": {steps}, {known}; every plan proved (gap {small(proof['gap'])})",
        )

    def _levels(self) -> Iterator[Text]:
        """Say what is selected, and what it carries."""
        document, elements = self.document, self.document["elements"]
        counts = [
            f"{number} {word if number != 1 else word[:-1]}"
            for word, number in elements.items()
            if number
        ]
        cargo = _names(document["cargo"]) if document["cargo"] else "all cargo"
        text = f"Rate     of {' and '.join(counts)}, for {cargo}"
        yield from self.sheet.wrapped(
            f"{text}: {self._amount(document['demand'])} of demand", _INDENT
        )
        if document["opened"]:
            text = f"Opened   {', '.join(document['opened'])}"
            yield from self.sheet.wrapped(text, _INDENT)
        own = document["own_rate"]
        today = f"Today    {self._amount(document['today'])} carried"
        if own is not None:
            today = f"{today}, at {figure(own, _DIGITS)} {self.rate}"
        if document["free"] is not None:
            today = f"{today}; {self._amount(document['free'])} if it cost nothing"
        yield from self.sheet.wrapped(today, _INDENT)

    def _amount(self, quantity: float) -> str:
        return f"{figure(quantity)} {self.unit}"

    def _table(self) -> Iterator[Text | Table]:
        """One row a step, from cheap to dear."""
        head = ["Who leaves as it gets dearer", "for", "rate", self.unit, "left"]
        lines = [
            SheetLine(
                [
                    _cargo(step["moves"]),
                    _target(step["moves"]),
                    self._rate(step),
                    f"{step['dearer'] - step['cheaper']:+,.0f}",
                    figure(step["dearer"]),
                ]
            )
            for step in self.told
        ]
        yield from self.sheet.table(head, lines, len(lines), left=[1])
        if not lines:
            yield Text("At no rate does any cargo come or leave.")
            return
        yield from self.sheet.wrapped(f"({'; '.join(self._legend())})", 1)

    def _legend(self) -> Iterator[str]:
        """Say what the rates are."""
        if any(step["rate"] is not None for step in self.told):
            yield f"rates in {self.rate}"
            return
        if any(step["added"] is not None for step in self.told):
            yield f"+ is added to every rate of today, in {self.rate}"
        if any(step["added"] is None for step in self.told):
            yield "- is the part that is taken off every rate of today"

    def _rate(self, step: Mapping[str, Any]) -> str:
        if step["rate"] is not None:
            return figure(step["rate"], _DIGITS)
        if step["added"] is None:
            return f"-{percent(step['cut'], 4)}"
        added = step["added"]
        return f"{'+' if added >= 0 else '-'}{figure(abs(added), _DIGITS)}"

    def _goal(self) -> Iterator[Text]:
        """Say which rate brings what is wanted."""
        until = self.document["until"]
        if until is None:
            return
        wanted = self._amount(until["quantity"])
        if until["any_rate"]:
            text = f"Goal     {wanted} at any rate: {self._amount(until['carried'])}"
        else:
            rate = self._rate(until)
            unit = self.rate if until["added"] is not None else "of today's rates"
            text = f"Goal     {wanted} up to {rate} {unit}"
            text = f"{text}; below it {self._amount(until['carried'])} are carried"
        yield from self.sheet.wrapped(text, _INDENT)


def _names(named: Mapping[str, list[str]]) -> str:
    """Return names with what they are names of."""
    return ", ".join(f"{key} {' or '.join(names)}" for key, names in named.items())


def _cargo(moves: list[Mapping[str, Any]]) -> str:
    """Return the largest cargo that moves, and how many others do."""
    first = moves[0]
    text = f"{first['product']}, {first['origin']} to {first['market']}"
    return text if len(moves) == 1 else f"{text} (+{len(moves) - 1})"


def _target(moves: list[Mapping[str, Any]]) -> str:
    """Return where the largest cargo goes."""
    first = moves[0]
    return str(first["source"] if first["kind"] == "comes" else first["target"])
