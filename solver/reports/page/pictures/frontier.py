"""A frontier as a curve: least cost against how strict a rule is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.problem.tables import NO_CORRIDOR
from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.text import concentration, money, money_scale, shown
from solver.reports.screen.numbers import figure, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

WIDTH, HEIGHT = 900, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 110, 870, 40, 340
_TICKS = 6
_NICE = (1, 2, 2.5, 5, 10)
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid, with its text."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A plan on the curve."""

    x: float
    y: float
    knee: bool
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """What the picture of a frontier shows."""

    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    across_title: str
    up_title: str
    path: str
    points: tuple[CurvePoint, ...]
    caption: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = _RIGHT
    top: int = _TOP
    bottom: int = _BOTTOM


@dataclass(frozen=True, slots=True)
class _Axis:
    """Numbers laid out between two pixels."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Return where a number stands."""
        part = (value - self.low) / (self.high - self.low)
        return round(self.first + part * (self.last - self.first), 1)

    def ticks(self) -> list[float]:
        """Return round numbers from end to end."""
        step = _step(self.high - self.low)
        count = round((self.high - self.low) / step)
        return [self.low + step * number for number in range(count + 1)]


def curve(document: Mapping[str, Any]) -> Curve:
    """Return the picture of a frontier's document."""
    points = sorted(document["points"], key=lambda point: point["level"])
    across = _axis([point["level"] for point in points], _LEFT, _RIGHT)
    up = _axis([point["cost"] for point in points], _BOTTOM, _TOP)
    number = _level_writer(document, 1)
    drawn = tuple(_point(point, (across, up), document) for point in points)
    unit = document["units"]["money"]
    caption = (
        "Neither axis starts at zero. Each point is a proved plan; lines join them."
    )
    if document["knee"] is not None:
        caption += " The large point is the knee: beyond it, each step costs more."
    return Curve(
        across=tuple(Tick(across.at(at), number(at)) for at in across.ticks()),
        up=tuple(Tick(up.at(at), money(at)) for at in up.ticks()),
        across_title=_measure(document),
        up_title=f"least cost, {shown(unit)}",
        path="M" + "L".join(f"{point.x},{point.y}" for point in drawn),
        points=drawn,
        caption=caption,
    )


def curve_table(document: Mapping[str, Any]) -> TableView:
    """Return the same as a table."""
    points, level = document["points"], _level_writer(document, 2)
    largest = max(abs(point["cost"]) for point in points)
    size, unit = money_scale(largest, shown(document["units"]["money"]))
    names = [
        name
        for name in points[0]["shares"]
        if name != NO_CORRIDOR or any(point["shares"][name] for point in points)
    ]
    cells = [
        (
            level(point["level"]),
            figure(point["cost"] / size, _DIGITS),
            figure(point["extra_cost"] / size),
            concentration(point["hhi"]),
            *(percent(point["shares"][name]) for name in names),
        )
        for point in points
    ]
    return TableView(
        caption="The plans of the curve",
        heads=heads(
            f"#{_measure(document)}",
            f"#cost, {unit}",
            f"#above the first, {unit}",
            "#HHI",
            *(
                "#without a corridor" if name == NO_CORRIDOR else f"#{shown(name)}"
                for name in names
            ),
        ),
        rows=rows(cells),
    )


def _level_writer(document: Mapping[str, Any], decimals: int) -> Callable[[float], str]:
    """Return what writes a level of the rule: an index, or a share in per cent."""
    if document["rule"]["measure"] == "max_hhi":
        return lambda level: figure(level, 2 + decimals)
    return lambda level: percent(level, decimals)


def _measure(document: Mapping[str, Any]) -> str:
    rule = document["rule"]
    of = f" of {shown(rule['value'])}" if rule["value"] else ""
    words = {
        "max_hhi": f"concentration by {rule['by']} (HHI)",
        "max_share": f"largest share by {rule['by']}{of}",
        "min_share": f"least share by {rule['by']}{of}",
    }
    where = "; ".join(
        f"{key} {', '.join(map(shown, names))}" for key, names in rule["where"].items()
    )
    told = words.get(rule["measure"], str(rule["measure"]))
    return f"{told}, {where}" if where else told


def _point(
    point: Mapping[str, Any], axes: tuple[_Axis, _Axis], document: Mapping[str, Any]
) -> CurvePoint:
    across, up = axes
    unit = shown(document["units"]["money"])
    extra = f"{money(point['extra_cost'])} {unit} above the first"
    level = _level_writer(document, 2)(point["level"])
    told = f"{level}: {money(point['cost'])} {unit}, {extra}"
    return CurvePoint(
        across.at(point["level"]), up.at(point["cost"]), bool(point["knee"]), told
    )


def _axis(values: Sequence[float], first: float, last: float) -> _Axis:
    """Return an axis whose ends are round and that holds all values."""
    low, high = min(values), max(values)
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5 * max(1.0, abs(low)), high + 0.5 * max(1.0, abs(high))
    step = _step(high - low)
    return _Axis(
        math.floor(low / step + 1e-9) * step,
        math.ceil(high / step - 1e-9) * step,
        first,
        last,
    )


def _step(span: float) -> float:
    """Return the round step that divides a span into about `_TICKS` parts."""
    size = 10.0 ** math.floor(math.log10(span / _TICKS))
    return next(n * size for n in _NICE if n * size * _TICKS >= span * (1 - 1e-9))
