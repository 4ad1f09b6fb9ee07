"""An interior point to begin with: a start that changes nothing but the work."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver import load
from solver.generation.folder import generate
from solver.generation.order import order
from solver.options import Options
from solver.pricing.prices import Prices
from solver.solution.status import Status
from solver.solving import solve as solving
from solver.solving.interior import interior_start
from solver.solving.interior.interior_start import InteriorStart
from solver.solving.interior.route_program import RouteProgram
from solver.solving.prepared import Prepared
from solver.solving.start import first_routes
from solver.solving.start.bounding_search import BoundingSearch
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.solving.test_origin_flows import dearer, grid

if TYPE_CHECKING:
    from pathlib import Path

    from solver.problem.instance import Instance


def start_of(instance: Instance) -> InteriorStart:
    """Return the start of an instance."""
    pricer = Prepared(instance).pricer
    search = BoundingSearch(pricer)
    routes, _ = search(Prices(np.zeros(len(pricer.network.limits)), {}))
    search.penalise(routes.routes)
    return InteriorStart(search, routes)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every instance begin with an interior point."""
    monkeypatch.setattr(solving, "MANY", 1)
    monkeypatch.setattr(first_routes, "VERY_MANY_BROKEN", 0)


@pytest.mark.parametrize("seed", range(30))
def test_it_finds_the_same_cost(seed: int, request: pytest.FixtureRequest) -> None:
    """Whatever binds, and whether anything stays unmet."""
    instance = grid(seed)
    plain = solve(instance, Options())
    request.getfixturevalue("always")
    inside = solve(instance, Options())
    assert inside.status is plain.status
    assert inside.status in {Status.OPTIMAL, Status.UNMET}
    assert inside.proved.objective == pytest.approx(plain.proved.objective, rel=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_point_and_bound_meet(seed: int) -> None:
    """Prices that prove the plan, of limits that are full and of no others."""
    start = start_of(grid(seed))
    seed_found = start.seed()
    assert seed_found is not None
    assert seed_found.is_central
    assert start.gap < interior_start.CLOSE
    assert seed_found.best is not None
    prices = seed_found.best[0].limits
    assert (prices >= 0.0).all()
    assert np.isin(np.flatnonzero(prices), seed_found.limits).all()
    assert len(seed_found.first) == len(start.members)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("factor", [2.0**-36, 2.0**24])
def test_the_size_of_money_changes_nothing(factor: float) -> None:
    """As many searches and iterations, and the same plan, bit for bit."""
    instance, options = grid(3), Options(sensitivity="none")
    one, other = solve(instance, options), solve(dearer(instance, factor), options)
    assert one.plan is not None
    assert other.plan is not None
    assert astuple(one.counters) == astuple(other.counters)
    assert np.array_equal(one.plan.quantity, other.plan.quantity)


@pytest.mark.usefixtures("always")
def test_a_closed_leg_and_demand_without_a_route_do_no_harm() -> None:
    """A capacity of 0 has no inside; what cannot be reached has no column."""
    legs = [
        {"from": "A", "to": "M", "cost": 1.0, "capacity": 0.0},
        {"from": "A", "to": "H", "cost": 2.0, "capacity": 6.0},
        {"from": "H", "to": "M", "cost": 2.0},
        {"from": "X", "to": "A", "cost": 1.0},
    ]
    row = {"product": "p", "quantity": 10.0, "unmet_cost": 20.0}
    demand = [
        {**row, "origin": "A", "market": "M"},
        {**row, "origin": "M", "market": "X"},
    ]
    found = solve(build_instance(legs, demand), Options())
    assert found.status is Status.OPTIMAL
    assert found.proved.objective == pytest.approx(6 * 4.0 + 4 * 20.0 + 10 * 20.0)


def test_a_start_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Far from the optimum its routes are of no use."""
    monkeypatch.setattr(interior_start, "MOST_SEARCHES", 1)
    monkeypatch.setattr(interior_start, "NEAR", 0.0)
    assert start_of(grid(0)).seed() is None


def test_few_searches_and_steps_are_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a generated network that leaves some unmet; counters, not seconds."""
    steps: list[int] = []
    step = RouteProgram.step

    def counted(program: RouteProgram, wanted: float = 0.0) -> None:
        steps.append(len(program.rows))
        step(program, wanted)

    monkeypatch.setattr(RouteProgram, "step", counted)
    generate(tmp_path / "tight", order({"demands": 600}, tightness=0.6, seed=7))
    start = start_of(load(tmp_path / "tight").instance)
    pricer = start.search.pricer
    trees = pricer.searches
    assert start.seed() is not None
    assert start.gap < interior_start.CLOSE
    assert (pricer.searches - trees) / trees <= 112
    assert len(steps) <= 27
