"""The pins of the short benchmark: they hold on any processor, and no further."""

from __future__ import annotations

import pytest

from benchmarks.short import beyond


@pytest.mark.parametrize(("found", "pin"), [(72, 70), (569, 568), (2, 0), (105, 100)])
def test_a_counter_may_differ_as_processors_do(found: int, pin: int) -> None:
    """By 3, or by a twentieth of its pin where that is more."""
    assert not beyond({"rows": found}, {"rows": pin})


@pytest.mark.parametrize(("found", "pin"), [(4, 0), (74, 70), (94, 100), (600, 568)])
def test_a_counter_further_off_is_told(found: int, pin: int) -> None:
    """More work than that is another method, not another processor."""
    assert beyond({"rows": found}, {"rows": pin})


def test_a_counter_that_is_missing_is_told() -> None:
    """A pin without its counter, or a counter without a pin, is no agreement."""
    assert beyond({"rows": 1}, {"rows": 1, "columns": 1})
