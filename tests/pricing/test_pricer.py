"""Searches in several graphs: what they find, however many are looked at together."""

from __future__ import annotations

import numpy as np
import pytest

from solver.network.network import Network
from solver.network.shipments import cargo
from solver.pricing import pricer
from solver.pricing.pricer import Found, Pricer
from solver.pricing.prices import Prices
from solver.rules.rule_set import Diversification
from tests.random_instances import random_instance


def found(seed: int) -> Found:
    """Return the cheapest routes of a random instance at random prices."""
    network = Network(random_instance(seed))
    shipped = cargo(network)
    rules = Diversification(network, shipped)
    random = np.random.default_rng(seed)
    rows = {
        n: float(random.random()) for n, r in enumerate(rules.rows) if not r.is_lifted
    }
    prices = Prices(random.random(len(network.limits)), rows)
    return Pricer(network, shipped, rules).search(prices, np.full(len(shipped), np.inf))


@pytest.mark.parametrize("seed", range(8))
def test_graphs_searched_together_give_what_each_gives_alone(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Least costs and routes are the same, in the same order."""
    together = found(seed)
    monkeypatch.setattr(pricer, "MOST_TOGETHER", 0)
    alone = found(seed)
    assert np.array_equal(together.value, alone.value)
    assert np.array_equal(together.routes_value, alone.routes_value)
    for own in ("shipment", "starts", "elements"):
        assert np.array_equal(getattr(together.routes, own), getattr(alone.routes, own))
