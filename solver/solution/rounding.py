"""Figures as they are published: so many digits after the point, and enough in all."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.form import MONEY, Digits

if TYPE_CHECKING:
    from solver.arrays import Floats


NOISE = 1e-12
"""Part of the largest figure below which others may be what floats leave of nothing."""


def rounded(values: Floats, digits: Digits) -> Floats:
    """Return a column of figures with its digits; NaN stays.

    What is no more than `NOISE` beside the largest is told as well as that, no better.

    Parameters
    ----------
    values : ndarray
        Figures, such as 3e-7 million tonnes: told as well as 300 kilograms.
    digits : Digits
        Digits, as `TABLES` has them.
    """
    result = np.round(values, digits.after_point) + 0.0
    size = np.abs(values)
    least = NOISE * np.fmax.reduce(size, initial=0.0)
    small = (size < _small(digits)) & (size > least)
    result[small] = [_in_all(value, digits) for value in values[small].tolist()]
    return np.asarray(result)


def figure(value: float, digits: Digits, size: float = 0.0) -> float:
    """Return one figure with its digits.

    Parameters
    ----------
    value : float
        The figure.
    digits : Digits
        Its digits.
    size : float, optional
        Size of what it is a difference of.
    """
    value = float(value)
    if NOISE * size < abs(value) < _small(digits):
        return _in_all(value, digits)
    return round(value, digits.after_point) + 0.0


def amount(value: float, size: float = 0.0) -> float:
    """Return an amount of money, or a quantity, with its digits."""
    return figure(value, MONEY, size)


def _small(digits: Digits) -> float:
    """Return below what digits after the point are too few in all."""
    return 10.0 ** (digits.in_all - digits.after_point - 1) if digits.in_all else 0.0


def _in_all(value: float, digits: Digits) -> float:
    return float(f"{value:.{digits.in_all}g}")


def exact(value: float) -> Fraction:
    """Return the number that the shortest text of a float stands for."""
    return Fraction(Decimal(repr(value)))
