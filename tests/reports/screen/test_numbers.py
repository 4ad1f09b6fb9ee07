"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from solver.reports.screen.numbers import figure, outwards, percent, short, small


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567.89, "1,234,568"),
        (54.9123, "54.91"),
        (1500.0, "1,500"),
        (0.00012345, "0.000123"),
        (0.00002, "0.00002"),
        (1.2345e-5, "0.00001234"),
        (-1e-6, "-0.000001"),
        (1.5e-7, "1.5e-07"),
        (-2.5, "-2.5"),
        (math.nan, "-"),
        (None, "-"),
        (1e-12, "0"),
    ],
)
def test_a_figure_has_the_digits_it_deserves(value: float | None, text: str) -> None:
    """Four digits or the whole part, and thousands set apart."""
    assert figure(value) == text


def test_a_figure_beyond_what_a_float_can_tell_stands_in_powers_of_ten() -> None:
    """Its last digits would be those of binary fractions, and no screen has room."""
    assert figure(2.6e28) == "2.6e+28"
    assert figure(-4.5e18) == "-4.5e+18"
    assert figure(2e15) == "2,000,000,000,000,000"


def test_a_share_is_a_percentage() -> None:
    """One decimal, and a dash for the share of nothing."""
    assert [percent(0.6), percent(1.0), percent(None)] == ["60.0 %", "100.0 %", "-"]


@pytest.mark.parametrize(
    ("value", "up", "rounded"),
    [
        (0.36494281, True, 0.364943),
        (0.36494281, False, 0.364942),
        (0.3649420000001, True, 0.364942),
        (0.3649419999999, False, 0.364942),
        (0.25, True, 0.25),
        (math.inf, True, math.inf),
    ],
)
def test_a_limit_is_rounded_to_where_it_holds(
    value: float, up: bool, rounded: float
) -> None:
    """Up or down, but for what rounding of floats adds."""
    assert outwards(value, 6, up=up) == rounded


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (6.2e-13, "below 1e-9"), (4.4e-7, "4.4e-07")]
)
def test_a_small_number_is_told_in_powers_of_ten(value: float, text: str) -> None:
    """What only rounding makes is no figure."""
    assert small(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0.39, "0.39"),
        (970_000.0, "970,000"),
        (28_730_412.0, "28.73 M"),
        (-5_955_891_203.0, "-5,956 M"),
    ],
)
def test_a_large_number_is_told_in_millions(value: float | None, text: str) -> None:
    """So that a table of a sweep has room for all of it in 80 columns."""
    assert short(value) == text
