"""Workbooks as they are written: text stays text, same content, same bytes.

No cell is ever a formula or a link. A number of more than fifteen significant digits is
written as text, since a spreadsheet program would round it.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from solver.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ROWS = 1_048_576
"""Rows that a sheet may have, its header included."""

LONGEST = 32_767
"""UTF-16 units that a cell may hold."""

_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_EXACT_DIGITS = 15
_RICH = ("<r>", "</r>")
_WIDEST, _NARROWEST = 60, 9
_MOST_MEASURED = 200
_LINE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """One column of a sheet.

    Parameters
    ----------
    title : str
        Its header.
    cells : sequence
        Text, numbers, flags; None and NaN for empty cells.
    form : str
        Number format, such as ``0.00``; blank: the program's own.
    note : str
        Comment on the header.
    choice : str or tuple of str
        Texts that a cell may hold: a list, or a reference to the cells that hold
        them; others are warned of by the spreadsheet program.
    least, most : float, optional
        Bounds of its numbers, likewise.
    is_number : bool
        Whether it holds numbers.
    is_strong : bool
        Whether the header is set off: the column must be filled in.
    width : int, optional
        Letters that fit; by default as many as its cells have.
    """

    title: str
    cells: Sequence[Any] = ()
    form: str = ""
    note: str = ""
    choice: str | tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    is_number: bool = False
    is_strong: bool = False
    width: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetContent:
    """One sheet.

    Parameters
    ----------
    columns : sequence of SheetColumn
        What stands there, the headers in the first row.
    has_filter : bool
        Whether the header has filters.
    checked_rows : int
        Rows below the header whose cells are checked as they are typed.
    wraps : bool
        Whether long text goes over several lines.
    colour : str
        Colour of its tab.
    """

    name: str
    columns: Sequence[SheetColumn]
    has_filter: bool = False
    checked_rows: int = 0
    wraps: bool = False
    colour: str = ""


def need_writer() -> None:
    """Refuse to go on without what writes workbooks.

    Raises
    ------
    UsageError
        It is not installed.
    """
    if find_spec("xlsxwriter") is None:
        message = "a workbook is written with xlsxwriter, which is not installed"
        raise UsageError(f"{message}; install it: pip install 'keruen[excel]'")


def workbook_bytes(sheets: Sequence[SheetContent]) -> bytes:
    """Return the content of a workbook with these sheets.

    Raises
    ------
    OutputError
        A sheet has too many rows.
    """
    from xlsxwriter import Workbook

    content = io.BytesIO()
    with TemporaryDirectory() as folder:  # Rows go there, and not to memory.
        book = Workbook(content, {"constant_memory": True, "tmpdir": folder})
        book.set_properties({"created": _CREATED})
        writer = _Writer(book)
        try:
            for sheet in sheets:
                writer.write(sheet)
            book.close()
        finally:
            for page in book.worksheets():
                page.row_data_fh.close()
    return content.getvalue()


class _Writer:
    """Writes sheets to an open workbook."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter ships no types
        self._book = book
        look = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        self._header = book.add_format({**look, "bg_color": "#E8EEF4"})
        self._strong = book.add_format({**look, "bg_color": "#FCE8C8"})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._plain = book.add_format()
        self._forms: dict[str, Any] = {}

    def write(self, content: SheetContent) -> None:
        columns = content.columns
        rows = max((len(column.cells) for column in columns), default=0)
        if rows >= MOST_ROWS:
            message = f"`{content.name}` has {rows:,} rows, but a sheet holds"
            remedy = "write the tables as CSV or to a database instead"
            raise OutputError(f"{message} {MOST_ROWS - 1:,}; {remedy}")
        sheet = self._book.add_worksheet(content.name)
        sheet.freeze_panes(1, 0)
        if content.colour:
            sheet.set_tab_color(content.colour)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, _width(column))
        self._fill(sheet, content, rows)
        for number, column in enumerate(columns):
            if column.note:
                size = {"x_scale": 2.2, "y_scale": 1 + len(column.note) / 160}
                sheet.write_comment(0, number, column.note, size)
            _add_check(sheet, number, column, content.checked_rows)
        if content.has_filter and columns:
            sheet.autofilter(0, 0, rows, len(columns) - 1)

    def _fill(self, sheet: Any, content: SheetContent, rows: int) -> None:  # noqa: ANN401
        """Write the header and then row by row, since none is kept in memory."""
        columns = content.columns
        for number, column in enumerate(columns):
            look = self._strong if column.is_strong else self._header
            self._text(sheet, (0, number), column.title, look)
        looks = [self._look(column, wraps=content.wraps) for column in columns]
        for row in range(rows):
            if content.wraps:
                sheet.set_row(row + 1, _LINE * _lines(columns, row))
            for number, column in enumerate(columns):
                if row < len(column.cells):
                    place = (row + 1, number)
                    self._cell(sheet, place, column.cells[row], looks[number])

    def _look(self, column: SheetColumn, *, wraps: bool) -> Any:  # noqa: ANN401
        if not column.form:
            return self._wrapped if wraps else None
        if column.form not in self._forms:
            form = {"num_format": column.form}
            self._forms[column.form] = self._book.add_format(form)
        return self._forms[column.form]

    def _cell(self, sheet: Any, place: tuple[int, int], cell: Any, look: Any) -> None:  # noqa: ANN401
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            sheet.write_boolean(*place, cell, look)
        elif isinstance(cell, str):
            self._text(sheet, place, cell, look)
        elif not math.isfinite(cell):
            return
        elif is_exact(cell):
            sheet.write_number(*place, cell, look)
        else:
            self._text(sheet, place, repr(cell), look)

    def _text(self, sheet: Any, place: tuple[int, int], text: str, look: Any) -> None:  # noqa: ANN401
        if text.startswith(_RICH[0]) and text.endswith(_RICH[1]):
            # xlsxwriter takes such text for markup of its own; in two parts it is text.
            looks = () if look is None else (look,)
            sheet.write_rich_string(*place, text[:1], self._plain, text[1:], *looks)
        else:
            sheet.write_string(*place, text, look)


def is_exact(number: float) -> bool:
    """Whether a spreadsheet program keeps a number: it has at most fifteen digits."""
    return float(f"{number:.{_EXACT_DIGITS}g}") == number


def fits(text: str) -> bool:
    """Whether a cell can hold a text."""
    return len(text) * 2 <= LONGEST or len(text.encode("utf-16-le")) <= 2 * LONGEST


def _add_check(sheet: Any, number: int, column: SheetColumn, rows: int) -> None:  # noqa: ANN401
    """Let the spreadsheet program warn of what a column can hardly mean."""
    check: dict[str, Any] = {}
    if column.choice:
        source = column.choice
        check = {
            "validate": "list",
            "source": source if isinstance(source, str) else [*source],
        }
        message = "Not on the list so far: check the spelling."
    elif column.is_number:
        check = _bounds(column)
        message = "Not a number that this column takes: see the comment on its header."
    if check and rows:
        words = {"error_type": "warning", "error_title": column.title[:32]}
        check |= {**words, "error_message": message, "ignore_blank": True}
        sheet.data_validation(1, number, rows, number, check)


def _bounds(column: SheetColumn) -> dict[str, Any]:
    check: dict[str, Any] = {"validate": "decimal"}
    if column.least is not None and column.most is not None:
        return check | {
            "criteria": "between",
            "minimum": column.least,
            "maximum": column.most,
        }
    least = -1e15 if column.least is None else column.least
    return check | {"criteria": ">=", "value": least}


def _lines(columns: Sequence[SheetColumn], row: int) -> int:
    """Lines that the longest text of a row takes, in the widths of its columns."""
    lengths = (
        (len(column.cells[row]), _width(column))
        for column in columns
        if row < len(column.cells) and isinstance(column.cells[row], str)
    )
    return max((-(-length // width) for length, width in lengths), default=1) or 1


def _width(column: SheetColumn) -> int:
    if column.width is not None:
        return column.width
    cells = column.cells[:_MOST_MEASURED]
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    return min(max(len(column.title) + 3, longest + 2, _NARROWEST), _WIDEST)
