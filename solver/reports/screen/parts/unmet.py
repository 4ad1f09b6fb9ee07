"""Unmet demand on a screen: how much, why, and what keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from solver.console.terminal import printable
from solver.reports.screen.numbers import figure
from solver.reports.screen.sheet import Sheet, SheetLine
from solver.reports.shortage import shortage_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST = 4
"""Demand that is named."""

_NAMES = 40
"""Columns for names and quantities beside which a reason may stand."""

_INDENT = len("Short    ")


def unmet_lines(
    answer: Mapping[str, Any], sheet: Sheet, unit: str, *, periods: int
) -> list[Text | Table]:
    """Return what demand is unmet, the most first, and why.

    Parameters
    ----------
    answer : dict
        The document that `--json` prints.
    unit : str
        Unit of quantities.
    periods : int
        How many periods there are.
    """
    rows = sorted(answer["unmet_demand"], key=lambda row: -row["unmet"])
    if not rows:
        return []
    cells = [
        (
            f"{row['product']}, {row['origin']} to {row['market']}"
            f"{', ' + row['period'] if periods > 1 else ''}",
            figure(row["unmet"]),
            printable(row["reason"]).replace("\n", " "),
        )
        for row in rows[:_MOST]
    ]
    used = max(sum(map(cell_len, own[:2])) for own in cells)
    room = max(sheet.style.width - min(used, _NAMES) - 8, _NAMES)
    if all(cell_len(reason) <= room for _, _, reason in cells):
        lines = [SheetLine(own) for own in cells]
        head = ["Unmet demand", unit, "why"]
        parts = sheet.table(head, lines, len(rows), left={2})
    else:
        parts = _with_reasons_below(cells, unit, len(rows), sheet)
    for row in answer["shortage"]:
        text = shortage_text(row, unit)
        parts += sheet.wrapped(printable(f"Short    {text}"), _INDENT)
    return parts


def _with_reasons_below(
    cells: Sequence[tuple[str, str, str]], unit: str, total: int, sheet: Sheet
) -> list[Text | Table]:
    """Each reason whole, below all the demand that has it; one head above all."""
    head = ["Unmet demand", unit]
    names, figures = (
        max(map(cell_len, column))
        for column in zip(head, *(own[:2] for own in cells), strict=True)
    )
    below: dict[str, list[SheetLine]] = {}
    for name, quantity, reason in cells:
        line = SheetLine([name.ljust(names), quantity.rjust(figures)])
        below.setdefault(reason, []).append(line)
    parts: list[Text | Table] = []
    for reason, lines in below.items():
        for part in sheet.table(head, lines, len(lines)):
            if isinstance(part, Table):
                part.show_header = not parts
            parts.append(part)
        parts += sheet.wrapped(f"  {reason}", 2)
    more = total - len(cells)
    return [*parts, *([Text(f"... and {more} more")] if more else [])]
