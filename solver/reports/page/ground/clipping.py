"""Rings and lines cut to a rectangle, so that a page holds what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats, Mask

    Box = tuple[float, float, float, float]
    """Left, top, right, bottom."""


def clipped_ring(ring: Floats, box: Box) -> Floats:
    """Return a ring cut to a box; empty if nothing of it lies there.

    References
    ----------
    Sutherland, I. E., Hodgman, G. W. (1974). Reentrant polygon clipping.
    Communications of the ACM 17(1).
    """
    for axis, limit, side in _sides(box):
        if not len(ring):
            break
        within = side * (ring[:, axis] - limit) >= 0
        if within.all():
            continue
        ring = _cut(ring, within, axis, limit)
    return ring


def _sides(box: Box) -> Iterator[tuple[int, float, int]]:
    left, top, right, bottom = box
    yield from ((0, left, 1), (1, top, 1), (0, right, -1), (1, bottom, -1))


def _cut(ring: Floats, within: Mask, axis: int, limit: float) -> Floats:
    """Return a ring without its part beyond one side."""
    after, after_in = np.roll(ring, -1, axis=0), np.roll(within, -1)
    crossing = within != after_in
    span = after[:, axis] - ring[:, axis]
    part = (limit - ring[:, axis]) / np.where(crossing, span, 1.0)
    meeting = ring + part[:, None] * (after - ring)
    both = np.stack([ring, meeting], axis=1).reshape(-1, 2)
    return np.asarray(both[np.column_stack([within, crossing]).ravel()])


def clipped_lines(line: Floats, box: Box) -> Iterator[Floats]:
    """Yield the parts of a line that touch a box, each with the points around it."""
    left, top, right, bottom = box
    low = np.minimum(line[:-1], line[1:])
    high = np.maximum(line[:-1], line[1:])
    touching = (high[:, 0] >= left) & (low[:, 0] <= right)
    touching &= (high[:, 1] >= top) & (low[:, 1] <= bottom)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], touching.view(np.int8), [0]])))
    for first, last in edges.reshape(-1, 2):
        yield line[first : last + 1]
