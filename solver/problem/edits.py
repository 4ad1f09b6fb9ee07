"""New tables from old ones: empty, joined, with other values; none is changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.columns import ColumnSpec, column_specs
from solver.problem.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


def texts(cells: Sequence[str]) -> NDArray[Any]:
    """Return the cells as a text column."""
    result = np.empty(len(cells), dtype=object)
    result[:] = cells
    return result


def blanks(spec: ColumnSpec, rows: int) -> NDArray[Any]:
    """Return a column in which every cell is empty: it holds the default."""
    if spec.kind == "number":
        default = math.nan if spec.default is None else float(spec.default)
        return np.full(rows, default, dtype=float)
    if spec.kind == "flag":
        return np.zeros(rows, dtype=bool)
    return texts([str(spec.default or "")] * rows)


def empty_table(name: str) -> Table:
    """Return a table without rows."""
    none = np.zeros(0, dtype=np.int64)
    specs = column_specs(name).values()
    return Table({spec.name: blanks(spec, 0) for spec in specs}, (), none, none)


def is_derived(table: Table, users: Table) -> bool:
    """Whether nobody gave a table: its rows come from where those that use it do."""
    return set(table.files) <= set(users.files)


def with_columns(table: Table, columns: Mapping[str, NDArray[Any]]) -> Table:
    """Return the table with some of its columns replaced."""
    merged = {name: columns.get(name, old) for name, old in table.columns.items()}
    return Table(merged, table.files, table.file_of, table.lines)


def joined(first: Table, second: Table) -> Table:
    """Return the rows of both, the second's after the first's."""
    columns = {
        name: np.concatenate([column, second[name]])
        for name, column in first.columns.items()
    }
    return Table(
        columns,
        first.files + second.files,
        np.concatenate([first.file_of, second.file_of + len(first.files)]),
        np.concatenate([first.lines, second.lines]),
    )


def derived_rows(name: str, key: str, names: Mapping[str, int], origin: Table) -> Table:
    """Return rows of table `name` with a key alone, each placed where it came up.

    Parameters
    ----------
    name, key : str
        The table, and its column that takes the names.
    names : mapping of str to int
        The names, each with the row of `origin` that mentions it first.
    origin : Table
        Where they come up.
    """
    rows = np.fromiter(names.values(), dtype=np.int64, count=len(names))
    columns = {
        spec.name: blanks(spec, len(names)) for spec in column_specs(name).values()
    }
    columns[key] = texts(list(names))
    return Table(columns, origin.files, origin.file_of[rows], origin.lines[rows])
