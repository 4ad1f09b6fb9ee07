"""What explains a map on the map itself: names of corridors, and a scale of widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.ground.shapes import rounded, sampled
from solver.reports.page.text import cut, text_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats
    from solver.reports.page.map.labels import MapLabel, Placer
    from solver.reports.page.map.strands import Strand
    from solver.reports.page.text import TextScale

    Box = tuple[float, float, float, float]

_TRIED = 60
"""Strands of a corridor beside which its name is tried, the largest first."""
_EVERY = 24.0
_SIZE, _LINE, _PAD, _SAMPLE = 12.0, 20.0, 10.0, 44.0
_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """A line of a width, and the quantity it stands for."""

    y: float
    width: str
    text: str


@dataclass(frozen=True, slots=True)
class WidthScale:
    """Lines of a few widths in a corner of a map.

    Parameters
    ----------
    box : tuple of float
        Left, top, right and bottom.
    lines : tuple of ScaleLine
        From the widest to the narrowest.
    """

    box: Box
    lines: tuple[ScaleLine, ...]


def width_scale(
    size: tuple[float, float], crowd: Floats, per_pixel: float, unit: TextScale
) -> WidthScale:
    """Return the scale of widths, in the corner of a map where least stands.

    Parameters
    ----------
    size : tuple of float
        Pixels of the map.
    crowd : ndarray of float, shape (n, 2)
        Points of what stands on it.
    per_pixel : float
        Quantity that a pixel of width stands for.
    unit : TextScale
        Unit of the quantities.
    """
    largest = _round_down(per_pixel * 16)
    quantities = [largest, _round_down(largest / 3), _round_down(largest / 12)]
    texts = [unit.text(quantity) for quantity in quantities]
    across = _SAMPLE + 3 * _PAD + max(text_width(text, _SIZE) for text in texts)
    down = _LINE * len(texts) + _PAD
    left, top = _corner(size, crowd, (across, down))
    lines = tuple(
        ScaleLine(
            round(top + _PAD / 2 + _LINE * (number + 0.5), 1),
            f"{quantity / per_pixel:.2f}",
            text,
        )
        for number, (quantity, text) in enumerate(zip(quantities, texts, strict=True))
    )
    return WidthScale((left, top, left + across, top + down), lines)


def _round_down(value: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not more."""
    size = 10.0 ** np.floor(np.log10(value))
    return float(max(step * size for step in _STEPS if step * size <= value * 1.0001))


def _corner(
    size: tuple[float, float], crowd: Floats, room: tuple[float, float]
) -> tuple[float, float]:
    """Return left and top of the emptiest corner."""
    corners = [
        (x, y)
        for y in (size[1] - room[1] - 8, 8.0)
        for x in (8.0, size[0] - room[0] - 8)
    ]

    def held(corner: tuple[float, float]) -> int:
        low = np.array(corner) - _PAD
        inside = (crowd >= low) & (crowd <= low + np.array(room) + 2 * _PAD)
        return int(inside.all(axis=1).sum())

    return min(corners, key=held)


def corridor_names(
    strands: Sequence[Strand],
    lines: Mapping[int, Floats],
    colours: Mapping[str, str],
    placer: Placer,
) -> list[tuple[MapLabel, str]]:
    """Return the name of each corridor beside a strand of it, where there is room.

    Parameters
    ----------
    strands : sequence of Strand
        The largest first.
    lines : dict of int to ndarray
        Line of each leg in the map's pixels.
    colours : dict of str to str
        Class of the colour of each corridor that has a name.
    placer : Placer
        Knows what stands on the map already.
    """
    found = []
    for corridor, colour in colours.items():
        own = [strand for strand in strands if strand.corridor == corridor][:_TRIED]
        label = _beside(cut(corridor), own, lines, placer)
        if label is not None:
            found.append((label, colour))
    return found


def _beside(
    text: str,
    strands: Sequence[Strand],
    lines: Mapping[int, Floats],
    placer: Placer,
) -> MapLabel | None:
    for strand in strands:
        points = sampled(rounded(lines[strand.leg]), _EVERY)[1:-1]
        middle = points[np.argsort(np.abs(np.arange(len(points)) - len(points) / 2))]
        for place in middle:
            label = placer.beside(text, place, 11.0, size=13.0)
            if label is not None:
                return label
    return None
