"""Searches whose bounds and routes are kept."""

from __future__ import annotations

import numpy as np

from solver.pricing.prices import Prices
from solver.solving.prepared import Prepared
from solver.solving.start.bounding_search import BoundingSearch
from tests.build import build_instance


def test_the_most_frequent_route_of_a_shipment_comes_first() -> None:
    """One search finds the near leg cheapest, and three at a price of it the far one.

    The best bound is that at a price of 2: 12 t cost 3 each, less 2 for 4 t of room.
    """
    legs = [
        {"leg": "near", "from": "A", "to": "B", "cost": 1.0, "capacity": 4.0},
        {"leg": "far", "from": "A", "to": "B", "cost": 4.0},
    ]
    rows = [
        {"product": f"p{n}", "origin": "A", "market": "B", "quantity": 2.0}
        for n in range(6)
    ]
    search = BoundingSearch(Prepared(build_instance(legs, rows)).pricer)
    bounds = [search(Prices(np.array([p]), {}))[1] for p in (2.0, 5.0, 6.0, 7.0)]
    assert bounds == [36.0 - 8.0, 48.0 - 20.0, 48.0 - 24.0, 48.0 - 28.0]
    assert search.best_bound == 28.0
    routes, share = search.averaged()
    assert routes.shipment.tolist() == [n for n in range(6) for _ in range(2)]
    assert routes.cost.tolist() == [4.0, 1.0] * 6
    assert share.tolist() == [0.75, 0.25] * 6
