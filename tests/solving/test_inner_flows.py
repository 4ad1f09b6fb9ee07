"""Flows followed from inside: a way to the same end, given up where it leads astray."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse
from scipy.linalg import LinAlgError

from solver.options import Options
from solver.pricing.prices import Prices
from solver.pricing.tree_search import OutOfTimeError
from solver.problem.edits import with_columns
from solver.rules.sums import RuleSums
from solver.solution.status import Status
from solver.solving import solve as solving
from solver.solving.interior import inner_flows
from solver.solving.interior.inner_flows import DenseMatrix, InnerFlows
from solver.solving.interior.limits_matrix import LimitsMatrix
from solver.solving.interior.route_program import RouteProgram
from solver.solving.prepared import Prepared
from solver.solving.start import origin_flows
from solver.solving.start.bounding_search import BoundingSearch
from solver.solving.start.origin_flows import OriginFlows
from solver.tasks.answer import solve
from tests.random_rules import random_rules_instance
from tests.solving.test_origin_flows import dearer, grid

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solving.start.seed import Seed


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every instance follow its flows from inside, from the first program on."""
    monkeypatch.setattr(solving, "MANY", 1)
    monkeypatch.setattr(origin_flows, "INSIDE_GAP", np.inf)
    monkeypatch.setattr(origin_flows, "INSIDE_SIZE", 0)
    monkeypatch.setattr(origin_flows, "INSIDE_PIVOTS", 0)


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the error at the end of each way from inside."""
    found: list[float] = []
    follow = InnerFlows.follow

    def followed(inner: InnerFlows, *given: object) -> None:
        try:
            follow(inner, *given)  # type: ignore[arg-type]
        finally:
            found.append(inner.program.error)

    monkeypatch.setattr(InnerFlows, "follow", followed)
    return found


def seed_of(instance: Instance) -> Seed | None:
    """Return the start by flows of an instance."""
    pricer = Prepared(instance).pricer
    search = BoundingSearch(pricer)
    routes, bound = search(Prices(np.zeros(len(pricer.network.limits)), {}))
    penalty = search.penalise(routes.routes)
    flows = OriginFlows(search, RuleSums(pricer.rules))
    return flows.seed(routes, bound, penalty)


@pytest.mark.parametrize("seed", range(5))
def test_the_matrix_is_that_of_sparse_columns(seed: int) -> None:
    """Groups are eliminated from dense columns in the same way."""
    random = np.random.default_rng(seed)
    owner = np.concatenate([random.permutation(6), random.integers(0, 6, 20)])
    usage = random.normal(size=(26, 5)) * random.integers(0, 2, (26, 5))
    weight, diagonal = random.uniform(0.1, 2.0, 26), random.uniform(0.1, 2.0, 5)
    total = np.bincount(owner, weight).astype(float)
    dense = DenseMatrix(owner, usage, 6).lower(weight, total, diagonal)
    sparsely = LimitsMatrix(owner, sparse.csr_array(usage), 6)
    expected = sparsely.lower(weight, total, diagonal)
    assert np.tril(dense) == pytest.approx(np.tril(expected), abs=1e-12)


@pytest.mark.parametrize("seed", range(30))
def test_it_comes_to_the_same_cost(
    seed: int, errors: list[float], request: pytest.FixtureRequest
) -> None:
    """Whatever binds, and whether anything stays unmet."""
    instance = grid(seed)
    plain = solve(instance, Options(sensitivity="none"))
    assert not errors
    request.getfixturevalue("always")
    inside = solve(instance, Options(sensitivity="none"))
    assert inside.status is plain.status
    assert inside.status in {Status.OPTIMAL, Status.UNMET}
    assert inside.proved.objective == pytest.approx(plain.proved.objective, rel=1e-6)
    assert all(error < inner_flows.CLOSE for error in errors)
    assert errors or seed != 3


def test_it_keeps_rules(errors: list[float], request: pytest.FixtureRequest) -> None:
    """Same status and same cost; where none is soft or curved, from inside."""
    instances = [random_rules_instance(seed) for seed in range(24)]
    options = Options(sensitivity="none")
    plain = [solve(instance, options) for instance in instances]
    request.getfixturevalue("always")
    for instance, expected in zip(instances, plain, strict=True):
        found = solve(instance, options)
        assert found.status is expected.status
        if expected.proved.objective is not None:
            assert found.proved.objective == pytest.approx(
                expected.proved.objective, rel=1e-7, abs=1e-7
            )
    assert len(errors) >= 4


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
@pytest.mark.parametrize("searches", [0, 1, 4])
def test_a_way_that_is_given_up_does_no_harm(
    searches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a search, after one, and where the point is taken to tell nothing."""
    monkeypatch.setattr(inner_flows, "MOST_SEARCHES", 1 + searches)
    monkeypatch.setattr(inner_flows, "_NEAR", 0.0)
    seed = seed_of(grid(3))
    assert seed is not None
    assert seed.is_near
    monkeypatch.setattr(origin_flows, "INSIDE_SIZE", np.inf)
    plain = seed_of(grid(3))
    assert plain is not None
    assert (seed.limits == plain.limits).all()


@pytest.mark.usefixtures("always")
def test_a_point_without_any_direction_does_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the first step already fails, the programs go on as they would have."""

    def lost(_: InnerFlows, wanted: float) -> None:
        raise LinAlgError(wanted)

    monkeypatch.setattr(InnerFlows, "_step", lost)
    seed = seed_of(grid(3))
    assert seed is not None
    assert seed.is_near


@pytest.mark.usefixtures("always")
def test_an_interrupt_on_the_way_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """While flows are added, the point has no part for them yet: it is not asked."""

    def interrupted(*_: object) -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr(RouteProgram, "_mean", interrupted)
    with pytest.raises(KeyboardInterrupt):
        seed_of(grid(7))


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("near", [0.0, np.inf])
def test_where_time_is_over_on_the_way_what_is_known_is_mixed(
    near: float, errors: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the flows of before, or with those of the point."""
    monkeypatch.setattr(inner_flows, "_NEAR", near)
    calls: list[int] = []

    def over(_: OriginFlows) -> None:
        calls.append(0)
        if len(calls) == 4:
            raise OutOfTimeError

    monkeypatch.setattr(OriginFlows, "_look_at_the_clock", over)
    seed = seed_of(grid(3))
    assert len(errors) == 1
    assert seed is not None
    assert not seed.is_near
    assert len(seed.first) == 24
    assert (seed.shares[0] >= 0.0).all()
    assert seed.shares[0].sum() > 0.0


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", range(6))
def test_carriage_that_is_free_is_no_fault(seed: int) -> None:
    """A bound of 0 divides nothing; what is unmet has its price or none."""
    instance = grid(seed)
    free = {"cost": np.zeros(len(instance.legs))}
    tables = {"legs": with_columns(instance.legs, free)}
    found = solve(instance.model_copy(update=tables), Options(sensitivity="none"))
    assert found.status in {Status.OPTIMAL, Status.UNMET}
