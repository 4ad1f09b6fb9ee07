"""What passes every leg, node and named route, and at which cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.build import build_instance
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance


def flows(table: dict[str, Any]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Quantity, quantity times distance and cost by kind, name, corridor and group."""
    titles = ("kind", "name", "corridor", "group", "quantity", "tonne_km", "cost")
    rows = zip(*(table[title].tolist() for title in titles), strict=True)
    return {tuple(row[:4]): tuple(row[4:]) for row in rows}


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    """Return the flows of grain by a service A > B > C, and of coal by its legs.

    10 t of grain pay the through rate of 7 and handling of 1 at C, where they end; 4 t
    of coal pay 5 and 6 on the legs, 2 at B and 1 at C. The leg `idle` carries nothing.
    """
    instance = build_instance(
        legs=[
            {
                "leg": "ab",
                "from": "A",
                "to": "B",
                "cost": 5.0,
                "mode": "rail",
                "corridor": "north",
                "distance": 100.0,
            },
            {
                "leg": "bc",
                "from": "B",
                "to": "C",
                "cost": 6.0,
                "mode": "sea",
                "distance": 30.0,
            },
            {"leg": "idle", "from": "A", "to": "C", "cost": 99.0, "mode": "road"},
        ],
        nodes=[{"node": "A"}, {"node": "B", "cost": 2.0}, {"node": "C", "cost": 1.0}],
        products=[{"product": "grain", "group": "food"}, {"product": "coal"}],
        routes=[{"route": "service", "via": "A > B > C", "cost": 7.0}],
        tariffs=[
            {"product": "coal", "leg": "ab", "surcharge": 0.0},
            {"product": "grain", "leg": "idle", "surcharge": 1.0},
            {"product": "coal", "mode": "sea", "surcharge": 0.0},
        ],
        demand=[
            {"product": "grain", "origin": "A", "market": "C", "quantity": 10.0},
            {"product": "coal", "origin": "A", "market": "B", "quantity": 4.0},
        ],
    )
    result = run(instance, Options(sensitivity="none"), Clock()).result
    assert result.summary["cost"] == 10 * 8 + 4 * 7
    return dict(result.tables["flows"])


def test_legs_of_a_named_route_carry_its_quantity_alone(table: dict[str, Any]) -> None:
    """Its through rate and its distance stand with the route, once."""
    found = flows(table)
    assert found["route", "service", "north", "food"] == (10, 1300, 70)
    assert found["leg", "ab", "north", "food"] == (10, 0, 0)
    assert found["leg", "bc", "north", "food"] == (10, 0, 0)
    assert found["leg", "ab", "north", ""] == (4, 400, 20)


def test_nodes_hold_every_visit_and_handling_where_it_is_paid(
    table: dict[str, Any],
) -> None:
    """What is handled inside a named route is part of its price."""
    found = {key: (row[0], row[2]) for key, row in flows(table).items()}
    assert found["node", "A", "north", "food"] == (10, 0)
    assert found["node", "B", "north", "food"] == (10, 0)
    assert found["node", "B", "north", ""] == (4, 8)
    assert found["node", "C", "north", "food"] == (10, 10)


def test_what_nothing_passes_has_one_row(table: dict[str, Any]) -> None:
    """A map shows every leg; its corridor and group are those of no cargo."""
    assert flows(table)["leg", "idle", "", ""] == (0, 0, 0)
    assert table["name"].tolist() == [
        *("ab", "ab", "bc", "idle"),
        *("A", "A", "B", "B", "C"),
        "service",
    ]
    ends = {
        name: (table["from"][n], table["to"][n], table["mode"][n])
        for n, name in enumerate(table["name"])
    }
    assert ends["ab"] == ("A", "B", "rail")
    assert ends["service"] == ("A", "C", "rail|sea")
    assert ends["B"] == ("", "", "")


def test_without_a_distance_there_is_no_sum(table: dict[str, Any]) -> None:
    """A distance that is not known is not taken for none; nodes have none at all."""
    assert np.isnan(table["tonne_km"][table["kind"] == "node"]).all()
    legs = [{"from": "A", "to": "B", "cost": 1.0}]
    demand = [{"product": "coal", "origin": "A", "market": "B", "quantity": 4.0}]
    result = run(
        build_instance(legs, demand), Options(sensitivity="none"), Clock()
    ).result
    assert np.isnan(result.tables["flows"]["tonne_km"][0])


@pytest.mark.parametrize("seed", range(6))
def test_costs_sum_to_those_of_the_plan(seed: int) -> None:
    """What is rounded in each row apart; a run ends only if verification agrees."""
    for make in (random_instance, random_rules_instance):
        result = run(make(seed), Options(sensitivity="none"), Clock()).result
        summary, table = result.summary, result.tables["flows"]
        if summary["cost"] is not None:
            carried = summary["cost"] - summary["cost_parts"]["unmet"]
            rounding = 1e-6 * len(table["cost"])
            assert table["cost"].sum() == pytest.approx(carried, abs=rounding)
