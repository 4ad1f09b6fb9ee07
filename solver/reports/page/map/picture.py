"""One result's map, as shapes and texts that a template only has to write down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.cargo import group_number
from solver.reports.page.ground.clipping import clipped_lines
from solver.reports.page.ground.frame import between, box_of
from solver.reports.page.ground.outlines import curve_path, path_of
from solver.reports.page.ground.shapes import halfway, rounded, sampled, shifted
from solver.reports.page.map.marks import clear_of, full_limits, taken_boxes
from solver.reports.page.map.nodes import unmet_ends
from solver.reports.page.map.strands import offsets
from solver.reports.page.text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats
    from solver.reports.page.map.labels import MapLabel
    from solver.reports.page.map.legend import WidthScale
    from solver.reports.page.map.stage import MapStage
    from solver.reports.page.map.strands import Strand
    from solver.reports.page.map.view import View
    from solver.reports.page.source import PageSource
    from solver.reports.page.text import TextScale


_BEYOND = 30.0
_EVERY = 3.0
_SMALLEST_HEAD, _LARGEST_HEAD = 4.8, 7.5


@dataclass(frozen=True, slots=True)
class DrawnStrand:
    """A strand on a map: its line, its width, an arrow head and what it says.

    What it says stands on the whole map alone; the script finds it by its number.
    """

    number: int
    colour: str
    path: str
    width: str
    head: str
    sea: bool
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A node on a map; `kind` is its shape: plain, full, priced or beyond.

    It is `idle` where only another result of the page uses it; `node` is its number.
    """

    node: int
    x: float
    y: float
    kind: str
    text: str
    turn: int = 0
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Diamond:
    """A full leg on a map, marked at the middle of its line."""

    x: float
    y: float
    priced: bool
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Cross:
    """A node from or to which demand of some groups of cargo stays unmet."""

    node: int
    x: float
    y: float
    text: str
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map, or its enlarged part.

    Parameters
    ----------
    name : str
        Start of the names of its elements.
    view : str
        Name of the outlines it shows.
    borders : bool
        Whether they have borders.
    width, height : float
        Pixels.
    strands, dots, diamonds, crosses, labels, corridors
        What stands on it, from back to front.
    scale : WidthScale or None
        What widths mean.
    box : tuple of float or None
        Left, top, width and height of the part that is drawn enlarged.
    middle : float
        Where its busiest part is, as a part of its width.
    """

    name: str
    view: str
    borders: bool
    width: int
    height: int
    strands: tuple[DrawnStrand, ...]
    dots: tuple[Dot, ...]
    diamonds: tuple[Diamond, ...]
    crosses: tuple[Cross, ...]
    labels: tuple[MapLabel, ...]
    corridors: tuple[tuple[MapLabel, str], ...]
    scale: WidthScale | None
    box: tuple[float, float, float, float] | None
    middle: float


@dataclass(frozen=True, slots=True)
class Map:
    """The map of a result.

    Parameters
    ----------
    whole, detail : Drawing
        The map, and its crowded part if there is one.
    left_out : int
        Strands that are too many to be drawn, the smallest.
    unnamed : int
        Nodes without room for their name.
    by_group : list of list of float
        For each strand, the number of each group it carries and its quantity.
    legs : list of int
        Leg of each strand.
    ends : list of (int, int)
        Numbers of its nodes.
    """

    whole: Drawing
    detail: Drawing | None
    left_out: int
    unnamed: int
    by_group: list[list[float]]
    legs: list[int]
    ends: list[tuple[int, int]]


class _Painter:
    """Draws one result on a stage."""

    def __init__(
        self,
        stage: MapStage,
        number: int,
        source: PageSource,
        named: tuple[Sequence[str], Mapping[str, str]],
        scale: TextScale,
    ) -> None:
        self.stage, self.number, self.source = stage, number, source
        (self.groups, self.colours), self.scale = named, scale
        self.strands = stage.strands[number]
        self.lines = stage.lines[number]
        self.full, self.unmet = full_limits(source), unmet_ends(source)
        widths = np.array([s.quantity for s in self.strands]) / stage.per_pixel
        self.widths, self.offsets = widths, offsets(self.strands, widths)

    def drawing(self, view: View, name: str) -> Drawing:
        """Draw a view."""
        whole = self.stage.whole
        inner = self.stage.detail if view is whole else None
        box = None
        if inner is not None:
            left, top, right, bottom = box_of(inner.frame, whole.frame)
            box = (left, top, right - left, bottom - top)
        width, height = view.frame.size
        drawn, diamonds = self._strands(view)
        return Drawing(
            name=f"r{self.number}{name}",
            view=name,
            borders=bool(view.borders),
            width=int(width),
            height=int(height),
            strands=tuple(drawn),
            dots=tuple(self._dots(view)),
            diamonds=tuple(diamonds),
            crosses=tuple(self._crosses(view)),
            labels=view.labels,
            corridors=view.corridors,
            scale=view.scale,
            box=box,
            middle=self._middle(view),
        )

    def _strands(self, view: View) -> tuple[list[DrawnStrand], list[Diamond]]:
        drawn, diamonds = [], []
        taken = taken_boxes(view)
        width, height = view.frame.size
        box = (-_BEYOND, -_BEYOND, width + _BEYOND, height + _BEYOND)
        legs = self.source.instance.legs["leg"]
        whole = view is self.stage.whole
        for number, strand in enumerate(self.strands):
            line = self._line(view, number, strand)
            path = "".join(curve_path(part) for part in clipped_lines(line, box))
            points = _longest_run(view, rounded(line))
            if not path or not (whole or len(points)):
                continue
            priced = self.full.legs.get(legs[strand.leg])
            text = self._text(strand, priced)
            drawn.append(
                DrawnStrand(
                    number=number,
                    colour=self.colours[strand.corridor],
                    path=path,
                    width=f"{self.widths[number]:.2f}",
                    head=_head(points, float(self.widths[number])),
                    sea=strand.sea,
                    text=text if whole else "",
                )
            )
            if priced is not None and len(points):
                place = clear_of(points, taken)
                diamonds.append(Diamond(*place, priced, text, number))
        return drawn, diamonds

    def _line(self, view: View, number: int, strand: Strand) -> Floats:
        line = self.lines[strand.leg]
        if view is not self.stage.whole:
            line = between(self.stage.whole.frame, view.frame, line)
        return shifted(line, float(self.offsets[number]))

    def _text(self, strand: Strand, priced: bool | None) -> str:
        state = {None: "", True: ", full and priced", False: ", full"}[priced]
        return f"{strand.text}: {self.scale.text(strand.quantity)}{state}"

    def _dots(self, view: View) -> list[Dot]:
        nodes, dots = self.stage.nodes, []
        centre = np.array(view.frame.size) / 2
        names = list(nodes.index)
        used = {end for strand in self.strands for end in strand.ends}
        for number in np.flatnonzero(view.drawn).tolist():
            x, y = view.places[number].round(1).tolist()
            priced = self.full.nodes.get(names[number])
            kind = {None: "plain", True: "priced", False: "full"}[priced]
            turn = 0
            if view.outside[number] and priced is None:
                kind = "beyond"
                turn = round(
                    float(np.degrees(np.arctan2(y - centre[1], x - centre[0])))
                )
            text, idle = shown(nodes.names[number]), number not in used
            dots.append(Dot(number, x, y, kind, text, turn, idle))
        return dots

    def _crosses(self, view: View) -> list[Cross]:
        """Return where demand stays unmet, with how much."""
        nodes, crosses = self.stage.nodes, []
        for name, found in self.unmet.items():
            number = nodes.index.get(name)
            if number is None or not view.drawn[number]:
                continue
            told = [
                f"{self.scale.text(quantity)} {side} here"
                for side, quantity in (("from", found.start), ("to", found.end))
                if quantity
            ]
            x, y = view.places[number].round(1).tolist()
            beyond = " (beyond the edge)" if view.outside[number] else ""
            text = f"{shown(nodes.names[number])}{beyond}: unmet {', '.join(told)}"
            groups = {group_number(self.groups, group) for group in found.groups}
            crosses.append(Cross(number, x, y, text, tuple(sorted(groups))))
        return crosses

    def _middle(self, view: View) -> float:
        """Return where the largest quantities pass, as a part of the width."""
        width = view.frame.size[0]
        seen, x = self.stage.nodes.seen, view.places[:, 0]
        inside = view.drawn & ~view.outside
        total = seen[inside].sum()
        return (
            round(float(seen[inside] @ x[inside] / total / width), 3) if total else 0.5
        )


def map_of(
    stage: MapStage,
    number: int,
    source: PageSource,
    named: tuple[Sequence[str], Mapping[str, str]],
    scale: TextScale,
) -> Map:
    """Return the map of a result.

    Parameters
    ----------
    stage : MapStage
        What it shares with those of the other results.
    number : int
        Which result of the stage it is.
    source : PageSource
        That result.
    named : (sequence of str, dict of str to str)
        Groups of cargo, and the class of the colour of each corridor.
    scale : TextScale
        Unit of its quantities.
    """
    painter = _Painter(stage, number, source, named, scale)
    detail = None
    if stage.detail is not None:
        detail = painter.drawing(stage.detail, "d")
    return Map(
        whole=painter.drawing(stage.whole, "m"),
        detail=detail,
        left_out=stage.left_out[number],
        unnamed=stage.unnamed,
        by_group=[_pairs(strand.by_group) for strand in painter.strands],
        legs=[strand.leg for strand in painter.strands],
        ends=[strand.ends for strand in painter.strands],
    )


def _longest_run(view: View, line: Floats) -> Floats:
    """Return the longest part of a line that is in view, as points; else none."""
    points = sampled(line, _EVERY)
    inside = np.concatenate([[False], view.frame.inside(points), [False]])
    ends = np.flatnonzero(np.diff(inside.view(np.int8))).reshape(-1, 2)
    if not len(ends):
        return points[:0]
    first, last = ends[np.argmax(ends[:, 1] - ends[:, 0])]
    return points[first:last] if last - first > 1 else points[:0]


def _pairs(by_group: Floats) -> list[float]:
    pairs: list[float] = []
    for group in np.flatnonzero(by_group).tolist():
        quantity = float(by_group[group])
        pairs += [group, int(quantity) if quantity.is_integer() else quantity]
    return pairs


def _head(points: Floats, width: float) -> str:
    """Return the path of an arrow head on a line; blank where there is no room."""
    if not len(points):
        return ""
    size = min(max(width / 2 + 1.5, _SMALLEST_HEAD), _LARGEST_HEAD)
    if np.hypot(*np.diff(points, axis=0).T).sum() < 4 * size:
        return ""
    place, along = halfway(points, 0.6)
    across = np.array([-along[1], along[0]])
    corners = [along * size, -along * size * 0.7 + across * size * 0.8]
    corners.append(-along * size * 0.7 - across * size * 0.8)
    return f"{path_of(np.array([place + corner for corner in corners]))}z"
