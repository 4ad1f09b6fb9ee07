"""Numbers for people: thousands separated, and no more digits than they deserve."""

from __future__ import annotations

import math

_MOST_DECIMALS = 6
_MILLION = 1_000_000
_NOISE = 1e-2
_SMALL, _TINY, _HUGE = 1e-4, 1e-6, 1e18
_ROUNDING, _BELOW = 1e-9, "below 1e-9"


def figure(value: float | None, significant: int = 4) -> str:
    """Return a number as text, with its whole part at least; a dash for none.

    What is below 0.000001, or 1e18 and more, stands in powers of ten, but what only
    rounding makes is 0.

    Parameters
    ----------
    value : float or None
        The number.
    significant : int
        Digits shown of a number that has fewer before its point.
    """
    if value is None or math.isnan(value):
        return "-"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if _ROUNDING <= abs(value) < _TINY or abs(value) >= _HUGE:
        return f"{value:.{significant}g}"
    decimals = max(0, significant - 1 - size)
    if not _TINY <= abs(value) < _SMALL:
        decimals = min(decimals, _MOST_DECIMALS)
    text = f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def short(value: float | None) -> str:
    """Return a number as text, in millions (`M`) from a million on.

    Parameters
    ----------
    value : float or None
        The number; `figure` gives all digits of its whole part.
    """
    if value is None or abs(value) < _MILLION:
        return figure(value)
    return f"{figure(value / _MILLION)} M"


def percent(share: float | None, decimals: int = 1) -> str:
    """Share as a percentage; a dash if there is none."""
    if share is None or math.isnan(share):
        return "-"
    return f"{100 * share:,.{decimals}f} %"


def seconds(value: float) -> str:
    """Duration with the digits that matter."""
    return f"{value:.2f} s" if value < 100 else f"{value:,.0f} s"  # noqa: PLR2004


def outwards(value: float, digits: int, *, up: bool) -> float:
    """Round up, or down, unless the number has no more digits than noise adds."""
    nearest = round(value, digits)
    if not math.isfinite(value) or abs(value - nearest) <= _NOISE * 10.0**-digits:
        return nearest
    scale = 10.0**digits
    return (math.ceil if up else math.floor)(value * scale) / scale


def small(value: float) -> str:
    """Return a number near 0 in powers of ten; what only rounding makes, as a bound."""
    if 0 < value < _ROUNDING:
        return _BELOW
    return "0" if value == 0 else f"{value:.1e}"
