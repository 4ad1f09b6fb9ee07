"""Columns that say what one more and one less do, and how far that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.solution.form import SHARE
from solver.solution.keys import ShipmentKey
from solver.solution.rounding import figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from solver.arrays import Floats
    from solver.reports.account import Account
    from solver.reports.tables.columns import Table
    from solver.solution.keys import CapacityKey, RowKey
    from solver.solution.slopes import Relief


_SIDES = ("more", "less")

SLACK = 1e-9
"""Part of a right-hand side that is free from which it does not bind at all."""


def both_ways(
    account: Account,
    keys: Sequence[CapacityKey | RowKey],
    room: Floats,
    units: Floats,
) -> Table:
    """Return prices, lengths and reliefs of limits or rows in both directions.

    Parameters
    ----------
    keys : sequence of CapacityKey or RowKey
        Row by row.
    room : ndarray
        What is free of each, in the units shown; NaN where it binds.
    units : ndarray
        Quantity in a unit shown: prices are times that, lengths parts of it.
    """
    prices, lengths = np.full((2, len(keys), 2), np.nan)
    stages = [account.cost_stage, *account.stages("unmet")]
    slopes, reliefs = account.slopes, account.reliefs
    told = np.full((len(keys), 2), "", dtype=object)
    for number, key in enumerate(keys if account.is_proved else ()):
        is_priced = any(stage.price_of(key) for stage in stages)
        if not is_priced and not np.isnan(room[number]):
            prices[number] = 0.0
            lengths[number, 1] = room[number]
            continue
        for place, direction in enumerate(_SIDES):
            slope = slopes.get((key, direction))
            if slope is not None:
                prices[number, place] = slope.value * units[number]
                if units[number] > 0.0:
                    lengths[number, place] = slope.good_for / units[number]
            relief = reliefs.get((key, direction))
            if relief is not None:
                told[number, place] = _relief_text(relief, units[number])
    return {
        "price_more": prices[:, 0],
        "price_less": prices[:, 1],
        "good_for_more": lengths[:, 0],
        "good_for_less": lengths[:, 1],
        "relief_more": told[:, 0],
        "relief_less": told[:, 1],
    }


def _relief_text(relief: Relief, unit: float) -> str:
    """Return quantity by class, as `1=0.5, last=-2`."""
    told = [
        ("last" if priority is None else str(priority), figure(rate * unit, SHARE))
        for priority, rate in relief.value
    ]
    return ", ".join(f"{name}={rate:.12g}" for name, rate in told)


def relief_parts(text: str) -> list[tuple[str, str]]:
    """Return class and quantity of each part of a text such as `1=0.5, last=-2`."""
    parts = (part.partition("=") for part in text.split(", ") if part)
    return [(name, number) for name, _, number in parts]


def relief_figures(text: str) -> list[tuple[int | None, float]]:
    """Return priority and quantity of each part; None is the last of all."""
    return [
        (None if name == "last" else int(name), float(number))
        for name, number in relief_parts(text)
    ]


TOLD_APART = 9
"""Digits in which two prices, times use, must differ to be told apart."""


def binding(table: Mapping[str, NDArray[Any]], used: Floats) -> list[int]:
    """Return the rows of limits that bind, the largest price times use first.

    A limit binds if one more or one less of it does anything. A shadow price alone says
    so only where what one more saves is not known, or there is something to take less
    of: closed limits in series share one price in many ways. The largest price is what
    one less costs, where that is known.

    Parameters
    ----------
    table : dict of str to ndarray
        The table of limits.
    used : ndarray, shape (rows,)
        What is used of each.
    """
    more, less = (table[f"price_{side}"].astype(float) for side in _SIDES)
    is_known = (more >= 0.0) & ((table["capacity"] == 0.0) | (less >= 0.0))
    dual = np.where(is_known, 0.0, table["price"].astype(float))
    largest = np.max([dual, np.nan_to_num(more), np.nan_to_num(less)], axis=0)
    told = np.any([table[f"relief_{side}"] != "" for side in _SIDES], axis=0)
    order = [
        [float(f"{value:.{TOLD_APART}g}") for value in values]
        for values in ((largest * used).tolist(), largest.tolist())
    ]
    return sorted(
        np.flatnonzero((largest > 0) | told).tolist(),
        key=lambda row: (
            *(-values[row] for values in order),
            *(table["limit"][row], table["kind"][row], row),
        ),
    )


def demand_both_ways(account: Account) -> Table:
    """Return what one more of each demand costs and one less saves."""
    cargo = account.cargo
    number = {name: place for place, name in enumerate(account.instance.periods)}
    costs = np.full((2, len(cargo)), np.nan)
    for (key, direction), slope in account.slopes.items():
        if isinstance(key, ShipmentKey):
            first, end = np.searchsorted(cargo.demand, [key.row - 1, key.row])
            of_row = np.arange(first, end)
            own = of_row[cargo.period[of_row] == number[key.period]]
            costs[0 if direction == "more" else 1, own] = slope.value
    return {"cost_more": costs[0], "cost_less": costs[1]}
