"""The corridors on a screen: quantities, shares, ranges, and how much they decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.console.terminal import printable
from solver.messages import counted
from solver.problem.tables import NO_CORRIDOR
from solver.reports.screen.numbers import figure, percent
from solver.reports.screen.sheet import SheetLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from solver.reports.screen.sheet import Sheet


_MOST_CORRIDORS = 8


def corridor_lines(
    answer: Mapping[str, Any], sheet: Sheet, unit: str, indent: int
) -> list[Text | Table]:
    """Draw a bar for each corridor, say how concentrated they are, and the largest.

    Parameters
    ----------
    answer : dict
        The document that `--json` prints.
    sheet : Sheet
        What is drawn on.
    unit : str
        Unit of quantities.
    indent : int
        Columns before what a line says.
    """
    corridors = sorted(
        (
            (name, figures)
            for name, figures in answer["corridors"].items()
            if name != NO_CORRIDOR or figures["quantity"]
        ),
        key=lambda item: -item[1]["quantity"],
    )
    if {name for name, _ in corridors} <= {NO_CORRIDOR}:
        return []
    head = ["Corridor", unit, "share"]
    if len(_choice(answer, "")):
        head += ["within 1 % of cost", "captive"]
    cells = [
        [
            name,
            figure(figures["quantity"]),
            percent(figures["share"]),
            *_choice(answer, name),
        ]
        for name, figures in corridors[:_MOST_CORRIDORS]
    ]
    room = sheet.bar_room(head, cells)
    lines = []
    for (name, *others), (_, figures) in zip(cells, corridors, strict=False):
        bar = Text(sheet.bar(figures["share"] or 0.0, room), "cyan")
        lines.append(SheetLine([name, bar, *others]))
    parts = sheet.table([head[0], "", *head[1:]], lines, len(corridors))
    hhi = answer["hhi"]
    if hhi:
        text = (
            f"Concentration (HHI) {hhi:.3f}, or {10_000 * hhi:,.0f} of 10,000: "
            f"{counted(figure(1 / hhi, 2), 'effective corridor')}"
        )
        parts.append(Text(text))
    return [*parts, *_largest(answer, sheet, indent)]


def _choice(answer: Mapping[str, Any], name: str) -> list[str]:
    """Range of a corridor within 1 % of the least cost, and its captive share."""
    served = answer["served"]
    asked = [row for row in answer["ranges"] if row["by"] == "corridor"]
    if not served or all(row["captive"] is None for row in asked):
        return []
    for row in asked:
        if row["value"] == name:
            least, most, must = (
                percent(None if row[column] is None else row[column] / served)
                for column in ("least_1", "most_1", "captive")
            )
            known = None not in {row["least_1"], row["most_1"]}
            between = f"{least.removesuffix(' %')} to {most}" if known else "-"
            return [between, must]
    return ["", ""]


def _largest(answer: Mapping[str, Any], sheet: Sheet, indent: int) -> list[Text]:
    """Name the largest corridor, country and port, and what is captive."""
    told = []
    for by, row in answer["exposure"].items():
        if row is not None and (by != "corridor" or len(answer["ranges"]) > 1):
            must = row["captive"]
            rest = "" if must is None else f" ({percent(must)} captive)"
            name = printable(row["value"])
            told.append(f"{by} {name} {percent(row['share'])}{rest}")
    return sheet.wrapped(f"Largest  {', '.join(told)}", indent) if told else []
