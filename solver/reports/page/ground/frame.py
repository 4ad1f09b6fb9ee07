"""The part of the plane that a map shows, and where places stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats, Mask


WIDTH = 1200.0
"""Pixels across every map."""

SEEN = 0.985
"""Part of the quantity that a map holds from end to end."""

_FLATTEST, _TALLEST = 0.42, 0.68
_MARGIN = 0.07
_EDGE = 16.0
_LEAST_SPAN = 0.02
_FEWEST = 3
"""Nodes that a map's extent keeps in any case."""
_LEAST_GAIN = 0.01


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the plane, drawn `WIDTH` pixels wide.

    Parameters
    ----------
    left, top : float
        Its corner on the plane.
    scale : float
        Pixels per unit of the plane.
    height : float
        Pixels from top to bottom.
    """

    left: float
    top: float
    scale: float
    height: float

    @property
    def size(self) -> tuple[float, float]:
        """Pixels across and down."""
        return WIDTH, self.height

    def place(self, plane: Floats) -> Floats:
        """Return points of the plane in pixels."""
        return (plane - [self.left, self.top]) * self.scale

    def inside(self, places: Floats, margin: float = 0.0) -> Mask:
        """Return which places stand in the frame, at least `margin` from its edge."""
        low, high = margin, np.array(self.size) - margin
        return np.asarray(((places >= low) & (places <= high)).all(axis=1))

    def at_edge(self, places: Floats) -> Floats:
        """Move places that stand outside to the edge, on their line to the middle."""
        centre = np.array(self.size) / 2
        room = centre - _EDGE
        far = np.abs(places - centre) / room
        nearer = (places - centre) / np.maximum(far.max(axis=1), 1.0)[:, None]
        return np.asarray(centre + nearer)


def frame_around(points: Floats) -> Frame:
    """Return the frame that holds some points of the plane, with a margin."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.maximum(high - low, _LEAST_SPAN) * (1 + 2 * _MARGIN)
    centre = (low + high) / 2
    ratio = min(max(span[1] / span[0], _FLATTEST), _TALLEST)
    across = max(span[0], span[1] / ratio)
    left, top = centre - np.array([across, across * ratio]) / 2
    scale = WIDTH / across
    return Frame(float(left), float(top), float(scale), float(round(WIDTH * ratio)))


def extent_nodes(plane: Floats, seen: Floats, demand: float) -> Mask:
    """Return the nodes that decide how far a map reaches.

    `SEEN` of the demand, at least, has to do with no other nodes. The others are those
    whose loss makes the map smallest: what stands far off and sees little.

    Parameters
    ----------
    plane : ndarray of float, shape (nodes, 2)
        Places on the plane.
    seen : ndarray of float, shape (nodes,)
        Quantity that each sees.
    demand : float
        All that is to be carried.
    """
    chosen = seen > 0
    room = (1 - SEEN) * demand
    while chosen.sum() > _FEWEST:
        outer = _outermost(plane, chosen)
        gains = {node: _gain(plane, chosen, node) for node in outer}
        gains = {n: g for n, g in gains.items() if seen[n] <= room and g > _LEAST_GAIN}
        if not gains:
            break
        node = max(gains, key=lambda n: (gains[n], -n))
        chosen[node] = False
        room -= seen[node]
    return chosen


def _outermost(plane: Floats, chosen: Mask) -> list[int]:
    """Return the nodes that stand at the four sides."""
    nodes = np.flatnonzero(chosen)
    sides = [*plane[nodes].argmin(axis=0), *plane[nodes].argmax(axis=0)]
    return sorted({int(nodes[side]) for side in sides})


def _gain(plane: Floats, chosen: Mask, node: int) -> float:
    """Return the part of the map that goes with a node."""
    rest = chosen.copy()
    rest[node] = False
    with_it, without = (
        float(np.prod(np.ptp(plane[some], axis=0) + _LEAST_SPAN))
        for some in (chosen, rest)
    )
    return 1 - without / with_it


def between(start: Frame, end: Frame, places: Floats) -> Floats:
    """Return places of one frame in pixels of another one."""
    plane = places / start.scale + [start.left, start.top]
    return end.place(plane)


def box_of(inner: Frame, outer: Frame) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a frame within another one."""
    corners = between(inner, outer, np.array([(0.0, 0.0), inner.size]))
    left, top, right, bottom = corners.ravel().round(1).tolist()
    return left, top, right, bottom
