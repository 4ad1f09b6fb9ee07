"""What is solved is another instance; what is told is of the one that was given."""

from __future__ import annotations

import numpy as np
import pytest

from solver.options import Options
from solver.solving.prepared import Prepared
from solver.solving.reductions.reduction import as_given, reductions
from solver.solving.solve import prepared, solved
from tests.random_instances import random_instance
from tests.reordered import flows, shuffled


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_goes_to_the_sorted_instance_and_comes_back(seed: int) -> None:
    """Its flows are the same ones in both, under other numbers."""
    instance = shuffled(random_instance(500 + seed), seed)
    chain = reductions(instance, aggregating=False)
    solution = solved(prepared(chain.reduced, Options()), chain)
    if solution.plan is None:
        return
    there = chain.project(solution.plan)
    assert flows(chain.reduced.instance, there) == flows(instance, solution.plan)
    back = chain.links[0].as_given(there)  # type: ignore[attr-defined]
    assert np.array_equal(back.elements, solution.plan.elements)
    assert np.array_equal(back.quantity, solution.plan.quantity)
    assert np.array_equal(back.unmet, solution.plan.unmet)


@pytest.mark.parametrize("seed", range(4))
def test_an_instance_may_be_solved_in_its_own_order(seed: int) -> None:
    """Then the instance solved is the one given; the least cost is the same."""
    instance = shuffled(random_instance(520 + seed), seed)
    own, chain = as_given(instance), reductions(Prepared(instance))
    assert own.reduced is own.given
    one = solved(prepared(own.reduced, Options()), own)
    other = solved(prepared(chain.reduced, Options()), chain)
    assert one.status is other.status
    assert one.proved.objective == pytest.approx(other.proved.objective, rel=1e-7)
