"""The page of a sweep: what moves the cost, how results spread, what closures cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.reports.page.page import Page, page_bytes
from solver.reports.page.sections import Section
from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.text import cut, shown
from solver.reports.screen.numbers import figure
from solver.reports.screen.sweep import CHEAPER_NOTE, DRAWS_NOTE, leaves_more_unmet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Rows = Sequence[Mapping[str, Any]]

_WIDTH, _LEFT, _RIGHT = 1000, 330, 980
_TOP, _STEP, _HEIGHT = 34, 34, 18
_MOST_BARS = 20
_MOST_ROWS = 2_000
_QUANTILES = ("least", "q05", "q25", "q50", "q75", "q95", "largest")


@dataclass(frozen=True, slots=True)
class Span:
    """A bar or a box of a picture: its name, and where it stands.

    Parameters
    ----------
    name, text : str
        What it is about, and all it says.
    y : float
        Of its middle.
    marks : tuple of float
        Its ends, and for a box its quartiles and median between them.
    """

    name: str
    text: str
    y: float
    marks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spans:
    """A picture of bars or boxes over one axis."""

    label: str
    height: float
    ticks: tuple[tuple[float, str], ...]
    spans: tuple[Span, ...]
    width: int = _WIDTH
    left: int = _LEFT
    right: int = _RIGHT
    top: int = _TOP
    half: float = _HEIGHT / 2


def render_sweep(
    title: str, tornado: Rows, distribution: Rows, closures: Rows
) -> bytes:
    """Return the page about a sweep.

    Parameters
    ----------
    title : str
        Its heading.
    tornado, distribution, closures : sequence of mapping
        Rows of each table.

    Returns
    -------
    bytes
        An HTML file in UTF-8 that loads nothing. Equal rows give equal bytes.
    """
    sections = (
        *_tornado_section(tornado),
        *_spread_section(distribution),
        *_closure_section(closures),
    )
    return page_bytes(
        Page(
            title=shown(title),
            lead="What the items of a sweep say together; each of them is verified.",
            across=sections,
            parts=(),
            land={},
            data={"perPixel": 1, "parts": []},
        )
    )


def _tornado_section(tornado: Rows) -> Iterator[Section]:
    if not tornado:
        return
    bars = [
        (
            row["factor"],
            f"{row['value_at_least']}: {figure(row['least_mean_cost'])}; "
            f"{row['value_at_most']}: {figure(row['largest_mean_cost'])}",
            (row["least_mean_cost"], row["largest_mean_cost"]),
        )
        for row in tornado[:_MOST_BARS]
    ]
    table = TableView(
        "Mean cost at the value that makes it least, and at the one that makes it most",
        heads("Factor", "#swing", "least at", "#mean cost", "most at", "#mean cost"),
        rows(
            (
                row["factor"],
                row["swing"],
                row["value_at_least"],
                row["least_mean_cost"],
                row["value_at_most"],
                row["largest_mean_cost"],
            )
            for row in tornado
        ),
    )
    lead = (
        "Each bar goes from the least to the largest mean cost over all items with one "
        f"value of the factor. {DRAWS_NOTE}"
    )
    picture = _spans("Mean cost by factor", bars)
    yield Section("What moves the cost most", "spans", picture, (table,), lead, 2)


def _spread_section(distribution: Rows) -> Iterator[Section]:
    costs = [row for row in distribution if row["figure"] == "cost"]
    if not distribution:
        return
    boxes = [
        (
            row["scenarios"],
            f"5 %: {figure(row['q05'])}, median {figure(row['q50'])}, "
            f"95 %: {figure(row['q95'])}",
            tuple(row[name] for name in _QUANTILES[1:-1]),
        )
        for row in costs[:_MOST_BARS]
    ]
    table = TableView(
        "Figures by scenarios: mean, spread and quantiles",
        heads(
            "Figure",
            "scenarios",
            "#items",
            "#mean",
            "#standard deviation",
            *(f"#{name}" for name in ("least", "5 %", "25 %", "median")),
            *(f"#{name}" for name in ("75 %", "95 %", "largest")),
        ),
        rows(
            (
                row["figure"],
                row["scenarios"],
                row["items"],
                row["mean"],
                row["standard_deviation"],
                *(row[name] for name in _QUANTILES),
            )
            for row in distribution[:_MOST_ROWS]
        ),
        left_out=max(0, len(distribution) - _MOST_ROWS),
    )
    lead = (
        "Lines hold nine tenths of the items, boxes the middle half; the mark: median."
    )
    picture = _spans("Cost by scenarios", boxes)
    yield Section("How results spread", "spans", picture, (table,), lead, 2)


def _closure_section(closures: Rows) -> Iterator[Section]:
    if not closures:
        return
    names = ("closed", "scenarios", "unmet", "unmet_change", "cost", "cost_change")
    table = TableView(
        "What is closed, by what stays unmet and then by cost",
        heads(
            "Closed",
            "scenarios",
            "#unmet",
            "#change of unmet",
            "#cost",
            "#change of cost",
            "#rank by cost",
        ),
        rows(
            (*(row[name] for name in names), row["rank_by_cost"])
            for row in closures[:_MOST_ROWS]
        ),
        left_out=max(0, len(closures) - _MOST_ROWS),
    )
    lead = "Changes are against the same scenarios with nothing closed."
    if leaves_more_unmet(closures):
        lead = f"{lead} {CHEAPER_NOTE}"
    yield Section("Closures", "tables", None, (table,), lead, 2)


def _spans(label: str, found: Sequence[tuple[str, str, tuple[float, ...]]]) -> Spans:
    """Return a picture of spans, all over one axis."""
    values = [value for _, _, marks in found for value in marks]
    low, high = min(values, default=0.0), max(values, default=1.0)
    reach = (high - low) or max(abs(high), 1.0)

    def place(value: float) -> float:
        return round(_LEFT + (value - low) / reach * (_RIGHT - _LEFT), 1)

    ticks = [low + reach * part / 4 for part in range(5)]
    return Spans(
        label=label,
        height=_TOP + _STEP * len(found) + 10,
        ticks=tuple((place(tick), figure(tick)) for tick in ticks),
        spans=tuple(
            Span(
                cut(name),
                f"{shown(name)}: {shown(text)}",
                _TOP + _STEP * (number + 0.5),
                tuple(map(place, marks)),
            )
            for number, (name, text, marks) in enumerate(found)
        ),
    )
