"""The tables of a result folder: columns as they were written, or else their faults.

No text in a result holds a line break, so that row n of a table is line n + 2.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import Fault
from solver.solution.form import EMPTY, OPTIONAL, TABLES
from solver.storage.guarded_text import guarded, unguarded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from solver.arrays import Floats

    Table = dict[str, NDArray[Any]]


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


def number_texts(numbers: Floats) -> list[str]:
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


REMEDY = "solve again: the file is not as it was written"


_DIGITS = frozenset("0123456789+-.e")


_LONGEST_CELL = 2**31 - 1


_FIRST_LINE = 2


_SHOWN = 40


_MOST_FAULTS = 20


def read_table(name: str, content: bytes, faults: list[Fault]) -> Table:
    """Columns of a table; what is wrong with it joins `faults`.

    Parameters
    ----------
    name : str
        Name of the table, such as ``allocation``.
    content : bytes
        Content of its file.
    faults : list of Fault
        What is wrong is added here; the table is then of no use.
    """
    file = f"{name}.csv"
    digits_of = {**TABLES, **OPTIONAL}[name]
    columns = list(digits_of)
    rows = _rows(file, content, faults)
    if not rows or rows[0] != columns:
        message = f"the columns are {', '.join(rows[0]) if rows else 'missing'}"
        faults.append(Fault(file, message, f"they must be {', '.join(columns)}", 1))
        return {}
    for line, row in enumerate(rows, 1):
        if len(row) != len(columns):
            message = f"has {len(row)} cells instead of {len(columns)}"
            faults.append(Fault(file, message, REMEDY, line))
            return {}
    cells = list(zip(*rows[1:], strict=True)) or [()] * len(columns)
    table: Table = {}
    for (column, digits), texts in zip(digits_of.items(), cells, strict=True):
        if digits is None:
            table[column] = _text(unguarded(texts))
            faults.extend(_not_guarded(texts, file, column))
        else:
            empty = column in EMPTY[name]
            table[column] = _numbers(texts, empty=empty)
            if not len(table[column]):
                faults.extend(_no_numbers(texts, file, column, empty=empty))
    return table


def _rows(file: str, content: bytes, faults: list[Fault]) -> list[list[str]]:
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        text = content.decode()
        if text and not text.endswith("\n"):
            faults.append(Fault(file, "its last line is cut off", REMEDY))
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError as error:
        faults.append(Fault(file, f"byte {error.start} is not UTF-8", REMEDY))
    except csv.Error as error:
        faults.append(Fault(file, f"is not CSV: {error}", REMEDY))
    finally:
        csv.field_size_limit(before)
    return []


def _text(texts: Sequence[str]) -> NDArray[Any]:
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return column


def _not_guarded(texts: Sequence[str], file: str, column: str) -> list[Fault]:
    """Cells that are not written as their text is, the first of them."""
    wrong = {text for text in set(texts) if guarded(unguarded([text])[0]) != text}
    faults = []
    for line, text in enumerate(texts if wrong else (), _FIRST_LINE):
        if text in wrong:
            message = f"`{text[:_SHOWN]}` is not guarded as it should be"
            faults.append(Fault(file, message, REMEDY, line, column, text[:_SHOWN]))
    return faults[:_MOST_FAULTS]


def _numbers(texts: Sequence[str], *, empty: bool) -> Floats:
    """Numbers of a column, NaN for an empty cell; none if any is none."""
    try:
        if set("".join(texts)) <= _DIGITS:
            numbers = np.array([float(text or "nan") for text in texts], dtype=float)
            if np.isfinite(numbers).all() or (empty and not np.isinf(numbers).any()):
                return numbers
    except ValueError:
        pass
    return np.zeros(0)


def _no_numbers(
    texts: Sequence[str], file: str, column: str, *, empty: bool
) -> list[Fault]:
    """Cells that are no number, the first of them."""
    faults = []
    for line, text in enumerate(texts, _FIRST_LINE):
        if not len(_numbers([text], empty=empty)):
            shown = text[:_SHOWN]
            message = f"`{shown}` is not a number" if text else "is empty"
            faults.append(Fault(file, message, REMEDY, line, column, shown))
    return faults[:_MOST_FAULTS]
