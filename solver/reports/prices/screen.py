"""Prices in each direction on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.console.terminal import printable
from solver.reports.screen import wording
from solver.reports.screen.numbers import figure
from solver.reports.screen.sheet import Sheet, SheetLine, Style, rendered
from solver.solution.status import Status
from solver.studies.prices.whole_curve import SAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table

_NO_COST = (
    "Two dashes: one more or one less changes how much firm demand stays unmet, not "
    "the cost alone, or no proof was found"
)

_NEAR = 1e-9
"""Relative difference of quantities that counts as none."""


def prices_screen(document: Mapping[str, Any], style: Style, most: int) -> str:
    """Return a screen of what one more and one less do.

    Parameters
    ----------
    document : dict
        Document of `prices_document`.
    most : int
        How many of each list are shown.
    """
    parts = [*_PricesPage(document, style, most).parts()]
    return rendered(parts, style)


def curve_screen(document: Mapping[str, Any], style: Style) -> str:
    """Return a screen of the least cost against one capacity or demand.

    Parameters
    ----------
    document : dict
        Document of `price_curve`.
    """
    units, sheet = document["units"], Sheet(style)
    is_demand = document["kind"] == "demand"
    does = "one more costs" if is_demand else "one more saves"
    lines = [
        SheetLine(
            [
                figure(own["from"]),
                figure(own["to"]),
                figure(own["one_more"] if is_demand else 0.0 - own["one_more"]),
                figure(own["cost_from"]),
                figure(own["cost_to"]),
            ]
        )
        for own in document["pieces"]
    ]
    rate = f"{does}, {units['money']}/{units['quantity']}"
    head = [f"from, {units['quantity']}", "to", rate, "cost there", "and there"]
    now = f"now {figure(document['quantity'])} {units['quantity']}"
    title = f"{document['kind']} {printable(document['name'])}, {now}"
    heads = sheet.wrapped(title, 0, "bold")
    parts = [*heads, Text(""), *sheet.table(head, lines, len(lines))]
    if not lines:
        told = _without_curve(document)
        return rendered([*heads, *sheet.wrapped(told, 0)], style)
    told = "Each end of a piece, and its middle, is a solve of its own, verified."
    if document["tolerance"] > SAME:
        near = f"{document['tolerance']:.0e}".replace("e-0", "e-")
        told = (
            f"{told} A rule makes the cost a curve: the lines keep within {near} of it."
        )
    told = f"{told}{_ends(document)}"
    return rendered([*parts, Text(""), *sheet.wrapped(told, 0)], style)


def _without_curve(document: Mapping[str, Any]) -> str:
    """Say why there is no curve, and what one more and one less do instead."""
    quantity = document["units"]["quantity"]
    text = (
        "There is no curve: the cost is told as far as firm demand leaves as much "
        "unmet as it does now, and no such stretch was found."
    )
    several = len({row["period"] for row in document["reliefs"]}) > 1
    for row in document["reliefs"]:
        where = f" in {printable(row['period'])}" if several else ""
        for direction in ("more", "less"):
            if does := _reliefs(row, direction):
                text = f"{text} One {quantity} {direction}{where}: {does}."
    return text


def _ends(document: Mapping[str, Any]) -> str:
    """Say why a curve does not run from 0 to where it could."""
    first, last = document["pieces"][0], document["pieces"][-1]
    found = ["begins above 0"] if first["from"] > 0 else []
    if document["kind"] == "demand":
        twice = 2 * document["quantity"]
        if last["to"] < twice * (1 - _NEAR):
            found.append(f"ends before {figure(twice)}, twice the demand")
    elif last["one_more"]:
        found.append("ends while one more still saves")
    if not found:
        return ""
    return (
        f" The curve {' and '.join(found)}: beyond, firm demand would leave more or "
        "less unmet than now, or rules could not hold."
    )


class _PricesPage:
    """The parts of a screen, top to bottom."""

    def __init__(self, document: Mapping[str, Any], style: Style, most: int) -> None:
        self.document, self.sheet, self.most = document, Sheet(style), most
        units = document["units"]
        self.quantity, self.rate = (
            units["quantity"],
            f"{units['money']}/{units['quantity']}",
        )

    def parts(self) -> Iterator[Text | Table]:
        """Everything there is to say, a blank line between its parts."""
        scenarios = " + ".join(self.document["scenarios"])
        name = f"{self.document['instance']} [{scenarios}]".removesuffix(" []")
        title = f"{name}: what one more and one less do"
        yield from self.sheet.wrapped(title, 0, "bold")
        for section in (self.limits(), self.joint(), self.rules(), self.demand()):
            if section:
                yield Text("")
                yield from section
        yield Text("")
        text = (
            f"In {self.rate}, and how far that holds where an end is known. Where firm "
            f"demand would be served more or less, {self.quantity} of it for each "
            f"{self.quantity} stand in place of a price. A dash: it cannot be, or no "
            "proof was found."
        )
        yield from self.sheet.wrapped(text, 0)

    def span(self, period: str) -> str:
        """Period, where there are several."""
        return f", {period}" if self.document["periods"] > 1 else ""

    def limits(self) -> list[Text | Table]:
        """Limits that bind."""
        found = self.document["limits"]
        lines = [
            SheetLine(
                [
                    f"{_limit_name(row)}{self.span(row['period'])}",
                    figure(row["capacity"]),
                    _told(row, "more"),
                    _told(row, "less"),
                ]
            )
            for row in found[: self.most]
        ]
        head = ["Binding capacities", self.quantity, "one more saves", "one less costs"]
        return self.sheet.table(head, lines, len(found), whole=True)

    def joint(self) -> list[Text]:
        """Limits that save nothing alone, and something together."""
        found = self.document["joint"][: self.most]
        return [
            line
            for own in found
            for line in self.sheet.wrapped(
                f"One more of {printable(' and of '.join(own['limits']))}"
                f"{self.span(own['period'])}: {figure(own['price_more'])} together, "
                "0 alone",
                2,
            )
        ]

    def rules(self) -> list[Text | Table]:
        """Rules that bind."""
        found = self.document["rules"]
        lines = [
            SheetLine(
                [
                    " ".join(filter(None, (row["rule"], row["value"], row["scope"])))
                    + self.span(row["period"]),
                    wording.limit(row),
                    _told(row, "more", row["price_per"]),
                    _told(row, "less", row["price_per"]),
                ]
            )
            for row in found[: self.most]
        ]
        head = ["Binding rules", "limit", "more room saves", "less room costs"]
        return self.sheet.table(head, lines, len(found), whole=True)

    def demand(self) -> list[Text | Table]:
        """Demand that costs most."""
        found = self.document["demand"]
        lines = [
            SheetLine(
                [
                    f"{row['product']}, {row['origin']} to {row['market']}"
                    f"{self.span(row['period'])}",
                    figure(row["quantity"]),
                    figure(row["cost_more"]),
                    figure(row["cost_less"]),
                ]
            )
            for row in found[: self.most]
        ]
        head = ["Demand", self.quantity, "one more costs", "one less saves"]
        table = self.sheet.table(head, lines, len(found), whole=True)
        is_short = self.document["status"] == Status.UNMET
        if is_short and any(map(_has_no_cost, found[: self.most])):
            table += self.sheet.wrapped(_NO_COST, 0)
        return table


def _has_no_cost(row: Mapping[str, Any]) -> bool:
    return row["cost_more"] is None and row["cost_less"] is None


def _limit_name(row: Mapping[str, Any]) -> str:
    """Kind and name of a limit, and the ends of a leg whose name does not say them."""
    name, ends = row["limit"], row["ends"]
    if ends and ends.replace(" ", "") not in name.replace(" ", ""):
        name = f"{name} {ends}"
    return f"{row['kind']} {name}"


def _told(row: Mapping[str, Any], direction: str, unit: str = "") -> str:
    """Return a price, and how far it holds; or what firm demand is served more."""
    price, length = row[f"price_{direction}"], row[f"good_for_{direction}"]
    if price is None:
        text = _reliefs(row, direction)
        return f"{text} per {unit}" if text and unit else text or "-"
    own = f"{figure(price)}/{unit}" if unit else figure(price)
    return own if length is None else f"{own} for {figure(length)}"


def _reliefs(row: Mapping[str, Any], direction: str) -> str:
    """Return what one more or one less lets be served of each class of firm demand."""
    parts = [(own["priority"], own["quantity"]) for own in row[f"relief_{direction}"]]
    return wording.served(parts, direction)
