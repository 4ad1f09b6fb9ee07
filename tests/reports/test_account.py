"""Flows that tables do not tell apart, as one: alike in route, period and product."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solver.network.network import Network
from solver.network.routes import Routes, routes_of_plan
from solver.network.shipments import cargo
from solver.reports.account import merged_flows
from solver.solution.plan import Plan
from tests.build import build_instance

LEGS = [
    {"leg": "north", "from": "A", "to": "B", "cost": 1.0},
    {"leg": "south", "from": "A", "to": "B", "cost": 1.0},
]
ROW = {"product": "wheat", "origin": "A", "market": "B", "quantity": 10.0}


def routes(products: list[dict[str, Any]], *legs: int) -> Routes:
    """Return the routes of flows, one of each product, over a leg each."""
    demand = [{**ROW, "product": own["product"]} for own in products]
    network = Network(build_instance(LEGS, demand, products=products))
    plan = Plan(
        shipment=np.arange(len(legs)),
        quantity=np.full(len(legs), 10.0),
        starts=np.arange(len(legs) + 1),
        elements=np.array(legs),
        unmet=np.zeros(len(legs)),
    )
    return routes_of_plan(network, cargo(network), plan)


def test_flows_of_products_alike_on_one_route_are_merged() -> None:
    """Wheat and rye by the north are one, rye by the south is another."""
    grain = [{"product": own, "group": "grain"} for own in ("wheat", "rye", "oats")]
    merged = merged_flows(routes(grain, 0, 0, 1))
    assert merged.kind.tolist() == [0, 0, 1]
    assert merged.routes.elements.tolist() == [0, 1]
    assert merged.sums(np.array([1.0, 2.0, 4.0])).tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    "other", [{"group": "metals"}, {"group": "grain", "time_value": 2.0}]
)
def test_flows_of_other_products_stay_apart(other: dict[str, Any]) -> None:
    """A table tells groups apart, and what takes the same route may pay differently."""
    products = [
        {"product": "wheat", "group": "grain", "time_value": 1.0},
        {"product": "steel", "time_value": 1.0, **other},
    ]
    merged = merged_flows(routes(products, 0, 0))
    assert len(merged.routes) == 2


def test_a_plan_without_flows_has_nothing_to_merge() -> None:
    """All cargo stays unmet."""
    merged = merged_flows(routes([{"product": "wheat"}]))
    assert len(merged.routes) == 0
    assert merged.sums(np.zeros(0)).tolist() == []
