"""Units of measure: which are known, of what kind, and how they convert.

A unit stands in a header (`capacity [kt]`, `cost [USD/t]`) and is converted to the
unit the instance names, so that the result is the decimal a reader would write:
0.3 kt are 300 t, without the dust of binary fractions. A word that is not a known unit
(FFE, wagon) matches only itself, and so does every currency.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from solver.problem.instance import Units


_SIZES: dict[str, dict[str, str]] = {
    "quantity": {"kg": "1", "t": "1000", "kt": "1e6", "Mt": "1e9"},
    "distance": {"m": "1", "km": "1000", "mi": "1609.344"},
    "days": {"h": "1", "d": "24", "week": "168"},
    "emissions": {"kg": "1", "t": "1000"},
}


_SPELLINGS: dict[str, dict[str, str]] = {
    "quantity": {
        "kilogram": "kg",
        "kilograms": "kg",
        "tonne": "t",
        "tonnes": "t",
        "metric ton": "t",
        "metric tons": "t",
        "kilotonne": "kt",
        "kilotonnes": "kt",
        "thousand t": "kt",
        "thousand tonnes": "kt",
        "megatonne": "Mt",
        "megatonnes": "Mt",
        "million t": "Mt",
        "million tonnes": "Mt",
    },
    "distance": {
        "metre": "m",
        "metres": "m",
        "meter": "m",
        "meters": "m",
        "kilometre": "km",
        "kilometres": "km",
        "kilometer": "km",
        "kilometers": "km",
        "mile": "mi",
        "miles": "mi",
    },
    "days": {
        "hr": "h",
        "hour": "h",
        "hours": "h",
        "day": "d",
        "days": "d",
        "weeks": "week",
    },
    "emissions": {
        "kg CO2e": "kg",
        "kgCO2e": "kg",
        "kg CO2": "kg",
        "kgCO2": "kg",
        "t CO2e": "t",
        "tCO2e": "t",
        "t CO2": "t",
        "tCO2": "t",
        "tonnes CO2e": "t",
    },
}


_NOUNS = {
    "quantity": "a quantity",
    "distance": "a distance",
    "days": "a time",
    "emissions": "a mass of CO2e",
    "money": "money",
}


_EXACT = Context(prec=60)


_DIGITS = Context(prec=15)
"""Fifteen digits: what a double keeps of any decimal."""


class UnitError(ValueError):
    """A unit that does not fit; holds what is wrong and what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Conversion(NamedTuple):
    """A factor between two units, as a fraction of decimals.

    Parameters
    ----------
    multiplier, divisor : Decimal
        A number is multiplied by the one and divided by the other.
    shift : int or None
        Power of ten that the factor is, if it is one.
    """

    multiplier: Decimal = Decimal(1)
    divisor: Decimal = Decimal(1)
    shift: int | None = None

    @property
    def changes(self) -> bool:
        """Whether anything is to be converted at all."""
        return self.multiplier != self.divisor

    def converted(self, number: str) -> float:
        """Return the number, given as decimal text, in the other unit."""
        if self.shift is not None and "e" not in number and "E" not in number:
            return float(f"{number}e{self.shift}")
        product = _EXACT.multiply(Decimal(number), self.multiplier)
        return float(_DIGITS.divide(product, self.divisor))


def conversion(kind: str, given: str, units: Units) -> Conversion:
    """Conversion from a unit given in a header to the instance's own.

    Parameters
    ----------
    kind : str
        Kind of unit of the column, such as ``money/quantity``; blank: none.
    given : str
        The unit in the header, such as ``USD/t``.
    units : Units
        What the instance's numbers are in.

    Raises
    ------
    UnitError
        If the unit is of another kind, or is a word or currency of its own.
    """
    wanted = unit_of(kind, units)
    if not wanted:
        raise UnitError(f"`[{given}]` is given where no unit belongs", "leave it out")
    kinds = kind.split("/")
    parts = _parts(given)
    if len(parts) != len(kinds):
        message = f"unit `{given}` is of the wrong kind"
        raise UnitError(message, f"give one like `{wanted}`")
    multiplier, divisor = Decimal(1), Decimal(1)
    own = wanted.split("/")
    for number, (one, part, target) in enumerate(zip(kinds, parts, own, strict=True)):
        up, down = _ratio(one, part, target)
        if number:
            up, down = down, up
        multiplier, divisor = multiplier * up, divisor * down
    return Conversion(multiplier, divisor, _power_of_ten(multiplier, divisor))


def unit_of(kind: str, units: Units) -> str:
    """Return the unit of numbers of a kind, such as ``USD/t``."""
    names = {
        "quantity": units.quantity,
        "money": units.money,
        "distance": units.distance,
        "days": "d",
        "emissions": "kg",
    }
    return "/".join(names[part] for part in kind.split("/")) if kind else ""


def check_units(units: Units) -> None:
    """Refuse manifest units of the wrong kind, such as a quantity in km.

    Raises
    ------
    UnitError
        With the first that is wrong.
    """
    for kind, unit in (("quantity", units.quantity), ("distance", units.distance)):
        if not _is_of_kind(unit, kind) and _kind_of(unit):
            message = f"`{unit}` is {_NOUNS[_kind_of(unit)]}, not {_NOUNS[kind]}"
            known = ", ".join(_SIZES[kind])
            raise UnitError(message, f"give one of {known}, or a word of your own")
    if _kind_of(units.money):
        message = f"`{units.money}` is {_NOUNS[_kind_of(units.money)]}, not money"
        raise UnitError(message, "name a currency such as USD")


def _power_of_ten(multiplier: Decimal, divisor: Decimal) -> int | None:
    _, digits, exponent = _EXACT.divide(multiplier, divisor).normalize().as_tuple()
    return int(exponent) if digits == (1,) else None


def _parts(given: str) -> list[str]:
    """Parts of a quotient; `USD/tkm` and `USD/(t km)` are read as `USD/t/km`."""
    flat = re.sub(r"\(\s*([^()]+?)\s*[ *·-]\s*([^()]+?)\s*\)", r"\1/\2", given)
    flat = re.sub(r"/\s*(kg|t|kt)[ *·-]?(km|mi)\s*$", r"/\1/\2", flat)
    return [part.strip() for part in flat.split("/")]


def _symbol(kind: str, unit: str) -> str:
    spelling = _SPELLINGS[kind]
    return spelling.get(unit) or spelling.get(unit.lower()) or unit


def _is_of_kind(unit: str, kind: str) -> bool:
    return kind in _SIZES and _symbol(kind, unit) in _SIZES[kind]


def _kind_of(unit: str) -> str:
    return next((kind for kind in _SIZES if _is_of_kind(unit, kind)), "")


def _ratio(kind: str, given: str, target: str) -> tuple[Decimal, Decimal]:
    """How large the given unit and the target are, in the kind's smallest unit."""
    if given == target:
        return Decimal(1), Decimal(1)
    if _is_of_kind(given, kind) and _is_of_kind(target, kind):
        sizes = _SIZES[kind]
        return (
            Decimal(sizes[_symbol(kind, given)]),
            Decimal(sizes[_symbol(kind, target)]),
        )
    raise _mismatch(kind, given, target)


def _mismatch(kind: str, given: str, target: str) -> UnitError:
    other = _kind_of(given)
    if other and other != kind and not _is_of_kind(given, kind):
        message = f"unit `{given}` is {_NOUNS[other]}, not {_NOUNS[kind]}"
        return UnitError(message, f"give one like `{target}`")
    if kind == "money":
        message = f"currency `{given}` is not the instance's `{target}`"
        return UnitError(message, "convert the column yourself, or change `units`")
    if given in {"mt", "MT"}:
        message = f"unit `{given}` may mean t or Mt"
        return UnitError(message, "write `t` for a tonne, `Mt` for a million tonnes")
    if _is_of_kind(target, kind):
        message = f"unit `{given}` is not known"
        return UnitError(message, f"give one of {', '.join(_SIZES[kind])}")
    message = f"unit `{given}` cannot be converted to `{target}`"
    return UnitError(message, f"give the column in `{target}`")
