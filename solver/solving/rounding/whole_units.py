"""Quantities as whole units of the last digit that their shipment is counted in.

A unit is ``10**-digits``. No shipment has more units than an int64 holds.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints

_AS_NEAR = 1e-11
"""Part of its shipment by which a short decimal may differ from a quantity."""

_SHORT_DIGITS, _FLOAT_DIGITS, _EXACT_POWER = 9, 15, 22
"""Digits of a short decimal, those that every float tells apart, and the largest power
of ten that is a float."""

_EXACT = Context(prec=80)

_CLOSER = 1.0 - 1e-9
"""Part of a unit that surely is less, however it is rounded."""

_LARGEST = 2.0**52
"""Whole numbers up to this size are floats, and their neighbours too."""


def unit_digits(quantity: Floats) -> Ints:
    """Digits after the point in which quantities, and parts of them, are counted."""
    size = np.where(quantity > 0.0, quantity, _LARGEST)
    most = np.floor(np.log10(_LARGEST / size)).astype(int)
    return np.asarray(np.maximum(np.maximum(most, 0), _places(quantity)))


def _places(quantity: Floats) -> Ints:
    """Digits after the point of the shortest text of each quantity."""
    places = np.full(len(quantity), -1)
    for digits in range(_FLOAT_DIGITS):
        units = np.rint(quantity * 10.0**digits)
        fits = (units / 10.0**digits == quantity) & (units < 10.0**_FLOAT_DIGITS)
        places[fits & (places < 0)] = digits
    for number in np.flatnonzero(places < 0).tolist():
        exponent = Decimal(repr(float(quantity[number]))).as_tuple().exponent
        places[number] = max(0, -int(exponent))
    return places


def whole_units(quantity: Floats, digits: Ints) -> Ints:
    """Quantities in units, exactly."""
    places = _places(quantity)
    units = np.rint(quantity * 10.0 ** np.minimum(places, _FLOAT_DIGITS))
    exact = (places < _FLOAT_DIGITS) & (units < 10.0**_FLOAT_DIGITS)
    result = np.where(exact, units, 0.0).astype(int)
    result *= 10 ** np.where(exact, digits - places, 0)
    for number in np.flatnonzero(~exact).tolist():
        value = Decimal(repr(float(quantity[number])))
        result[number] = int(value.scaleb(int(digits[number]), _EXACT))
    return result


def units_near(quantity: Floats, size: Floats, digits: Ints, noise: float) -> Ints:
    """Whole units near quantities; short decimals where these are as near.

    Parameters
    ----------
    size : ndarray
        What each is a part of.
    digits : ndarray of int
        Digits after the point of a unit.
    noise : float
        Part of the size that is as near.
    """
    few = np.floor(-np.log10(np.where(size > 0.0, size, 1.0))).astype(int)
    few = np.clip(few + _SHORT_DIGITS, 0, digits)
    scale, more = 10.0**few, 10.0 ** (digits - few)
    short = np.rint(quantity * scale)
    near = np.abs(quantity - short / scale) <= min(noise, _AS_NEAR) * size
    units = np.where(near, short * more, np.rint(quantity * scale * more))
    return np.asarray(units, dtype=int)


def floats_of(units: Ints, digits: Ints) -> Floats:
    """Quantities of whole units: floats whose shortest text is the decimal meant."""
    result = units / 10.0 ** np.minimum(digits, _EXACT_POWER)
    long = (digits > _EXACT_POWER) | (units > _LARGEST)
    for number in np.flatnonzero(long & (units > 0)).tolist():
        value = Decimal(int(units[number])).scaleb(-int(digits[number]), _EXACT)
        result[number] = float(value)
    return np.asarray(result, dtype=float)


def told_steps(whole: Ints, digits: Ints) -> Ints:
    """Units of each shipment that can be told, where parts of it have fewer digits.

    Floats that lie closer together than units tell all of these apart.
    """
    unit = 10.0 ** -digits.astype(float)
    long = (whole > _LARGEST) & (np.spacing(floats_of(whole, digits)) >= _CLOSER * unit)
    steps = np.ones(len(whole), dtype=int)
    steps[long] = [_told_step(size) for size in whole[long].tolist()]
    return steps


def _told_step(whole: int) -> int:
    """Units that can be told of so many, which are more than floats tell apart."""
    return int(10 ** len(str(int(whole // int(_LARGEST)))))


def is_told(units: int, digits: int) -> bool:
    """Whether a float's shortest text is the decimal of some units."""
    value = Decimal(units).scaleb(-digits, _EXACT)
    return Decimal(repr(float(value))) == value
