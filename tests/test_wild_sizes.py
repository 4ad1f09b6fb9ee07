"""Numbers many orders of magnitude apart are refused with a place, or answered."""

from __future__ import annotations

import pytest

from tests.wild_sizes import ending, wild_instance


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_no_wild_instance_ends_in_a_fault_of_ours(first: int) -> None:
    """Twenty each; more by the command in `docs/testing.md`."""
    wrong = {
        seed: what for seed in range(first, first + 20) if (what := ending(seed)[1])
    }
    assert wrong == {}


def test_goods_of_ordinary_value_in_any_unit_are_answered_to_the_end() -> None:
    """Rules weigh goods of 200 to 50,000 dollars a tonne, and all is asked."""
    endings = {seed: ending(seed, with_values=True) for seed in range(1, 13)}
    assert not {seed: what for seed, (_, what) in endings.items() if what}
    assert {"optimal", "unmet"} <= {how for how, _ in endings.values()}


def test_some_wild_instances_are_refused_and_some_are_solved() -> None:
    """Otherwise nothing would be tried; and a seed gives one instance alone."""
    assert {"refused", "optimal", "unmet"} <= {ending(seed)[0] for seed in range(12)}
    first, second = wild_instance(3), wild_instance(3)
    assert first.demand["quantity"].tolist() == second.demand["quantity"].tolist()
