"""Ways over water: cheapest paths on a raster where land costs far more than sea."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from solver.reports.page.ground.outlines import land_rings
from solver.reports.page.ground.shapes import sampled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats, Ints, Mask
    from solver.reports.page.ground.frame import Frame
    from solver.reports.page.ground.projection import Projection


CELL = 5.0
"""Pixels across a cell of the raster."""

_BEYOND = 240.0
"""Pixels around the frame that ways may use."""
_LAND, _SHORE = 40.0, 1.8
"""Cost of a cell of land, and of water beside land; open water costs 1."""
_SLACK = 1.01
"""How much a straight stretch may cost, against the way on the raster."""
_STRIDES = (160, 120, 90, 64, 48, 34, 24, 17, 12, 8, 6, 4, 3, 2, 1)
"""Cells over which a straight stretch is tried, the longest first."""
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))


@dataclass(frozen=True, slots=True, eq=False)
class Waters:
    """A raster of what it costs to cross each cell.

    Parameters
    ----------
    cost : ndarray of float, shape (rows, columns)
        1 for open water.
    graph : sparse matrix, shape (cells, cells)
        Costs between neighbouring cells.
    """

    cost: Floats
    graph: sparse.csr_array

    def ways(self, pairs: Sequence[tuple[int, int]], places: Floats) -> list[Floats]:
        """Return the way of each pair of places, as a line in pixels.

        Parameters
        ----------
        pairs : sequence of (int, int)
            Where each starts and ends, as rows of `places`.
        places : ndarray of float, shape (n, 2)
            Pixels in the frame.
        """
        cells = self._cells(places)
        starts = sorted({start for start, _ in pairs})
        sources = cells[starts] if starts else np.empty(0, dtype=int)
        before: Mapping[int, Ints] = {}
        if starts:
            _, found = csgraph.dijkstra(
                self.graph, indices=sources, return_predecessors=True
            )
            before = dict(zip(starts, found, strict=True))
        return [
            self._line(self._trace(before[start], cells[end]), places[[start, end]])
            for start, end in pairs
        ]

    def on_land(self, line: Floats) -> float:
        """Return the part of a line's length that is over land."""
        cells = self._cells(sampled(line, CELL))
        return float((self.cost.ravel()[cells] == _LAND).mean())

    def _cells(self, places: Floats) -> Ints:
        """Return the cell of each place."""
        rows, columns = self.cost.shape
        steps = np.floor((places + _BEYOND) / CELL).astype(int)
        x, y = steps.T.clip(0, np.array([[columns - 1], [rows - 1]]))
        return np.asarray(y * columns + x)

    def _trace(self, before: Ints, end: int) -> Ints:
        cells = [int(end)]
        while (earlier := int(before[cells[-1]])) >= 0:
            cells.append(earlier)
        return np.array(cells[::-1])

    def _line(self, cells: Ints, ends: Floats) -> Floats:
        """Return the middles of the cells where a way turns, between its ends."""
        y, x = np.divmod(cells, self.cost.shape[1])
        points = (np.column_stack([x, y]) + 0.5) * CELL - _BEYOND
        points = np.vstack([ends[:1], points[1:-1], ends[1:]])
        return points[self._corners(points)]

    def _corners(self, points: Floats) -> list[int]:
        """Return the points left when stretches are pulled straight over water."""
        spent = np.concatenate(
            [[0.0], np.cumsum([self._straight(a, b) for a, b in pairwise(points)])]
        )
        kept, last = [0], len(points) - 1
        while kept[-1] < last:
            here = kept[-1]
            kept.append(
                next(
                    there
                    for step in _STRIDES
                    if (there := min(last, here + step)) == here + 1
                    or self._straight(points[here], points[there])
                    <= _SLACK * (spent[there] - spent[here])
                )
            )
        return kept

    def _straight(self, start: Floats, end: Floats) -> float:
        """Return what a straight stretch costs, in pixels of open water."""
        length = float(np.hypot(*(end - start)))
        part = (np.arange(max(1, round(length / CELL * 2))) + 0.5)[:, None]
        inside = start + part / len(part) * (end - start)
        return length * float(self.cost.ravel()[self._cells(inside)].mean())


def waters(projection: Projection, frame: Frame) -> Waters:
    """Return the raster of a frame and its surroundings."""
    land = _land(projection, frame)
    near = land.copy()
    near[1:] |= land[:-1]
    near[:-1] |= land[1:]
    near[:, 1:] |= land[:, :-1]
    near[:, :-1] |= land[:, 1:]
    cost = np.where(land, _LAND, np.where(near, _SHORE, 1.0))
    return Waters(cost, _graph(cost))


def _land(projection: Projection, frame: Frame) -> Mask:
    """Return which cells have their middle on land."""
    width, height = frame.size
    rows = int((height + 2 * _BEYOND) // CELL) + 1
    columns = int((width + 2 * _BEYOND) // CELL) + 1
    parity = np.zeros((rows, columns + 1), dtype=np.int64)
    for ring in land_rings(projection, frame, _BEYOND):
        _toggle(parity, (ring + _BEYOND) / CELL - 0.5)
    return np.asarray(np.cumsum(parity, axis=1)[:, :columns] % 2 == 1)


def _toggle(parity: Ints, ring: Floats) -> None:
    """Count where each row of the raster meets the edges of a ring."""
    start, end = ring, np.roll(ring, -1, axis=0)
    low = np.ceil(np.minimum(start[:, 1], end[:, 1])).astype(int)
    high = np.ceil(np.maximum(start[:, 1], end[:, 1])).astype(int)
    count = high - low
    edge = np.repeat(np.arange(len(ring)), count)
    row = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    row += np.repeat(low, count)
    span = end[edge] - start[edge]
    x = start[edge, 0] + (row - start[edge, 1]) * span[:, 0] / span[:, 1]
    column = np.clip(np.ceil(x), 0, parity.shape[1] - 1).astype(int)
    within = (row >= 0) & (row < len(parity))
    np.add.at(parity, (row[within], column[within]), 1)


def _graph(cost: Floats) -> sparse.csr_array:
    rows, columns = cost.shape
    number = np.arange(rows * columns).reshape(rows, columns)
    starts, ends, weights = [], [], []
    for down, across in _NEIGHBOURS:
        here = np.s_[: rows - down, max(0, -across) : columns - max(0, across)]
        there = np.s_[down:, max(0, across) : columns - max(0, -across)]
        length = float(np.hypot(down, across))
        starts.append(number[here].ravel())
        ends.append(number[there].ravel())
        weights.append((length * (cost[here] + cost[there]) / 2).ravel())
    start, end = np.concatenate(starts), np.concatenate(ends)
    weight = np.concatenate(weights)
    both = (np.concatenate([start, end]), np.concatenate([end, start]))
    return sparse.csr_array(
        (np.concatenate([weight, weight]), both), shape=(number.size, number.size)
    )
