"""Label search: exact where a plain search is not."""

from __future__ import annotations

import numpy as np

from solver.network.network import Network
from solver.pricing.labels import Elementary, Query, Touch
from tests.build import build_instance

DEMAND = [{"product": "p", "origin": "A", "market": "D", "quantity": 1.0}]


def network(*legs: tuple[str, str, float, float]) -> Network:
    """Return a network of legs (from, to, cost, days)."""
    rows = [{"from": a, "to": b, "cost": c, "days": d} for a, b, c, d in legs]
    return Network(build_instance(legs=rows, demand=DEMAND))


def best(net: Network, touches: list[Touch], max_days: float = np.inf) -> object:
    """Return value and node names of the best route from A to D."""
    query = Query(
        pairs=[(net.node_index["A"], net.node_index["D"])],
        step_cost=net.steps.cost[0],
        corridor=np.zeros(1),
        touches=touches,
        max_days=max_days,
        upper=np.inf,
    )
    answer = Elementary(net).best(query)
    if answer is None:
        return None
    nodes = ["A", *(net.node_names[net.head[e]] for e in answer[1])]
    return round(answer[0], 9), "".join(nodes)


def touch(net: Network, leg: int, price: float) -> Touch:
    """Return a price for touching one leg."""
    steps = np.zeros(net.num_steps, dtype=bool)
    steps[leg] = True
    return Touch(price, steps, np.zeros(net.num_nodes, dtype=bool))


def test_the_cheapest_route_within_its_days_is_found() -> None:
    """A-B-D costs 2 in 9 days, A-C-D 5 in 4, A-D 9 in 1."""
    net = network(
        ("A", "B", 1, 4),
        ("B", "D", 1, 5),
        ("A", "C", 2, 2),
        ("C", "D", 3, 2),
        ("A", "D", 9, 1),
    )
    assert best(net, []) == (2.0, "ABD")
    assert best(net, [], 9) == (2.0, "ABD")
    assert best(net, [], 8.5) == (5.0, "ACD")
    assert best(net, [], 3) == (9.0, "AD")
    assert best(net, [], 0.5) is None


def test_a_reward_is_not_fetched_by_a_detour_that_returns() -> None:
    """Touching B-A earns 8, but a route that takes it visits A twice."""
    net = network(
        ("A", "B", 1, 0), ("B", "A", 1, 0), ("A", "D", 3, 0), ("B", "D", 5, 0)
    )
    assert best(net, [touch(net, 1, -8.0)]) == (3.0, "AD")
    assert best(net, [touch(net, 0, -8.0)]) == (-2.0, "ABD")


def test_a_charge_is_paid_once() -> None:
    """Both legs of A-B-D carry the value; its charge of 2 counts once: 1 + 1 + 2."""
    net = network(("A", "B", 1, 0), ("B", "D", 1, 0), ("A", "D", 5, 0))
    steps = np.zeros(net.num_steps, dtype=bool)
    steps[:2] = True
    both = Touch(2.0, steps, np.zeros(net.num_nodes, dtype=bool))
    assert best(net, [both]) == (4.0, "ABD")


def test_a_value_of_the_ends_does_not_count() -> None:
    """A charge that the start node makes not count is not paid."""
    net = network(("A", "B", 1, 0), ("B", "D", 1, 0), ("A", "D", 5, 0))
    steps = np.zeros(net.num_steps, dtype=bool)
    steps[0] = True
    ends = np.zeros(net.num_nodes, dtype=bool)
    ends[net.node_index["A"]] = True
    assert best(net, [Touch(9.0, steps, ends)]) == (2.0, "ABD")
