"""Figures as they are published."""

from __future__ import annotations

import numpy as np
import pytest

from solver.solution.form import MONEY, PRICE, SHARE, Digits
from solver.solution.rounding import amount, figure, rounded


@pytest.mark.parametrize(
    ("digits", "value", "told"),
    [
        (MONEY, 1234.56789012, 1234.56789),
        (MONEY, 0.123456789, 0.123457),
        (MONEY, 0.0123456789, 0.0123457),
        (MONEY, -3.14159265e-9, -3.14159e-9),
        (PRICE, 0.0123456789012, 0.012345679),
        (PRICE, 6.125e-8, 6.125e-8),
        (SHARE, 6.125e-8, 6.1e-8),
        (MONEY, 0.0, 0.0),
    ],
)
def test_an_amount_below_1_keeps_its_digits(
    digits: Digits, value: float, told: float
) -> None:
    """Six digits after the point, and six in all where it is small; shares differ."""
    assert figure(value, digits) == told
    assert rounded(np.array([value, np.nan]), digits)[0] == told


def test_what_floats_leave_of_nothing_is_nothing() -> None:
    """0.1 + 0.2 - 0.3 is no amount beside what it is a difference of."""
    left = 0.1 + 0.2 - 0.3
    assert amount(left, 0.3) == 0.0
    assert rounded(np.array([0.3, left]), MONEY).tolist() == [0.3, 0.0]
