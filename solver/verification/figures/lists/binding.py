"""Whether the limits that a summary calls binding are those that bind most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.solution.form import PRICE, SHARE
from solver.verification.figures.comparison import Figure, document_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.arrays import Floats, Mask
    from solver.verification.figures.comparison import FigureColumn

    Columns = Mapping[str, FigureColumn]


_WHERE = "summary.json binding_capacities"

_MOST = 10
"""Limits that a summary names."""

_TOLD_APART = 9
"""Digits in which two prices, times use, must differ to be told apart."""

_SIDES = ("more", "less")

_KEY = ("kind", "limit", "period")


def binding_faults(capacity: Columns, entries: object) -> Iterator[str]:
    """Yield what is wrong with the limits that are called binding.

    They are told by price times use, the largest first; equal ones may stand in
    any order. Earlier results also name closed limits that save nothing but
    have one of the prices that prove the plan.

    Parameters
    ----------
    capacity : dict of str to FigureColumn
        What the table of limits must hold.
    entries : object
        What the summary says.
    """
    if not isinstance(entries, list) or len(entries) > _MOST:
        yield f"{_WHERE}: is not a list of at most {_MOST} limits"
        return
    value, binds = _value_of_use(capacity)
    may_be_named = binds | (capacity["price"].values > 0)
    names = zip(*(capacity[name].values for name in _KEY), strict=True)
    rows = {key: row for row, key in enumerate(names) if may_be_named[row]}
    named: list[int] = []
    for number, entry in enumerate(entries, 1):
        where = f"{_WHERE} {number}"
        row = rows.get(_key(entry))
        if row is None or row in named or (named and value[row] > value[named[-1]]):
            yield f"{where}: is not a limit that binds, is told twice or not in order"
            return
        named.append(row)
        yield from document_faults(where, _expected(capacity, row), entry)
    left_out = np.setdiff1d(np.flatnonzero(binds), named)
    if len(named) == _MOST:
        left_out = left_out[value[left_out] > value[named[-1]]]
    for row in left_out[:1]:
        yield f"{_WHERE}: leaves out {capacity['limit'].values[row]!r}, which binds"


def _value_of_use(capacity: Columns) -> tuple[Floats, Mask]:
    """Price times use of each limit, and whether one more or one less does anything.

    Where that is not known, a shadow price says so.
    """
    more, less = (capacity[f"price_{own}"].values for own in _SIDES)
    is_known = (more >= 0) & ((capacity["capacity"].values == 0) | (less >= 0))
    dual = np.where(is_known, 0.0, capacity["price"].values)
    largest = np.max([dual, np.nan_to_num(more), np.nan_to_num(less)], axis=0)
    reliefs = [capacity[f"relief_{own}"].values != "" for own in _SIDES]
    products = (largest * capacity["used"].values).tolist()
    value = np.array([float(f"{value:.{_TOLD_APART}g}") for value in products])
    return value, (largest > 0) | np.any(reliefs, axis=0)


def _key(entry: object) -> tuple[str, ...]:
    if not isinstance(entry, dict) or not {*_KEY} <= {*entry}:
        return ()
    return tuple(str(entry[name]) for name in _KEY)


def _expected(capacity: Columns, row: int) -> dict[str, Any]:
    """Return what the summary says of a limit."""
    utilisation = float(capacity["utilisation"].values[row])
    return {
        **{name: capacity[name].values[row] for name in _KEY},
        "price": Figure(float(capacity["price"].values[row]), PRICE),
        "utilisation": None if np.isnan(utilisation) else Figure(utilisation, SHARE),
    }
