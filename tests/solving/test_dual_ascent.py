"""Prices of an ascent: as many searches as limits are broken, within bounds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.solving.start import dual_ascent
from solver.solving.start.dual_ascent import ascended

if TYPE_CHECKING:
    from solver.pricing.prices import Prices


@pytest.mark.parametrize(("broken", "searches"), [(20, 100), (170, 170), (900, 300)])
def test_more_broken_limits_take_more_searches_and_leave_less_reach(
    broken: int, searches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices are the nearer, and half of twenty parts leave their routes."""
    excess = np.where(np.arange(1000) < broken, 1.0, -1.0)
    monkeypatch.setattr(dual_ascent, "excess_of", lambda _: excess)
    limits = SimpleNamespace(capacity=np.ones(1000))
    routes: Any = SimpleNamespace(network=SimpleNamespace(limits=limits))
    region: Any = SimpleNamespace(
        bound=-1.0, centre=np.zeros(1000), reach=np.zeros(1000)
    )
    asked: list[Prices] = []
    kept: list[Any] = []

    def search(prices: Prices) -> tuple[Any, float]:
        asked.append(prices)
        return routes, float(len(asked))

    ascended(region, routes, search, kept.append, 1.0)
    assert len(asked) == searches + 1
    assert 11 <= len(kept) <= 13
    assert region.reach == pytest.approx(60.0 / searches * region.centre)
