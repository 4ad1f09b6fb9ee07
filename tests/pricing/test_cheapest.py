"""Cheapest routes in trees: what they put on steps, and what they are when traced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.network.network import Network
from solver.network.shipments import cargo
from solver.pricing import pricer, trees
from solver.pricing.cheapest import Cheapest, CheapestInTrees
from solver.pricing.pricer import Pricer
from solver.pricing.prices import Prices
from solver.rules.rule_set import Diversification
from tests.build import build_instance
from tests.solving.test_origin_flows import grid

if TYPE_CHECKING:
    from solver.arrays import Floats


def at_random_prices(seed: int) -> tuple[Pricer, Prices, Floats]:
    """Return what searches a random grid, prices, and thresholds."""
    network = Network(grid(seed))
    shipped = cargo(network)
    random = np.random.default_rng(seed)
    prices = Prices(3.0 * random.random(len(network.limits)), {})
    rules = Diversification(network, shipped)
    threshold = np.minimum(shipped.unmet_cost, 20.0)
    return Pricer(network, shipped, rules), prices, threshold


def found(seed: int) -> Cheapest:
    """Return the cheapest routes of a random grid at random prices."""
    searching, prices, threshold = at_random_prices(seed)
    return searching.cheapest(prices, threshold)


@pytest.mark.parametrize("seed", range(6))
def test_values_alone_are_those_of_traced_routes(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every walk back is a route none has to be traced for them."""
    searching, prices, threshold = at_random_prices(seed)
    traced = searching.search(prices, threshold)
    monkeypatch.delattr(Pricer, "search")
    assert np.array_equal(searching.values(prices, threshold), traced.value)


@pytest.mark.parametrize("nodes", [0, 1000])
@pytest.mark.parametrize("marked", [0, trees.MOST_MARKED])
@pytest.mark.parametrize("seed", range(6))
def test_trees_give_what_traced_routes_give(
    seed: int, marked: int, nodes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same routes and costs, and the same loads of whatever groups.

    Whether loads are summed over trees, or pairs walked back.
    """
    monkeypatch.setattr(trees, "MOST_MARKED", marked)
    monkeypatch.setattr(trees, "MOST_NODES_PER_PAIR", nodes)
    in_trees = found(seed)
    monkeypatch.setattr(pricer, "MOST_NODES_KEPT", 0)
    traced = found(seed)
    assert isinstance(in_trees, CheapestInTrees)
    assert not isinstance(traced, CheapestInTrees)
    assert np.array_equal(in_trees.value, traced.value)
    for own in ("shipment", "starts", "elements"):
        one, other = getattr(in_trees.routes, own), getattr(traced.routes, own)
        assert np.array_equal(one, other)
    shipments = np.arange(len(traced.cargo))
    for count in (1, 2, 3):
        loads = [one.step_loads(shipments % count, count) for one in (in_trees, traced)]
        assert loads[0].toarray() == pytest.approx(loads[1].toarray())
    chosen = shipments % 2 == 0
    assert set(in_trees.of(chosen).shipment) <= set(shipments[chosen])
    assert len(in_trees.of(chosen)) == len(traced.of(chosen))


def test_of_ways_that_cost_the_same_one_is_taken() -> None:
    """Each of two corridors, and each of two nodes of the origin, costs 2."""
    legs = [
        {"leg": f"{place} {corridor}", "from": place, "to": "M", "cost": 2.0}
        | {"corridor": corridor}
        for corridor in ("north", "south")
        for place in ("P1", "P2")
    ]
    nodes = [{"node": place, "node_group": "P"} for place in ("P1", "P2")]
    nodes.append({"node": "M"})
    row = {"product": "ore", "origin": "P", "market": "M", "quantity": 3.0}
    network = Network(build_instance(legs, [row], nodes=nodes))
    shipped = cargo(network)
    own = Pricer(network, shipped, Diversification(network, shipped))
    one = own.cheapest(Prices(np.zeros(0), {}), np.full(1, np.inf))
    assert isinstance(one, CheapestInTrees)
    assert one.value.tolist() == [2.0]
    assert one.routes.shipment.tolist() == [0]
    assert float(one.step_loads(np.zeros(1, dtype=int), 1).sum()) == 6.0
