from __future__ import annotations

import pytest

from solver.problem.instance import Units
from solver.problem.units import UnitError, check_units, conversion, unit_of


@pytest.mark.parametrize(
    ("kind", "unit", "number", "expected"),
    [
        ("quantity", "kg", "1", 0.001),
        ("quantity", "kt", "0.3", 300.0),
        ("quantity", "Mt", "1e-1", 100_000.0),
        ("quantity", "tonnes", "7", 7.0),
        ("quantity", "Thousand tonnes", "7", 7000.0),
        ("distance", "m", "1500", 1.5),
        ("distance", "mi", "1", 1.609344),
        ("days", "h", "36", 1.5),
        ("days", "week", "2", 14.0),
        ("money/quantity", "USD/kt", "1100", 1.1),
        ("money/quantity/distance", "USD/t/km", "0.022", 0.022),
        ("money/quantity/distance", "USD/tkm", "0.022", 0.022),
        ("money/quantity/distance", "USD/(t km)", "0.022", 0.022),
        ("money/quantity/days", "USD/t/h", "0.5", 12.0),
        ("emissions/quantity", "t CO2e/kt", "0.7", 0.7),
        ("emissions/quantity", "kg CO2e/kg", "0.1", 100.0),
    ],
)
def test_conversions_are_exact_decimals(
    kind: str, unit: str, number: str, expected: float
) -> None:
    """What comes out is the decimal that a reader would write."""
    assert conversion(kind, unit, Units()).converted(number) == expected


def test_every_tenth_converts_without_dust() -> None:
    """Tenths of kt become whole hundreds of tonnes, which floats alone would miss."""
    change = conversion("quantity", "kt", Units())
    for tenth in range(1000):
        assert change.converted(f"{tenth / 10:.1f}") == tenth * 100


def test_a_third_keeps_fifteen_digits() -> None:
    """Factors that are no decimals are rounded to what a double can keep."""
    change = conversion("days", "h", Units())
    assert change.converted("8") == 0.333333333333333


@pytest.mark.parametrize(
    ("kind", "unit", "message"),
    [
        ("quantity", "km", "`km` is a distance, not a quantity"),
        ("quantity", "FFE", "`FFE` is not known"),
        ("quantity", "MT", "`MT` may mean t or Mt"),
        ("quantity", "t/km", "of the wrong kind"),
        ("money/quantity", "EUR/t", "`EUR` is not the instance's `USD`"),
        ("money/quantity", "t/USD", "`t` is a quantity, not money"),
        ("", "t", "where no unit belongs"),
    ],
)
def test_units_that_do_not_fit(kind: str, unit: str, message: str) -> None:
    """A unit of another kind, an unknown word or another currency is refused."""
    with pytest.raises(UnitError, match=message):
        conversion(kind, unit, Units())


def test_words_and_currencies_match_themselves() -> None:
    """FFE and EUR are as good as t and USD, but never converted."""
    units = Units(quantity="FFE", money="EUR")
    assert not conversion("money/quantity", "EUR/FFE", units).changes
    with pytest.raises(UnitError, match="cannot be converted to `FFE`"):
        conversion("quantity", "t", units)
    assert unit_of("money/quantity", units) == "EUR/FFE"


def test_units_of_a_manifest_have_their_kinds() -> None:
    """A quantity in km or money in t is a slip; a word of one's own is not."""
    check_units(Units(quantity="wagon", distance="mi"))
    with pytest.raises(UnitError, match="`t` is a quantity, not a distance"):
        check_units(Units(distance="t"))
    with pytest.raises(UnitError, match="`h` is a time, not money"):
        check_units(Units(money="h"))
