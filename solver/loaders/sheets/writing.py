"""An instance as tables alone, as a workbook or a database holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.loaders.sheets.content import UNTOLD
from solver.loaders.sheets.keys import (
    INSTANCE,
    KEY_COLUMNS,
    RULE_COLUMNS,
    RULES,
    SCENARIO,
    SCENARIO_COLUMNS,
    SCENARIOS,
)
from solver.loaders.sheets.values import keys_cell, names_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.loaders.raw_tables import Columns
    from solver.loaders.sheets.content import Content


def as_tables(content: Content) -> dict[str, Columns]:
    """Return an instance as tables by name, those of keys, rules and scenarios too."""
    rules = [("", rule) for rule in content.rules]
    rules += [
        (name, rule)
        for name, keys in content.scenarios.items()
        for rule in keys.get("diversification", ())
    ]
    tables = {INSTANCE: _columns(KEY_COLUMNS, _key_rows(content.manifest))}
    tables |= content.tables
    if rules:
        rows = ({SCENARIO: name, **_cells(rule)} for name, rule in rules)
        tables[RULES] = _columns(RULE_COLUMNS, rows)
    if content.scenarios:
        tables[SCENARIOS] = _columns(SCENARIO_COLUMNS, _scenario_rows(content))
    return tables | content.appended


def _key_rows(manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key, value in manifest.items():
        if key in UNTOLD:
            continue
        if isinstance(value, dict):
            for inner, item in value.items():
                yield {"key": f"{key}.{inner}", "value": item}
        else:
            yield {"key": key, "value": _cell(value)}


def _scenario_rows(content: Content) -> Iterator[dict[str, Any]]:
    for name, keys in content.scenarios.items():
        own = {key: keys[key] for key in SCENARIO_COLUMNS if key in keys}
        first = {SCENARIO: name, **_cells(own)}
        changes = [_cells(change) for change in keys.get("change", ())]
        for change in changes or [{}]:
            yield {**first, **change}
            first = {SCENARIO: name}


def _cells(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _cell(value) for key, value in keys.items()}


def _cell(value: object) -> object:
    """Return a value as a cell holds it."""
    if isinstance(value, dict):
        return keys_cell(value)
    if isinstance(value, list | tuple):
        return names_cell(list(value))
    return value


def _columns(names: tuple[str, ...], rows: Any) -> Columns:  # noqa: ANN401
    """Return rows as columns; those without a cell are left out."""
    listed = list(rows)
    return {
        name: [row.get(name) for row in listed]
        for name in names
        if any(row.get(name) not in {None, ""} for row in listed)
    }
