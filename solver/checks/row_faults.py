"""Faults of rows and rules: each at its place, with its value; not too many alike."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from solver.errors import Fault
from solver.messages import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from solver.problem.tables import Table


_MOST_ALIKE = 100


def row_faults(
    table: Table,
    column: str,
    rows: Iterable[int],
    message: str,
    remedy: str | Callable[[str], str],
    named: Mapping[str, str] | None = None,
) -> Iterator[Fault]:
    """Yield one fault for each row: its cell, then `message`.

    Parameters
    ----------
    table : Table
        Where the rows stand.
    column : str
        Column at fault.
    rows : iterable of int
        Rows at fault.
    message : str
        What is wrong with the cell's value.
    remedy : str or callable
        What to do about it, or a function of the value that says it.
    named : mapping of str to str, optional
        For a cell of several names, the one at fault; default the whole cell.
    """
    left = iter(rows)
    for row in islice(left, _MOST_ALIKE):
        cell = table[column][row]
        cell = cell if named is None else named[cell]
        file, line = table.place(row)
        value = cell if isinstance(cell, str) else f"{float(cell):g}"
        text = shown(cell) if isinstance(cell, str) else value
        todo = remedy if isinstance(remedy, str) else remedy(value)
        yield Fault(file, f"{text} {message}", todo, line, column, value)
    more = sum(1 for _ in left)
    if more:
        text = f"{more} more rows have this fault: {message}"
        yield Fault(table.files[0], text, "correct them all", None, column)


def place_text(table: Table, row: int) -> str:
    """Return where a row stands, as part of a sentence."""
    file, line = table.place(row)
    return f"{file}:{line}"
