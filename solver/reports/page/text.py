"""Names and numbers as a page shows them, and how wide a text is at most."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

from solver.reports.screen.numbers import figure

LONGEST = 32
"""Characters of a name in a picture; tables hold it whole."""

_UNSAFE = {"Cc", "Cs", "Co", "Cn"}
_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NARROW, _SLIM, _BROAD = "iIjl.,:;'|! ", "frt()[]-/", "mwMWQ@%&—…"
_WIDTHS = ((_NARROW, 0.34), (_SLIM, 0.45), (_BROAD, 1.0))
_CAPITAL, _SMALL, _FULL = 0.77, 0.64, 1.05
_ARROW = " \N{RIGHTWARDS ARROW} "
_MILLION, _THOUSAND, _MANY, _MUCH = 1e6, 1e3, 2e4, 1e7
_TENS, _TENTH = 10, 0.1


def shown(name: str) -> str:
    """Name without characters that steer a line of text instead of standing in it."""
    if name.isprintable() and not _STEERING & set(name):
        return name
    lines = " ".join(name.split())
    return "".join("\N{REPLACEMENT CHARACTER}" if _steers(c) else c for c in lines)


def _steers(char: str) -> bool:
    return char in _STEERING or unicodedata.category(char) in _UNSAFE


def cut(name: str, longest: int = LONGEST) -> str:
    """Name as a picture shows it: cut to a length that leaves room for others."""
    name = " ".join(shown(name).split())
    return name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…"


def chained(names: list[str]) -> str:
    """Join names by arrows."""
    return _ARROW.join(shown(name) for name in names)


def text_width(text: str, size: float) -> float:
    """Width of a text in a sans-serif face of a size, at most, in the unit of `size`.

    Taken from DejaVu Sans, the widest of the faces a page asks for.
    """
    return size * sum(_char_width(char) for char in text)


def _char_width(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    for chars, width in _WIDTHS:
        if char in chars:
            return width
    if unicodedata.east_asian_width(char) in "WF":
        return _FULL
    return _CAPITAL if char.isupper() or not char.isascii() else _SMALL


@dataclass(frozen=True, slots=True)
class TextScale:
    """A unit in which quantities of one page read well.

    Parameters
    ----------
    unit : str
        Its name, such as ``Mt`` or ``million FFE``.
    size : float
        How many of the instance's unit it holds.
    """

    unit: str
    size: float

    @classmethod
    def of(cls, largest: float, unit: str) -> TextScale:
        """Return the scale for quantities of which `largest` is the largest."""
        if largest >= _MILLION:
            return cls("Mt" if unit == "t" else f"million {unit}", _MILLION)
        if largest >= _MANY:
            return cls("kt" if unit == "t" else f"thousand {unit}", _THOUSAND)
        return cls(unit, 1.0)

    def number(self, quantity: float) -> str:
        """Return a quantity in this unit, without the unit."""
        value = quantity / self.size
        if abs(value) >= _TENS:
            return f"{value:,.1f}"
        return f"{value:.2f}" if abs(value) >= _TENTH or not value else figure(value, 1)

    def text(self, quantity: float) -> str:
        """Return a quantity with this unit."""
        return f"{self.number(quantity)} {self.unit}"


def rate(value: float | None) -> str:
    """Return money per unit with two decimals; more where these would say nothing."""
    if value is None or math.isnan(value):
        return "-"
    return f"{value:,.2f}" if abs(value) >= _TENTH else figure(value)


def concentration(value: float | None) -> str:
    """Return an HHI with three decimals; a dash for none."""
    return "-" if value is None or math.isnan(value) else f"{value:.3f}"


def money(value: float) -> str:
    """Return an amount of money in billions or millions where it is large."""
    for size, word in ((1e9, "bn"), (1e6, "million")):
        if abs(value) >= size:
            return f"{figure(value / size, 4)} {word}"
    return figure(value)


def money_scale(largest: float, unit: str) -> tuple[float, str]:
    """Return the size and name of a unit in which amounts of money read well."""
    return (_MILLION, f"million {unit}") if largest >= _MUCH else (1.0, unit)
