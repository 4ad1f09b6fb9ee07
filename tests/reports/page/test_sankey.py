"""Flows between four columns: what goes in comes out."""

from __future__ import annotations

import numpy as np
import pytest

from solver.reports.page.pictures.sankey import gathered, sankey
from solver.reports.page.text import TextScale

SCALE = TextScale("t", 1.0)


def test_every_column_sums_to_what_is_carried() -> None:
    """With 40 origins, those beyond the 24 largest are one value."""
    columns = [
        [f"origin {n}" for n in range(40)],
        ["north" if n % 2 else "south" for n in range(40)],
        ["gate"] * 40,
        [f"market {n % 3}" for n in range(40)],
    ]
    quantity = np.arange(1.0, 41.0)
    stops = gathered(columns, quantity)
    assert len(stops.names[0]) == 25
    assert stops.names[0][-1] == "other (16)"
    picture = sankey(stops, {"north": "k0", "south": "k1"}, SCALE)
    heights: dict[int, float] = {}
    for bar in picture.bars:
        heights[bar.x] = heights.get(bar.x, 0.0) + bar.height
    assert len(heights) == 4
    assert len({round(height) for height in heights.values()}) == 1
    total = sum(link[3] for link in picture.links)
    assert total == pytest.approx(3 * quantity.sum())


def test_bars_of_a_column_keep_apart() -> None:
    """The smallest value still has room for its name."""
    columns = [["a", "b", "c"], ["x"] * 3, ["g"] * 3, ["m"] * 3]
    stops = gathered(columns, np.array([1e6, 1.0, 1.0]))
    picture = sankey(stops, {}, SCALE)
    first = sorted(bar.text_y for bar in picture.bars if bar.x == picture.bars[0].x)
    assert min(np.diff(first)) >= 15
