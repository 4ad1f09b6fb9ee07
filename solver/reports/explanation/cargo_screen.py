"""Cargo explained on a screen: a column for each route, a line for each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.console.terminal import printable
from solver.problem.tables import NO_CORRIDOR
from solver.reports.screen.numbers import figure
from solver.reports.screen.sheet import Sheet, SheetLine
from solver.reports.shortage import limit_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table

    Row = Mapping[str, Any]

_COLUMNS = 4
"""Routes side by side; further ones stand below."""

_MOST_VARIED = 4
"""Prices that are one of several, of which as many are told."""

IN_PLACE = (
    "It is limits, not costs, that leave firm cargo unmet whole: so much cheaper it "
    "would be carried in place of other firm cargo, which would then stay unmet"
)
"""Of cargo that `is_short`."""

_NAME = 14
"""Columns for the name of a corridor at most."""


def cargo_lines(row: Row, document: Row, sheet: Sheet) -> Iterator[Text | Table]:
    """Yield what there is to say about one row of demand.

    Parameters
    ----------
    row : dict
        The cargo, as the document holds it.
    document : dict
        The document: its units and periods.
    """
    units = document["units"]
    rate = f"{units['money']}/{units['quantity']}"
    span = f", {row['period']}" if document["instance"]["periods"] > 1 else ""
    title = f"{row['product']}, {row['origin']} to {row['market']}{span}"
    yield Text(sheet.cut(title, sheet.style.width), "bold")
    yield from sheet.wrapped(_served(row, units["quantity"], rate), 0)
    routes = row["routes"]
    names = _column_names(routes)
    for first in range(0, len(routes), _COLUMNS):
        block = slice(first, first + _COLUMNS)
        yield from _table(routes[block], names[block], rate, sheet)
    for name, route in zip(names, routes, strict=True):
        yield from _route(name, route, units, sheet)
    if row["not_searched"]:
        told = f"So many routes of {', '.join(row['not_searched'])} are taken that the "
        yield from sheet.wrapped(
            f"{told}best other one was not looked for to the end", 2
        )
    if any(is_at_least(route) for route in routes):
        yield from sheet.wrapped(AT_LEAST, 2)
    if row["varied_prices"]:
        yield from sheet.wrapped(printable(_varied(row["varied_prices"])), 2)


def is_short(row: Row) -> bool:
    """Whether all of a firm demand is unmet, which a lower cost would let through."""
    lacks = [route["lacks"] for route in row["routes"]]
    is_out = row["unmet"] == row["quantity"] and row["unmet_price"] is None
    return is_out and any(own and own["at_any_cost"] and own["amount"] for own in lacks)


def _served(row: Row, quantity: str, rate: str) -> str:
    """How much is served, and what one more unit costs."""
    text = f"{figure(row['quantity'])} {quantity}"
    if row["unmet"]:
        text = f"{text}, of which {figure(row['unmet'])} stay unmet"
        if row["unmet_price"] is not None:
            text = f"{text} (unmet cost {figure(row['unmet_price'])} {rate})"
    marginal = row["marginal_transport_cost"]
    if marginal is not None:
        text = f"{text}; marginal transport cost {figure(marginal)} {rate}"
    more, less = row["cost_more"], row["cost_less"]
    if more is not None and less is not None and figure(more) != figure(less):
        text = f"{text} (one more costs {figure(more)}, one less saves {figure(less)})"
    return text


def _varied(prices: Sequence[Row]) -> str:
    """Say which prices are one of several that prove the plan."""
    told = []
    for price in prices[:_MOST_VARIED]:
        name = f"rule {price['rule']}" if "rule" in price else limit_text(price)
        most = "and more" if price["most"] is None else f"to {figure(price['most'])}"
        told.append(f"{name} {figure(price['least'])} {most}")
    return f"This split is one of several: prices may be {', '.join(told)}"


def _column_names(routes: Sequence[Row]) -> list[str]:
    """Corridor of each route, numbered where several have one or there is none."""
    corridors = [str(route["corridor"]) for route in routes]
    if set(corridors) == {NO_CORRIDOR}:
        corridors = ["route"] * len(routes)
    seen: dict[str, int] = {}
    names = []
    for corridor in corridors:
        seen[corridor] = seen.get(corridor, 0) + 1
        is_alone = corridors.count(corridor) == 1
        names.append(corridor if is_alone else f"{corridor} {seen[corridor]}")
    return names


def _table(
    routes: Sequence[Row], names: Sequence[str], rate: str, sheet: Sheet
) -> list[Text | Table]:
    """Every part of what routes pay, one line each."""
    parts: dict[str, list[float]] = {}
    for place, route in enumerate(routes):
        for label, money in _parts(route):
            parts.setdefault(label, [0.0] * len(routes))[place] += money
    lines = [
        SheetLine([label, *(figure(money) if money else "" for money in own)])
        for label, own in parts.items()
        if any(own)
    ]
    lines.append(SheetLine(["= pays", *(figure(route["pays"]) for route in routes)]))
    heads = [sheet.cut(name, _NAME) for name in names]
    return sheet.table([rate, *heads], lines, len(lines))


def _parts(route: Row) -> Iterator[tuple[str, float]]:
    """Yield the name and the money of each part of what a route pays."""
    yield from route["parts"].items()
    for row in route["capacities"]:
        state = "full" if row["capacity"] else "closed"
        yield f"{state}: {limit_text(row)}", row["charge"]
    for row in route["rules"]:
        scope = f" ({row['scope']})" if row["scope"] else ""
        yield f"rule: {row['rule']}{scope}", row["charge"]


def _route(name: str, route: Row, units: Row, sheet: Sheet) -> Iterator[Text]:
    """Say what a route carries or lacks, and where it goes."""
    rate = f"{units['money']}/{units['quantity']}"
    if route["quantity"]:
        told = f"carries {figure(route['quantity'])} {units['quantity']}"
    else:
        told = lacking(route, rate)
    yield from sheet.wrapped(printable(f"{name} {told}: {route['route']}"), 2)


AT_LEAST = (
    "(at least: not all prices that prove the plan were looked at, which would tell "
    "exactly)"
)
"""What a figure means that may be larger."""


def is_at_least(route: Row) -> bool:
    """Whether what a route lacks may be more than is told."""
    lacks = route["lacks"]
    return (
        bool(lacks and lacks["at_any_cost"] and lacks["amount"])
        and not (lacks["exact"])
    )


def lacking(route: Row, rate: str) -> str:
    """Say what a route that is not taken lacks to win."""
    lacks, beyond = route["lacks"], route["beyond"]
    if lacks is None:
        return f"pays {figure(beyond)} {rate} more"
    if not lacks["at_any_cost"]:
        closed = route["closed"]
        why = f" ({limit_text(closed[0])} is closed)" if closed else ""
        return f"cannot win at any cost{why}"
    amount = lacks["amount"]
    if amount == 0:
        return "costs the same"
    least = "" if lacks["exact"] else "at least "
    text = f"needs {least}{figure(amount)} {rate} less"
    if amount != beyond:
        text = f"{text} ({figure(beyond)} at these prices)"
    return text


def lacking_amount(route: Row) -> str:
    """Return what a route lacks as a number, or what takes its place."""
    lacks = route["lacks"]
    if lacks is None:
        return figure(route["beyond"])
    if not lacks["at_any_cost"]:
        return "no cost wins it"
    return f"{figure(lacks['amount'])}{'' if lacks['exact'] else ' at least'}"
