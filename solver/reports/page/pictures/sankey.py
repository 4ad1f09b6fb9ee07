"""Flows from origin over corridor and gate to market, as bands between four columns.

A band is as high as its quantity; all columns of one picture sum to what is carried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.text import cut, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats, Ints
    from solver.reports.page.text import TextScale


COLUMNS = ("Origin", "Corridor", "Port, else border", "Market")
"""What the columns hold, from left to right."""

MOST = 25
"""Values of a column at most."""

WIDTH = 1200
_NODE = 14
_X = (210, 470, 700, 976)
_TOP, _SLOT, _GAP, _TALLEST = 34.0, 15.0, 3.0, 580.0
_THIN = 9.0
"""Pixels of the thickest band that is drawn as a stroke: shorter to write."""
_ROOM = (22, 22, 30, 26)
"""Characters of a name in each column."""
_OTHER = "other"
_SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A value of a column."""

    x: int
    y: float
    height: float
    text_x: int
    text_y: float
    anchor: str
    text: str
    title: str
    colour: str


@dataclass(frozen=True, slots=True)
class Band:
    """What goes from a value of one column to one of the next.

    Thin ones are strokes of a width, the others outlines.
    """

    path: str
    stroke: str
    colour: str
    title: str


@dataclass(frozen=True, slots=True)
class Sankey:
    """A picture of flows.

    Parameters
    ----------
    group : str
        Group of cargo; blank for all.
    height : int
        Pixels.
    heads : tuple of (int, str)
        Where each column stands, and its heading.
    bars, bands
        What is drawn.
    links : tuple of (str, str, str, float)
        From, to, corridor and quantity of each band: what a table says instead.
    carried : float
        Sum of each column.
    """

    group: str
    height: int
    heads: tuple[tuple[int, str], ...]
    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]
    links: tuple[tuple[str, str, str, float], ...]
    carried: float


@dataclass(frozen=True, slots=True, eq=False)
class Stops:
    """The values of each column that flows pass.

    Parameters
    ----------
    names : tuple of list of str
        Values of each column.
    index : ndarray of int, shape (flows, columns)
        Value of each flow in each column.
    quantity : ndarray of float, shape (flows,)
        How much it is.
    """

    names: tuple[list[str], ...]
    index: Ints
    quantity: Floats


def gathered(
    columns: Sequence[Sequence[str]], quantity: Floats, most: int = MOST
) -> Stops:
    """Return flows with at most `most` values a column, the largest.

    Parameters
    ----------
    columns : sequence of sequences of str
        Value of each flow in each column.
    quantity : ndarray of float, shape (flows,)
        How much it is.
    most : int
        Values of a column; the smallest beyond that are one value, `other`.
    """
    names, index = [], []
    for values in columns:
        known, numbers = np.unique(np.array(values, dtype=object), return_inverse=True)
        total = np.bincount(numbers, weights=quantity, minlength=len(known))
        order = np.lexsort((known, -total))
        rank = np.empty(len(order), dtype=int)
        rank[order] = np.arange(len(order))
        kept = [str(known[n]) for n in order[:most]]
        if len(known) > most:
            kept = [*kept[: most - 1], f"{_OTHER} ({len(known) - most + 1})"]
        names.append(kept)
        index.append(np.minimum(rank[numbers], most - 1))
    return Stops(tuple(names), np.column_stack(index), quantity)


def sankey(
    stops: Stops, colours: Mapping[str, str], scale: TextScale, group: str = ""
) -> Sankey:
    """Return the picture of some flows.

    Parameters
    ----------
    stops : Stops
        The flows, with four columns.
    colours : dict of str to str
        Class of the colour of each corridor.
    scale : TextScale
        Unit of the quantities shown.
    group : str
        Group of cargo it shows; blank for all.
    """
    return _SankeyLayout(stops, colours, scale).picture(group)


class _SankeyLayout:
    def __init__(
        self, stops: Stops, colours: Mapping[str, str], scale: TextScale
    ) -> None:
        self.stops, self.colours, self.scale = stops, colours, scale
        self.sums = [
            np.bincount(stops.index[:, c], weights=stops.quantity, minlength=len(names))
            for c, names in enumerate(stops.names)
        ]
        self.orders = self._ordered()
        self.unit = self._unit()
        self.tops, self.slots = self._placed()

    def picture(self, group: str) -> Sankey:
        bands, links = self._bands()
        rows = max(float(slots.sum()) for slots in self.slots)
        heads = tuple(
            (x + _NODE // 2, head) for x, head in zip(_X, COLUMNS, strict=True)
        )
        return Sankey(
            group=group,
            height=round(_TOP + rows + 12),
            heads=heads,
            bars=tuple(self._bars()),
            bands=tuple(bands),
            links=tuple(links),
            carried=float(self.stops.quantity.sum()),
        )

    def _ordered(self) -> list[Ints]:
        """Return the order of each column's values: each near what it is linked to.

        Corridors stand by quantity; the others by the mean place of their
        neighbours, column by column (barycentres).
        """
        stops = self.stops
        place = [np.arange(len(names), dtype=float) for names in stops.names]
        for _ in range(_SWEEPS):
            for column in (0, 2, 3):
                beside = 1 if column in {0, 2} else 2
                weight = np.bincount(
                    stops.index[:, column],
                    weights=stops.quantity * place[beside][stops.index[:, beside]],
                    minlength=len(place[column]),
                )
                mean = weight / np.maximum(self.sums[column], 1e-300)
                order = np.lexsort((np.arange(len(mean)), mean))
                place[column][order] = np.arange(len(order))
        return [np.argsort(places, kind="stable") for places in place]

    def _unit(self) -> float:
        """Return the height of a unit at which the fullest column fits."""
        low, high = 0.0, _TALLEST / max(float(self.stops.quantity.sum()), 1e-300)
        for _ in range(50):
            unit = (low + high) / 2
            tall = max(
                float(np.maximum(s * unit + _GAP, _SLOT).sum()) for s in self.sums
            )
            fits = tall <= max(_TALLEST, _SLOT * max(map(len, self.sums)) * 1.25)
            low, high = (unit, high) if fits else (low, unit)
        return low

    def _placed(self) -> tuple[list[Floats], list[Floats]]:
        """Return where each value's bar begins, and how high its slot is."""
        tops, slots = [], []
        tallest = max(
            float(np.maximum(sums * self.unit + _GAP, _SLOT).sum())
            for sums in self.sums
        )
        for sums, order in zip(self.sums, self.orders, strict=True):
            slot = np.maximum(sums * self.unit + _GAP, _SLOT)
            slot += (tallest - slot.sum()) / len(slot)
            ends = np.empty(len(slot))
            ends[order] = np.cumsum(slot[order])
            tops.append(_TOP + ends - slot + (slot - sums * self.unit) / 2)
            slots.append(slot)
        return tops, slots

    def _bars(self) -> list[Bar]:
        bars = []
        for column, names in enumerate(self.stops.names):
            x = _X[column]
            before = column == 0
            for value in self.orders[column].tolist():
                quantity = float(self.sums[column][value])
                height = quantity * self.unit
                top = float(self.tops[column][value])
                name, amount = names[value], self.scale.number(quantity)
                bars.append(
                    Bar(
                        x=x,
                        y=round(top, 1),
                        height=round(max(height, 0.6), 2),
                        text_x=x - 6 if before else x + _NODE + 6,
                        text_y=round(top + height / 2 + 4.2, 1),
                        anchor="end" if before else "start",
                        text=f"{cut(name, _ROOM[column])} {amount}",
                        title=f"{shown(name)}: {self.scale.text(quantity)}",
                        colour=self.colours.get(name, "") if column == 1 else "",
                    )
                )
        return bars

    def _bands(self) -> tuple[list[Band], list[tuple[str, str, str, float]]]:
        bands: list[Band] = []
        links: list[tuple[str, str, str, float]] = []
        spent = [np.zeros((len(names), 2)) for names in self.stops.names]
        for column in range(len(COLUMNS) - 1):
            for start, end, corridor, quantity in self._links(column):
                names = self.stops.names
                here, there = names[column][start], names[column + 1][end]
                over = names[1][corridor]
                path, stroke = self._path(column, (start, end), quantity, spent)
                title = f"{shown(here)} → {shown(there)}: {self.scale.number(quantity)}"
                colour = self.colours.get(over, "kn")
                bands.append(Band(path, stroke, colour, title))
                links.append((here, there, over, quantity))
        return bands, links

    def _links(self, column: int) -> list[tuple[int, int, int, float]]:
        """Return start, end, corridor and quantity, ordered as they leave."""
        index = self.stops.index
        keys = np.column_stack([index[:, column], index[:, column + 1], index[:, 1]])
        known, numbers = np.unique(keys, axis=0, return_inverse=True)
        total = np.bincount(numbers.ravel(), weights=self.stops.quantity)
        rank = []
        for order in self.orders:
            places = np.empty(len(order), dtype=int)
            places[order] = np.arange(len(order))
            rank.append(places)
        sort = sorted(
            range(len(known)),
            key=lambda n: (
                rank[column][known[n, 0]],
                rank[column + 1][known[n, 1]],
                rank[1][known[n, 2]],
            ),
        )
        return [(*known[n].tolist(), float(total[n])) for n in sort]

    def _path(
        self,
        column: int,
        ends: tuple[int, int],
        quantity: float,
        spent: list[Floats],
    ) -> tuple[str, str]:
        """Return the shape of a band, and move on where the next ones begin."""
        height = quantity * self.unit
        y = []
        for side, (at, value) in enumerate(
            zip((column, column + 1), ends, strict=True)
        ):
            y.append(float(self.tops[at][value] + spent[at][value, 1 - side]))
            spent[at][value, 1 - side] += height
        left, right = _X[column] + _NODE, _X[column + 1]
        across, bend = right - left, round((right - left) * 0.45)
        down = _short(y[1] - y[0])
        there = f"c{bend} 0 {across - bend} {down} {across} {down}"
        if height <= _THIN:
            middle = _short(y[0] + height / 2)
            return f"M{left} {middle}{there}", f"{max(height, 0.25):.2f}"
        up = _short(y[0] - y[1])
        back = f"c{-bend} 0 {bend - across} {up} {-across} {up}"
        return f"M{left} {_short(y[0])}{there}v{height:.2f}{back}z", ""


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
