"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from solver.reports.figures import figure, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567.89, "1,234,568"),
        (54.9123, "54.91"),
        (1500.0, "1,500"),
        (0.00012345, "0.000123"),
        (-2.5, "-2.5"),
        (math.nan, "-"),
        (None, "-"),
        (1e-12, "0"),
    ],
)
def test_a_figure_has_the_digits_it_deserves(value: float | None, text: str) -> None:
    """Four digits or the whole part, and thousands set apart."""
    assert figure(value) == text


def test_a_share_is_a_percentage() -> None:
    """One decimal, and a dash for the share of nothing."""
    assert [percent(0.6), percent(1.0), percent(None)] == ["60.0 %", "100.0 %", "-"]
