"""Shipments that are alike where money does not count: one, with the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.network.network import Network
from solver.network.routes import routes_of_plan
from solver.network.shipments import cargo
from solver.options import Options
from solver.studies import exposure
from solver.studies.alike_cargo import AlikeCargo, alike_cargo
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.random_instances import random_instance

if TYPE_CHECKING:
    from solver.network.shipments import Cargo

LEGS = [
    {"from": "A", "to": "M", "mode": "rail", "cost": 1.0, "days": 3.0},
    {"from": "A", "to": "M", "mode": "road", "cost": 2.0, "days": 1.0},
]


def merged(*rows: dict[str, object], closed: bool = False) -> tuple[list[int], Cargo]:
    """Return which rows of demand from A to M are one, and what they make."""
    demand = [{"origin": "A", "market": "M", **row} for row in rows]
    products = [
        {"product": "steel", "time_value": 1.0},
        {"product": "wheat", "time_value": 9.0},
    ]
    tariffs = [{"mode": "rail", "product": "steel", "closed": True}] if closed else []
    network = Network(build_instance(LEGS, demand, products=products, tariffs=tariffs))
    alike = alike_cargo(network, cargo(network))
    return alike.of.tolist(), alike.cargo


def test_products_that_differ_in_nothing_but_money_are_one() -> None:
    """Their quantities are summed; a pair of places stays with each of them."""
    steel = {"product": "steel", "quantity": 5.0}
    wheat = {"product": "wheat", "quantity": 7.0}
    of, whole = merged(steel, wheat)
    assert of == [0, 0]
    assert whole.quantity.tolist() == [12.0]
    assert whole.pair_shipment.tolist() == [0]


def test_what_is_closed_or_in_a_hurry_stays_apart() -> None:
    """A step that is closed to one of them, a limit of days, a price: all count."""
    steel = {"product": "steel", "quantity": 5.0}
    wheat = {"product": "wheat", "quantity": 7.0}
    assert len(set(merged(steel, wheat, closed=True)[0])) == 2
    hurried = {"max_days": 5.0}
    assert len(set(merged(steel | hurried, wheat | hurried)[0])) == 2
    assert len(set(merged(wheat, wheat | hurried)[0])) == 2
    assert len(set(merged(wheat, wheat | {"unmet_cost": 9.0})[0])) == 2


def test_a_plan_of_all_is_one_of_what_is_merged() -> None:
    """Quantities and what is unmet are summed; each route is there once."""
    demand = [
        {"product": name, "origin": "A", "market": "M", "quantity": 5.0}
        for name in ("steel", "wheat", "maize")
    ]
    legs = [{**LEGS[0], "capacity": 12.0}]
    solution = solve(build_instance(legs, demand), Options(sensitivity="none"))
    assert solution.plan is not None
    network = Network(build_instance(legs, demand))
    own = cargo(network)
    alike = alike_cargo(network, own)
    plan = alike.plan(solution.plan)
    assert plan.unmet.tolist() == [3.0]
    assert plan.quantity.sum() == 12.0
    routes = alike.routes(routes_of_plan(network, own, solution.plan))
    assert routes.shipment.tolist() == [0]


@pytest.mark.parametrize("seed", range(12))
def test_answers_are_those_of_single_shipments(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """What is captive is the same, whether or not alike shipments are one."""
    instance = random_instance(seed)

    def told() -> list[float]:
        certificate = solve(instance, Options(sensitivity="all")).certificate
        return [found.bound for found in certificate.exposure] if certificate else []

    together = told()

    def single(network: Network, own: Cargo) -> AlikeCargo:
        del network
        return AlikeCargo(own, np.arange(len(own)))

    monkeypatch.setattr(exposure, "alike_cargo", single)
    assert told() == pytest.approx(together, rel=1e-6, abs=1e-6)
