"""Places that the line of a leg passes on a map, as a cell writes them."""

from __future__ import annotations

_LARGEST = (90.0, 180.0)


def waypoints(cell: str) -> list[tuple[float, float]]:
    """Return latitude and longitude of each place of a cell, ``lat lon; lat lon``.

    Raises
    ------
    ValueError
        The cell holds anything else.
    """
    return [_place(part) for part in cell.split(";") if part.strip()]


def _place(text: str) -> tuple[float, float]:
    latitude, longitude = map(float, text.split())
    for value, largest in zip((latitude, longitude), _LARGEST, strict=True):
        if not abs(value) <= largest:
            message = f"{value:g} is beyond {largest:g} degrees"
            raise ValueError(message)
    return latitude, longitude
