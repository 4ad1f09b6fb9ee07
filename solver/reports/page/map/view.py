"""A map's extent with outlines and names, none of which collide."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.ground.outlines import border_path, land_path
from solver.reports.page.map.labels import MapLabel, Placer
from solver.reports.page.map.legend import WidthScale, corridor_names, width_scale
from solver.reports.page.text import cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats, Mask
    from solver.reports.page.ground.frame import Frame
    from solver.reports.page.ground.projection import Projection
    from solver.reports.page.map.nodes import Nodes
    from solver.reports.page.map.strands import Strand
    from solver.reports.page.text import TextScale

    Box = tuple[float, float, float, float]

REACH = 6.0
"""Pixels from the middle of a node to the names beside it."""

_MOST_NAMES = 260


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One map's extent, with its outlines and names.

    Parameters
    ----------
    frame : Frame
        What it shows.
    land, borders : str
        Paths of the outlines.
    labels : tuple of MapLabel
        Names, none of which touches another one or a node.
    corridors : tuple of (MapLabel, str)
        Names of corridors, likewise, each with the class of its colour.
    scale : WidthScale or None
        What widths mean.
    places : ndarray of float, shape (nodes, 2)
        Pixels of each node.
    drawn, outside : ndarray of bool, shape (nodes,)
        Nodes that are drawn, and those of them that stand beyond the edge.
    """

    frame: Frame
    land: str
    borders: str
    labels: tuple[MapLabel, ...]
    corridors: tuple[tuple[MapLabel, str], ...]
    scale: WidthScale | None
    places: Floats
    drawn: Mask
    outside: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """A frame, and where nodes and lines stand in it.

    Parameters
    ----------
    frame : Frame
        The frame.
    places : ndarray of float, shape (nodes, 2)
        Pixels of each node.
    drawn, outside : ndarray of bool, shape (nodes,)
        Nodes that are drawn, and those of them that stand beyond the edge.
    lines : dict of int to ndarray
        Lines of legs in pixels.
    ink : ndarray of float, shape (points, 3)
        Points along all lines with their weight: what names should not hide.
    """

    frame: Frame
    places: Floats
    drawn: Mask
    outside: Mask
    lines: Mapping[int, Floats]
    ink: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """Names the nodes and corridors of extents.

    Parameters
    ----------
    nodes : Nodes
        All nodes.
    projection : Projection
        Of every map.
    strands : sequence of Strand
        Those beside which corridors are named.
    colours : dict of str to str
        Class of the colour of each corridor.
    unit : TextScale
        Unit of quantities.
    per_pixel : float
        Quantity that a pixel of width stands for.
    with_borders : bool
        Whether borders are drawn.
    """

    nodes: Nodes
    projection: Projection
    strands: Sequence[Strand]
    colours: Mapping[str, str]
    unit: TextScale
    per_pixel: float
    with_borders: bool = field(kw_only=True)

    def unnamed(self, extent: Extent) -> list[int]:
        """Return the nodes whose names find no room."""
        placer = _placer(extent, [])
        named = {number for number, _ in self._named(extent, extent.drawn, placer)}
        return [number for number in self._order(extent.drawn) if number not in named]

    def view(self, extent: Extent, enlarged: Box | None) -> View:
        """Return a view; names of nodes in its enlarged part stand there alone."""
        wanted, taken = extent.drawn, []
        if enlarged is not None:
            wanted = extent.drawn & ~_within(extent.places, enlarged) | extent.outside
            taken = [enlarged]
        crowd = np.vstack([extent.ink[:, :2], extent.places])
        scale = width_scale(extent.frame.size, crowd, self.per_pixel, self.unit)
        placer = _placer(extent, [*taken, scale.box])
        labels = [label for _, label in self._named(extent, wanted, placer)]
        frame = extent.frame
        inside = [s for s in self.strands if s.leg in extent.lines]
        corridors = corridor_names(inside, extent.lines, self.colours, placer)
        borders = border_path(self.projection, frame) if self.with_borders else ""
        return View(
            frame=frame,
            land=land_path(self.projection, frame),
            borders=borders,
            labels=tuple(labels),
            corridors=tuple(corridors),
            scale=scale,
            places=extent.places,
            drawn=extent.drawn,
            outside=extent.outside,
        )

    def _order(self, chosen: Mask) -> list[int]:
        order = np.argsort(-self.nodes.seen, kind="stable")
        return [number for number in order.tolist() if chosen[number]][:_MOST_NAMES]

    def _named(
        self, extent: Extent, wanted: Mask, placer: Placer
    ) -> list[tuple[int, MapLabel]]:
        """Place names, the most important first."""
        named = []
        for number in self._order(wanted):
            text = cut(self.nodes.names[number])
            label = placer.beside(text, extent.places[number], REACH)
            if label is not None:
                named.append((number, replace(label, node=number)))
        return named


def _placer(extent: Extent, taken: Sequence[Box]) -> Placer:
    half = REACH - 1
    own = extent.places[extent.drawn]
    boxes = np.hstack([own - half, own + half])
    boxes = np.vstack([boxes, np.array(taken).reshape(-1, 4)])
    return Placer(extent.frame.size, boxes, extent.ink)


def _within(places: Floats, box: Box) -> Mask:
    left, top, right, bottom = box
    x, y = places.T
    return np.asarray((x >= left) & (x <= right) & (y >= top) & (y <= bottom))
