"""What moved against an earlier plan, in words and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.console.terminal import printable
from solver.reports.screen.numbers import figure
from solver.reports.screen.sheet import SheetLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table
    from rich.text import Text

    from solver.reports.screen.sheet import Sheet


_SIDES = "from", "to"
"""What a move leaves and where it goes."""


_MOST_MOVES = 5


_INDENT = len("Moved    ")


def sentences(answer: Mapping[str, Any], sheet: Sheet) -> list[Text]:
    """Say how much moved, how much had to, and which demand has no counterpart.

    Parameters
    ----------
    answer : dict
        The document that `--json` prints; there is nothing to say without `near`.
    sheet : Sheet
        How wide lines are.
    """
    near = answer.get("near")
    if near is None:
        return []
    unit = answer["units"]["quantity"]
    moved, comparable = figure(near["movement"]), figure(near["comparable"])
    told = [f"Moved    {moved} of {comparable} {unit} of the earlier plan"]
    if near["movement"]:
        least = min(near["bound"] or 0.0, near["movement"])
        told.append(f"at least {figure(least)} {unit} must, at this cost")
    if near["movement"] and near["unmet"]:
        told.append(f"{figure(near['unmet'])} {unit} of it is left unmet")
    if near["demand_gone"]:
        told.append(f"{near['demand_gone']} of its demands are not here")
    if near["demand_new"]:
        told.append(f"{near['demand_new']} here were not served then")
    return sheet.wrapped("; ".join(told), _INDENT)


def table(answer: Mapping[str, Any], sheet: Sheet) -> list[Text | Table]:
    """Return the largest moves: demand, quantity, corridors left and corridors taken.

    Parameters
    ----------
    answer : dict
        The document that `--json` prints.
    sheet : Sheet
        How wide the table is.
    """
    moves = answer.get("moves", ())
    lines = []
    for row in moves[:_MOST_MOVES]:
        name = f"{row['product']}, {row['origin']} to {row['market']}"
        span = f", {row['period']}" if answer["instance"]["periods"] > 1 else ""
        ways = (printable(" + ".join(row[side]) or "unmet") for side in _SIDES)
        quantity = figure(row["quantity"] or sum(row["from"].values()))
        lines.append(SheetLine([f"{name}{span}", quantity, *ways]))
    head = ["Moved", answer["units"]["quantity"], *_SIDES]
    return sheet.table(head, lines, len(moves), left={2, 3})
