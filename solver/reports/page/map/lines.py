"""The line of each leg: straight on land, bent at sea, or along its own path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.ground.shapes import arc
from solver.reports.page.ground.water import waters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats
    from solver.reports.page.ground.frame import Frame
    from solver.reports.page.ground.projection import Projection


AT_SEA = frozenset(
    {"sea", "ferry", "ship", "vessel", "short sea", "ocean", "maritime", "water"}
)
"""Modes whose legs are drawn over water, dashed and bent."""

_MOST_WAYS = 400
"""Sea legs for which a way over water is sought; the others are arcs."""
_MOST_LAND = 0.3
"""Part of a way over land beyond which an arc is as good."""


def is_sea(mode: str) -> bool:
    """Whether a mode goes over water."""
    return mode.strip().lower().replace("-", " ").replace("_", " ") in AT_SEA


class LegLines:
    """Lines of legs in a frame, each made when it is first asked for.

    Parameters
    ----------
    projection, frame
        Of the map.
    """

    def __init__(self, projection: Projection, frame: Frame) -> None:
        self._projection, self._frame = projection, frame

    def along(
        self, start: Floats, points: Sequence[tuple[float, float]], end: Floats
    ) -> Floats:
        """Return a line from start to end by points of latitude and longitude."""
        plane = self._projection.project(np.array(points))
        return np.vstack([start, self._frame.place(plane), end])

    def at_sea(self, pairs: Mapping[int, tuple[Floats, Floats]]) -> dict[int, Floats]:
        """Return lines over water, by the key of each pair of ends."""
        if not pairs:
            return {}
        sought = dict(list(pairs.items())[:_MOST_WAYS])
        places = np.array([place for pair in sought.values() for place in pair])
        known, index = np.unique(np.round(places, 1), axis=0, return_inverse=True)
        numbers = index.reshape(-1, 2).tolist()
        sea = waters(self._projection, self._frame)
        found = sea.ways([(a, b) for a, b in numbers], known)
        lines = {}
        for key, line in zip(sought, found, strict=True):
            bent = len(line) > 2 and sea.on_land(line) < _MOST_LAND  # noqa: PLR2004
            lines[key] = line if bent else arc(*sought[key])
        arcs = {key: arc(*pair) for key, pair in pairs.items() if key not in sought}
        return {**lines, **arcs}
