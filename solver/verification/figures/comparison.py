"""What a result says, compared with what is so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

import numpy as np

from solver.solution.rounding import NOISE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from solver.arrays import Floats, Mask
    from solver.solution.form import Digits


RELATIVE = 1e-9
"""Difference of two figures, relative to their size, that rounding explains."""


SHOWN = 20
"""Faults of one table that are told."""


@dataclass(frozen=True, slots=True, eq=False)
class FigureColumn:
    """What a column of a table must hold.

    Parameters
    ----------
    values : ndarray
        Text as str, numbers as float64 with NaN for an empty cell.
    digits : Digits or None
        Digits that numbers are rounded to; None if they are not, and for text.
    unsure : ndarray of bool, optional
        Rows that would take too long to recompute.
    size : ndarray, optional
        Size of what numbers are differences of, if larger than they are.
    """

    values: NDArray[Any]
    digits: Digits | None = None
    unsure: Mask | None = None
    size: Floats | None = None

    def differs(self, found: NDArray[Any]) -> Mask:
        """Rows in which a column found says something else."""
        if self.values.dtype == object:
            return np.asarray(self.values != found, dtype=bool)
        found = np.asarray(found, dtype=np.float64)
        size = np.abs(self.values)
        if self.size is not None:
            size = np.fmax(size, self.size)
        wrong = ~close(self.values, found, self.digits, size)
        return wrong if self.unsure is None else wrong & ~self.unsure


def text(values: Sequence[str] | NDArray[Any]) -> FigureColumn:
    """Column of text."""
    if isinstance(values, np.ndarray):
        return FigureColumn(values.astype(object, copy=False))
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return FigureColumn(column)


def numbers(
    values: Sequence[float] | Floats, digits: Digits | None = None
) -> FigureColumn:
    """Column of numbers."""
    return FigureColumn(np.array(values, dtype=np.float64), digits)


def close(
    value: Floats,
    found: Floats,
    digits: Digits | None,
    size: Floats,
) -> Mask:
    """Whether figures found are values rounded to so many digits; NaN is NaN."""
    equal = (value == found) | (np.isnan(value) & np.isnan(found))
    if digits is None:
        return np.asarray(equal)
    with np.errstate(invalid="ignore"):
        margin = np.maximum(1.001 * _last_place(digits, size), RELATIVE * size)
        return np.asarray(equal | (np.abs(value - found) <= margin))


def _last_place(digits: Digits, size: Floats) -> Floats:
    """Return what the last digit of figures of this size stands for."""
    place = np.full(len(size), 10.0**-digits.after_point)
    if digits.in_all:
        least = NOISE * np.fmax.reduce(size, initial=0.0)
        above = np.ceil(
            np.log10(size, where=size > 0.0, out=np.full(len(size), -np.inf))
        )
        place = np.minimum(place, np.maximum(10.0 ** (above - digits.in_all), least))
    return place


def table_faults(
    name: str, expected: Mapping[str, FigureColumn], table: Mapping[str, NDArray[Any]]
) -> Iterator[str]:
    """Yield where a table differs from what it must hold."""
    if list(table) != list(expected):
        yield f"{name}.csv: its columns are not {', '.join(expected)}"
        return
    rows = {len(column.values) for column in expected.values()}
    found = {len(values) for values in table.values()}
    if found != rows:
        yield f"{name}.csv: has {_listed(found)} rows, not {_listed(rows)}"
        return
    wrong = [
        (int(row), title)
        for title, column in expected.items()
        for row in np.flatnonzero(column.differs(table[title]))[: SHOWN + 1]
    ]
    for row, title in sorted(wrong)[:SHOWN]:
        says, is_so = shown(table[title][row]), shown(expected[title].values[row])
        yield f"{name}.csv:{row + 2} {title}: says {says}, is {is_so}"
    if len(wrong) > SHOWN:
        yield f"{name}.csv: and more"


def _listed(counts: set[int]) -> str:
    return " or ".join(map(str, sorted(counts)))


def shown(value: object) -> str:
    """Text of a cell or of a figure in a document."""
    if isinstance(value, float):
        if np.isnan(value):
            return "nothing"
        return f"{float(value):.12g}"
    if isinstance(value, str):
        return repr(value)
    return "nothing" if value is None else str(value)


def document_faults(where: str, expected: object, found: object) -> Iterator[str]:
    """Yield where a part of a document differs from what it must hold.

    Mappings have the same keys in the same order.
    """
    match expected:
        case dict():
            yield from _mapping_faults(where, expected, found)
        case list():
            yield from _list_faults(where, expected, found)
        case Claim():
            if not expected.holds(found):
                yield f"{where}: says {shown(found)}, {expected.meant}"
        case _:
            if not same(expected, found):
                yield f"{where}: says {shown(found)}, is {shown(_value(expected))}"


def _mapping_faults(
    where: str, expected: dict[str, Any], found: object
) -> Iterator[str]:
    if not isinstance(found, dict) or list(found) != list(expected):
        yield f"{where}: its keys are not {', '.join(map(str, expected))}"
        return
    for key, value in expected.items():
        yield from document_faults(f"{where} {key}", value, found[key])


def _list_faults(where: str, expected: list[Any], found: object) -> Iterator[str]:
    if not isinstance(found, list) or len(found) != len(expected):
        yield f"{where}: has not {len(expected)} entries"
        return
    for number, (value, entry) in enumerate(zip(expected, found, strict=True)):
        yield from document_faults(f"{where} {number + 1}", value, entry)


class Figure(NamedTuple):
    """A number of a document, rounded to some digits after the point.

    `size` is that of what it is a difference of, if larger than it is.
    """

    value: float
    digits: Digits
    size: float = 0.0


class Claim(NamedTuple):
    """What a part of a document must be like, where only that can be checked."""

    meant: str
    holds: Any


def _value(expected: object) -> object:
    return expected.value if isinstance(expected, Figure) else expected


def same(expected: object, found: object) -> bool:
    """Whether a part of a document is as expected."""
    if isinstance(expected, Figure):
        if not is_number(found):
            return False
        value, other = np.array([expected.value]), np.array([found], dtype=np.float64)
        size = np.maximum(np.abs(value), expected.size)
        return bool(close(value, other, expected.digits, size)[0])
    if is_number(expected):
        return is_number(found) and expected == found
    return type(expected) is type(found) and expected == found


def is_number(value: object) -> TypeGuard[float]:
    """Whether a part of a document is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)
