"""A table as the bytes of a CSV file: UTF-8, commas, one line break a row.

Text that a spreadsheet would take for a formula is guarded: see `guarded_text`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.guarded_text import guarded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_SPECIAL = ',"\r\n'
"""Letters for which a cell needs quotes."""


def table_bytes(table: Mapping[str, NDArray[Any]]) -> bytes:
    """Content of the CSV file of a table.

    Parameters
    ----------
    table : dict of str to ndarray
        Columns by name; numbers as float64, with NaN for an empty cell.
    """
    known: dict[bytes, list[str]] = {}
    columns = [_cells(column, known) for column in table.values()]
    lines = [",".join(_quoted(_guarded(list(table))))]
    lines.extend(map(",".join, zip(*columns, strict=True)))
    return "\n".join([*lines, ""]).encode()


def _cells(column: NDArray[Any], known: dict[bytes, list[str]]) -> list[str]:
    """Text of each cell of a column; columns of equal numbers share theirs."""
    if column.dtype != np.float64:
        return _quoted(_guarded(column.tolist()))
    key = column.tobytes()
    if key not in known:
        known[key] = number_texts(column)
    return known[key]


def number_texts(numbers: NDArray[np.float64]) -> list[str]:
    """Shortest text of each number; empty for NaN, without `.0` for a whole number."""
    different, place = np.unique(numbers + 0.0, return_inverse=True)
    # One call for all: the texts of a list's numbers stand between commas.
    listed = repr(different.tolist())[1:-1] + ", "
    listed = listed.replace(".0, ", ", ").replace("nan, ", ", ")
    texts = np.array(listed.split(", ")[:-1], dtype=object)
    found: list[str] = texts[place].tolist()
    return found


def _guarded(texts: list[str]) -> list[str]:
    """Texts behind a guard where a spreadsheet would run them."""
    different = {text: guarded(text) for text in set(texts)}
    if all(text == kept for text, kept in different.items()):
        return texts
    return [different[text] for text in texts]


def _quoted(texts: list[str]) -> list[str]:
    different = set(texts)
    every = "".join(different)
    if not any(letter in every for letter in _SPECIAL):
        return texts
    quoted = {text: _in_quotes(text) for text in different}
    return [quoted[text] for text in texts]


def _in_quotes(text: str) -> str:
    """Text in quotes if it needs them."""
    if not any(letter in text for letter in _SPECIAL):
        return text
    return '"' + text.replace('"', '""') + '"'
