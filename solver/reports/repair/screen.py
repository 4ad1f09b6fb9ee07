"""A repair on one screen: what keeps cargo, or rules apart, and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.console.terminal import printable
from solver.reports.screen.numbers import figure
from solver.reports.screen.screen_page import ScreenPage
from solver.reports.screen.sheet import SheetLine, Style
from solver.reports.shortage import cargo_names, limit_text
from solver.solution.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table

_INDENT = len("Without  ")
_MOST = 10
"""Rows of a table."""

_CLOSE = 1e-5
"""Part of the weight of a way, in rounded parts, that may be above its bound."""


def repair_screen(document: Mapping[str, Any], style: Style) -> str:
    """One screen about a repair, of the document that `--json` prints."""
    return _RepairPage(document, style).shown()


class _RepairPage(ScreenPage):
    """The parts of the screen, top to bottom."""

    def __init__(self, document: Mapping[str, Any], style: Style) -> None:
        super().__init__(document, style)
        self.unit = document["units"]["quantity"]
        self.status = Status(document["status"])

    def parts(self) -> Iterator[Text | Table]:
        """Everything there is to say."""
        yield from self._heading()
        if not self.status.exit_code:
            return
        yield from self._cargo()
        for shortage in self.document["shortages"]:
            if shortage["limits"] or shortage["rules"]:
                yield from self._shortage(shortage)
        for clash in self.document["clashes"]:
            yield from self._clash(clash)
        yield from self._ways()

    def _heading(self) -> Iterator[Text]:
        color = "bold yellow" if self.status.exit_code else "bold green"
        match self.status:
            case Status.UNMET:
                left = sum(row["unmet"] for row in self.document["unmet"])
                said = f"{self._amount(left)} of firm demand cannot be carried (proved)"
            case Status.INFEASIBLE:
                said = "the rules cannot hold together (proved)"
            case Status.OPTIMAL:
                said = "all firm demand is carried; there is nothing to repair"
            case _:
                said = "a plan is not proved; allow more time by --time-limit"
        name = self.document["instance"]["name"] or "Repair"
        yield from self.sheet.wrapped(name, 0, "bold")
        yield Text.assemble((str(self.status), color), f": {said}")

    def _amount(self, quantity: float) -> str:
        return f"{figure(quantity)} {self.unit}"

    def _span(self, row: Mapping[str, Any]) -> str:
        """Period of a row, where there are several."""
        several = self.document["instance"]["periods"] > 1
        return f", {row['period']}" if several else ""

    def _cargo(self) -> Iterator[Text | Table]:
        """Say which cargo is left, the most first."""
        rows = sorted(self.document["unmet"], key=lambda row: -row["unmet"])
        if not rows:
            return
        yield Text("")
        head = ["Cargo that is left", self.unit]
        lines = [
            SheetLine([f"{_cargo_text(row)}{self._span(row)}", figure(row["unmet"])])
            for row in rows[:_MOST]
        ]
        yield from self.sheet.table(head, lines, len(rows))
        for part in self.document["without_route"]:
            text = f"Without  any route: {_cargo_text(part)}"
            yield from self.sheet.wrapped(text, _INDENT)

    def _shortage(self, shortage: Mapping[str, Any]) -> Iterator[Text | Table]:
        """Say which limits keep it, together."""
        limits, rules = shortage["limits"], shortage["rules"]
        # A rule of several rows is one, as in what keeps the demand of a result.
        count = len({*map(_limit_text, limits)}) + len({row["rule"] for row in rules})
        which = "This limit leaves" if count == 1 else f"These {count} limits leave"
        priority = shortage["priority"]
        of = "" if priority is None else f" of priority {priority}"
        several = self.document["shortages"][1:] and shortage["cargo"]
        cargo = f": {cargo_names(shortage['cargo'])}" if several else ""
        text = f"{which} {self._amount(shortage['bound'])} unmet{of} (proved){cargo}"
        yield Text("")
        yield from self.sheet.wrapped(text, _INDENT)
        head = ["Limit", self.unit, "most per unit"]
        lines = [
            SheetLine(
                [
                    f"{_limit_text(row)}{self._span(row)}",
                    figure(row["capacity"]),
                    figure(row["weight"]),
                ]
            )
            for row in limits
        ]
        lines += [
            SheetLine(
                [f"{_rule_text(row)}{self._span(row)}", "", figure(row["weight"])]
            )
            for row in rules
        ]
        yield from self.sheet.table(head, lines[:_MOST], len(lines), whole=True)

    def _clash(self, clash: Mapping[str, Any]) -> Iterator[Text]:
        """Name the rules that clash."""
        rules, limits = clash["rules"], clash["limits"]
        names = " and ".join(f"`{name}`" for name in rules)
        text = f"Clash    {names} cannot hold together"
        if len(rules) == 1:
            text = f"Clash    {names} cannot hold"
        if limits:
            text = f"{text} within {', '.join(map(_limit_text, limits[:_MOST]))}"
        yield Text("")
        yield from self.sheet.wrapped(text, _INDENT)
        if rules[1:]:
            text = "         Without any one of them the others can."
            yield Text(text)

    def _ways(self) -> Iterator[Text | Table]:
        """Tell both ways, and the changes that make each."""
        first, second = self.document["first"], self.document["second"]
        if first is None:
            yield Text("")
            yield Text("First    no way is known to carry everything")
            return
        yield from self._way("First", "the least that carries everything", first)
        if second is None:
            yield Text("")
            text = "Second   none: nothing carries everything without the largest part"
            yield Text(text)
            return
        words = "the least without the largest part of the first"
        yield from self._way("Second", words, second)

    def _way(
        self, title: str, words: str, way: Mapping[str, Any]
    ) -> Iterator[Text | Table]:
        yield Text("")
        weight, bound = way["weight"], way["bound"]
        proof = "proved"
        if weight - bound > _CLOSE * max(1.0, weight):
            words = words.replace("the least", "what was found", 1)
            proof = f"proved to do; no way weighs less than {figure(bound)}"
        text = f"{title:9}{words} (weight {figure(weight)}; {proof})"
        yield from self.sheet.wrapped(text, _INDENT)
        head = ["Part", "from", "to", self.unit]
        lines = [
            SheetLine(
                [
                    _part_text(part),
                    _value_text(part["before"]),
                    _value_text(part["after"]),
                    figure(part["quantity"]),
                ]
            )
            for part in way["parts"]
        ]
        yield from self.sheet.table(head, lines, len(lines), whole=True)
        yield from self._sets(way["set"])

    def _sets(self, changes: Sequence[str]) -> Iterator[Text]:
        """Options that make the changes, a line each: to be copied, however long."""
        for change in changes:
            quoted = printable(change).replace("'", "'\\''")
            yield Text(f"  --set '{quoted}'", no_wrap=True)


def _cargo_text(row: Mapping[str, Any]) -> str:
    return f"{row['product']}, {row['origin']} to {row['market']}"


def _limit_text(row: Mapping[str, Any]) -> str:
    """Return kind and name of a limit, and the ends of a leg that it does not say."""
    ends = f"{row['from']} > {row['to']}" if row["from"] else None
    return limit_text({"kind": row["kind"], "limit": row["limit"], "ends": ends})


def _rule_text(row: Mapping[str, Any]) -> str:
    value = f", {row['value']}" if row["value"] else ""
    return f"rule {row['rule']}{value}"


def _part_text(part: Mapping[str, Any]) -> str:
    """Return what a part changes."""
    match part["what"]:
        case "capacity":
            return f"capacity of {_limit_text({**part, 'limit': part['name']})}"
        case "demand":
            return f"demand {_cargo_text(part)}"
        case _:
            return f"rule {part['rule']}: {part['key']}"


def _value_text(value: object) -> str:
    """Return a value of a part, short."""
    if isinstance(value, (int, float)):
        return figure(float(value), 9)
    if isinstance(value, dict):
        shown = value.get("share", value.get("quantity"))
        if shown is not None:
            return figure(shown, 9)
        return ", ".join(f"{name} {_value_text(own)}" for name, own in value.items())
    return str(value)
