"""A table as the bytes of a CSV file: UTF-8, commas, one line break a row.

Text is written as it stands, also where a spreadsheet would take it for a formula:
what is read back is what was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_SPECIAL = re.compile(r'[,"\r\n]')


def table_bytes(table: Mapping[str, NDArray[Any]]) -> bytes:
    """Content of the CSV file of a table.

    Parameters
    ----------
    table : dict of str to ndarray
        Columns by name; numbers as float64, with NaN for an empty cell.
    """
    columns = [cells(column) for column in table.values()]
    lines = [",".join(_quoted(list(table)))]
    lines.extend(map(",".join, zip(*columns, strict=True)))
    return "\n".join([*lines, ""]).encode()


def cells(column: NDArray[Any]) -> list[str]:
    """Text of each cell of a column, as it stands in a file."""
    if column.dtype != np.float64:
        return _quoted(column.tolist())
    return list(map(number_text, column.tolist()))


def number_text(value: float) -> str:
    """Shortest text of a number; empty for NaN, without `.0` for a whole number."""
    if value != value:  # noqa: PLR0124 - the fastest test for NaN
        return ""
    text = repr(value + 0.0)
    return text.removesuffix(".0")


def _quoted(texts: list[str]) -> list[str]:
    if not _SPECIAL.search("".join(texts)):
        return texts
    return [
        '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text
        for text in texts
    ]
