"""Searches in several graphs: what they find, however many are looked at together."""

from __future__ import annotations

import numpy as np
import pytest

from solver.network.network import Network
from solver.network.shipments import cargo
from solver.pricing import pricer, tree_search
from solver.pricing.pricer import Pricer
from solver.pricing.prices import Prices
from solver.pricing.tree_search import Forest, Found, TreeSearch, cheapest
from solver.rules.rule_set import Diversification
from tests.build import build_instance
from tests.random_instances import random_instance


def at_random_prices(seed: int) -> tuple[Pricer, Prices]:
    """Return what searches a random instance, and prices."""
    network = Network(random_instance(seed))
    shipped = cargo(network)
    rules = Diversification(network, shipped)
    random = np.random.default_rng(seed)
    rows = {
        n: float(random.random()) for n, r in enumerate(rules.rows) if not r.is_lifted
    }
    prices = Prices(random.random(len(network.limits)), rows)
    return Pricer(network, shipped, rules), prices


def found(seed: int, *, single: bool = False) -> Found:
    """Return the cheapest routes of a random instance at random prices."""
    searching, prices = at_random_prices(seed)
    most = np.full(len(searching.cargo), np.inf)
    return searching.search(prices, most, single=single)


@pytest.mark.parametrize("seed", range(8))
def test_values_are_those_of_the_routes(seed: int) -> None:
    """With routes of every kind written down, or none at all."""
    searching, prices = at_random_prices(seed)
    most = np.full(len(searching.cargo), np.inf)
    assert np.array_equal(searching.values(prices, most), found(seed).value)


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


@pytest.mark.parametrize("held", [0, pricer.MOST_HELD])
@pytest.mark.parametrize("seed", range(8))
def test_a_single_route_is_the_cheapest_of_all_graphs(
    seed: int, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many trees are held, it is the first that costs the least."""
    monkeypatch.setattr(pricer, "MOST_HELD", held)
    monkeypatch.setattr(pricer, "MOST_TOGETHER", 0)
    every, one = found(seed), found(seed, single=True)
    least = cheapest(every)
    assert np.array_equal(one.value, every.value)
    assert np.array_equal(one.routes_value, least.routes_value)
    for own in ("shipment", "starts", "elements"):
        assert np.array_equal(getattr(one.routes, own), getattr(least.routes, own))


@pytest.mark.parametrize(("of_pair", "forests"), [(0, 1), (10, 2)])
def test_searches_of_many_pairs_are_not_all_held(
    of_pair: int, forests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 40 rows between two nodes in two corridors the pairs take more than trees."""
    monkeypatch.setattr(tree_search, "OF_PAIR", of_pair)
    monkeypatch.setattr(pricer, "MOST_HELD", 300)
    monkeypatch.setattr(pricer, "MOST_TOGETHER", 0)
    legs = [
        {"leg": name, "from": "A", "to": "B", "cost": 1.0, "corridor": name}
        for name in ("north", "south")
    ]
    row = {"product": "ore", "origin": "A", "market": "B", "quantity": 1.0}
    network = Network(build_instance(legs, [row] * 40))
    shipped = cargo(network)
    made: list[Forest] = []

    def forest(searches: list[TreeSearch], count: int) -> Forest:
        made.append(Forest(searches, count))
        return made[-1]

    monkeypatch.setattr(pricer, "Forest", forest)
    rules = Diversification(network, shipped)
    prices, most = Prices(np.zeros(0), {}), np.full(len(shipped), np.inf)
    found = Pricer(network, shipped, rules).search(prices, most, single=True)
    assert (len(found.routes), len(made)) == (40, forests)
