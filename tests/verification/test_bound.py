"""Bounds where the cheapest walk is no route, or values count once."""

from __future__ import annotations

from typing import Any

import pytest

from solver.options import Options
from solver.solution.certificate import Certificate, Stage
from solver.solution.keys import CapacityKey, RowKey, UnmetKey
from solver.tasks.answer import solve
from solver.verification import proof
from solver.verification.bound.labels import NEVER, Arc, Labels, WalkTask
from solver.verification.bound.walks import Toll
from tests.build import build_instance
from tests.oracle import oracle
from tests.verification.test_verify import plan_of

FIRM = UnmetKey(None)
CARGO = [{"product": "grain", "origin": "A", "market": "D", "quantity": 10.0}]


def legs(
    *rows: tuple[str, str, float], **extra: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return legs named by their ends, with a cost each."""
    return [
        {"from": start, "to": end, "cost": cost, **extra.get(f"{start}{end}", {})}
        for start, end, cost in rows
    ]


def arc(tail: int, head: int, cost: int, days: int = 0, touches: int = 0) -> Arc:
    """Return an arc between two nodes."""
    return Arc(tail, head, cost, days, touches, 1 << head)


def task(**changes: Any) -> WalkTask:
    """Return a search from node 0 to node 3."""
    given: dict[str, Any] = {
        "start": 0,
        "end": 3,
        "cost": 0,
        "days": 0,
        "touches": 0,
        "preset": 0,
        "max_days": None,
        "cutoff": NEVER,
    }
    return WalkTask(**{**given, **changes})


SQUARE = [arc(0, 1, 1, 5), arc(1, 3, 1, 5), arc(0, 2, 3, 1), arc(2, 3, 3, 1)]


def test_labels_keep_to_the_time() -> None:
    """The cheap way takes 10 days and costs 2; within 9 it is the dear one, 6."""
    labels = Labels(SQUARE, Toll((), (), 0), 1000)
    assert labels.cheapest(task()) == 2
    assert labels.cheapest(task(max_days=9)) == 6
    assert labels.cheapest(task(max_days=1)) == NEVER
    assert labels.cheapest(task(cutoff=2)) == NEVER


def test_labels_stop_with_a_bound() -> None:
    """A search cut short says less than the truth, never more."""
    labels = Labels(SQUARE, Toll((), (), 0), 1)
    assert labels.cheapest(task(max_days=9)) <= 6


def test_labels_charge_and_reward_once() -> None:
    """Bit 0 costs 10 at its first touch; bit 1 earns 4 once."""
    toll = Toll((10, 0), (0, 4), 0)
    arcs = [
        arc(0, 1, 1, 0, 1),
        arc(1, 3, 1, 0, 1),
        arc(0, 2, 3, 0, 2),
        arc(2, 3, 3, 0, 2),
    ]
    assert Labels(arcs[:2], toll, 1000).cheapest(task()) == 12
    assert Labels(arcs[:2], toll, 1000).cheapest(task(preset=1)) == 2
    assert Labels(arcs, toll, 1000).cheapest(task()) == 2
    assert Labels(arcs, toll, 1000).cheapest(task(preset=2)) == 6
    assert Labels(arcs, Toll((10, 0), (0, 4), 1), 1000).cheapest(task()) == 12


def test_no_detour_earns_a_reward() -> None:
    """To touch X and come back visits B twice, so that no route earns the reward."""
    network = legs(("A", "B", 1.0), ("B", "X", 0.0), ("X", "B", 0.0), ("B", "D", 1.0))
    rule = {"name": "r", "by": "node", "min_share": {"X": 0.5}}
    instance = build_instance(network, CARGO, diversification=(rule,))
    key = RowKey("r", (), "all year", "X", "min")
    plan = plan_of([], [10.0])
    unmet = Stage("unmet", None, {}, {key: 2.0})
    proved = proof(instance, plan, Certificate((unmet, Stage("cost"))))
    assert proved.passed, proved.failures
    assert proved.unmet_bounds[0]["bound"] == 10.0


def test_a_named_route_is_not_met_twice() -> None:
    """The through rate A > B > C leads past B, so no route goes back to it."""
    network = legs(("A", "B", 9.0), ("B", "C", 9.0), ("C", "B", 0.0), ("B", "D", 1.0))
    through = {"route": "express", "via": "A > B > C", "cost": 1.0}
    instance = build_instance(network, CARGO, routes=[through])
    solution = solve(instance, Options())
    proved = proof(instance, solution.plan, solution.certificate)
    assert proved.passed
    assert proved.cost == 100  # A > B > D at 9 + 1, not express, C > B, B > D at 2


def test_own_countries_do_not_count() -> None:
    """A share of D's country charges nobody who ends there."""
    nodes = [
        {"node": "A", "country": "KZ"},
        {"node": "B", "country": "RU"},
        {"node": "D", "country": "RU"},
    ]
    rule = {"name": "r", "by": "country", "max_share": {"RU": 0.0}}
    instance = build_instance(
        legs(("A", "B", 1.0), ("B", "D", 1.0)), CARGO, nodes, diversification=(rule,)
    )
    key = RowKey("r", (), "all year", "RU", "max")
    plan = plan_of([(0, 10.0, [0, 1])])
    stage = Stage("cost", None, {}, {key: 5.0}, {FIRM: 2.0})
    assert proof(instance, plan, Certificate((stage,))).passed


@pytest.mark.parametrize("side", ["max_share", "min_share"])
def test_more_values_than_walks_count(side: str) -> None:
    """Twelve priced nodes at once are counted by labels, and still proved."""
    names = [f"N{number}" for number in range(12)]
    network = [
        leg
        for number, name in enumerate(names)
        for leg in legs(("A", name, 1.0 + number), (name, "D", 1.0))
    ]
    shares = dict.fromkeys(names, 0.1 if side == "max_share" else 0.02)
    rule = {"name": "r", "by": "node", side: shares}
    instance = build_instance(network, CARGO, diversification=(rule,))
    solution = solve(instance, Options())
    assert solution.certificate is not None
    assert len(solution.certificate.stages[-1].rules) > 8
    proved = proof(instance, solution.plan, solution.certificate)
    assert proved.passed, proved.failures
    assert float(proved.cost or 0) == pytest.approx(oracle(instance).cost)


def test_a_limit_over_all_periods() -> None:
    """A joint capacity that counts two legs twice, over both periods together."""
    network = legs(("A", "B", 1.0), ("B", "D", 1.0), ("A", "D", 5.0))
    joint = {"capacity": "K", "legs": "A>B|B>D", "period": "all", "quantity": 30.0}
    instance = build_instance(network, CARGO, capacities=[joint], periods=("1", "2"))
    plan = plan_of(
        [(0, 10.0, [0, 1]), (1, 5.0, [0, 1]), (1, 5.0, [2])],
        [0.0, 0.0],
    )
    stage = Stage(
        "cost", None, {CapacityKey("capacity", "K", "all"): 1.5}, {}, {FIRM: 5.0}
    )
    proved = proof(instance, plan, Certificate((stage,)))
    assert proved.passed, proved.failures  # 20 times 5, less 1.5 times 30, is 55
    assert proved.cost == 55
