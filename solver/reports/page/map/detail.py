"""The crowded part of a map, which is drawn again, larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.ground.frame import WIDTH, Frame

if TYPE_CHECKING:
    from solver.arrays import Floats


_ZOOMS = (6.0, 5.0, 4.0, 3.5, 3.0, 2.6, 2.2)
_RATIO = 0.6
"""Height of the enlarged part, by its width."""
_ENOUGH = 0.85
"""Part of the names without room that the enlarged part should hold."""
_MARGIN = 0.9
"""Part of the enlarged part within which its nodes should stand."""


def detail_frame(frame: Frame, crowded: Floats, seen: Floats) -> Frame:
    """Return the frame that holds most nodes whose names had no room.

    The most enlarged one that holds `_ENOUGH` of them, or else as many as it can.

    Parameters
    ----------
    frame : Frame
        The whole map.
    crowded : ndarray of float, shape (n, 2)
        Those nodes in its pixels.
    seen : ndarray of float, shape (n,)
        Their quantities, which decide where it is as crowded elsewhere.
    """
    weights = 1.0 + seen / seen.sum()
    for zoom in _ZOOMS:
        centre, held = _best(crowded, weights, _half(zoom))
        if held >= _ENOUGH * weights.sum() or zoom == _ZOOMS[-1]:
            break
    corner = np.clip(centre - _half(zoom), 0.0, np.array(frame.size) - 2 * _half(zoom))
    return Frame(
        left=frame.left + float(corner[0]) / frame.scale,
        top=frame.top + float(corner[1]) / frame.scale,
        scale=frame.scale * zoom,
        height=WIDTH * _RATIO,
    )


def _half(zoom: float) -> Floats:
    """Return half the size of the part, in pixels of the whole map."""
    return np.array([WIDTH, WIDTH * _RATIO]) / zoom / 2


def _best(points: Floats, weights: Floats, half: Floats) -> tuple[Floats, float]:
    """Return the middle of the window that holds most, and what it holds.

    Windows whose left and upper edge touch a point are enough to look at.
    """
    room = half * _MARGIN
    best, held = points.mean(axis=0), 0.0
    for x in np.unique(points[:, 0]):
        for y in np.unique(points[:, 1]):
            low = np.array([x, y])
            inside = ((points >= low) & (points <= low + 2 * room)).all(axis=1)
            total = float(weights[inside].sum())
            if total > held + 1e-9:
                span = points[inside]
                best, held = (span.min(axis=0) + span.max(axis=0)) / 2, total
    return best, held
