"""Shortages that have nothing to do with each other stand apart; others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.options import Options
from solver.pricing.prices import Prices
from solver.reports.shortage import shortage_rows, with_sets
from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.studies.repair.shortage import Shortage, shortages
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.build import build_instance
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance
from tests.reports.test_shortage import with_limits_alone

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from tests.build import Row

COLD = Options(sensitivity="none")


def found(instance: Instance) -> tuple[Shortage, ...]:
    """Return the shortages of an instance."""
    result = run(instance, COLD, Clock()).result
    return shortages(Prepared(instance), result.plan, result.certificate)


def leg(start: str, end: str, capacity: float | None = None) -> Row:
    """Return a leg."""
    return {"from": start, "to": end, "cost": 1.0, "capacity": capacity}


def wanted(start: str, end: str, quantity: float) -> Row:
    """Return demand for cargo from one node to another."""
    return {"product": "x", "origin": start, "market": end, "quantity": quantity}


def told(own: tuple[Shortage, ...]) -> list[tuple[float, list[str]]]:
    """Bound and limits of each shortage."""
    return [(s.bound, sorted(limit.key.name for limit in s.limits)) for s in own]


def test_two_ways_that_share_nothing_are_two_shortages() -> None:
    """Of 30 t 10 pass from A to B; of 9 t 4 pass from C to D."""
    instance = build_instance(
        [leg("A", "B", 10.0), leg("C", "D", 4.0)],
        [wanted("A", "B", 30.0), wanted("C", "D", 9.0), wanted("D", "C", 7.0)],
    )
    own = found(instance)
    assert told(own) == [(20.0, ["A>B"]), (5.0, ["C>D"])]
    assert [s.unmet for s in own] == [20.0, 5.0]


def test_a_cut_of_two_legs_is_one_shortage() -> None:
    """What cannot take the one would take the other: neither keeps it alone."""
    instance = build_instance(
        [leg("A", "B", 10.0), leg("A", "M"), leg("M", "B", 4.0)],
        [wanted("A", "B", 30.0)],
    )
    assert told(found(instance)) == [(16.0, ["A>B", "M>B"])]


def test_cargo_that_may_take_either_of_two_ways_joins_them() -> None:
    """From A only over P, from C only over Q, from E over either."""
    legs = [leg("A", "P"), leg("C", "Q"), leg("E", "P"), leg("E", "Q")]
    ends = [leg("P", "B", 5.0), leg("Q", "B", 5.0)]
    demand = [wanted("A", "B", 6.0), wanted("C", "B", 6.0), wanted("E", "B", 6.0)]
    assert told(found(build_instance([*legs, *ends], demand))) == [
        (8.0, ["P>B", "Q>B"])
    ]


@pytest.mark.parametrize("seed", [1, 2, 5, 9, 11, 12, 20, 27])
def test_lifting_all_others_leaves_each_shortage(seed: int) -> None:
    """Each of the first class alone; and together they are all of it."""
    for make in (random_instance, random_rules_instance):
        instance = make(seed)
        result = run(instance, COLD, Clock()).result
        if result.summary["status"] != Status.UNMET:
            continue
        sets = shortages(Prepared(instance), result.plan, result.certificate)
        rows = with_sets(shortage_rows(result, instance), sets, instance)
        margin = 1e-6 * max(1.0, float(instance.shipments.quantity.sum()))
        for row in rows[:1]:
            whole = row["bound"] - row["without_route"]
            assert sum(own["bound"] for own in row["sets"]) >= whole - margin
            for own in row["sets"]:
                assert _left(instance, own, row["priority"]) >= own["bound"] - margin


def _left(instance: Instance, own: dict[str, Any], priority: int | None) -> float:
    """Return what a class leaves with the limits of one set alone."""
    lifted = with_limits_alone(instance, own)
    plan = run(lifted, COLD, Clock()).result.plan
    assert plan is not None
    known = Prepared(instance)
    number = known.cargo.classes.index(priority)
    routed = np.isfinite(_reach(known))
    return float(plan.unmet[(known.cargo.unmet_class == number) & routed].sum())


def _reach(known: Prepared) -> np.ndarray[Any, Any]:
    """Return 0 for cargo that has a route, and else no end."""
    free = Prices(np.zeros(len(known.network.limits)), {}, money=0.0)
    return known.pricer.search(free, np.full(len(known.cargo), np.inf)).value
