"""The trust region of prices: how it moves, grows and shrinks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from solver.solving.start.boxstep import TrustRegion


@pytest.mark.parametrize(
    ("bound", "reach", "centre"),
    [
        (1.95, 100.0, 1.0),
        (1.6, 20.0, 1.0),
        (1.2, 5.0, 1.0),
        (1.05, 0.8, 1.0),
        (0.5, 0.8, 0.0),
        (-1.0, 0.4, 0.0),
    ],
)
def test_the_more_of_the_gain_comes_the_further_it_reaches(
    bound: float, reach: float, centre: float
) -> None:
    """A price at the border may go further if a gain of 1 was expected; 0.1 is poor."""
    sums: Any = SimpleNamespace(most=np.full(2, np.inf), is_level=np.zeros(2, bool))
    region = TrustRegion(sums, np.zeros(2), np.ones(2), 1.0)
    found: Any = SimpleNamespace(cost=2.0, prices=np.array([1.0, 0.5]))
    region.learn(found, found.prices, bound)
    assert region.reach[0] == pytest.approx(reach)
    assert region.reach[1] == pytest.approx(min(reach, 1.0))
    assert region.centre[0] == centre
    assert region.bound == max(bound, 1.0)
