"""The bridge from the cost of one plan to that of another, as bars."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Any

from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.text import cut, shown
from solver.reports.page.text import money as money_text
from solver.reports.screen.comparison import BRIDGE_WORDS
from solver.reports.screen.numbers import figure
from solver.studies.cost_bridge import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


LEFT, RIGHT = 150, 350
"""Pixels where bars begin and end at most."""

_ROW, _LONGEST = 30, 18
"""Pixels of a row, and characters of a name."""

_FAR = 0.75
"""Part of the highest level that all levels are above where the axis begins later."""

_MARGIN = 0.15
"""Part of the span of all levels that is left before them."""


@dataclass(frozen=True, slots=True)
class BridgeBar:
    """A cost, or a part of the difference, as a bar: pixels, texts, and its class."""

    y: int
    x: float
    width: float
    name: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class BridgePicture:
    """Bars of one bridge, and what the axis begins and ends at.

    `note` says so where the axis does not begin at zero, and what is left out.
    """

    title: str
    height: int
    start: str
    end: str
    bars: tuple[BridgeBar, ...]
    note: str


def bridge_picture(
    found: Mapping[str, Any],
    names: tuple[str, str],
    money: str,
    beside: Sequence[str] = (),
) -> BridgePicture:
    """Return the picture of a bridge.

    Parameters
    ----------
    found : dict
        The bridge, as `keruen compare --json` prints it.
    names : (str, str)
        What the two results are called.
    money : str
        Currency.
    beside : sequence of str
        What the bridge leaves out of each result; blank for nothing.
    """
    levels = [found["first"]]
    for part in PARTS:
        levels.append(levels[-1] + (found[part] or 0.0))
    low, high = _axis(levels)
    scale = (RIGHT - LEFT) / (high - low)

    def bar(
        number: int, ends: tuple[float, float], told: tuple[str, str, str]
    ) -> BridgeBar:
        first, last = (LEFT + (end - low) * scale for end in sorted(ends))
        place = round(first, 1), round(max(last - first, 1.0), 1)
        return BridgeBar(_ROW * number + 8, *place, *told)

    bars = [
        bar(
            0,
            (low, levels[0]),
            (cut(names[0], _LONGEST), money_text(levels[0]), "whole"),
        )
    ]
    for number, part in enumerate(PARTS, 1):
        money_of = found[part]
        ends = levels[number - 1], levels[number]
        kind = "more" if (money_of or 0.0) > 0 else "less"
        if signed(money_of) in {"-", "0", "+0"}:
            kind = "same"
        bars.append(bar(number, ends, (part, signed(money_of, money_text), kind)))
    last = found["second"]
    told = (cut(names[1], _LONGEST), money_text(last), "whole")
    bars.append(bar(len(PARTS) + 1, (low, last), told))
    notes = (
        [f"The axis begins at {money_text(low)} {money}, not at zero."] if low else []
    )
    note = " ".join([*notes, *filter(None, beside)])
    return BridgePicture(
        title=f"{shown(names[0])} to {shown(names[1])}",
        height=_ROW * len(bars) + 26,
        start=money_text(low),
        end=f"{money_text(high)} {shown(money)}",
        bars=tuple(bars),
        note=note,
    )


def _axis(levels: Sequence[float]) -> tuple[float, float]:
    """Return where the axis begins and ends: at zero, unless all levels are far off."""
    lowest, highest = min(levels), max(levels)
    span = highest - lowest
    if lowest <= _FAR * highest or not span:
        return min(lowest, 0.0), max(highest, 0.0) or 1.0
    step = 10.0 ** floor(log10(span))
    return floor((lowest - _MARGIN * span) / step) * step, highest


def signed(value: float | None, number: Callable[[float], str] = figure) -> str:
    """Return a change with its sign; a dash if it is not known."""
    if value is None:
        return "-"
    text = number(value)
    return f"+{text}" if value > 0 and text != "0" else text


def bridge_table(
    bridges: Sequence[Mapping[str, Any]], labels: Sequence[str], money: str
) -> TableView:
    """Return the bridges from the first result to each other as a table."""
    first, *others = map(shown, labels)
    cells: list[list[str]] = [
        [f"cost of {first}", *(figure(one["first"]) for one in bridges)],
        *(
            [BRIDGE_WORDS[part], *(signed(one[part]) for one in bridges)]
            for part in PARTS
        ),
        ["cost of the other", *(figure(one["second"]) for one in bridges)],
    ]
    return TableView(
        caption=f"Cost with penalties and what unmet demand costs, {money}",
        heads=heads("", *(f"#to {other}" for other in others)),
        rows=rows(cells),
    )


def moves_table(
    moves: Mapping[str, Any],
    other: tuple[str, Mapping[str, Mapping[str, str]]],
    unit: str,
    most: int,
) -> TableView:
    """Return what had to leave or come to corridors, countries and ports.

    Parameters
    ----------
    moves : dict
        What moved, as `keruen compare --json` prints it.
    other : (str, dict of str to dict)
        What the other result is called, and by kind the names for people of values.
    unit : str
        Of quantities.
    most : int
        Rows.
    """
    label, names = other
    cells = [
        (
            row["by"],
            names.get(row["by"], {}).get(row["value"], row["value"]),
            row["left"],
            row["came"],
        )
        for row in moves["values"]
    ]
    moved = f"{figure(moves['movement'])} of {figure(moves['comparable'])} {unit}"
    return TableView(
        caption=f"Cargo that had to move, to {shown(label)}: {moved}",
        heads=heads("by", "value", f"#left, {unit}", f"#came, {unit}"),
        rows=rows(cells[:most]),
        left_out=max(0, len(cells) - most),
        folded=True,
    )
