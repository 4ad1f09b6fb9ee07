"""Names placed beside their nodes so that no two of them, and no node, collide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from solver.reports.page.text import text_width

if TYPE_CHECKING:
    from solver.arrays import Floats


Anchor = Literal["start", "middle", "end"]

SIZE = 12.0
"""Pixels of the names on a map."""

_ABOVE, _BELOW = 0.95, 0.3
"""Height of a line above its base, and below it, by its size."""
_GAP = 2.0
_SIDES: tuple[tuple[float, float, Anchor], ...] = (
    (1.0, 0.0, "start"),
    (-1.0, 0.0, "end"),
    (0.8, -0.8, "start"),
    (0.8, 0.8, "start"),
    (-0.8, -0.8, "end"),
    (-0.8, 0.8, "end"),
    (0.0, -1.0, "middle"),
    (0.0, 1.0, "middle"),
)


@dataclass(frozen=True, slots=True)
class MapLabel:
    """A text on a map.

    Parameters
    ----------
    x, y : float
        Where its base line starts, ends or has its middle.
    anchor : str
        Which of the three.
    box : tuple of float
        Left, top, right and bottom of all it covers.
    node : int
        Number of the node it names; -1 for another text.
    """

    text: str
    x: float
    y: float
    anchor: Anchor
    box: tuple[float, float, float, float]
    node: int = -1


class Placer:
    """A map on which texts are placed one after the other.

    Parameters
    ----------
    size : tuple of float
        Pixels across and down.
    taken : ndarray of float, shape (n, 4)
        Boxes no text may touch: left, top, right, bottom.
    ink : ndarray of float, shape (m, 3)
        Points of lines with their weight, which texts avoid if they can.
    """

    def __init__(self, size: tuple[float, float], taken: Floats, ink: Floats) -> None:
        self._size = size
        self._taken = [tuple(box) for box in taken.tolist()]
        self._ink = ink

    def beside(
        self, text: str, place: Floats, reach: float, size: float = SIZE
    ) -> MapLabel | None:
        """Place a text beside a node where it hides least; None if there is no room.

        Parameters
        ----------
        place : ndarray of float, shape (2,)
            The node, in pixels.
        reach : float
            Pixels from the middle of the node to its edge.
        size : float
            Of the text.
        """
        best: tuple[float, MapLabel] | None = None
        for order, side in enumerate(_SIDES):
            label = _label(text, place, reach + _GAP, side, size)
            if self._free(label.box):
                hidden = self._hidden(label.box) + 0.2 * order
                if best is None or hidden < best[0]:
                    best = hidden, label
        if best is None:
            return None
        self._taken.append(best[1].box)
        return best[1]

    def _free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        across, down = self._size
        if min(left, top, across - right, down - bottom) < _GAP:
            return False
        taken = np.array(self._taken).reshape(-1, 4)
        apart = (taken[:, 2] <= left) | (taken[:, 0] >= right)
        apart |= (taken[:, 3] <= top) | (taken[:, 1] >= bottom)
        return bool(apart.all())

    def _hidden(self, box: tuple[float, float, float, float]) -> float:
        left, top, right, bottom = box
        x, y, weight = self._ink.T
        inside = (x > left) & (x < right) & (y > top) & (y < bottom)
        return float(weight[inside].sum())


def _label(
    text: str,
    place: Floats,
    reach: float,
    side: tuple[float, float, Anchor],
    size: float,
) -> MapLabel:
    across, down, anchor = side
    width = text_width(text, size)
    x = float(place[0]) + across * reach
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    # The base line stands so that the text is level with the node, above or below it.
    y = float(place[1]) + size * 0.35
    if down:
        room = reach if not across else reach * 0.6
        y += np.sign(down) * (room + size * 0.55)
    x, y = round(x, 1), round(y, 1)
    box = (left - 1, y - _ABOVE * size, left + width + 1, y + _BELOW * size)
    return MapLabel(text, x, y, anchor, box)
