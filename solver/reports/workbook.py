"""Results as a workbook: their tables, one set of sheets each, ready to filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.reports.page.source import labels
from solver.solution.form import EXACT, MONEY, TABLES, TEXT, Digits
from solver.storage.guarded_text import guarded
from solver.storage.workbooks import SheetColumn, SheetContent, fits, workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

from solver.reports.page.source import PageSource

SUMMARY = "summary"
_FORMS: dict[Digits | None, str] = {MONEY: "#,##0.00", EXACT: "#,##0.00####"}
_SHARES = {"share", "utilisation"}
_PLAIN = {"row"}
_SMALL = 0.1
"""Columns of numbers below this are shown as they are."""
_LONGEST, _CUT = 32_000, " ... (cut)"
_LEFT_OUT = {"files", "versions", "options", "seconds"}
"""Keys of a summary that tell of the run, not of the plan."""


def result_workbook(sources: Sequence[PageSource]) -> bytes:
    """Return the workbook of verified results: same results, same bytes.

    Parameters
    ----------
    sources : sequence of PageSource
        Results; where there are several, their sheets begin with their number.

    Raises
    ------
    OutputError
        A table is longer than a sheet can be.
    """
    sheets = [_summary(sources)]
    for number, source in enumerate(sources, 1):
        prefix = f"{number} " if sources[1:] else ""
        for name in TABLES:
            table = source.result.tables.get(name)
            if table is not None:
                sheets.append(_sheet(f"{prefix}{name}", name, table))
    return workbook_bytes(sheets)


def _sheet(title: str, name: str, table: Mapping[str, NDArray[Any]]) -> SheetContent:
    """Return the sheet of one table of a result."""
    return SheetContent(
        name=title,
        columns=[
            SheetColumn(
                title=column,
                cells=_cells(table[column], digits),
                form=_form(column, digits, table[column]),
            )
            for column, digits in TABLES[name].items()
        ],
        has_filter=True,
    )


def _form(column: str, digits: Digits | None, numbers: NDArray[Any]) -> str:
    """Return the number format of a column: no more digits than people read."""
    if digits is TEXT or column in _PLAIN:
        return ""
    if column in _SHARES:
        return "0.0%"
    if 0.0 < np.fmax.reduce(np.abs(numbers), initial=0.0) < _SMALL:
        return ""
    if (np.floor(numbers) == numbers)[~np.isnan(numbers)].all():
        return "#,##0"
    return _FORMS.get(digits, "#,##0.0000")


def _cells(column: NDArray[Any], digits: Digits | None) -> list[Any]:
    cells: list[Any] = column.tolist()
    if digits is not TEXT:
        return cells
    known = {text: _text(text) for text in set(cells)}
    return [known[text] for text in cells]


def _text(text: str) -> str:
    """Text behind the guard that tables have, no longer than a cell can be."""
    kept = guarded(text)
    return kept if fits(kept) else f"{kept[: _LONGEST // 2]}{_CUT}"


def _summary(sources: Sequence[PageSource]) -> SheetContent:
    """Return the sheet of headline figures, a column for each result."""
    told = [dict(_figures("", source.result.summary)) for source in sources]
    keys = list(dict.fromkeys(key for figures in told for key in figures))
    columns = [SheetColumn(title="figure", cells=[guarded(key) for key in keys])]
    named = zip(labels(sources), told, strict=True)
    for number, (label, figures) in enumerate(named, 1):
        title = _text(f"{number} {label}" if sources[1:] else label)
        columns.append(
            SheetColumn(title=title, cells=[figures.get(key) for key in keys])
        )
    return SheetContent(name=SUMMARY, columns=columns)


def _figures(place: str, keys: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the figures of a summary with their place, those of a run left out."""
    for key, value in keys.items():
        if not place and key in _LEFT_OUT:
            continue
        name = f"{place}{key}"
        if isinstance(value, dict):
            yield from _figures(f"{name}.", value)
        elif isinstance(value, list | tuple):
            texts = [str(item) for item in value if not isinstance(item, dict)]
            if texts and len(texts) == len(value):
                yield name, _text(", ".join(texts))
        else:
            yield name, _text(value) if isinstance(value, str) else value
