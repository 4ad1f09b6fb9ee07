"""The tables `instance`, `rules` and `scenarios` as the keys that files give.

A workbook or a database has no `instance.toml`: a table of keys and values stands in
its place, one with a row for each rule, and one with a row for each change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.errors import Fault, SheetFile
from solver.loaders.number_remedies import fraction_of
from solver.loaders.scenario_entries import ChangeEntry, ScenarioEntry
from solver.loaders.sheets.values import (
    CellError,
    keys_of,
    names_of,
    number_or_text,
)
from solver.messages import listed, shown, suggestion
from solver.problem.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from solver.loaders.raw_tables import RawTable

INSTANCE, RULES, SCENARIOS = "instance", "rules", "scenarios"
"""Names of the tables of keys."""

KEY_COLUMNS = ("key", "value")
"""Columns of `instance`."""

SCENARIO = "scenario"
"""Column that names a scenario, in `rules` and in `scenarios`."""


def _aliases(fields: Mapping[str, Any], *without: str) -> tuple[str, ...]:
    return tuple(f.alias or key for key, f in fields.items() if key not in without)


RULE_COLUMNS = (SCENARIO, *_aliases(Rule.model_fields))
"""Columns of `rules`."""

_OWN = _aliases(ScenarioEntry.model_fields, "change", "diversification")
CHANGE_COLUMNS = _aliases(ChangeEntry.model_fields)
SCENARIO_COLUMNS = (SCENARIO, *_OWN, *CHANGE_COLUMNS)
"""Columns of `scenarios`: what a scenario says of itself, and one change of it."""

_TEXTS = {"name", "by", "of", "over", "weight", "table", "append"} | {
    "description",
    "source",
}
_LISTS = {"for_each", "includes"}
_TABLES = {"where", "max_top", "max_change", "set", "scale", "add"}
_NUMBERS = {"max_hhi", "min_effective", "penalty"}
_MANIFEST_TEXTS = {"name", "description", "source"}
_ONE_BY_ONE = ("units",)


class KeyTables:
    """Keys that tables give, and where each stands.

    Parameters
    ----------
    file : str
        Name of the file, for faults.
    faults : list of Fault
        What is wrong is added here.
    """

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self._file, self._faults = file, faults
        self.manifest: dict[str, Any] = {}
        self.scenarios: dict[str, Any] = {}
        self.places: dict[str, str] = {}
        self.scenario_places: dict[str, str] = {}

    def read(self, tables: Mapping[str, RawTable]) -> None:
        """Take the keys of the tables that are there."""
        if INSTANCE in tables:
            self._read_instance(tables[INSTANCE])
        if SCENARIOS in tables:
            self._read_scenarios(tables[SCENARIOS])
        if RULES in tables:
            self._read_rules(tables[RULES])

    def sheet(self, *, of_scenarios: bool = False) -> SheetFile:
        """Return the file of the faults of these keys."""
        title = SCENARIOS if of_scenarios else INSTANCE
        places = self.scenario_places if of_scenarios else self.places
        return SheetFile(f"{self._file}#{title}", title, keys=places)

    def _read_instance(self, raw: RawTable) -> None:
        for row, cells in self._rows(raw, KEY_COLUMNS):
            key, value = cells.get("key", ""), cells.get("value", "")
            if not key or not value:
                continue
            place = _place(raw, row, "value")
            if key in self.places:
                message = f"key {shown(key)} stands there twice"
                self._refuse(raw, row, "key", message, "keep one of them")
                continue
            self.places[key] = place
            outer, _, inner = key.partition(".")
            if outer in _ONE_BY_ONE and inner:
                self.manifest.setdefault(outer, {})[inner] = value.strip()
                self.places.setdefault(outer, place)
            elif key in _MANIFEST_TEXTS:
                self.manifest[key] = value
            elif key == "periods":
                at = (raw, row, "value", value.strip())
                self._keep(self.manifest, key, names_of, at)
            else:
                self.manifest[key] = number_or_text(value.strip())

    def _read_rules(self, raw: RawTable) -> None:
        for row, cells in self._rows(raw, RULE_COLUMNS):
            owner = cells.pop(SCENARIO, "")
            target, places, prefix = self.manifest, self.places, ""
            if owner:
                target = self._scenario(owner, raw, row)
                places, prefix = self.scenario_places, f"{owner}."
            rules = target.setdefault("diversification", [])
            rule: dict[str, Any] = {}
            rules.append(rule)
            place = f"{prefix}diversification.{len(rules)}"
            places[place] = _place(raw, row, None)
            self._fill(rule, cells, (raw, row), places, place)

    def _read_scenarios(self, raw: RawTable) -> None:
        for row, cells in self._rows(raw, SCENARIO_COLUMNS):
            name = cells.pop(SCENARIO, "")
            if not name:
                message, remedy = "names no scenario", "give the name of its scenario"
                self._refuse(raw, row, SCENARIO, message, remedy)
                continue
            entry, places = self._scenario(name, raw, row), self.scenario_places
            own = {key: cells.pop(key) for key in _OWN if key in cells}
            self._fill(entry, own, (raw, row), places, name)
            if cells:
                changes = entry.setdefault("change", [])
                change: dict[str, Any] = {}
                changes.append(change)
                place = f"{name}.change.{len(changes)}"
                places[place] = _place(raw, row, None)
                self._fill(change, cells, (raw, row), places, place)

    def _scenario(self, name: str, raw: RawTable, row: int) -> dict[str, Any]:
        self.scenario_places.setdefault(name, _place(raw, row, SCENARIO))
        entry: dict[str, Any] = self.scenarios.setdefault(name, {})
        return entry

    def _fill(
        self,
        keys: dict[str, Any],
        cells: Mapping[str, str],
        at: tuple[RawTable, int],
        places: dict[str, str],
        prefix: str,
    ) -> None:
        """Put the values of cells under their keys."""
        raw, row = at
        for column, cell in cells.items():
            places[f"{prefix}.{column}"] = _place(raw, row, column)
            if column in _TEXTS:
                keys[column] = cell
            elif column in _LISTS:
                self._keep(keys, column, names_of, (raw, row, column, cell))
            elif column in _TABLES:
                self._keep(keys, column, keys_of, (raw, row, column, cell))
            else:
                value = number_or_text(cell)
                share = fraction_of(value) if isinstance(value, str) else None
                if share is not None:
                    message = f"{shown(cell)} is not a number"
                    self._refuse(raw, row, column, message, f"write {share:.15g}")
                    keys[column] = share
                elif isinstance(value, str) and column not in _NUMBERS:
                    self._keep(keys, column, keys_of, (raw, row, column, cell))
                else:
                    keys[column] = value

    def _keep(
        self,
        keys: dict[str, Any],
        key: str,
        read: Callable[[str], object],
        at: tuple[RawTable, int, str, str],
    ) -> None:
        raw, row, column, cell = at
        try:
            keys[key] = read(cell)
        except CellError as error:
            example = _EXAMPLES.get(key, 'product = ["grain"]')
            message = f"{shown(cell)} {error}"
            self._refuse(raw, row, column, message, f"write it as `{example}`")

    def _rows(
        self, raw: RawTable, known: tuple[str, ...]
    ) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the rows of a table with the cells that are not blank."""
        columns = {}
        for header, column in zip(raw.headers, raw.columns, strict=True):
            if header in known and header not in columns:
                columns[header] = column
            elif header in columns:
                message = f"column `{header}` stands there twice"
                self._refuse(raw, raw.header_line, header, message, "keep one of them")
            elif header not in {"", "note"}:
                remedy = suggestion(header, known, f"known columns: {listed(known)}")
                message = f"unknown column {shown(header)}"
                self._refuse(raw, raw.header_line, header, message, remedy)
        for number, line in enumerate(raw.lines.tolist()):
            cells = {
                name: text
                for name, column in columns.items()
                if (text := _text(name, str(column[number]))) != ""
            }
            if cells:
                yield line, cells

    def _refuse(
        self, raw: RawTable, row: int | None, column: str, message: str, remedy: str
    ) -> None:
        self._faults.append(Fault(raw.file, message, remedy, row, column))


_EXAMPLES = {
    "max_top": "k = 2, share = 0.9",
    "max_share": "northern = 0.5, southern = 0.4",
    "min_share": "western = 0.1",
    "max_change": 'share = 0.1, from = "../results/2024"',
    "set": "capacity = 0",
    "scale": "cost = 1.1",
    "add": "days = 2",
}


def _text(column: str, cell: str) -> str:
    """Text of a cell; blanks at its edges belong to free text alone."""
    is_free = column in {"name", "description", "source", "value"} and cell.strip()
    return cell if is_free else cell.strip()


def _place(raw: RawTable, row: int, column: str | None) -> str:
    """Return where a cell stands, as people look for it."""
    if isinstance(raw.file, SheetFile):
        return raw.file.cell(row, column)
    return f"{raw.file}:{row}"
