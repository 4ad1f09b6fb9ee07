"""One CSV file to raw columns, strictly: nothing is guessed, shifted or dropped."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from solver.errors import Fault, InputError
from solver.loaders.csv.first_line import first_line_fault, is_comment
from solver.loaders.csv.plain import shared, split_plain
from solver.loaders.file_kinds import foreign_kind
from solver.loaders.raw_tables import MOST_ALIKE, RawTable, empty_remedy
from solver.messages import shown
from solver.storage.regular import regular_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


MOST_LISTED = 12
"""Empty columns that a warning names."""


_BLOCK = 50_000
"""Rows turned into columns at a time, which bounds the memory this takes."""


def read_csv(path: Path, file: str, faults: list[Fault]) -> RawTable | None:
    """Raw columns of a CSV file, or None if it has none to speak of.

    Parameters
    ----------
    path : Path
        Where it is.
    file : str
        Its name in faults.
    faults : list of Fault
        Whatever is wrong is added here.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    text = read_text(path, file, faults)
    if text is None:
        return None
    wrong = first_line_fault(text, file)
    if wrong is not None:
        faults.append(wrong)
        return None
    plain = split_plain(text.encode())
    if plain is None:
        reader = _RowReader(text, file, faults)
        headers, columns, lines = reader.columns()
    else:
        headers, columns = plain
        lines = list(range(2, len(columns[0]) + 2))
    if not headers:
        return None
    warnings = tuple(_empty_columns(file, headers, columns))
    lines = _drop_blank_rows(columns, lines)
    if not lines and not any(fault.file == file for fault in faults):
        message = "is empty: a header without rows"
        faults.append(Fault(file, message, empty_remedy(file)))
    numbers = np.array(lines, dtype=np.int64)
    return RawTable(file, tuple(headers), tuple(columns), numbers, warnings=warnings)


def read_text(path: Path, file: str, faults: list[Fault]) -> str | None:
    """Text of a UTF-8 file, or None and a fault if it is not text in UTF-8.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        content = regular_bytes(path)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise InputError(message) from error
    foreign = foreign_kind(content)
    if foreign is not None:
        faults.append(Fault(file, *foreign))
        return None
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        message = "holds a NUL byte"
        if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            message = "is encoded in UTF-16"
        faults.append(Fault(file, message, "save it in UTF-8", line))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        value = repr(content[error.start : error.start + 8])[2:-1]
        message = f"is not encoded in UTF-8: bytes {value}"
        faults.append(Fault(file, message, "save it in UTF-8", line, value=value))
        return None


class _RowReader:
    """The rows of one file, one by one, on their way to columns."""

    def __init__(self, text: str, file: str, faults: list[Fault]) -> None:
        self._file = file
        self._faults = faults
        self._reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        self._num_wrong = 0
        self._least = 0

    def columns(self) -> tuple[list[str], list[list[str]], list[int]]:
        """Headers, columns of stripped cells, and the line of each row."""
        rows = self._rows()
        headers = self._headers(rows)
        named = [position for position, name in enumerate(headers, 1) if name]
        self._least = named[-1] if named else 0
        columns: list[list[str]] = [[] for _ in headers]
        lines: list[int] = []
        while headers and (block := list(islice(rows, _BLOCK))):
            fitting = [self._fits(line, row, len(headers)) for line, row in block]
            kept = [pair for pair, fits in zip(block, fitting, strict=True) if fits]
            lines.extend(line for line, _ in kept)
            cells = zip(*(row for _, row in kept), strict=True)
            for column, added in zip(columns, cells, strict=False):
                column.extend(shared(list(map(str.strip, added))))
        if self._num_wrong > MOST_ALIKE:
            more = self._num_wrong - MOST_ALIKE
            message = f"{more} more rows do not fit the header"
            self._refuse(None, message, "correct them all")
        return headers, columns, lines

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows with the lines they begin on, without the empty ones."""
        line = 1
        try:
            for row in self._reader:
                if row:
                    yield line, row
                line = self._reader.line_num + 1
        except csv.Error as error:
            message = f"is not valid CSV: {error}"
            self._refuse(line, message, "check the quotes and line ends there")

    def _headers(self, rows: Iterator[tuple[int, list[str]]]) -> list[str]:
        before = len(self._faults)
        for _, row in rows:
            if any(cell.strip() for cell in row):
                return [cell.strip() for cell in row]
        if len(self._faults) == before:
            remedy = "give a header and rows, or remove the file"
            self._refuse(None, "is empty", remedy)
        return []

    def _fits(self, line: int, row: list[str], width: int) -> bool:
        """Whether a row has as many cells as the header; if not, a fault is added."""
        if len(row) == width:
            return True
        if not any(cell.strip() for cell in row):
            return False
        if len(row) > width and not any(cell.strip() for cell in row[width:]):
            del row[width:]  # What spreadsheets leave behind the last column.
            return True
        if self._least <= len(row) < width:
            row += [""] * (width - len(row))  # Columns that have no name.
            return True
        self._num_wrong += 1
        if self._num_wrong <= MOST_ALIKE:
            self._faults.append(_misfit(self._file, line, row, width))
        return False

    def _refuse(self, line: int | None, message: str, remedy: str) -> None:
        self._faults.append(Fault(self._file, message, remedy, line))


def _misfit(file: str, line: int, row: list[str], width: int) -> Fault:
    """Say why a row has not as many cells as the header."""
    if is_comment(row[0]):
        message = f"begins with {shown(row[0].strip()[:1])}, as comments do elsewhere"
        remedy = "delete the line: remarks go into the column `note`"
        return Fault(file, message, remedy, line, value=row[0])
    message = f"{len(row)} cells, but the header has {width}"
    if len(row) < width:
        return Fault(file, message, "add what is missing", line)
    value = row[width]
    message = f"{message}; the first too many is {shown(value)}"
    remedy = "put text with commas in quotes, write decimals with a point"
    return Fault(file, message, remedy, line, value=value)


def _empty_columns(
    file: str, headers: list[str], columns: list[list[str]]
) -> Iterator[Fault]:
    """Yield one warning for all columns without a name or any content."""
    pairs = zip(headers, columns, strict=True)
    empty = [
        str(number)
        for number, (header, cells) in enumerate(pairs, 1)
        if not header and not any(cells)
    ]
    if not empty:
        return
    more = f" and {len(empty) - MOST_LISTED} more" if empty[MOST_LISTED:] else ""
    noun = "columns" if empty[1:] else "column"
    message = f"{noun} {', '.join(empty[:MOST_LISTED])}{more} without a name or a cell"
    remedy = "delete what the spreadsheet left there"
    yield Fault(file, f"{message}: ignored", remedy, 1)


def _drop_blank_rows(columns: list[list[str]], lines: list[int]) -> list[int]:
    """Drop rows without any content, which spreadsheets leave; return lines kept."""
    blank = [row for row, cell in enumerate(columns[0]) if not cell]
    blank = [row for row in blank if not any(column[row] for column in columns)]
    if not blank:
        return lines
    dropped = set(blank)
    kept = [row for row in range(len(lines)) if row not in dropped]
    for position, column in enumerate(columns):
        columns[position] = [column[row] for row in kept]
    return [lines[row] for row in kept]
