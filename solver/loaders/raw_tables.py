"""A table as it stands in a file, before anything is made of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Ints
    from solver.errors import Fault


Columns = dict[str, list[Any]]
"""Cells of a table by column, as a document has them: None is an empty one."""

MOST_ALIKE = 100
"""Faults of one kind in one column that are listed one by one."""

PARQUET = "parquet"
"""Ending of a table that is a Parquet file."""

REQUIRED = ("legs", "demand")
"""Tables that no instance is without."""


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """A table as it stands in a file.

    Parameters
    ----------
    file : str
        Name of the file, for faults and for `Table.files`.
    headers : tuple of str
        Headers as they stand, units included.
    columns : tuple of sequences
        The cells of each column: stripped text, or the values of a document.
    lines : ndarray of int, shape (rows,)
        Line of each row in its file.
    is_text : bool
        Whether every cell is text (CSV), numbers too; otherwise cells are the values
        of a document, and None is an empty one.
    warnings : tuple of Fault
        What was passed over in the file.
    first_line : int or None
        Line of the headers, where cells are text; None: they have none of their own.
    """

    file: str
    headers: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    lines: Ints
    is_text: bool = True
    warnings: tuple[Fault, ...] = ()
    first_line: int | None = 1

    @property
    def header_line(self) -> int | None:
        """Line of the headers, if they have one of their own."""
        return self.first_line if self.is_text else None


def empty_remedy(file: str) -> str:
    """Return what to do about a file of a table that holds no row."""
    is_required = file.rpartition(".")[0] in REQUIRED
    return (
        "add rows: no instance is without" if is_required else "add rows, or remove it"
    )
