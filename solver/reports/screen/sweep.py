"""A sweep on the screen: what matters most, how results spread, what closures cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.reports.screen.numbers import short
from solver.reports.screen.sheet import Sheet, SheetLine, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table

    from solver.reports.screen.sheet import Style

    Rows = Sequence[Mapping[str, Any]]

_MOST, _BAR = 15, 8
_SPREAD = ("mean", "q05", "q50", "q95")

DRAWS_NOTE = (
    "Draws: the mean cost of all items, plus the 5 and 95 % quantiles of how far an "
    "item is from the mean of those that differ from it by the draw alone."
)
"""What the row of draws is."""

CHEAPER_NOTE = (
    "Firm demand that stays unmet costs nothing here: where a closure leaves more "
    "unmet, its change of cost is of a plan that serves less, and no saving."
)
"""What a change of cost beside unmet demand does not say."""


def sweep_screen(
    tornado: Rows, distribution: Rows, closures: Rows, style: Style
) -> str:
    """Return the tables of a sweep as text, the first rows of each.

    Parameters
    ----------
    tornado, distribution, closures : sequence of mapping
        Rows of each table.
    style : Style
        How the screen looks.
    """
    sheet = Sheet(style)
    sections = [
        list(_tornado(sheet, tornado)),
        list(_distribution(sheet, distribution)),
        list(_closures(sheet, closures)),
    ]
    parts: list[Text | Table] = []
    for section in filter(None, sections):
        parts += [Text(""), *section] if parts else section
    return rendered(parts, style)


def leaves_more_unmet(closures: Rows) -> bool:
    """Whether a closure leaves more unmet than there is without it, or may."""
    return any(
        row["unmet"] and (row["unmet_change"] is None or row["unmet_change"] > 0)
        for row in closures
    )


def _tornado(sheet: Sheet, rows: Rows) -> Iterator[Text | Table]:
    if not rows:
        return
    yield Text("What moves the mean cost most", "bold")
    largest = max(row["swing"] for row in rows) or 1.0
    lines = [
        SheetLine(
            [
                row["factor"],
                short(row["swing"]),
                sheet.cut(
                    f"{row['value_at_least']}: {short(row['least_mean_cost'])}", 26
                ),
                sheet.cut(
                    f"{row['value_at_most']}: {short(row['largest_mean_cost'])}", 26
                ),
                sheet.bar(row["swing"] / largest)[:_BAR],
            ]
        )
        for row in rows[:_MOST]
    ]
    head = ["Factor", "swing", "least at", "largest at", ""]
    yield from sheet.table(head, lines, len(rows), left=(2, 3))
    if any(row["factor"] == "draws" for row in rows[:_MOST]):
        yield from sheet.wrapped(DRAWS_NOTE, 0)


def _distribution(sheet: Sheet, rows: Rows) -> Iterator[Text | Table]:
    if not rows:
        return
    yield Text("How results spread, by scenarios", "bold")
    lines = [
        SheetLine(
            [
                f"{row['figure']} ({row['scenarios']})",
                f"{row['items']:,}",
                *(short(row[name]) for name in _SPREAD),
            ]
        )
        for row in rows[: 2 * _MOST]
    ]
    head = ["Figure", "items", "mean", "5 %", "median", "95 %"]
    yield from sheet.table(head, lines, len(rows))


def _closures(sheet: Sheet, rows: Rows) -> Iterator[Text | Table]:
    if not rows:
        return
    yield Text("Closures, the worst first", "bold")
    lines = [
        SheetLine(
            [
                f"{row['closed']} ({row['scenarios']})",
                short(row["unmet"]),
                short(row["cost"]),
                str(row["rank_by_cost"]),
                short(row["cost_change"]),
            ]
        )
        for row in rows[:_MOST]
    ]
    head = ["Closed", "unmet", "cost", "rank by cost", "cost change"]
    yield from sheet.table(head, lines, len(rows))
    if leaves_more_unmet(rows):
        yield from sheet.wrapped(CHEAPER_NOTE, 0)
