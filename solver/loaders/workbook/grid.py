"""The cells of one sheet, as a grid of texts, with what is wrong about each.

A number is the shortest text that gives it back: 12, not 12.0. Where the stored value
of a cell is not what its table can take (an error, a date, a formula without a value)
the cell is odd, and what is wrong stands beside the grid.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from solver.errors import DataError, Fault, SheetFile
from solver.loaders.workbook.markup import Handler, parsed, read_through
from solver.loaders.workbook.texts import SharedTexts, unescaped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.loaders.workbook.book import Book

MOST_CELLS = 5_000_000
"""Cells of the rectangle that a sheet's content takes."""

ODD = "\0"
"""What stands in a grid where a cell is odd."""

A_DATE = "holds a date, which the sheet stores as a number"
"""What is wrong with a cell that is formatted as a date."""

_VALUES = frozenset({"v", "t"})
_LARGEST = (1_048_576, 16_384)
_EXACT = 2**53
_DIGITS = "0123456789"
_LETTERS = re.compile("[A-Z]{1,3}")
_WHOLE = re.compile(r"-?[1-9][0-9]{0,14}|0")
_CORRECT = "correct the formula, or type the value"
_SAVE_ONCE = "open the workbook once in a spreadsheet program, and save it"
_AS_TEXT = "type it as text: put an apostrophe before it, as in '2030-06"


@dataclass(slots=True)
class CellGrid:
    """The content of a sheet.

    Parameters
    ----------
    rows : list of (int, dict of int to str or int)
        Row numbers and their cells by column, both from 1; a number stands for a
        text that cells share.
    odd : dict of (int, int) to (str, str, str)
        For row and column: what is wrong there, what to do, and the value.
    padded : dict of (int, int) to str
        Numbers that are shown with zeros in front, as they are shown.
    width : int
        Columns that hold anything.
    """

    rows: list[tuple[int, dict[int, str | int]]] = field(default_factory=list)
    odd: dict[tuple[int, int], tuple[str, str, str]] = field(default_factory=dict)
    padded: dict[tuple[int, int], str] = field(default_factory=dict)
    width: int = 0


def read_grids(book: Book, names: list[str]) -> dict[str, CellGrid]:
    """Return the content of sheets by name, shared texts put in.

    Raises
    ------
    DataError
        A sheet is damaged, or larger than what is read.
    """
    grids = {}
    for name in names:
        reader = _SheetReader(book, name)
        for _ in parsed(book.archive, book.sheets[name], reader):
            _check_area(book, name, reader.grid)
        grids[name] = reader.grid
    _put_in(book, grids)
    return grids


def _check_area(book: Book, name: str, grid: CellGrid) -> None:
    """Refuse a sheet whose content lies too far apart to be a table."""
    last = grid.rows[-1][0] if grid.rows else 0
    if last * grid.width > MOST_CELLS:
        message = (
            f"its content reaches to {column_letter(grid.width)}{last}: "
            f"{last * grid.width:,} cells, more than {MOST_CELLS:,}"
        )
        remedy = "delete what lies beyond the table, or give it as CSV in a folder"
        file = SheetFile(f"{book.archive.name}#{name}", name)
        raise DataError([Fault(file, message, remedy)])


def _put_in(book: Book, grids: Mapping[str, CellGrid]) -> None:
    """Put shared texts in place of their numbers: only those in use are kept."""
    rows = [cells for grid in grids.values() for _, cells in grid.rows]
    wanted = {cell for cells in rows for cell in cells.values() if type(cell) is int}
    if not wanted:
        return
    if book.strings not in book.archive:
        book.archive.refuse_damaged("the texts of its cells are missing")
    reader = SharedTexts(wanted)
    read_through(book.archive, book.strings, reader)
    found: dict[str | int, str] = dict(reader.found.items())
    if wanted - found.keys():
        book.archive.refuse_damaged("a text of a cell is missing")
    for cells in rows:
        shared = [column for column, cell in cells.items() if type(cell) is int]
        cells.update({column: found[cells[column]] for column in shared})


class _SheetReader(Handler):
    """The rows of a sheet, one after the other."""

    def __init__(self, book: Book, name: str) -> None:
        super().__init__()
        self._archive, self._formats, self._name = book.archive, book.formats, name
        self._row, self._row_text, self._column = 0, "", 0
        self._cells: dict[int, str | int] = {}
        self._kind = self._style = self._value = ""
        self._is_value = self._has_formula = False
        self._is_reading = False
        self._columns: dict[str, int] = {}
        self.grid = CellGrid()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # Cells come by the million: their elements are told apart here at once.
        self.depth += 1
        self.count += 1
        if name == "c":
            self._begin_cell(attributes)
        elif name in _VALUES:
            self._is_value = not self._is_reading
        else:
            self.begin(self._local(name), attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == "c":
            self._end_cell()
        elif name in _VALUES:
            self._is_value = False
        else:
            self.finish(self._local(name))

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":  # How a text is read aloud, which is no part of it.
            self._is_reading = True
        elif name in _VALUES:
            self._is_value = not self._is_reading
        elif name == "c":
            self._begin_cell(attributes)

    def finish(self, name: str) -> None:
        if name == "row":
            if self._cells:
                self.grid.rows.append((self._row, self._cells))
                self.grid.width = max(self.grid.width, *self._cells)
        elif name == "rPh":
            self._is_reading = False
        elif name in _VALUES:
            self._is_value = False
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell != "":
            self._cells[self._column] = cell

    def text(self, text: str) -> None:
        if self._is_value:
            self._value += text
            self.size = len(self._value)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        is_number = number.isascii() and number.isdecimal()
        row = int(number[:8]) if is_number else self._row + 1
        if not self._row < row <= _LARGEST[0]:
            self._archive.refuse_damaged(f"rows of `{self._name}` are out of order")
        self._row, self._row_text = row, str(row)
        self._column, self._cells = 0, {}

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._value, self.size, self._has_formula = "", 0, False
        place = attributes.get("r")
        column = self._column + 1
        if place is not None:
            letters = place.rstrip(_DIGITS)
            column = self._columns.get(letters) or self._column_of(letters)
            if column <= self._column or place[len(letters) :] != self._row_text:
                message = f"cell {place[:20]} of `{self._name}` is out of order"
                self._archive.refuse_damaged(message)
        if column > _LARGEST[1]:
            self._archive.refuse_damaged(f"`{self._name}` is too wide")
        self._column = column

    def _column_of(self, letters: str) -> int:
        """Return the number of a column; 0 if it is none."""
        if not _LETTERS.fullmatch(letters):
            return 0
        number = self._columns[letters] = column_number(letters)
        return number

    def _cell(self) -> str | int:
        """Content of the cell that ends; odd, with the reason, if it is not usable."""
        kind, value = self._kind, self._value
        if kind == "n":
            return self._number(value.strip()) if value else self._empty()
        if kind == "s":
            if not (value.isascii() and value.strip().isdecimal()):
                self._archive.refuse_damaged(f"a cell of `{self._name}` has no text")
            return int(value)
        if kind in {"inlineStr", "str"}:
            return unescaped(value) if "_x" in value else value
        return self._rare(kind, value)

    def _rare(self, kind: str, value: str) -> str:
        """Content of a cell that is neither a number nor a text that was typed."""
        if kind == "e":
            return self._refuse(f"holds the error {value[:20]}", _CORRECT)
        if not value:
            return self._empty()
        if kind == "b":
            return "true" if value.strip() == "1" else "false"
        return self._refuse(A_DATE, _AS_TEXT)

    def _empty(self) -> str:
        if self._has_formula:
            return self._refuse("holds a formula without a value", _SAVE_ONCE)
        return ""

    def _number(self, value: str) -> str:
        if self._style in self._formats.dates:
            return self._refuse(A_DATE, _AS_TEXT)
        text = value if _WHOLE.fullmatch(value) else _shortest(value)
        digits = self._formats.padded.get(self._style, 0)
        if len(text) < digits and text.isdecimal():
            self.grid.padded[self._row, self._column] = text.zfill(digits)
        return text

    def _refuse(self, message: str, remedy: str) -> str:
        place = (self._row, self._column)
        self.grid.odd[place] = (message, remedy, self._value[:60])
        return ODD


def _shortest(value: str) -> str:
    """Shortest text of a number; the text as it is if it is none."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    return repr(number)


def column_number(letters: str) -> int:
    """Return the number of a column, from 1: of `AB` it is 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letter(number: int) -> str:
    """Return the letters of a column: of 28 they are `AB`."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
