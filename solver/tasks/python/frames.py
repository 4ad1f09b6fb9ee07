"""Tables of data frames, columns or rows, as the keys of an instance's document."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from solver.errors import UsageError
from solver.problem.columns import column_specs
from solver.problem.tables import DEFINITIONS, FIRM

if TYPE_CHECKING:
    from collections.abc import Mapping


def document_keys(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables in memory as a document has them; other keys as they are.

    Empty cells are blank, whole numbers where a text belongs (a year as a period, say)
    are that text, and an infinite unmet cost is firm demand.

    Parameters
    ----------
    tables : mapping
        Tables by name: data frames, dicts of columns or lists of rows.
    """
    return {
        key: _table(key, value) if key in DEFINITIONS else value
        for key, value in tables.items()
    }


def _table(name: str, given: Any) -> Any:  # noqa: ANN401
    """Return a table as one object of columns."""
    if isinstance(given, list | tuple):
        titles = dict.fromkeys(title for row in given for title in _keys(row, name))
        given = {title: [row.get(title) for row in given] for title in titles}
    elif hasattr(given, "to_dict") and hasattr(given, "columns"):
        given = {str(title): given[title].tolist() for title in given.columns}
    elif not hasattr(given, "items"):
        message = f"table {name} is no data frame, dict of columns or list of rows"
        raise UsageError(message)
    specs = column_specs(name)
    result = {}
    for title, cells in given.items():
        spec = specs.get(title.split("[")[0].strip())
        is_text = spec is not None and spec.kind in {"text", "choice"}
        values = cells.tolist() if hasattr(cells, "tolist") else cells
        result[title] = [_cell(value, is_text=is_text) for value in values]
    return result


def _keys(row: Any, name: str) -> list[str]:  # noqa: ANN401
    if hasattr(row, "keys"):
        return [*row.keys()]
    message = f"a row of table {name} is no dict"
    raise UsageError(message)


def _cell(value: Any, *, is_text: bool) -> Any:  # noqa: ANN401
    """Return a cell as JSON has it."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value != value or type(value).__name__ in {"NAType", "NaTType"}:  # noqa: PLR0124
        return None
    if isinstance(value, float) and math.isinf(value):
        return FIRM
    if is_text and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.15g}"
    return value
