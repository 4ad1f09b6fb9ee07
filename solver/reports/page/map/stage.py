"""What the maps of one page have in common: extent, outlines, names and scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.ground.frame import (
    between,
    box_of,
    extent_nodes,
    frame_around,
)
from solver.reports.page.ground.projection import middle
from solver.reports.page.ground.shapes import rounded, sampled
from solver.reports.page.map.detail import detail_frame
from solver.reports.page.map.lines import LegLines
from solver.reports.page.map.strands import lines_of, strands_of
from solver.reports.page.map.view import Extent, Sketch, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats
    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.ground.frame import Frame
    from solver.reports.page.map.nodes import Nodes
    from solver.reports.page.map.strands import Strand
    from solver.reports.page.source import PageSource
    from solver.reports.page.text import TextScale


WIDEST = 17.0
"""Pixels of the busiest stretch of all maps."""

_CROWDED = 4
"""Names without room that call for an enlarged part."""
_EVERY = 6.0
_MOVED = 0.5


@dataclass(frozen=True, slots=True)
class Looks:
    """How the maps of a page look.

    Parameters
    ----------
    colours : dict of str to str
        Class of the colour of each corridor.
    unit : TextScale
        Unit of the scale of widths.
    most : int
        Strands that a map draws, the largest first.
    with_borders : bool
        Whether borders are drawn beside coasts.
    """

    colours: Mapping[str, str]
    unit: TextScale
    most: int
    with_borders: bool


@dataclass(frozen=True, slots=True, eq=False)
class MapStage:
    """What the maps of a page share.

    Parameters
    ----------
    nodes : Nodes
        All nodes of all results.
    detail : View or None
        Its crowded part, enlarged.
    strands : tuple of list of Strand
        Strands of each result, the largest first.
    left_out : tuple of int
        How many more there are.
    lines : tuple of dict of int to ndarray
        Lines of the legs of each result, in pixels of `whole`.
    per_pixel : float
        Quantity that a pixel of width stands for.
    """

    nodes: Nodes
    whole: View
    detail: View | None
    strands: tuple[list[Strand], ...]
    left_out: tuple[int, ...]
    lines: tuple[dict[int, Floats], ...]
    per_pixel: float

    @property
    def unnamed(self) -> int:
        """Nodes without room for their name on any view."""
        views = [self.whole] + ([self.detail] if self.detail else [])
        return len(self.nodes) - sum(len(view.labels) for view in views)


def stage_of(
    sources: Sequence[PageSource],
    cargos: Sequence[PageCargo],
    nodes: Nodes,
    looks: Looks,
) -> MapStage:
    """Return the stage of some results' maps.

    Parameters
    ----------
    sources, cargos : sequences of equal length
        The results.
    nodes : Nodes
        Their nodes, two at least.
    looks : Looks
        How the maps look.
    """
    projection = middle(nodes.points, nodes.seen)
    plane = projection.project(nodes.points)
    demand = max(source.result.summary["demand"] or 0.0 for source in sources)
    frame = frame_around(plane[extent_nodes(plane, nodes.seen, demand)])
    exact = frame.place(plane)
    places = frame.at_edge(exact)
    outside = np.abs(places - exact).max(axis=1) > _MOVED
    pairs = list(zip(sources, cargos, strict=True))
    every = [strands_of(source.instance, cargo, nodes) for source, cargo in pairs]
    strands = [some[: looks.most] for some in every]
    leg_lines = LegLines(projection, frame)
    lines = [
        lines_of(source.instance, some, places, leg_lines)
        for source, some in zip(sources, strands, strict=True)
    ]
    per_pixel = max(map(_busiest_stretch, every)) / WIDEST
    whole = Extent(
        frame=frame,
        places=places,
        drawn=np.ones(len(nodes), dtype=bool),
        outside=outside,
        lines=lines[0],
        ink=_ink(strands[0], lines[0], per_pixel),
    )
    sketch = Sketch(
        nodes,
        projection,
        strands[0],
        looks.colours,
        looks.unit,
        per_pixel,
        with_borders=looks.with_borders,
    )
    views = _views(sketch, whole, plane)
    left_out = tuple(len(a) - len(b) for a, b in zip(every, strands, strict=True))
    return MapStage(nodes, *views, tuple(strands), left_out, tuple(lines), per_pixel)


def _views(sketch: Sketch, whole: Extent, plane: Floats) -> tuple[View, View | None]:
    """Return the map, and its crowded part if names find no room on it."""
    unnamed = sketch.unnamed(whole)
    if len(unnamed) < _CROWDED:
        return sketch.view(whole, None), None
    seen = sketch.nodes.seen[unnamed]
    frame = detail_frame(whole.frame, whole.places[unnamed], seen)
    places = frame.place(plane)
    lines, ink = _seen_through(frame, whole)
    enlarged = Extent(
        frame=frame,
        places=places,
        drawn=frame.inside(places, 4.0) & ~whole.outside,
        outside=np.zeros_like(whole.outside),
        lines=lines,
        ink=ink,
    )
    view = sketch.view(whole, box_of(frame, whole.frame))
    return view, sketch.view(enlarged, None)


def _seen_through(frame: Frame, whole: Extent) -> tuple[dict[int, Floats], Floats]:
    """Return the lines that touch a frame, and the ink in it."""
    lines = {}
    for leg, line in whole.lines.items():
        moved = between(whole.frame, frame, line)
        if frame.inside(sampled(moved, _EVERY * 2)).any():
            lines[leg] = moved
    ink = whole.ink.copy()
    ink[:, :2] = between(whole.frame, frame, ink[:, :2])
    return lines, ink


def _busiest_stretch(strands: Sequence[Strand]) -> float:
    """Return the largest quantity between two nodes."""
    total: dict[tuple[int, ...], float] = {}
    for strand in strands:
        pair = tuple(sorted(strand.ends))
        total[pair] = total.get(pair, 0.0) + strand.quantity
    return max(total.values(), default=1.0)


def _ink(
    strands: Sequence[Strand], lines: Mapping[int, Floats], per_pixel: float
) -> Floats:
    """Return points along all lines, weighted by width."""
    parts = [np.empty((0, 3))]
    for strand in strands:
        points = sampled(rounded(lines[strand.leg]), _EVERY)
        weight = 1.0 + strand.quantity / per_pixel
        parts.append(np.column_stack([points, np.full(len(points), weight)]))
    return np.vstack(parts)
