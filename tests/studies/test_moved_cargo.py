"""What moved between two plans, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.studies.moved_cargo import between, demand_moves, left_and_came, net_moves

WAYS = {
    "rail": ["RU"],
    "ferry": ["AZ", "GE"],
    "road": ["AZ", "TR"],
}
"""Countries of three routes."""


def table(*rows: tuple[str, str, float]) -> dict[str, np.ndarray[Any, Any]]:
    """Return flows: product, route and quantity."""
    size = len(rows)
    text = {name: [""] * size for name in ("demand", "origin", "market", "period")}
    text["product"] = [product for product, _, _ in rows]
    text["legs"] = [legs for _, legs, _ in rows]
    columns = {name: np.array(own, dtype=object) for name, own in text.items()}
    return {**columns, "quantity": np.array([size for _, _, size in rows])}


def test_what_changes_its_route_moves() -> None:
    """Grain leaves the rail for two other ways; steel stays; coal grows."""
    first = table(("grain", "rail", 10), ("steel", "rail", 5), ("coal", "rail", 5))
    second = table(("grain", "ferry", 6), ("grain", "road", 4), ("steel", "rail", 5))
    moves = demand_moves(first, second)
    assert [(move.key[1], move.quantity) for move in moves] == [
        ("grain", 10.0),
        ("coal", 0.0),
    ]
    assert moves[0].less == {"rail": 10.0}
    assert moves[0].more == {"ferry": 6.0, "road": 4.0}


def test_cargo_leaves_countries_and_comes_to_others() -> None:
    """Ten leave one country for another, and pass one of two more."""
    first, second = table(("grain", "rail", 10)), table(("grain", "ferry", 10))
    nets = [net_moves(move, WAYS, WAYS) for move in demand_moves(first, second)]
    assert left_and_came(nets) == ({"RU": 10.0}, {"AZ": 10.0, "GE": 10.0})


def test_what_passes_a_country_before_and_after_stays_there() -> None:
    """From the ferry to the road: Azerbaijan sees it still."""
    first, second = table(("grain", "ferry", 10)), table(("grain", "road", 10))
    nets = [net_moves(move, WAYS, WAYS) for move in demand_moves(first, second)]
    assert left_and_came(nets) == ({"GE": 10.0}, {"TR": 10.0})


def test_more_demand_alone_moves_nothing() -> None:
    """What was by rail stays there; the rest is new."""
    first = table(("grain", "rail", 10))
    second = table(("grain", "rail", 10), ("grain", "ferry", 7))
    (move,) = demand_moves(first, second)
    assert move.quantity == 0.0
    assert net_moves(move, WAYS, WAYS) == {}


def test_where_some_moves_and_some_is_new_only_what_left_came() -> None:
    """Four leave the rail, eleven are more elsewhere: four of them moved."""
    first = table(("grain", "rail", 10))
    second = table(("grain", "rail", 6), ("grain", "ferry", 11))
    (move,) = demand_moves(first, second)
    assert move.quantity == 4.0
    net = net_moves(move, WAYS, WAYS)
    assert net == {"RU": -4.0, "AZ": 4.0, "GE": 4.0}


def test_pairs_are_in_proportion() -> None:
    """Ten from one corridor: six to one, four to another."""
    nets = [{"north": -10.0, "south": 6.0, "west": 4.0}]
    assert between(nets) == {("north", "south"): 6.0, ("north", "west"): 4.0}
