"""Flows by origin: a start that changes nothing but the work."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.options import Options
from solver.problem.edits import with_columns
from solver.solution.status import Status
from solver.solving import solve as solving
from solver.solving.start import dual_ascent
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.random_rules import random_rules_instance

if TYPE_CHECKING:
    from solver.problem.instance import Instance


def grid(seed: int) -> Instance:
    """Return a network of two trunks, with limits that bind and priced demand."""
    random = np.random.default_rng(seed)
    legs, demand = [], []
    for origin in range(4):
        for hub in ("H1", "H2"):
            cost = round(float(random.uniform(1, 9)), 2)
            legs.append({"from": f"O{origin}", "to": hub, "cost": cost})
    for hub, capacity in (("H1", 40.0), ("H2", 70.0)):
        legs.append({"from": hub, "to": f"{hub}x", "cost": 1.0, "capacity": capacity})
        for market in range(3):
            cost = round(float(random.uniform(1, 9)), 2)
            legs.append({"from": f"{hub}x", "to": f"M{market}", "cost": cost})
    for origin in range(4):
        for market in range(3):
            row = {"product": "p", "origin": f"O{origin}", "market": f"M{market}"}
            quantity = round(float(random.uniform(1, 20)), 1)
            price = round(float(random.uniform(5, 25)), 1)
            firm = random.random() < 0.5
            unmet_cost = "firm" if firm else price
            demand.append({**row, "quantity": quantity, "unmet_cost": unmet_cost})
    periods = ("early", "late") if seed % 2 else ("all year",)
    return build_instance(legs, demand, periods=periods)


def dearer(instance: Instance, factor: float) -> Instance:
    """Return an instance whose money is of another size."""
    legs, demand = instance.legs, instance.demand
    tables = {
        "legs": with_columns(legs, {"cost": legs["cost"] * factor}),
        "demand": with_columns(demand, {"unmet_cost": demand["unmet_cost"] * factor}),
    }
    return instance.model_copy(update=tables)


@pytest.mark.parametrize("factor", [2.0**-36, 2.0**-12, 2.0**24])
def test_the_size_of_money_changes_nothing_of_a_start(
    factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many searches and iterations, and the same plan, bit for bit."""
    monkeypatch.setattr(solving, "MANY", 1)
    instance, options = grid(3), Options(sensitivity="none")
    one, other = solve(instance, options), solve(dearer(instance, factor), options)
    assert one.plan is not None
    assert other.plan is not None
    assert astuple(one.counters) == astuple(other.counters)
    assert np.array_equal(one.plan.quantity, other.plan.quantity)


@pytest.mark.parametrize("seed", range(40))
def test_a_start_with_origin_groups_finds_the_same_cost(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever binds, and whether anything stays unmet."""
    instance = grid(seed)
    plain = solve(instance, Options())
    monkeypatch.setattr(solving, "MANY", 1)
    by_flows = solve(instance, Options())
    assert by_flows.status is plain.status
    assert by_flows.status in {Status.OPTIMAL, Status.UNMET}
    assert by_flows.proved.objective == pytest.approx(plain.proved.objective, rel=1e-6)
    assert by_flows.plan is not None
    assert plain.plan is not None
    left = by_flows.plan.unmet.sum(), plain.plan.unmet.sum()
    assert left[0] == pytest.approx(left[1], abs=1e-6) or plain.status is Status.OPTIMAL


@pytest.mark.parametrize("seed", range(10))
def test_prices_of_an_ascent_change_nothing_but_the_work(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where many limits bind, prices to begin with come from an ascent."""
    instance = grid(seed)
    plain = solve(instance, Options())
    monkeypatch.setattr(solving, "MANY", 1)
    monkeypatch.setattr(dual_ascent, "MANY_BROKEN", 0)
    ascended = solve(instance, Options())
    assert ascended.status is plain.status
    assert ascended.proved.objective == pytest.approx(plain.proved.objective, rel=1e-6)


def test_shipments_without_a_choice_stay_outside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They load a limit that binds, but need no row of their own."""
    monkeypatch.setattr(solving, "MANY", 1)
    legs = [
        {"from": "A", "to": "H", "cost": 1.0},
        {"from": "B", "to": "H", "cost": 1.0},
        {"from": "H", "to": "M", "cost": 1.0, "capacity": 15.0},
        {"from": "B", "to": "M", "cost": 9.0},
    ]
    rows = [("A", 10.0), ("B", 10.0)]
    demand = [
        {"product": "p", "origin": origin, "market": "M", "quantity": quantity}
        for origin, quantity in rows
    ]
    solution = solve(build_instance(legs, demand), Options())
    assert solution.status is Status.OPTIMAL
    assert solution.proved.objective == pytest.approx(2 * 15 + 9 * 5)
    # The constant, the limit and one shipment with a choice.
    assert solution.counters.rows == 3


@pytest.mark.parametrize("seed", range(40))
def test_a_start_with_origin_groups_keeps_rules_of_every_kind(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hard and soft, possible and impossible: same status, same cost."""
    instance = random_rules_instance(seed)
    plain = solve(instance, Options(sensitivity="none"))
    monkeypatch.setattr(solving, "MANY", 1)
    by_flows = solve(instance, Options(sensitivity="none"))
    assert by_flows.status is plain.status
    if plain.proved.objective is not None:
        assert by_flows.proved.objective == pytest.approx(
            plain.proved.objective, rel=1e-7, abs=1e-7
        )


def test_cargo_that_a_rule_counts_need_not_enter_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A share that binds needs a choice for one shipment; the others stand aside."""
    monkeypatch.setattr(solving, "MANY", 1)
    legs, demand = [], []
    for number in range(12):
        for corridor, cost in (("north", 1.0), ("south", 2.0 + number)):
            leg = {"from": f"O{number}", "to": "M", "corridor": corridor}
            legs.append({**leg, "leg": f"{corridor}{number}", "cost": cost})
        row = {"product": "p", "origin": f"O{number}", "market": "M"}
        demand.append({**row, "quantity": 10.0})
    rule = {"name": "half", "by": "corridor", "max_share": 0.7}
    solution = solve(build_instance(legs, demand, diversification=(rule,)), Options())
    assert solution.status is Status.OPTIMAL
    # 84 by the north; 36 by the south, where a unit costs 1, 2, 3 and 4 more.
    more = 10 * (1 + 2 + 3) + 6 * 4
    assert solution.proved.objective == pytest.approx(120 + more)
    # The constant, the rule and one shipment with a choice.
    assert solution.counters.rows == 3
    assert solution.certificate is not None
    slopes = solution.certificate.one_sided.slopes
    assert [slope.direction for slope in slopes] == ["more", "less"]
