"""Results side by side on one screen: the bridge, what moved, prices and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.console.terminal import printable
from solver.reports.screen import wording
from solver.reports.screen.numbers import figure, percent
from solver.reports.screen.screen_page import ScreenPage, spaced
from solver.reports.screen.sheet import SheetLine, Style
from solver.reports.shortage import limit_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table


BRIDGE_WORDS = {
    "price": "price: the first plan at the second's rates",
    "volume": "volume: more or less is served",
    "unmet": "unmet: what unmet demand costs",
    "rules": "rules: the second's in place of the first's",
    "route": "route: the rest, other routes",
}
"""What each part of a bridge is, in words."""


_MOST_LIMITS, _MOST_VALUES, _MOST_MOVES = 8, 5, 10

_INDENT = 9

_SAME = 1e-9
"""Part of the demand by which what stays unmet differs by rounding alone."""


def comparison_screen(document: Mapping[str, Any], style: Style) -> str:
    """One screen about a comparison, of the document that `--json` prints."""
    return _ComparisonPage(document, style).shown()


def rules_note(found: Mapping[str, Any], own: Mapping[str, Any], unit: str) -> str:
    """Say that rules change how much is served, so that money alone misleads.

    Parameters
    ----------
    found : dict
        Bridge to a result.
    own : dict
        `demand` and `unmet` of that result.
    unit : str
        Unit of quantities.

    Returns
    -------
    str
        Blank where as much stays unmet under the first's rules, or that is not known.
    """
    under = found["unmet_under_first"]
    if under is None or abs(under - own["unmet"]) <= _SAME * own["demand"]:
        return ""
    return (
        f"its own rules leave {figure(own['unmet'])} {unit} unmet, the first's "
        f"{figure(under)}: the part `rules` is of plans that serve different quantities"
    )


class _ComparisonPage(ScreenPage):
    """The parts of a screen, top to bottom."""

    def __init__(self, document: Mapping[str, Any], style: Style) -> None:
        super().__init__(document, style)
        self.results = document["results"]
        self.labels = [f"[{number}]" for number in range(1, len(self.results) + 1)]
        self.units = document["units"]

    def parts(self) -> Iterator[Text | Table]:
        """Everything there is to say, a blank line between its parts."""
        sections = [self.heading(), self.amounts(), self.bridge()]
        yield from spaced([*sections, *self.details(), self.shares()])

    def heading(self) -> list[Text | Table]:
        """Say what is compared."""
        lines = []
        for label, found in zip(self.labels, self.results, strict=True):
            named = found["name"] or "instance"
            names = [*found["scenarios"], *found["changes"]]
            what = f"{named} [{' + '.join(names)}]" if names else named
            text = f"{label} {found['result']}: {what}, {found['status']}"
            lines += self.sheet.wrapped(printable(text), len(label) + 1)
        selected = self.document["selected"]
        if selected:
            pairs = (f"{key} {', '.join(names)}" for key, names in selected.items())
            text = f"Cargo    {printable('; '.join(pairs))}"
            lines += self.sheet.wrapped(text, _INDENT)
        return [*lines]

    def told(self) -> list[Mapping[str, Any]]:
        """Figures of the cargo that is compared, of each result."""
        return [found.get("selected", found) for found in self.results]

    def amounts(self) -> list[Text | Table]:
        """Quantities asked for, served and unmet in each result."""
        words = {"demand": "demand", "served": "served", "unmet": "unmet"}
        told = self.told()
        if any(found["firm_unmet"] for found in told):
            words["firm_unmet"] = "of it firm, without a price"
        lines = [
            SheetLine([word, *(figure(found[name]) for found in told)])
            for name, word in words.items()
        ]
        head = [f"Quantities, in {self.units['quantity']}", *self.labels]
        return self.sheet.table(head, lines, len(lines), whole=True)

    def bridge(self) -> list[Text | Table]:
        """Bridge from the first plan to each other."""
        bridges = [found["bridge"] for found in self.document["comparisons"]]
        words = {"first": "cost of the first", **BRIDGE_WORDS}
        words["second"] = "cost of the other"
        lines = [
            SheetLine([told, *(_part(name, found[name]) for found in bridges)])
            for name, told in words.items()
        ]
        money = self.units["money"]
        head = [f"Bridge from {self.labels[0]}, in {money}"]
        head += [f"to {label}" for label in self.labels[1:]]
        parts = self.sheet.table(head, lines, len(lines), whole=True)
        return [*parts, *self.remarks(bridges)]

    def remarks(self, bridges: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
        """Say what a bridge leaves open."""
        what = "and" if self.document["selected"] else "with penalties and"
        yield Text(f"Cost {what} what unmet demand costs", "dim")
        yield from self.without_price()
        for label, found in zip(self.labels[1:], bridges, strict=True):
            if found["own_rates"]:
                text = (
                    f"{label}: {figure(found['own_rates'])} {self.units['quantity']} "
                    "of the first plan keep their rates: their routes are gone"
                )
                yield from self.sheet.wrapped(text, _INDENT)
            if found["rules_unknown"]:
                why = printable(found["rules_unknown"])
                text = f"{label}: what the rules do is part of `route`: {why}"
                yield from self.sheet.wrapped(text, _INDENT)
        yield from self.served_otherwise(bridges)

    def without_price(self) -> Iterator[Text]:
        """Say where firm demand stays unmet, which no part of a bridge counts."""
        for label, found in zip(self.labels, self.told(), strict=True):
            if found["firm_unmet"]:
                text = (
                    f"{label}: {figure(found['firm_unmet'])} {self.units['quantity']} "
                    "of unmet firm demand has no price and is not in the bridge"
                )
                yield from self.sheet.wrapped(text, _INDENT)

    def served_otherwise(self, bridges: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
        """Say where rules change how much is served, so that money alone misleads."""
        unit = self.units["quantity"]
        told = zip(self.labels[1:], bridges, self.told()[1:], strict=True)
        for label, found, own in told:
            text = rules_note(found, own, unit)
            if text:
                yield from self.sheet.wrapped(f"{label}: {text}", _INDENT)

    def details(self) -> Iterator[list[Text | Table]]:
        """Yield what changed against the first result, for each other."""
        for label, found in zip(
            self.labels[1:], self.document["comparisons"], strict=True
        ):
            yield self.moves(label, found["moves"])
            yield self.limits(label, found["limits"])

    def moves(self, label: str, moves: Mapping[str, Any] | None) -> list[Text | Table]:
        """Cargo that had to move, by corridor, country and port."""
        one, unit = self.labels[0], self.units["quantity"]
        if moves is None:
            text = f"What had to move from {one} to {label} is not proved"
            return [*self.sheet.wrapped(text, _INDENT)]
        moved = figure(moves["movement"])
        text = f"Had to move, {one} to {label}: {moved} of "
        text += f"{figure(moves['comparable'])} {unit}"
        if moves["unmet"]:
            text += f", of it {figure(moves['unmet'])} {unit} to be left unmet"
        lines = [
            SheetLine([f"{row['by']} {row['value']}", *map(figure, _both(row))])
            for row in moves["values"][:_MOST_MOVES]
        ]
        head = ["Between corridors, countries and ports", "left", "came"]
        table = self.sheet.table(head, lines, len(moves["values"]))
        return [*self.sheet.wrapped(text, _INDENT), *self.ways(moves), *table]

    def ways(self, moves: Mapping[str, Any]) -> Iterator[Text]:
        """Say which corridors lost cargo to unmet demand, and what stayed in one."""
        unit = self.units["quantity"]
        for row in moves["left_unmet"]:
            text = f"{row['corridor']} -> unmet {figure(row['quantity'])} {unit}"
            yield from self.sheet.wrapped(f"{' ' * _INDENT}{text}", _INDENT)
        within = moves["within_corridors"]
        if within:
            text = f"within a corridor {figure(within)} {unit}"
            yield from self.sheet.wrapped(f"{' ' * _INDENT}{text}", _INDENT)

    def limits(
        self, label: str, rows: Sequence[Mapping[str, Any]]
    ) -> list[Text | Table]:
        """Limits whose price changed, or that bind in one plan only."""
        lines = [
            SheetLine(
                [
                    f"{limit_text(row)}{self.span(row['period'])}",
                    *(_state(row[side]) for side in ("first", "second")),
                    *(_price(row[side]) for side in ("first", "second")),
                ]
            )
            for row in rows[:_MOST_LIMITS]
        ]
        one = self.labels[0]
        head = [
            f"Limits that changed, {one} to {label}",
            one,
            label,
            f"price {one}",
            label,
        ]
        return self.sheet.table(head, lines, len(rows))

    def shares(self) -> list[Text | Table]:
        """Shares of corridors, countries and ports side by side."""
        parts: list[Text | Table] = []
        for by in ("corridor", "country", "port"):
            shares = self.document["shares"]
            rows = [row for row in shares if row["by"] == by and any(row["share"])]
            rows.sort(key=lambda row: -max(row["quantity"]))
            lines = [
                SheetLine([row["value"], *map(percent, row["share"])])
                for row in rows[:_MOST_VALUES]
            ]
            if by == "corridor" and lines:
                values = [
                    "-" if found["hhi"] is None else f"{found['hhi']:.3f}"
                    for found in self.told()
                ]
                lines.append(SheetLine(["concentration (HHI)", *values]))
            head = [f"Share by {by}", *self.labels]
            parts += self.sheet.table(head, lines, len(lines))
        return parts

    def span(self, period: str) -> str:
        """Period of a row, where there are several."""
        return f", {period}" if self.results[0]["periods"] > 1 else ""


def _part(name: str, value: float | None) -> str:
    """Cost of a plan, or a change with its sign; a dash if it is not known."""
    is_change = name in BRIDGE_WORDS and value is not None and value > 0
    return f"+{figure(value)}" if is_change else figure(value)


def _both(row: Mapping[str, Any]) -> tuple[float, float]:
    return row["left"], row["came"]


def _state(limit: Mapping[str, Any] | None) -> str:
    if limit is None:
        return "no limit"
    if not limit["capacity"]:
        return "closed"
    return "full" if limit["binds"] else "slack"


def _price(limit: Mapping[str, Any] | None) -> str:
    """Say what one more of a limit saves, or lets be served; a dash for no limit."""
    if limit is None:
        return "-"
    return wording.relief(limit, "more") or figure(limit["price"])
