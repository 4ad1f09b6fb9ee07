"""Shares by corridor, country and port: what is captive, and what could change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.countries import country_names
from solver.reports.page.stops import node_names
from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.text import cut, shown
from solver.reports.screen.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.reports.page.source import PageSource

MOST = 12
"""Values of each kind that are drawn."""

LEFT, RIGHT = 150, 400
"""Pixels where bars begin and end at most."""

_ROW = 30
_TITLES = {
    "corridor": "By corridor",
    "country": "By country crossed",
    "port": "By port",
}
_COLUMNS = ("value", "quantity", "captive", "least_1", "most_1")
_AXES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class ShareMark:
    """Quantities, or parts of all that is carried; NaN where nothing is known."""

    value: str
    part: float
    captive: float = _NAN
    least: float = _NAN
    most: float = _NAN

    def over(self, total: float) -> ShareMark:
        """Return the parts that quantities are of a total."""
        numbers = (self.part, self.captive, self.least, self.most)
        return ShareMark(self.value, *(float(number) / total for number in numbers))


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A share as a bar from zero: where it and its parts end, in pixels, and texts."""

    y: int
    name: str
    colour: str
    end: float
    captive: float | None
    least: float | None
    most: float | None
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class ShareBars:
    """Bars of the shares by one kind of value, and what the axis ends at."""

    title: str
    height: int
    axis: str
    bars: tuple[ShareBar, ...]
    left_out: int


def share_pictures(source: PageSource, colours: Mapping[str, str]) -> list[ShareBars]:
    """Return the bars of each kind of value that a result tells about."""
    pictures = []
    for kind in _TITLES:
        listed = share_marks(source, kind)
        if listed:
            pictures.append(_bars(kind, listed, colours))
    return pictures


def share_table(source: PageSource) -> TableView:
    """Return what the bars show as a table."""
    values = _value_shares(source)
    cells = [
        (
            kind,
            share.value,
            *map(percent, (share.part, share.captive, share.least, share.most)),
            *([percent(values.get((kind, share.value)))] if values else []),
        )
        for kind in _TITLES
        for share in share_marks(source, kind)
    ]
    columns = ["#share", "#captive", "#least within 1 %", "#most within 1 %"]
    columns += ["#share of the goods' value"] if values else []
    return TableView(
        caption="Shares of what is served",
        heads=heads("by", "value", *columns),
        rows=rows(cells),
        folded=True,
    )


def _value_shares(source: PageSource) -> dict[tuple[str, str], float]:
    """Return the share of traded value by kind and value; none where none is known."""
    table = source.result.tables["corridors"]
    names = {kind: _value_names(source, kind) for kind in _TITLES}
    found = {}
    for row in np.flatnonzero(table["scope"] == "all").tolist():
        kind, value = table["by"][row], table["value"][row]
        if kind in names and not isnan(table["value_share"][row]):
            share = float(table["value_share"][row])
            found[kind, names[kind].get(value, value)] = share
    return found


def _value_names(source: PageSource, kind: str) -> dict[str, str]:
    """Return names for people of ports and countries."""
    if kind == "port":
        return node_names(source.instance)
    return country_names(source.instance) if kind == "country" else {}


def share_marks(source: PageSource, kind: str) -> list[ShareMark]:
    """Return the shares by `corridor`, `country` or `port`, largest first."""
    total = source.result.summary["served"]
    if not total:
        return []
    known = source.result.tables["exposure"]
    chosen = np.flatnonzero(known["by"] == kind).tolist()
    found = [ShareMark(*(known[name][row] for name in _COLUMNS)) for row in chosen]
    if not found:
        table = source.result.tables["corridors"]
        all_cargo = (table["scope"] == "all") & (table["by"] == kind)
        chosen = np.flatnonzero(all_cargo & (table["quantity"] > 0)).tolist()
        found = [ShareMark(table["value"][n], table["quantity"][n]) for n in chosen]
    names = _value_names(source, kind)
    if names:
        found = [replace(one, value=names.get(one.value, one.value)) for one in found]
    shares = [share.over(float(total)) for share in found]
    return sorted(shares, key=lambda share: (-share.part, share.value))


def _bars(
    kind: str, shares: Sequence[ShareMark], colours: Mapping[str, str]
) -> ShareBars:
    drawn = shares[:MOST]
    ends = [end for share in drawn for end in (share.part, share.most)]
    largest = np.nanmax(ends)
    axis = _round_up(float(largest))
    return ShareBars(
        title=_TITLES[kind],
        height=_ROW * len(drawn) + 26,
        axis=percent(axis, 0),
        bars=tuple(
            _bar(number, share, axis, colours.get(share.value, ""))
            for number, share in enumerate(drawn)
        ),
        left_out=len(shares) - len(drawn),
    )


def _round_up(share: float) -> float:
    """Return the least round share that is not less."""
    return next((step for step in _AXES if step >= share - 1e-9), 1.0)


def _bar(number: int, share: ShareMark, axis: float, colour: str) -> ShareBar:
    told = [f"{shown(share.value)}: {percent(share.part)} of what is served"]
    if not isnan(share.captive):
        told.append(f"captive {percent(share.captive)}")
    if not isnan(share.least + share.most):
        told.append(
            f"{percent(share.least)} to {percent(share.most)} within 1 % of least cost"
        )
    part, captive, least, most = (
        None if isnan(end) else round(LEFT + end / axis * (RIGHT - LEFT), 1)
        for end in (share.part, share.captive, share.least, share.most)
    )
    return ShareBar(
        y=_ROW * number + 8,
        name=cut(share.value, 18),
        colour=colour,
        end=part or LEFT,
        captive=captive,
        least=least if most is not None else None,
        most=most if least is not None else None,
        text=percent(share.part),
        title="; ".join(told),
    )
