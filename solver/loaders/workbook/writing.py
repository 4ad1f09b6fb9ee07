"""An instance as a workbook: a template to fill in, or one filled in already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.errors import DataError, Fault, SheetFile
from solver.loaders.manifest import MANIFEST_KEYS
from solver.loaders.scenario_entries import ChangeEntry, ScenarioEntry
from solver.loaders.sheets.content import padded
from solver.loaders.sheets.keys import (
    INSTANCE,
    KEY_COLUMNS,
    RULE_COLUMNS,
    RULES,
    SCENARIO_COLUMNS,
    SCENARIOS,
)
from solver.loaders.sheets.writing import as_tables
from solver.loaders.workbook.grid import column_letter
from solver.messages import shown
from solver.problem.columns import column_specs
from solver.problem.descriptions import descriptions
from solver.problem.instance import Instance, Units
from solver.problem.rules import Rule
from solver.problem.tables import DEFINITIONS
from solver.storage.workbooks import (
    LONGEST,
    SheetColumn,
    SheetContent,
    fits,
    workbook_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from solver.loaders.raw_tables import Columns
    from solver.loaders.sheets.content import Content
    from solver.problem.columns import ColumnSpec

READ_ME, _NOTE = "read me", "note"
_CHECKED, _MORE = 2000, 500
_ORDER = (INSTANCE, "nodes", "products", "legs", "demand", "capacities", "tariffs")
_STEPS = (
    (
        "1.",
        "Fill in legs and demand: the columns with an orange header must be "
        "there in every row. All else may stay blank and takes its default.",
    ),
    (
        "2.",
        "Fill in nodes and products first if you want lists to choose from, a "
        "map, and misspelt names found. Delete a sheet that you do not need.",
    ),
    (
        "3.",
        "A header may carry a unit: capacity [kt], cost [USD/t]. Codes with zeros "
        "in front, and dates, are typed as text, behind an apostrophe: '007.",
    ),
    (
        "4.",
        "Then run: keruen check THIS.xlsx, and keruen solve THIS.xlsx -o results. "
        "What is wrong is named by sheet and cell.",
    ),
)
_NOTES = {
    "key": "Name of the setting.",
    "value": "Its value.",
    "scenario": "Scenario that it belongs to; blank in rules: it always holds.",
}
_EXAMPLES = {
    "where": 'Example: product = ["grain"]',
    "set": "Example: capacity = 0",
    "scale": "Example: cost = 1.1",
    "add": "Example: days = 2",
    "append": "Name of another sheet whose rows are added, in the form of the table.",
    "includes": "Example: dearer-rail | half-a-corridor",
    "for_each": "Example: product | period",
    "max_top": "Example: k = 2, share = 0.9",
    "max_share": "Example: 0.6, or northern = 0.5",
    "min_share": "Example: western = 0.1",
    "max_change": 'Example: share = 0.1, from = "results/2024"',
}


def instance_workbook(content: Content) -> bytes:
    """Return the workbook of an instance, and nothing else.

    Raises
    ------
    DataError
        A text is longer than a cell can be.
    OutputError
        A table is longer than a sheet can be.
    """
    tables = as_tables(content)
    _check_lengths(tables)
    return workbook_bytes(
        [
            SheetContent(
                name=name,
                columns=[SheetColumn(title=t, cells=c) for t, c in columns.items()],
            )
            for name, columns in tables.items()
        ]
    )


def template_workbook(content: Content) -> bytes:
    """Return a workbook to fill in, commented, with what an instance has already.

    Raises
    ------
    DataError
        A text is longer than a cell can be.
    OutputError
        A table is longer than a sheet can be.
    """
    tables = as_tables(content)
    _check_lengths(tables)
    order = [*_ORDER, *(name for name in DEFINITIONS if name not in _ORDER)]
    sheets = [_read_me()]
    titles = (*order, RULES, SCENARIOS)
    sheets += [_commented(name, tables.pop(name, {})) for name in titles]
    sheets += [
        SheetContent(
            name=name,
            columns=[SheetColumn(title=t, cells=c) for t, c in columns.items()],
        )
        for name, columns in tables.items()
    ]
    return workbook_bytes(sheets)


def _check_lengths(tables: Mapping[str, Columns]) -> None:
    faults = [
        Fault(
            SheetFile(name, name),
            f"{shown(cell)} is longer than the {LONGEST:,} letters of a cell",
            "convert to a folder, a document or a database instead",
            row,
            column,
        )
        for name, columns in tables.items()
        for column, cells in columns.items()
        for row, cell in enumerate(cells, 2)
        if isinstance(cell, str) and not fits(cell)
    ]
    if faults:
        raise DataError(faults)


def _commented(name: str, columns: Columns) -> SheetContent:
    """Return the sheet of a table with every column, each with what it means."""
    if name in DEFINITIONS:
        specs = column_specs(name)
        cells = padded(columns, tuple(specs))
        listed = [_column(spec, cells[title]) for title, spec in specs.items()]
        rows = max(map(len, cells.values()))
        return SheetContent(
            name=name,
            columns=listed,
            checked_rows=max(_CHECKED, rows + _MORE),
            has_filter=rows > 0,
            colour="#E8A33D" if name in {"legs", "demand"} else "",
        )
    titles, notes = _KEY_SHEETS[name], _notes_of(name)
    if name == INSTANCE:
        columns = _all_keys(columns)
    cells = padded(columns, titles)
    own = {title: notes.get(title, "") for title in titles}
    return SheetContent(
        name=name,
        columns=[
            SheetColumn(title=title, cells=cells[title], note=note)
            for title, note in own.items()
        ],
    )


def _column(spec: ColumnSpec, cells: list[Any]) -> SheetColumn:
    choice: str | tuple[str, ...] = spec.choices
    if spec.kind == "flag":
        choice = ("TRUE", "FALSE")
    elif not spec.split and spec.refers in _LISTED:
        choice = _LISTED[spec.refers]
    return SheetColumn(
        title=spec.name,
        cells=cells,
        note=_meaning(spec),
        choice=choice,
        is_number=spec.kind == "number" and not spec.words,
        least=spec.lower,
        most=spec.upper,
        is_strong=spec.required,
    )


def _reference(table: str, column: str) -> str:
    letter = column_letter([*column_specs(table)].index(column) + 1)
    return f"={table}!${letter}$2:${letter}${_CHECKED + 1}"


_NODES = _reference("nodes", "node")
_LISTED = {
    "nodes": _NODES,
    "places": _NODES,
    "products": _reference("products", "product"),
}


def _meaning(spec: ColumnSpec) -> str:
    text = _plain(spec.meaning)
    if spec.split and "joined by" not in text:
        text = f"{text} Several are joined by |."
    if spec.required:
        return f"{text} Must be filled in."
    return text


def _all_keys(columns: Columns) -> Columns:
    """Return all keys of an instance, left to their default or not, with meanings."""
    keys, values = columns.get("key", []), columns.get("value", [])
    meanings = _key_meanings()
    known = [key for key in meanings if key not in set(keys)]
    every = [*keys, *known]
    return {
        "key": every,
        "value": [*values, *([None] * len(known))],
        _NOTE: [meanings.get(key, "") for key in every],
    }


def _key_meanings() -> dict[str, str]:
    """Return what each key of the sheet `instance` means."""
    meanings = {}
    texts = descriptions(Instance)
    for key in MANIFEST_KEYS:
        if key == "units":
            for inner, text in descriptions(Units).items():
                meanings[f"units.{inner}"] = _plain(text)
        elif key != "diversification":
            meanings[key] = _plain(texts[key])
    meanings["periods"] += " Several are joined by |."
    return meanings


def _plain(text: str) -> str:
    """Text without the marks that a page sets code in."""
    return " ".join(text.replace("`", "").split())


def _field_notes(*models: type[BaseModel]) -> dict[str, str]:
    """Return what the columns of a sheet of rules or scenarios mean."""
    notes = dict(_NOTES)
    for model in models:
        for key, text in descriptions(model).items():
            name = model.model_fields[key].alias or key
            notes[name] = f"{_plain(text)} {_EXAMPLES.get(name, '')}".strip()
    notes["append"] = _EXAMPLES["append"]
    return notes


def _notes_of(name: str) -> dict[str, str]:
    """Return what the columns of a sheet of keys mean."""
    if name == RULES:
        return _field_notes(Rule)
    return _NOTES if name == INSTANCE else _field_notes(ScenarioEntry, ChangeEntry)


_KEY_SHEETS = {
    INSTANCE: (*KEY_COLUMNS, _NOTE),
    RULES: RULE_COLUMNS,
    SCENARIOS: SCENARIO_COLUMNS,
}


def _read_me() -> SheetContent:
    """Return the sheet that explains the others."""
    rows = list(_explained())
    titles = ("sheet", "column", "what it holds")
    widths = (12, 18, 78)
    return SheetContent(
        name=READ_ME,
        columns=[
            SheetColumn(title=title, cells=[row[n] for row in rows], width=widths[n])
            for n, title in enumerate(titles)
        ],
        wraps=True,
        colour="#4C78A8",
    )


def _explained() -> Iterator[tuple[str, str, str]]:
    for number, text in _STEPS:
        yield "", number, text
    for key, text in _key_meanings().items():
        yield INSTANCE, key, text
    for name, model in DEFINITIONS.items():
        yield name, "", (model.__doc__ or "").splitlines()[0]
        for spec in column_specs(name).values():
            yield name, spec.name, _meaning(spec)
    for name in (RULES, SCENARIOS):
        notes = _notes_of(name)
        for title in _KEY_SHEETS[name]:
            yield name, title, notes.get(title, "")
