"""Tariffs that act on a named route as a whole, beside those of its legs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from solver import Options
from solver.checks.instance import instance_faults
from solver.solution.status import Status
from solver.tasks.answer import solve
from tests.build import build_instance

if TYPE_CHECKING:
    from solver.problem.instance import Instance


def served(cost: float | None, *tariffs: dict[str, Any]) -> Instance:
    """Return a chain of two legs, sold at a through rate or at their sum."""
    legs = [
        {"from": "A", "to": "M", "cost": 2.0, "mode": "rail", "capacity": 0.0},
        {"from": "M", "to": "B", "cost": 3.0, "mode": "sea"},
        {"from": "A", "to": "M", "leg": "other", "cost": 50.0},
    ]
    through = {} if cost is None else {"cost": cost}
    return build_instance(
        [{**leg, "capacity": leg.get("capacity", 9.0)} for leg in legs],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 4.0}],
        nodes=[{"node": "A"}, {"node": "M", "cost": 1.0}, {"node": "B"}],
        products=[{"product": "x"}, {"product": "y"}],
        routes=[{"route": "R", "via": "other > M>B", **through}],
        tariffs=list(tariffs),
    )


@pytest.mark.parametrize(
    ("cost", "tariff", "total"),
    [
        # A through rate replaces 50, the handling of 1 and 3.
        (20.0, {"route": "R", "surcharge": 1.5}, 21.5),
        (20.0, {"route": "R", "factor": 0.5}, 10.0),
        (20.0, {"route": "R", "mode": "sea", "surcharge": 1.5}, 21.5),
        (20.0, {"route": "R", "mode": "rail", "surcharge": 1.5}, 20.0),
        (20.0, {"route": "R", "product": "y", "surcharge": 1.5}, 20.0),
        (20.0, {"route": "R", "closed": True}, 54.0),
        # Its legs, one by one, pay nothing of it; without a rate it is their sum.
        (80.0, {"route": "R", "surcharge": 1.5}, 54.0),
        (None, {"route": "R", "surcharge": -0.5}, 53.5),
        (None, {"route": "R", "closed": True}, 54.0),
    ],
)
def test_it_acts_on_the_service_once_and_on_no_leg(
    cost: float | None, tariff: dict[str, Any], total: float
) -> None:
    """The verifier, which reads tariffs by itself, agrees on the cost."""
    instance = served(cost, tariff)
    assert not list(instance_faults(instance, "instance.toml"))
    solution = solve(instance, Options(sensitivity="none"))
    assert solution.status is Status.OPTIMAL
    assert solution.proved.objective == pytest.approx(4.0 * total)


@pytest.mark.parametrize(
    ("cost", "tariff", "said"),
    [
        (None, {"route": "R", "surcharge": -54.5}, "route `R` would cost -0.5"),
        (5.0, {"route": "R", "surcharge": -6.0}, "route `R` would cost -1"),
        (5.0, {"route": "R", "cost_per_km": 1.0}, "acts on named routes"),
        (5.0, {"route": "R", "node": "M", "factor": 2.0}, "acts on nodes"),
    ],
)
def test_what_it_cannot_do_is_a_fault(
    cost: float | None, tariff: dict[str, Any], said: str
) -> None:
    """No service costs less than nothing, none costs by distance."""
    faults = instance_faults(served(cost, tariff), "instance.toml")
    assert any(said in fault.message for fault in faults)
