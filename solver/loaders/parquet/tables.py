"""One Parquet file to raw columns, and columns to a Parquet file."""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import Fault, InputError, UsageError
from solver.loaders.raw_tables import RawTable, empty_remedy

if TYPE_CHECKING:
    from pathlib import Path

    from solver.loaders.raw_tables import Columns

MOST_CELLS = 100_000_000
"""Cells that a file may hold: a few bytes of one can stand for any number."""

_EXACT = 2**53
_AS_TEXT = "write the column as text, a number or true and false"


def need_parquet() -> None:
    """Refuse to go on without what reads and writes Parquet files.

    Raises
    ------
    UsageError
        It is not installed.
    """
    if find_spec("pyarrow") is None:
        message = "Parquet files need pyarrow, which is not installed"
        raise UsageError(f"{message}; install it: pip install 'keruen[parquet]'")


def read_parquet(path: Path, file: str, faults: list[Fault]) -> RawTable | None:
    """Return the raw columns of a Parquet file, or None if it has none.

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
    UsageError
        What reads it is not installed.
    InputError
        It cannot be read.
    """
    need_parquet()
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as source:
            shape = source.metadata.num_rows * source.metadata.num_columns
            if shape > MOST_CELLS:
                message = f"holds {shape:,} cells, more than {MOST_CELLS:,}"
                faults.append(Fault(file, message, "give it in parts"))
                return None
            table = source.read()
    except OSError as error:
        if error.errno is not None:
            message = f"{path} cannot be read: {error.strerror or error}"
            raise InputError(message) from error
        faults.append(_broken(file, error))
        return None
    except (pa.ArrowException, ValueError) as error:
        faults.append(_broken(file, error))
        return None
    columns = []
    for title, cells in zip(table.column_names, table.columns, strict=True):
        if not _is_known(cells.type):
            message = f"holds {cells.type}"
            faults.append(Fault(file, message, _AS_TEXT, None, title))
        known = _is_known(cells.type)
        columns.append(_texts(cells.to_pylist()) if known else [""] * len(cells))
    if not table.num_rows:
        faults.append(Fault(file, "is empty", empty_remedy(file)))
    lines = np.arange(1, table.num_rows + 1)
    names = tuple(table.column_names)
    return RawTable(file, names, tuple(columns), lines, first_line=None)


def _broken(file: str, error: Exception) -> Fault:
    text = str(error).splitlines()[0] if str(error) else "unknown"
    return Fault(file, f"is not a Parquet file: {text}", "write it again")


def _is_known(kind: Any) -> bool:  # noqa: ANN401 - pyarrow ships no types
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_decimal(kind)
        or types.is_null(kind)
    )


def _texts(cells: list[Any]) -> list[str]:
    return [_text(cell) for cell in cells]


def _text(cell: Any) -> str:  # noqa: ANN401
    if cell is None or cell != cell:  # noqa: PLR0124 - only NaN differs from itself
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return cell.strip() if isinstance(cell, str) else str(cell)


def parquet_bytes(columns: Columns) -> bytes:
    """Return columns as a Parquet file holds them; mixed ones as text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {title: pa.array(_alike(cells)) for title, cells in columns.items()}
    content = io.BytesIO()
    pq.write_table(pa.table(arrays), content)
    return content.getvalue()


def _alike(cells: list[Any]) -> list[Any]:
    """Return the cells of a column in one type: text, numbers or flags."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {int, float}:
        return [None if cell is None else float(cell) for cell in cells]
    if kinds == {bool}:
        return cells
    return [None if cell is None else str(cell) for cell in cells]
