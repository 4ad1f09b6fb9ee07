"""Coasts and borders of the world, from the file that `docs/outlines.py` makes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.ground.clipping import clipped_lines, clipped_ring
from solver.reports.page.ground.projection import middle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from solver.arrays import Floats, Ints
    from solver.reports.page.ground.frame import Frame
    from solver.reports.page.ground.projection import Projection


_FILE = Path(__file__).parent.parent / "outlines.json"
_BEYOND = 24.0
"""Pixels outside the frame that are drawn, so that no cut edge shows."""
_SMALLEST = 2.0
"""Square pixels of the smallest island that is drawn."""
_HALF_GLOBE = 2 * np.pi
"""Half the globe, in squares of its radius: less than what any land leaves of it."""
_NEAREST = 0.45
"""Pixels between points that are told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Rings of land (and of lakes in it) and lines of borders, latitude and longitude.

    Parameters
    ----------
    land, borders : tuple of ndarray, each of shape (points, 2)
        In degrees; the last point of a ring is its first.
    turns : tuple of int
        1 or -1 for the sense in which each ring turns around what is near it.
    """

    land: tuple[Floats, ...]
    borders: tuple[Floats, ...]
    turns: tuple[int, ...]


@cache
def outlines() -> Outlines:
    """Return the outlines of the world."""
    document = json.loads(_FILE.read_text(encoding="utf-8"))
    grid = document["grid"]
    land, borders = (
        tuple(_degrees(steps, grid) for steps in document[kind])
        for kind in ("land", "borders")
    )
    turns = tuple(
        _turn(middle(ring, np.ones(len(ring))).project(ring)) for ring in land
    )
    return Outlines(land, borders, turns)


def _degrees(steps: list[int], grid: float) -> Floats:
    points = np.cumsum(np.array(steps).reshape(-1, 2), axis=0) * grid
    return points[:, ::-1]


@lru_cache(maxsize=2)
def _plane(projection: Projection) -> tuple[tuple[Floats, ...], bool]:
    """Return the rings of land on the plane, and whether what is outside is land.

    A ring about the point opposite the centre turns inside out on the plane.
    """
    land = outlines().land
    ends = np.cumsum([len(ring) for ring in land])
    rings = tuple(np.split(projection.project(np.vstack(land)), ends[:-1]))
    turned = [
        _area(ring) * turn < -_HALF_GLOBE
        for ring, turn in zip(rings, outlines().turns, strict=True)
    ]
    return rings, sum(turned) % 2 == 1


def land_rings(projection: Projection, frame: Frame, beyond: float) -> list[Floats]:
    """Return the rings of land in a frame and around it, in pixels.

    Even and odd decide what is land: where the outside is, the box is one more ring.
    """
    width, height = frame.size
    box = (-beyond, -beyond, width + beyond, height + beyond)
    rings, outside = _plane(projection)
    corner, limit = np.array([-beyond, -beyond]), np.array(frame.size) + beyond
    found = []
    for ring in rings:
        places = frame.place(ring)[:-1]
        if (places.max(axis=0) < corner).any() or (places.min(axis=0) > limit).any():
            continue
        inside = clipped_ring(places, box)
        if len(inside) and abs(_area(inside)) >= _SMALLEST:
            found.append(inside)
    if outside:
        left, top, right, bottom = box
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        found.append(np.array(corners))
    return found


def _turn(plane: Floats) -> int:
    """Return 1 or -1 for the sense in which a ring turns on the plane."""
    return int(np.sign(_area(plane)))


def _area(ring: Floats) -> float:
    x, y = ring.T
    inner = x[:-1] @ y[1:] - y[:-1] @ x[1:]
    return float(inner + x[-1] * y[0] - y[-1] * x[0]) / 2


def land_path(projection: Projection, frame: Frame) -> str:
    """Return the path of all land in a frame."""
    rings = land_rings(projection, frame, _BEYOND)
    return "".join(f"{path}z" for ring in rings if (path := path_of(ring)))


def border_path(projection: Projection, frame: Frame) -> str:
    """Return the path of all borders in a frame."""
    width, height = frame.size
    box = (-_BEYOND, -_BEYOND, width + _BEYOND, height + _BEYOND)
    lines: Iterable[Floats] = (
        part
        for line in outlines().borders
        for part in clipped_lines(frame.place(projection.project(line)), box)
    )
    return "".join(path_of(line) for line in lines)


def path_of(points: Floats) -> str:
    """Return a line as the data of a path, in steps of a tenth of a pixel."""
    tenths = np.round(points * 10).astype(int)
    moved = np.abs(np.diff(tenths, axis=0)).max(axis=1, initial=0) > _NEAREST * 10
    tenths = tenths[np.concatenate([[True], moved])]
    if len(tenths) < 2:  # noqa: PLR2004
        return ""
    x, y = tenths[0]
    steps = "".join(f"{_tenth(dx)},{_tenth(dy)} " for dx, dy in np.diff(tenths, axis=0))
    return f"M{_tenth(x)},{_tenth(y)}l{steps.rstrip()}"


def curve_path(points: Floats) -> str:
    """Return a line with rounded corners as the data of a path, likewise.

    Quadratic curves lead from the middle of one stretch to that of the next.
    """
    if len(points) < 3:  # noqa: PLR2004
        return path_of(points)
    stops = np.vstack([points[:1], (points[:-1] + points[1:]) / 2, points[-1:]])
    tenths, corners = (np.round(p * 10).astype(int) for p in (stops, points))
    steps = [f"l{_step(tenths[1] - tenths[0])}"]
    for number in range(1, len(points) - 1):
        here = tenths[number]
        bend, end = corners[number] - here, tenths[number + 1] - here
        steps.append(f"q{_step(bend)} {_step(end)}")
    return f"M{_step(tenths[0])}{''.join(steps)}l{_step(tenths[-1] - tenths[-2])}"


def _step(tenths: Ints) -> str:
    x, y = tenths.tolist()
    return f"{_tenth(x)},{_tenth(y)}"


def _tenth(value: int) -> str:
    text = f"{value / 10:.1f}"
    return text.removesuffix(".0")
