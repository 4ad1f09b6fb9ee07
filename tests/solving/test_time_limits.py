"""Time limits: every search sees the clock, and what was found by then is kept."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.generation import generate, order
from solver.loaders.references import load
from solver.options import Options
from solver.pricing.prices import Prices
from solver.pricing.tree_search import OutOfTimeError
from solver.solution.status import Status
from solver.solving import solve
from solver.solving.solve import prepared, solved
from solver.solving.start import bounding_search
from solver.solving.stopping.filling import filled, scaled_down, with_other_routes
from solver.tasks.clock import Clock
from solver.tasks.solve import finished, run
from tests.build import build_instance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from solver.problem.instance import Instance


def generated(folder: Path, *, seed: int, tightness: float) -> Instance:
    """Return 700 demands, enough for the start by origin groups."""
    generate(folder / "n", order({"demands": 700}, seed=seed, tightness=tightness))
    return load(folder / "n").instance


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """Return demand all of which can be carried."""
    return generated(tmp_path_factory.mktemp("network"), seed=5, tightness=0.5)


class LateClock:
    """A clock that passes any deadline once it has been looked at so often."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def monotonic(self) -> float:
        """Return nothing, and then for ever."""
        self.left -= 1
        return 0.0 if self.left >= 0 else math.inf


def stopped_after(
    looks: int, network: Instance, patch: pytest.MonkeyPatch
) -> tuple[Any, float]:
    """Solution that is stopped after some looks at the clock, and its unmet part."""
    clock = LateClock(looks)
    for room in ("pricing.pricer", "solving.column_generation", "solving.solve"):
        patch.setattr(f"solver.{room}.time.monotonic", clock.monotonic)
    solution = solved(prepared(network, Options(time_limit=1.0)))
    patch.undo()
    plan = solution.plan
    assert plan is not None
    return solution, float(plan.unmet.sum() / network.shipments.quantity.sum())


@pytest.mark.parametrize("quick", [0.0, math.inf])
def test_a_run_without_any_time_carries_what_fits(
    quick: float, network: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cheapest routes, cut where they exceed a limit; what they cost bounds every plan.

    No gap of 1 and no bound of 0: the cheapest route of each shipment proves more. The
    time that a start has at the least, whatever the limit, is taken from it here. If no
    search is quick, it ends with the first.
    """
    monkeypatch.setattr(bounding_search, "QUICK", quick)
    monkeypatch.setattr(solve, "LEAST_START", 0.0)
    monkeypatch.setattr(solve, "SPARE", 0.0)
    done = run(network, Options(time_limit=1e-9), Clock())
    summary = done.result.summary
    assert summary["status"] == "limit"
    assert summary["served"] > 0.3 * summary["demand"]
    assert summary["bound"] > 0.3 * summary["cost"]


def test_what_is_told_of_a_plan_is_not_cut_short() -> None:
    """Rows in order are solved as they are, and share searches with tables."""
    legs = [
        {"leg": "n", "from": "A", "to": "B", "corridor": "north", "cost": 1.0},
        {"leg": "s", "from": "A", "to": "B", "corridor": "south", "cost": 3.0},
    ]
    row = {"product": "x", "origin": "A", "market": "B", "quantity": 80.0}
    rule = {"name": "r", "by": "corridor", "max_share": 0.7}
    instance = build_instance(legs, [row], diversification=(rule,))
    done = run(instance, Options(time_limit=1e-9), Clock())
    assert done.result.summary["status"] == "limit"


def test_a_plan_without_prices_claims_nothing() -> None:
    """No bound, no gap, no marginal cost: blank, and not 0 or 1."""
    legs = [{"leg": "near", "from": "A", "to": "B", "cost": 1.0}]
    row = {"product": "P", "origin": "A", "market": "B", "quantity": 10.0}
    instance, options = build_instance(legs, [row]), Options(time_limit=1.0)
    loop = prepared(instance, options)
    loop.deadline = 0.0
    loop.known_prices.given.clear()
    done = finished(instance, solved(loop), options, Clock())
    told = [done.result.summary[name] for name in ("status", "bound", "gap")]
    assert told == ["limit", None, None]
    demand = done.result.tables["demand"]
    assert np.isnan(np.asarray(demand["marginal_cost"], float)).all()


def test_what_was_found_by_the_deadline_is_kept(
    network: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later the stop, the more is carried, and the smaller the gap at last.

    Whenever it comes, in whatever phase, the bound is one of the whole run's cost.
    """
    whole = solved(prepared(network, Options()))
    assert whole.proved.objective is not None
    unmet, gaps = [], []
    for looks in (12, 60, 240):
        solution, left = stopped_after(looks, network, monkeypatch)
        assert solution.status in {Status.LIMIT, Status.OPTIMAL}
        assert solution.proved.bound <= whole.proved.objective * (1 + 1e-9)
        unmet.append(round(left, 9))
        gaps.append(solution.proved.gap)
    assert unmet == sorted(unmet, reverse=True)
    assert gaps[-1] < gaps[0]


def one_route_each(capacity: float) -> Callable[[list[float]], Any]:
    """Return 10 t and 6 t over one leg of some capacity, and over a dearer one."""
    legs = [
        {"leg": "near", "from": "A", "to": "B", "cost": 1.0, "capacity": capacity},
        {"leg": "far", "from": "A", "to": "B", "cost": 4.0, "capacity": 7.0},
    ]
    demand = [
        {"product": product, "origin": "A", "market": "B", "quantity": size}
        for product, size in (("P", 10.0), ("Q", 6.0))
    ]
    loop = prepared(build_instance(legs, demand), Options())
    routes = loop.master.routes.batches[0].routes

    def made(quantity: list[float]) -> Any:
        kept = scaled_down(routes, np.array(quantity))
        return kept.tolist(), filled(routes, kept).tolist()

    return made


def test_cargo_beyond_a_limit_is_cut_in_proportion_and_the_room_filled() -> None:
    """16 t where 12 t fit: three quarters of each; with 8 t and 1 t, 3 t more fit."""
    made = one_route_each(12.0)
    assert made([10.0, 6.0]) == ([7.5, 4.5], [7.5, 4.5])
    kept, full = made([8.0, 1.0])
    assert kept == [8.0, 1.0]
    assert sum(full) == 12.0


def test_a_search_stops_between_its_parts() -> None:
    """A deadline that has passed ends a search before its first part."""
    legs = [{"leg": "near", "from": "A", "to": "B", "cost": 1.0}]
    row = {"product": "P", "origin": "A", "market": "B", "quantity": 10.0}
    loop = prepared(build_instance(legs, [row]), Options())
    before = loop.pricer.searches
    loop.deadline = 0.0
    with pytest.raises(OutOfTimeError):
        loop.pricer.search(Prices(np.zeros(0), {}), np.full(1, np.inf))
    assert loop.pricer.searches == before


@pytest.fixture(scope="module")
def scarce(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """Return demand of which nearly a third cannot be carried."""
    return generated(tmp_path_factory.mktemp("scarce"), seed=9, tightness=0.8)


def without_prices(instance: Instance, left: float) -> float:
    """Cost of all but so much of the cargo by cheapest routes, the dearest left."""
    loop = prepared(instance, Options())
    cargo, limits = loop.master.cargo, loop.master.network.limits
    nothing = Prices(np.zeros(len(limits)), {})
    value = loop.pricer.search(nothing, np.full(len(cargo), np.inf)).value
    order = np.argsort(value)
    carried = cargo.quantity.sum() - left
    before = np.cumsum(cargo.quantity[order]) - cargo.quantity[order]
    taken = np.clip(carried - before, 0.0, cargo.quantity[order])
    return float(taken @ value[order])


@pytest.mark.parametrize("looks", [60, 240])
def test_a_stop_proves_no_less_than_cheapest_routes_do(
    looks: int, scarce: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices of a penalty are worth less than none where a plan leaves too much."""
    solution, left = stopped_after(looks, scarce, monkeypatch)
    quantity = left * scarce.shipments.quantity.sum()
    assert solution.proved.bound >= without_prices(scarce, quantity) * (1 - 1e-9)


def test_a_plan_goes_around_full_limits() -> None:
    """With 12 t on the short leg, the search finds the detour, and 4 t take it."""
    legs = [
        {"leg": "near", "from": "A", "to": "B", "cost": 1.0, "capacity": 12.0},
        {"leg": "far", "from": "A", "to": "B", "cost": 4.0, "capacity": 7.0},
    ]
    demand = [
        {"product": product, "origin": "A", "market": "B", "quantity": size}
        for product, size in (("P", 10.0), ("Q", 6.0))
    ]
    loop = prepared(build_instance(legs, demand), Options())
    routes = loop.master.routes.batches[0].routes
    kept, nothing = scaled_down(routes, np.array([10.0, 6.0])), Prices(np.zeros(2), {})
    more, quantity = with_other_routes(routes, kept, loop.pricer.search, nothing)
    assert len(routes) == 2
    assert sorted(quantity.tolist()) == [1.5, 2.5, 4.5, 7.5]
    assert float(quantity @ more.cost) == 12.0 + 4.0 * 4.0
