"""Decimals without rounding: as `Decimal` where they are few, as integers where many.

A float of an instance or a result stands for the decimal that its shortest text
shows. Sums and products of such decimals are decimals again, so that within
`exactly` every figure is what it would be on paper; where a number would have to be
rounded, the context raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    localcontext,
)
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints, Mask

    Integers = NDArray[Any]
    """int64, or object where Python's integers are needed."""


ZERO = Decimal(0)


ONE = Decimal(1)


DIGITS = 5000
"""More digits than any product of decimals of an instance has."""


FLOAT_DIGITS = 15
"""Digits up to which a decimal and its float stand for each other."""


SAFE = 2.0**61
"""Sums of magnitudes up to this size are left to int64."""


LARGE_POWER = 19
"""This power of ten is above it."""


def exactly() -> AbstractContextManager[Context]:
    """Context in which decimals are never rounded."""
    traps = [DivisionByZero, Inexact, InvalidOperation, Overflow]
    return localcontext(Context(prec=DIGITS, traps=traps))


def decimal(value: float) -> Decimal:
    """Decimal that a float stands for."""
    return Decimal(repr(float(value)))


def decimals(weights: Mapping[str, float]) -> dict[str, Decimal]:
    """Weights as the decimals they stand for."""
    return {value: decimal(weight) for value, weight in weights.items()}


def floor(value: Decimal, places: int) -> int:
    """Largest integer that is not above ``value * 10**places``."""
    return int(value.scaleb(places).to_integral_value(ROUND_FLOOR))


def ceiling(value: Decimal, places: int) -> int:
    """Least integer that is not below ``value * 10**places``."""
    return int(value.scaleb(places).to_integral_value(ROUND_CEILING))


def digits_after_point(values: Iterable[Decimal]) -> int:
    """Digits after the point that the longest of these decimals has."""
    exponents = (value.as_tuple().exponent for value in values)
    return max([0, *(-own for own in exponents if isinstance(own, int))])


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Many decimals: ``units * 10**-places``, exactly.

    Parameters
    ----------
    units : ndarray of int64, or of object where int64 is too short
        Multiples of the last digit.
    places : int
        Digits after the point.
    """

    units: Integers
    places: int

    def __len__(self) -> int:
        return len(self.units)

    def __getitem__(self, number: int) -> Decimal:
        return self.value(self.units[number])

    def at(self, places: int) -> Integers:
        """Units of as many or more digits after the point."""
        return scaled(self.units, 10 ** (places - self.places))

    def take(self, numbers: NDArray[Any]) -> Amounts:
        """Return the amounts of these numbers, or where a mask is true."""
        return Amounts(self.units[numbers], self.places)

    def plus(self, other: Amounts) -> Amounts:
        """Add others, pair by pair."""
        places = max(self.places, other.places)
        left, right = self.at(places), other.at(places)
        if _largest(left) + _largest(right) >= SAFE:
            left = left.astype(object)
        return Amounts(left + right, places)

    def times(self, factor: Decimal) -> Amounts:
        """Multiply by a decimal."""
        by = amounts_of([factor])
        units = scaled(self.units, int(by.units[0]))
        return Amounts(units, self.places + by.places)

    def each_times(self, other: Amounts) -> Amounts:
        """Multiply by others, pair by pair."""
        units = scaled_pairs(self.units, other.units)
        return Amounts(units, self.places + other.places)

    def summed(self, index: Ints, size: int) -> Amounts:
        """Return the sums of equal index, for every index below `size`."""
        return Amounts(group_sums(index, self.units, size), self.places)

    def floats(self) -> Floats:
        """Nearest floats, or so."""
        return self.units.astype(np.float64) / 10.0**self.places

    def value(self, units: int) -> Decimal:
        """Decimal of a sum of units."""
        return Decimal(int(units)).scaleb(-self.places)

    def decimals(self) -> list[Decimal]:
        """All of them."""
        return [*map(self.value, self.units.tolist())]

    def total(self) -> Decimal:
        """Sum of all."""
        return self.value(total(self.units))


def amounts(values: Floats) -> Amounts:
    """Decimals that floats stand for."""
    values = np.asarray(values, dtype=np.float64)
    places, units = np.full(len(values), -1), np.zeros(len(values), dtype=np.int64)
    unknown = np.arange(len(values))
    for digits in range(FLOAT_DIGITS):
        shifted = np.rint(values[unknown] * 10.0**digits)
        is_short = np.abs(shifted) < 10.0**FLOAT_DIGITS
        fits = is_short & (shifted / 10.0**digits == values[unknown])
        places[unknown[fits]], units[unknown[fits]] = digits, shifted[fits]
        unknown = unknown[is_short & ~fits]
        if not len(unknown):
            break
    long = np.flatnonzero(places < 0)
    others = amounts_of([decimal(value) for value in values[long].tolist()])
    most = max(int(places.max(initial=0)), others.places)
    result = _shifted(units, most - places)
    if len(long):
        own = others.at(most)
        result = result.astype(np.result_type(result, own))
        result[long] = own
    return Amounts(result, most)


def _shifted(units: Integers, digits: Ints) -> Integers:
    """Units times powers of ten, one by one; those of 0 are 0."""
    power = np.where(units == 0, 0, digits)
    size = np.abs(units) * 10.0 ** np.minimum(power, LARGE_POWER)
    if size.max(initial=0.0) < SAFE:
        return np.asarray(units * 10**power)
    scale = np.array([10**own for own in power.tolist()], dtype=object)
    return np.asarray(units.astype(object) * scale)


def amounts_of(decimals: list[Decimal]) -> Amounts:
    """Keep decimals as integers."""
    places = digits_after_point(decimals)
    return Amounts(integers(floor(value, places) for value in decimals), places)


def nothing(size: int) -> Amounts:
    """So many zeros."""
    return Amounts(np.zeros(size, dtype=np.int64), 0)


def joined(choose: Mask, left: Amounts, right: Amounts) -> Amounts:
    """Take each amount from the left where it is chosen, else from the right."""
    places = max(left.places, right.places)
    return Amounts(np.where(choose, left.at(places), right.at(places)), places)


def integers(values: Iterable[int]) -> Integers:
    """Array of integers: int64 if each is small enough, object otherwise."""
    listed = list(values)
    if all(-SAFE < value < SAFE for value in listed):
        return np.array(listed, dtype=np.int64)
    result = np.empty(len(listed), dtype=object)
    result[:] = listed
    return result


def total(units: Integers) -> int:
    """Sum of integers, whatever their size."""
    if units.dtype != object and _magnitude(units) < SAFE:
        return int(units.sum())
    return sum(units.tolist())


def scaled(units: Integers, factor: int) -> Integers:
    """Integers times one integer."""
    if factor == 1:
        return units
    if units.dtype != object:
        # The factor itself must fit, also where all units are 0.
        largest = max(1, int(np.abs(units).max(initial=0)))
        if largest * factor < SAFE:
            return units * np.int64(factor)
    return units.astype(object) * factor


def scaled_pairs(left: Integers, right: Integers) -> Integers:
    """Products of two arrays of integers, pair by pair."""
    if _largest(left) * _largest(right) < SAFE:
        return left * right
    return left.astype(object) * right


def group_sums(index: Ints, units: Integers, size: int) -> Integers:
    """Return the sums of units of equal index, for every index below `size`."""
    if units.dtype != object and _magnitude(units) >= SAFE:
        units = units.astype(object)
    sums = np.zeros(size, dtype=units.dtype)
    np.add.at(sums, index, units)
    return sums


def product_sum(left: Integers, right: Integers) -> int:
    """Sum of the products of two arrays of integers."""
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return sum(one * other for one, other in pairs)


def _largest(units: Integers) -> float:
    """Largest magnitude; no bound is known where int64 is too short."""
    if units.dtype == object:
        return np.inf
    return float(np.abs(units).max(initial=0))


def _magnitude(units: Integers) -> float:
    return float(np.abs(units).sum(dtype=np.float64))
