"""Floats become the decimals that they stand for, many at once and without rounding."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from solver.verification.exact.amounts import amounts, exactly

EDGES = [
    0.0,
    0.1 + 0.2,
    1.0 / 3.0,
    1e15,
    123456789012345.6,
    2.0**53 + 2.0,
    1e22,
    1e300,
    5e-324,
    1e-9,
    1581.000000000001,
]


def decimals(values: list[float]) -> list[Decimal]:
    """Return the decimals that floats stand for, one by one."""
    return [Decimal(repr(value)) for value in values]


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("edge", EDGES)
def test_short_numbers_beside_one_at_an_edge_are_exact(
    edge: float, sign: float
) -> None:
    """One number that has very many digits takes no digit from the others."""
    values = [0.5, 16000.0, 0.0, sign * edge, -7.25]
    with exactly():
        assert amounts(np.array(values)).decimals() == decimals(values)


def test_numbers_of_all_sizes_are_exact() -> None:
    """Drawn numbers of one to seventeen digits, and of all magnitudes."""
    random = np.random.default_rng(5)
    drawn = random.uniform(-1, 1, 500) * 10.0 ** random.integers(-12, 12, 500)
    short = np.array([float(f"{value:.{random.integers(17)}g}") for value in drawn])
    with exactly():
        assert amounts(short).decimals() == decimals(short.tolist())


def test_quantities_of_freight_stay_in_64_bits() -> None:
    """Tonnes to the ninth digit beside shares of them to the twelfth."""
    found = amounts(np.array([16000.0, 1581.123456789012]))
    assert found.units.dtype == np.int64
    assert found.decimals() == decimals([16000.0, 1581.123456789012])


def test_no_numbers_are_no_amounts() -> None:
    """Nothing to count."""
    assert amounts(np.zeros(0)).decimals() == []
