"""Make `solver/reports/page/outlines.json`: the coasts and borders that maps show.

They are Natural Earth's at 1:50 million (public domain), by way of the npm package
world-atlas 2.0.2 (ISC), simplified until a page can hold them.

npm pack world-atlas@2.0.2
tar xzf world-atlas-2.0.2.tgz
python docs/outlines.py package/countries-50m.json
"""

from __future__ import annotations

import heapq
import json
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]

TARGET = Path(__file__).parent.parent / "solver" / "reports" / "page" / "outlines.json"
GRID = 0.02
"""Degrees between the points that are kept."""
LEAST_AREA = 0.005
"""Square degrees of the smallest triangle that is kept (Visvalingam)."""
RING = 4
"""Points of the smallest ring, its first one twice."""


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the arcs of a TopoJSON document in degrees."""
    (scale_x, scale_y) = topology["transform"]["scale"]
    (west, south) = topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + west, y * scale_y + south))
        arcs.append(points)
    return arcs


def simplified(points: list[Point]) -> list[Point]:
    """Return a line without the points that span the smallest triangles.

    References
    ----------
    Visvalingam, M., Whyatt, J. D. (1993). Line generalisation by repeated
    elimination of points. The Cartographic Journal 30(1).
    """
    before = list(range(-1, len(points) - 1))
    after = list(range(1, len(points) + 1))
    area: dict[int, float] = {}

    def measure(middle: int) -> float:
        (x1, y1), (x2, y2), (x3, y3) = (
            points[before[middle]],
            points[middle],
            points[after[middle]],
        )
        return abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) / 2

    for middle in range(1, len(points) - 1):
        area[middle] = measure(middle)
    queue = [(size, middle) for middle, size in area.items()]
    heapq.heapify(queue)
    while queue:
        size, middle = heapq.heappop(queue)
        if area.get(middle) != size:
            continue
        if size >= LEAST_AREA:
            break
        del area[middle]
        after[before[middle]], before[after[middle]] = after[middle], before[middle]
        for beside in (before[middle], after[middle]):
            if beside in area:
                area[beside] = max(size, measure(beside))
                heapq.heappush(queue, (area[beside], beside))
    return [points[0], *(points[n] for n in sorted(area)), points[-1]]


def on_grid(points: list[Point]) -> list[tuple[int, int]]:
    """Return points in grid steps, without repetitions."""
    steps = [(round(x / GRID), round(y / GRID)) for x, y in points]
    return [steps[0], *(b for a, b in pairwise(steps) if a != b)]


def ring(arcs: list[list[Point]], numbers: list[int]) -> list[Point]:
    """Return the points of a ring; a negative number means an arc backwards."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def rings_of(geometry: dict[str, Any]) -> list[list[int]]:
    """Return the rings of a (multi)polygon as numbers of arcs."""
    if geometry["type"] == "Polygon":
        return list(geometry["arcs"])
    if geometry["type"] == "MultiPolygon":
        return [ring for polygon in geometry["arcs"] for ring in polygon]
    return []


def shared(countries: list[dict[str, Any]]) -> list[int]:
    """Return the numbers of the arcs that two countries have in common."""
    users = Counter(
        number if number >= 0 else ~number
        for country in countries
        for arcs in rings_of(country)
        for number in arcs
    )
    return sorted(number for number, count in users.items() if count > 1)


def steps(points: list[tuple[int, int]]) -> list[int]:
    """Return x, y of the first point, then the differences to the next ones."""
    flat = [*points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        flat += [x2 - x1, y2 - y1]
    return flat


def main() -> None:
    """Write the outlines made from the file named on the command line."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = [simplified(arc) for arc in arcs_of(topology)]
    land = [
        on_grid(ring(arcs, numbers))
        for geometry in topology["objects"]["land"]["geometries"]
        for numbers in rings_of(geometry)
    ]
    borders = shared(topology["objects"]["countries"]["geometries"])
    document = {
        "source": "Natural Earth 1:50m, public domain; world-atlas 2.0.2, ISC",
        "grid": GRID,
        "land": [steps(points) for points in land if len(points) >= RING],
        "borders": [steps(on_grid(arcs[number])) for number in borders],
    }
    text = json.dumps(document, separators=(",", ":"))
    TARGET.write_text(text.replace("],[", "],\n[") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
