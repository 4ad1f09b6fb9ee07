"""Bridges of random instances of which it is known which part they are."""

from __future__ import annotations

import pytest

from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance
from tests.tasks.comparison.known_bridges import bridge_faults


@pytest.mark.parametrize("seed", range(4))
def test_each_part_is_what_alone_changed(seed: int) -> None:
    """Rates, slack demand, rules or capacity; near itself nothing moves."""
    compared: list[str] = []
    for make in (random_instance, random_rules_instance):
        assert list(bridge_faults(make(seed), compared)) == []
    assert compared
