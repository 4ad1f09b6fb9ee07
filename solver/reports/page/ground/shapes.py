"""Shapes of lines: bows, rounded corners, lines moved aside, points along them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats


_BEND = 0.1
"""How far a bow stands out, as a part of its length."""
_CURVE = np.linspace(0.0, 1.0, 7)[1:, None]


def arc(start: Floats, end: Floats) -> Floats:
    """Return a line with one corner beside its middle, which rounds to a bow."""
    normal = np.array([start[1] - end[1], end[0] - start[0]])
    # To the north where there is a choice: the way back takes the same line.
    corner = (start + end) / 2 - 2 * _BEND * np.copysign(1.0, normal[1]) * normal
    return np.vstack([start, corner, end])


def rounded(line: Floats) -> Floats:
    """Return a line whose corners are curves between the middles of its stretches.

    A line without corners stays as it is.
    """
    if len(line) < 3:  # noqa: PLR2004
        return line
    middles = (line[:-1] + line[1:]) / 2
    parts = [line[:1], middles[:1]]
    for number, corner in enumerate(line[1:-1]):
        start, end = middles[number], middles[number + 1]
        parts.append(
            (1 - _CURVE) ** 2 * start
            + 2 * _CURVE * (1 - _CURVE) * corner
            + _CURVE**2 * end
        )
    return np.vstack([*parts, line[-1:]])


def shifted(line: Floats, offset: float) -> Floats:
    """Return a line moved to its right, as it is gone along, by an offset."""
    steps = np.diff(line, axis=0)
    length = np.maximum(np.hypot(*steps.T), 1e-9)[:, None]
    normals = np.column_stack([-steps[:, 1], steps[:, 0]]) / length
    at_points = np.vstack([normals[:1], (normals[:-1] + normals[1:]) / 2, normals[-1:]])
    return line + offset * at_points


def halfway(line: Floats, part: float = 0.5) -> tuple[Floats, Floats]:
    """Return the point at a part of a line's length, and the direction there."""
    steps = np.diff(line, axis=0)
    lengths = np.hypot(*steps.T)
    ends = np.cumsum(lengths)
    target = part * ends[-1]
    number = min(int(np.searchsorted(ends, target)), len(steps) - 1)
    length = max(float(lengths[number]), 1e-9)
    rest = (target - (ends[number] - lengths[number])) / length
    return line[number] + rest * steps[number], steps[number] / length


def sampled(line: Floats, every: float) -> Floats:
    """Return points along a line, at most `every` pixels apart."""
    parts = []
    for start, end in pairwise(line):
        count = max(1, int(np.ceil(np.hypot(*(end - start)) / every)))
        parts.append(start + np.arange(count)[:, None] / count * (end - start))
    return np.vstack([*parts, line[-1:]])
