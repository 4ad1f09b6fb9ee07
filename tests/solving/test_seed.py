"""What a start leaves: of very many routes those that carry most."""

from __future__ import annotations

import numpy as np
import pytest

from solver.options import Options
from solver.solving import solve as solving
from solver.solving.prepared import Prepared
from solver.solving.start import first_routes, seed
from solver.solving.start.seed import Seed
from solver.tasks.answer import solve
from tests.solving.test_origin_flows import grid
from tests.solving.test_plan_to_decimals import drawn, full_harbours, ways_of


def test_the_model_begins_with_five_further_routes_for_each_shipment() -> None:
    """Of ten further ways of two origins the ten largest, whichever these are of."""
    ways = [(origin, harbour) for origin in range(2) for harbour in range(11)]
    sent = drawn(1, ways)
    routes = ways_of(Prepared(full_harbours(sent)), sent)
    first = np.array([0, 11])
    others = np.setdiff1d(np.arange(22), first)
    share = np.random.default_rng(1).permutation(20) / 100
    start = Seed(
        first=routes.chosen(first),
        more=routes.chosen(others),
        unsettled=np.zeros(0, dtype=int),
        limits=np.zeros(0, dtype=int),
        rules={},
        best=None,
        shares=(np.ones(2), share),
        is_near=True,
    )
    wanted = routes.chosen(others[share >= 0.1]).fingerprint
    assert start.likely.fingerprint.tolist() == wanted.tolist()


@pytest.mark.parametrize("number", range(8))
def test_routes_that_are_left_out_are_found_again(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no further route at all a search finds those that the plan takes."""
    instance = grid(number)
    monkeypatch.setattr(solving, "MANY", 1)
    monkeypatch.setattr(first_routes, "VERY_MANY_BROKEN", 0)
    usual = solve(instance, Options(sensitivity="none"))
    monkeypatch.setattr(seed, "MOST_FURTHER", 0)
    without = solve(instance, Options(sensitivity="none"))
    assert without.status is usual.status
    assert without.proved.objective == pytest.approx(usual.proved.objective, rel=1e-6)
