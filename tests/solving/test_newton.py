"""Newton's step: the equations that it solves, and steps that stay inside."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from solver.solving.interior.limits_matrix import LimitsMatrix
from solver.solving.interior.newton import Columns, InnerPoint, NewtonSystem, Residual
from solver.solving.interior.path_following import stepped
from solver.solving.interior.route_program import RouteProgram


def columns_and_point(seed: int) -> tuple[Columns, InnerPoint]:
    """Return random columns of six shipments over four limits, and a point inside."""
    random = np.random.default_rng(seed)
    owner = np.concatenate([np.arange(6), random.integers(0, 6, 14)])
    usage = random.integers(0, 2, (20, 4)).astype(float)
    usage[:6] = 0.0
    flow, reduced = random.uniform(0.1, 2.0, (2, 20))
    slack, price = random.uniform(0.1, 2.0, (2, 4))
    point = InnerPoint(flow, reduced, slack, price, random.normal(size=6))
    sparsely = sparse.csr_array(usage)
    matrix = LimitsMatrix(owner, sparsely, 6)
    return Columns(owner, sparsely, 6, matrix), point


@pytest.mark.parametrize("seed", range(5))
def test_a_direction_solves_all_equations(seed: int) -> None:
    """Rows of limits and shipments, reduced costs, and products."""
    columns, at = columns_and_point(seed)
    random = np.random.default_rng(seed + 100)
    missed = Residual(random.normal(size=4), random.normal(size=6), np.ones(20))
    flows, slacks = random.normal(size=20), random.normal(size=4)
    way = NewtonSystem(columns, at).direction(flows, slacks, missed)
    usage = sparse.csr_array(columns.usage).toarray()
    assert usage.T @ way.flow + way.slack == pytest.approx(
        missed.limits, rel=1e-8, abs=1e-8
    )
    assert columns.sums(way.flow) == pytest.approx(missed.shipments, rel=1e-8, abs=1e-8)
    dual = way.reduced - usage @ way.price + way.marginal[columns.owner]
    assert dual == pytest.approx(missed.reduced, rel=1e-8, abs=1e-8)
    products = at.reduced * way.flow + at.flow * way.reduced
    assert products == pytest.approx(flows, rel=1e-8, abs=1e-8)
    products = at.slack * way.price + at.price * way.slack
    assert products == pytest.approx(slacks, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_steps_stay_inside_and_lessen_the_gap(seed: int) -> None:
    """From a point that is taken to miss nothing, all values stay above 0."""
    columns, at = columns_and_point(seed)
    nothing = Residual(np.zeros(4), np.zeros(6), np.zeros(20))
    after = stepped(columns, at, nothing)
    for values in (after.flow, after.reduced, after.slack, after.price):
        assert values.min() > 0.0
    assert after.gap < at.gap


@pytest.mark.parametrize("seed", range(10))
def test_the_program_comes_to_the_optimum_of_a_solver(seed: int) -> None:
    """Routes drawn at random, half of them added later, with new rows."""
    random = np.random.default_rng(seed)
    count, limits = 8, 5
    owner = np.concatenate([np.arange(count), random.integers(0, count, 12)])
    cost = random.uniform(1.0, 5.0, len(owner))
    usage = sparse.csr_array(random.integers(0, 2, (len(owner), limits)).astype(float))
    quantity, capacity = random.uniform(0.5, 1.5, count), np.full(limits, 2.0)
    unmet = np.full(count, 9.0)
    program = RouteProgram(quantity, unmet, capacity)
    half = count + 6
    known = np.zeros(limits), 0.0
    first = owner[:half], cost[:half], sparse.csr_array(usage[:half])
    program.begin(first, np.full(half, 0.4), known)
    for _ in range(5):
        program.step()
    program.add(owner[half:], cost[half:], sparse.csr_array(usage[half:]))
    nothing = np.zeros(0, dtype=int), np.zeros(0), sparse.csr_array((0, limits))
    for _ in range(4):
        program.add(*nothing)
        for _ in range(40):
            if program.error < 1e-9:
                break
            program.step()
    every = np.concatenate([np.arange(count), owner])
    of = (every == np.arange(count)[:, None]).astype(float)
    loads = np.vstack([np.zeros((count, limits)), usage.toarray()])
    best = linprog(
        np.concatenate([unmet, cost]),
        A_ub=loads.T,
        b_ub=capacity,
        A_eq=of,
        b_eq=quantity,
    )
    assert program.total == pytest.approx(best.fun, rel=1e-7)
    loads = np.asarray(program.usage.T @ program.at.flow)
    assert (loads <= capacity * (1 + 2e-6)).all()


@pytest.mark.parametrize("seed", range(5))
def test_new_routes_leave_the_point_central(seed: int) -> None:
    """Shipments carry what they carried; no product is far below the mean."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(6), 4)
    cost = random.uniform(1.0, 5.0, len(owner))
    usage = sparse.csr_array(random.integers(0, 2, (len(owner), 3)).astype(float))
    program = RouteProgram(np.ones(6), np.full(6, 9.0), np.full(3, 1.5))
    program.begin((owner, cost, usage), np.full(len(owner), 0.2), (np.ones(3), 0.0))
    for _ in range(4):
        program.step()
    carried = program.columns.sums(program.at.flow)
    fresh = np.arange(6), np.full(6, 0.5), sparse.csr_array(np.ones((6, 3)))
    program.add(*fresh)
    at = program.at
    assert program.columns.sums(at.flow) == pytest.approx(carried)
    charged = program.cost + program.columns.usage @ at.price
    assert (at.reduced >= charged - at.marginal[program.owner] - 1e-9).all()
    products = np.concatenate([at.flow * at.reduced, at.slack * at.price])
    assert products.min() > 0.01 * at.mean


def test_a_step_aims_no_further_than_is_wanted() -> None:
    """Prices of a program solved to its end are no better than those near it."""
    columns, at = columns_and_point(3)
    nothing = Residual(np.zeros(4), np.zeros(6), np.zeros(20))
    for _ in range(20):
        at = stepped(columns, at, nothing, 1e-3)
    assert at.mean == pytest.approx(1e-3, rel=0.2)


def test_dear_routes_of_a_crowd_are_dropped() -> None:
    """The cheapest of each shipment stay, and what is unmet; the point goes on."""
    random = np.random.default_rng(1)
    owner = np.repeat(np.arange(3), 20)
    cost = random.uniform(1.0, 5.0, 60)
    usage = sparse.csr_array(random.integers(0, 2, (60, 2)).astype(float))
    program = RouteProgram(np.ones(3), np.full(3, 9.0), np.full(2, 1.5))
    program.begin((owner, cost, usage), np.full(60, 0.04), (np.ones(2), 0.0))
    for _ in range(4):
        program.step()
    left = program.thin(4)
    assert left is not None
    assert program.thin(4) is None
    assert left.sum() == len(program.owner) - 3 == len(program.at.flow) - 3
    assert (np.bincount(owner[left]) >= 4).all()
    for _ in range(20):
        program.step()
    best = linprog(
        program.cost,
        A_ub=program.usage.toarray().T,
        b_ub=np.full(2, 1.5),
        A_eq=(program.owner == np.arange(3)[:, None]) * 1.0,
        b_eq=np.ones(3),
    )
    assert program.total == pytest.approx(best.fun, rel=1e-6)
