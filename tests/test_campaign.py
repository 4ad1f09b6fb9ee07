"""Two thousand random instances agree with an independent formulation."""

from __future__ import annotations

import pytest

from tests.campaign import compared

COUNT = 2000
LOT = 50


@pytest.mark.parametrize("first", range(0, COUNT, LOT))
def test_random_instances_agree_with_the_oracle(first: int) -> None:
    """Same status, same unmet quantity of every class, same cost, and proved."""
    told = [compared(seed)[1] for seed in range(first, first + LOT)]
    assert [fault for fault in told if fault is not None] == []
