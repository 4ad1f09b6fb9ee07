"""Columns of result tables: texts joined from arrays, numbers to their digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.solution.form import EXACT, OPTIONAL, TABLES, Digits
from solver.solution.rounding import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints
    from solver.reports.account import Account

    Column = NDArray[Any]
    Table = dict[str, Column]


ROUTE_JOIN = " > "


TEN_THOUSAND = 10_000.0
"""The HHI of a single corridor, on the scale on which shares are per cent."""


def typed_table(name: str, table: Table) -> Table:
    """Columns in their order: text as str, numbers rounded to their digits."""
    return {
        column: table[column].astype(object)
        if digits is None
        else _rounded(table[column].astype(float), digits)
        for column, digits in {**TABLES, **OPTIONAL}[name].items()
    }


def _rounded(numbers: Floats, digits: Digits) -> Floats:
    return numbers if digits == EXACT else rounded(numbers, digits)


def text_column(names: list[str]) -> Column:
    """Text as an array of str."""
    result = np.empty(len(names), dtype=object)
    result[:] = names
    return result


def shipment_columns(account: Account, shipment: Ints) -> Table:
    """Return the columns that say whose rows these are."""
    instance, cargo = account.instance, account.cargo
    rows = cargo.demand[shipment]
    periods = text_column(list(instance.periods))
    return {
        "row": rows + 1,
        "demand": instance.demand["demand"][rows],
        "product": instance.demand["product"][rows],
        "origin": instance.demand["origin"][rows],
        "market": instance.demand["market"][rows],
        "period": periods[cargo.period[shipment]],
    }
