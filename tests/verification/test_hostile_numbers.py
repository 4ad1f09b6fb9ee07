"""Numbers of any size are judged: a result file may hold them, and none may crash."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.solution.certificate import Certificate
from solver.verification import proof
from tests.build import build_instance
from tests.verification import concentration_cases, label_cases, limit_cases, rule_cases
from tests.verification.case import DEMAND, LEGS, S1, S2, Case, N

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CASES = (
    *limit_cases.CASES,
    *rule_cases.CASES,
    *concentration_cases.CASES,
    *label_cases.CASES,
)

HOSTILE = (1e-300, 5e-324, 1e300, 1.7e308, 1e22, -1e300, 2.0**53, 2.0**63, np.nan)


def spoiled(case: Case, number: float) -> Iterator[Case]:
    """Yield the case with a number in the place of each quantity, price and weight."""
    for name in ("quantity", "unmet"):
        size = 0 if case.plan is None else len(getattr(case.plan, name))
        for place in range(size):
            assert case.plan is not None
            column = getattr(case.plan, name).copy()
            column[place] = number
            yield replace(case, plan=replace(case.plan, **{name: column}))
    for place, stage in enumerate(case.stages):
        for name in ("capacities", "rules", "unmet"):
            for key in getattr(stage, name):
                yield case.with_stage(
                    place, **{name: {**getattr(stage, name), key: number}}
                )
        for key, weights in stage.weights.items():
            for value in weights:
                spoiled = {**stage.weights, key: {**weights, value: number}}
                yield case.with_stage(place, weights=spoiled)


@pytest.mark.parametrize("number", HOSTILE)
@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_no_number_is_too_much(make: Callable[[], Case], number: float) -> None:
    """Whatever a file says is refused or bounded, never an exception."""
    case = make()
    for other in spoiled(case, number):
        found = proof(other.instance, other.plan, Certificate(other.stages))
        figures = (found.bound, found.gap, found.unmet_bounds)
        if case.cost is not None and not found.faults:
            assert found.bound is not None, figures
            assert found.bound <= case.objective + 1e-6


@pytest.mark.parametrize("power", [-9, 3, 9, 13])
def test_any_size_is_exact(power: int) -> None:
    """Quantities far from 1 change nothing: 38 times as much."""
    six, four, ten = (float(f"{digit}e{power}") for digit in (6, 4, 10))
    legs = [{**LEGS[N], "capacity": six}, *LEGS[S1:]]
    instance = build_instance(legs, [{**DEMAND, "quantity": ten}])
    case = replace(limit_cases.full_leg(), instance=instance)
    case = case.with_flows((0, six, [N]), (0, four, [S1, S2]))
    found = proof(case.instance, case.plan, case.certificate)
    assert found.passed, found.failures
    assert found.cost == Fraction(38) * Fraction(10) ** power
