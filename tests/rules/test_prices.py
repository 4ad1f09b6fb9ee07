"""A rule's price is what the least cost changes by when its limit moves a little."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice
from math import inf, isclose, isnan
from typing import TYPE_CHECKING

import pytest

from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.cone_oracle import RouteForm, UnsettledError
from tests.counted import Counted, bounds, largest_hhi
from tests.oracle import answer, oracle, own_limit
from tests.random_rules import random_rules_instance
from tests.simple_routes import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance
    from solver.solution.keys import RowKey
    from tests.counted import Scope
    from tests.oracle import OracleAnswer

PARTS = 8
BATCH = 10
"""Instances of each part that have a plan."""

STEP = {"linear": 1e-5, "curved": 1e-4}
"""What limits move by, as a part of 1 (shares, indices) or of the demand."""

CLOSE = 0.01
"""What one of the prices that prove the plan may lie outside both sides, relative."""

EXACT = 1e-3
"""What the price of one side may differ by, relative: indices are curved."""

NOISE = 1e-5
"""What a price per unit of limit may miss, of all cost."""


@dataclass(frozen=True)
class Slope:
    """What one unit of a row's limit costs on either side of it."""

    key: RowKey
    tighter: float
    looser: float
    noise: float


def slopes(instance: Instance) -> Iterator[Slope]:
    """Differences of the least cost, the quantities unmet held, for every row."""
    case = Case(instance)
    base = answer(RouteForm(case, own_limit))
    counted = Counted(case)
    rules = instance.diversification
    curved = any(rule.max_hhi or rule.min_effective for rule in rules)
    part = STEP["curved" if curved else "linear"]
    for scope in counted.scopes:
        for key, size, units in rows(scope, counted):
            slope = _slope(case, base, key, part * size)
            if slope is not None:
                noise = (NOISE * max(1.0, abs(base.cost)) + base.slop / part) / size
                yield Slope(key, slope[0] / units, slope[1] / units, noise / units)


def rows(scope: Scope, counted: Counted) -> Iterator[tuple[RowKey, float, float]]:
    """Rows of a scope: name, size of a large step, units of its price in 1."""
    rule = scope.rule
    for value, side, _ in bounds(rule, counted.values(rule.by)):
        yield scope.key("share", side, value), 1.0, 100.0
    for key, _ in largest_hhi(scope, own_limit):
        yield key, 1.0, 100.0 if key.measure == "hhi" else 1.0
    if rule.max_top is not None:
        yield scope.key("top"), 1.0, 100.0
    if rule.max_change is not None:
        by_share = rule.max_change.share is not None
        size = 1.0 if by_share else max(1e-3, scope.demand)
        yield scope.key("change"), size, 100.0 if by_share else 1.0


def _slope(
    case: Case, base: OracleAnswer, key: RowKey, step: float
) -> tuple[float, float] | None:
    """Cost of a limit that is tighter, and saving of one that is looser, per 1.

    A tighter limit that cannot hold costs infinitely much.
    """
    loosened = step if key.side == "max" else -step

    def cost(shift: float) -> float:
        def moved(row: RowKey, limit: float) -> float:
            return limit + shift if row == key else limit

        return answer(RouteForm(case, moved), base.unmet).cost

    try:
        tight, loose = cost(-loosened), cost(loosened)
    except UnsettledError:
        return None
    tighter = inf if isnan(tight) else (tight - base.cost) / step
    return tighter, (base.cost - loose) / step


def published(instance: Instance) -> dict[tuple[str, ...], dict[str, float]]:
    """Prices in rules.csv, by what names a row there."""
    options = Options(sensitivity="none")
    table = run(instance, options, Clock(), prices="some").result.tables["rules"]
    names = ("rule", "scope", "period", "measure", "value", "side")
    prices = [column for column in table if column.startswith("price")]
    keys = zip(*(table[name].tolist() for name in names), strict=True)
    figures = zip(*(table[name].tolist() for name in prices), strict=True)
    return {
        key: dict(zip(prices, row, strict=True))
        for key, row in zip(keys, figures, strict=True)
    }


def name_of(key: RowKey) -> tuple[str, ...]:
    """Return what names a row in rules.csv."""
    scope = ", ".join(f"{name}={value}" for name, value in key.scope)
    return (key.rule, scope, key.period, key.measure, key.value, key.side)


def faults_of(instance: Instance) -> Iterator[str]:
    """Prices that are not what the least cost changes by on their side.

    The price of one dual lies between the two sides. A limit times what is carried may
    save more the looser it is, so that either side may be the larger.
    """
    prices = published(instance)
    for slope in slopes(instance):
        found = prices[name_of(slope.key)]
        sides = ("price_more", slope.looser), ("price_less", slope.tighter)
        for name, side in sides:
            # Blank: nothing is carried, or a step of the limit moves firm demand.
            if not isnan(found[name]) and not isclose(
                found[name], side, rel_tol=EXACT, abs_tol=slope.noise
            ):
                yield f"{slope.key}: {name} {found[name]}, should be {side}"
        low, high = sorted((slope.tighter, slope.looser))
        price = found["price"]
        if (
            not low * (1 - CLOSE) - slope.noise
            <= price
            <= high * (1 + CLOSE) + slope.noise
        ):
            yield f"{slope.key}: price {price}, should be {low} to {high}"


@pytest.mark.parametrize("part", range(PARTS))
def test_prices_are_slopes_of_the_least_cost(part: int) -> None:
    """Each price per unit of its own limit, within 0.1 %, in random instances."""
    drawn = (
        (seed, random_rules_instance(seed)) for seed in count(100_000 * (part + 1))
    )
    feasible = (pair for pair in drawn if oracle(pair[1]).status != "infeasible")
    faults = [
        f"seed {seed}: {fault}"
        for seed, instance in islice(feasible, BATCH)
        for fault in faults_of(instance)
    ]
    assert faults == []
