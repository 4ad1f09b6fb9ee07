"""The cells of one column to one array, checked as a whole.

What a column may hold follows from its definition. Checks run over whole columns;
only a column in which something is wrong is looked at cell by cell.
"""

from __future__ import annotations

import math
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import Fault
from solver.loaders.raw_tables import MOST_ALIKE
from solver.messages import listed, nearest, shown
from solver.problem.edits import texts
from solver.problem.tables import ABSURD, TINIEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from solver.arrays import Floats
    from solver.loaders.raw_tables import RawTable
    from solver.problem.columns import ColumnSpec
    from solver.problem.units import Conversion


_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


_DECIMAL_LETTERS = frozenset("0123456789.+-eE")


_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class ColumnReader:
    """One column on its way from cells to an array, and the faults it meets.

    Parameters
    ----------
    raw : RawTable
        The table it belongs to.
    spec : ColumnSpec
        What it may hold.
    change : Conversion
        From the unit of its header to the instance's.
    faults : list of Fault
        Whatever is wrong is added here.
    """

    def __init__(
        self, raw: RawTable, spec: ColumnSpec, change: Conversion, faults: list[Fault]
    ) -> None:
        self._raw = raw
        self._spec = spec
        self._change = change
        self._faults = faults

    def array(self, cells: Sequence[Any]) -> NDArray[Any]:
        """Return the column as an array, empty where a cell is wrong."""
        if self._spec.kind == "number":
            return self._numbers(cells)
        if self._spec.kind == "flag":
            return self._flags(cells)
        return self._names(cells)

    def _names(self, cells: Sequence[Any]) -> NDArray[Any]:
        spec = self._spec
        if not self._raw.is_text:
            cells = self._stripped(cells)
        distinct = set(cells)
        if spec.required and "" in distinct:
            self._refuse_blanks(row for row, cell in enumerate(cells) if not cell)
        bad = {cell for cell in distinct if _UNWRITABLE.search(cell)}
        message, remedy = "holds a character that no file can keep", "take it out"
        if spec.kind == "choice":
            bad = distinct - {"", *spec.choices}
            message, remedy = "is not known", f"give one of {listed(spec.choices)}"
        if bad:
            rows = [row for row, cell in enumerate(cells) if cell in bad]
            self._refuse(rows, cells, message, remedy)
        if spec.default:
            cells = [cell or spec.default for cell in cells]
        return texts(cells)

    def _stripped(self, cells: Sequence[Any]) -> Sequence[str]:
        """Texts of a document, where None is an empty cell."""
        if not set(map(type, cells)) <= {str, type(None)}:
            wrong = (r for r, c in enumerate(cells) if not isinstance(c, str | None))
            self._refuse(wrong, cells, "is not text", "give it in quotes")
            cells = [cell if isinstance(cell, str) else "?" for cell in cells]
        return ["" if cell is None else cell.strip() for cell in cells]

    def _flags(self, cells: Sequence[Any]) -> NDArray[Any]:
        flags = [self._flag(cell) for cell in cells]
        wrong = [row for row, flag in enumerate(flags) if flag is None]
        self._refuse(wrong, cells, "is neither true nor false", "give true or false")
        return np.array([bool(flag) for flag in flags], dtype=bool)

    def _flag(self, cell: object) -> bool | None:
        if cell is None or cell == "":
            return False
        if isinstance(cell, bool):
            return cell
        if self._raw.is_text and isinstance(cell, str):
            return _FLAGS.get(cell.lower())
        return None

    def _numbers(self, cells: Sequence[Any]) -> NDArray[Any]:
        values = self._values(cells)
        if self._change.changes:
            for row in np.flatnonzero(np.abs(values) < ABSURD).tolist():
                if cells[row] is not None and cells[row] != "":
                    values[row] = self._change.converted(str(cells[row]))
        values += 0.0  # turns -0.0 into 0.0
        self._check_range(cells, values)
        return values

    def _values(self, cells: Sequence[Any]) -> Floats:
        """Numbers of the cells, in the unit of the file; the quick way if possible."""
        if self._raw.is_text:
            is_plain = set("".join(cells)) <= _DECIMAL_LETTERS
        else:
            is_plain = set(map(type, cells)) <= {int, float}
        if is_plain and "" not in cells:
            try:
                return np.array(list(map(float, cells)), dtype=float)
            except (ValueError, OverflowError):
                pass  # The slow way finds out which cell is not a number.
        return self._values_one_by_one(cells)

    def _values_one_by_one(self, cells: Sequence[Any]) -> Floats:
        spec = self._spec
        read = _number_in_text if self._raw.is_text else _number_in_document
        blank = math.nan if spec.default is None else float(spec.default)
        known: dict[Any, float | None] = {None: blank, "": blank}
        known |= dict.fromkeys(spec.words, math.inf)
        wrong, missing, values = [], [], []
        for row, cell in enumerate(cells):
            if cell is None or (isinstance(cell, str) and cell in known):
                value = known[cell]
                if cell is None or cell == "":
                    missing.append(row)
            else:
                value = read(cell)
                if value is None:
                    wrong.append(row)
            values.append(math.nan if value is None else value)
        if spec.required:
            self._refuse_blanks(missing)
        self._refuse(wrong, cells, "is not a number", self._number_remedy)
        return np.array(values, dtype=float)

    def _number_remedy(self, cell: object) -> str:
        from solver.loaders.number_remedies import NUMBER_EXAMPLE, number_remedy

        if not isinstance(cell, str):
            return NUMBER_EXAMPLE
        if not self._raw.is_text and _number_in_text(cell) is not None:
            return "give it without quotes"
        if self._spec.words:
            word = nearest(cell, self._spec.words)
            if word:
                return f"did you mean `{word}`?"
        return number_remedy(cell, self._spec)

    def _check_range(self, cells: Sequence[Any], values: Floats) -> None:
        spec = self._spec
        column = (cells, values)
        huge = np.abs(values) >= ABSURD
        for row in np.flatnonzero(huge):
            huge[row] = cells[int(row)] not in spec.words
        remedy = f"give a number below {ABSURD:g}"
        self._refuse_where(huge, column, "is too large to be true", remedy)
        tiny = bool(spec.unit) & (values != 0.0) & (np.abs(values) < TINIEST)
        remedy = f"give 0, or a number of {TINIEST:g} or more"
        self._refuse_where(tiny, column, "is too small to be true", remedy)
        if spec.lower is not None:
            message = f"is below {spec.lower:g}" if spec.lower else "is negative"
            remedy = f"give a number of {spec.lower:g} or more"
            self._refuse_where(values < spec.lower, column, message, remedy)
        if spec.upper is not None:
            remedy = f"give a number of {spec.upper:g} or less"
            message = f"is above {spec.upper:g}"
            self._refuse_where(values > spec.upper, column, message, remedy)
        if spec.integer:
            broken = np.isfinite(values) & (values != np.floor(values))
            remedy = "give one such as 1"
            self._refuse_where(broken, column, "is not a whole number", remedy)

    def _refuse_where(
        self,
        mask: NDArray[Any],
        column: tuple[Sequence[Any], Floats],
        message: str,
        remedy: str,
    ) -> None:
        """Refuse the numbers of a mask, and put harmless ones in their place."""
        if mask.any():
            cells, values = column
            rows = np.flatnonzero(mask)
            self._refuse(rows.tolist(), cells, message, remedy)
            values[rows] = 0.0 if self._spec.required else math.nan

    def _refuse_blanks(self, rows: Iterable[int]) -> None:
        self._refuse(rows, None, "is empty", "every row needs one")

    def _refuse(
        self,
        rows: Iterable[int],
        cells: Sequence[Any] | None,
        message: str,
        remedy: str | Callable[[object], str],
    ) -> None:
        """Add a fault for each row, up to a number that can still be read."""
        file, column = self._raw.file, self._spec.name
        left = iter(rows)
        for row in islice(left, MOST_ALIKE):
            cell = "" if cells is None else cells[row]
            text = message if cells is None else f"{shown(cell)} {message}"
            todo = remedy if isinstance(remedy, str) else remedy(cell)
            line = int(self._raw.lines[row])
            self._faults.append(Fault(file, text, todo, line, column, str(cell)))
        more = sum(1 for _ in left)
        if more:
            text = f"{more} more rows have this fault: {message}"
            self._faults.append(Fault(file, text, "correct them all", None, column))


def _number_in_text(value: object) -> float | None:
    text = str(value)
    return float(text) if _DECIMAL.fullmatch(text) else None


def _number_in_document(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf
