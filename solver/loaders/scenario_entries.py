"""Scenarios as they stand in `scenarios.toml` or in a document, to checked changes."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from solver.checks.names import KEYS
from solver.errors import Fault
from solver.loaders.cells import ColumnReader
from solver.loaders.csv.folder import read_appended
from solver.loaders.json.document import raw_table
from solver.loaders.manifest import model_faults, prepared_rules
from solver.loaders.raw_tables import RawTable
from solver.loaders.tables import build_table
from solver.messages import listed, shown, suggestion
from solver.problem.columns import column_specs
from solver.problem.rules import Rule
from solver.problem.scenarios import Change, Scenario
from solver.problem.tables import FIRM
from solver.problem.units import Conversion

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from solver.problem.columns import ColumnSpec
    from solver.problem.instance import Units
    from solver.problem.tables import Table


Scalar = str | int | float | bool


class _Entry(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        defer_build=True,
    )


class ChangeEntry(_Entry):
    """One change: `set`, `scale` and `add` on the rows of `where`, or `append`."""

    table: Literal[
        "nodes", "legs", "demand", "products", "tariffs", "routes", "capacities"
    ]
    """Table it changes."""
    where: dict[str, Scalar | tuple[Scalar, ...]] = Field(default_factory=dict)
    """Rows it acts on: one value or several for each column; empty: all rows."""
    set_: Annotated[dict[str, Scalar], Field(alias="set")] = Field(default_factory=dict)
    """New values of columns; an empty text makes a cell blank."""
    scale: dict[str, float] = Field(default_factory=dict)
    """Factors of columns."""
    add: dict[str, float] = Field(default_factory=dict)
    """Terms added to columns, after scaling."""
    append: str | tuple[dict[str, Scalar | None], ...] | None = None
    """CSV file beside the instance (or sheet of its workbook) whose rows are added, or
    the rows themselves."""


class ScenarioEntry(_Entry):
    """A named change to the instance."""

    description: str = ""
    """Remark for the reader."""
    source: str = ""
    """Where its figures come from."""
    includes: tuple[str, ...] = ()
    """Scenarios that apply before it."""
    change: tuple[ChangeEntry, ...] = ()
    """Changes, in order."""
    diversification: tuple[Rule, ...] = ()
    """Rules it adds."""


class Origin(NamedTuple):
    """Where scenarios come from.

    Parameters
    ----------
    file : str
        Name of their file, for faults.
    folder : Path
        Folder of the files they append.
    units : Units
        Units of the instance.
    warnings : list of Fault
        What is passed over in those files is added here.
    sheets : callable, optional
        Reader of the tables they append, where they are sheets and not files.
    """

    file: str
    folder: Path
    units: Units
    warnings: list[Fault]
    sheets: Callable[[str, list[Fault]], RawTable | None] | None = None


def read_entries(
    given: Mapping[str, Any], file: str, faults: list[Fault]
) -> dict[str, ScenarioEntry]:
    """Return the scenarios of a file by name; whatever is wrong becomes a fault."""
    entries: dict[str, ScenarioEntry] = {}
    for name, keys in given.items():
        if not isinstance(keys, dict):
            message = f"{shown(keys)} is not a scenario"
            remedy = f"give it as a table `[{name}]`"
            faults.append(Fault(file, message, remedy, None, name))
            continue
        try:
            text = json.dumps(_prepared(name, keys), default=lambda v: [str(v)])
            entries[name] = ScenarioEntry.model_validate_json(text, strict=True)
        except ValidationError as error:
            faults.extend(model_faults(error, ScenarioEntry, keys, file, name))
    faults.extend(_include_faults(entries, given, file))
    return entries


def build_scenarios(
    entries: Mapping[str, ScenarioEntry],
    selected: Collection[str],
    origin: Origin,
    faults: list[Fault],
) -> dict[str, Scenario]:
    """Return scenarios with checked changes; files are read of those selected alone.

    Raises
    ------
    InputError
        If a file to append cannot be read.
    """
    scenarios = {}
    for name, entry in entries.items():
        builder = ChangeBuilder(origin, faults, may_read=name in selected)
        changes = [
            builder.change(change, f"{name}.change.{number}")
            for number, change in enumerate(entry.change, 1)
        ]
        scenarios[name] = Scenario(name, tuple(changes), entry.diversification)
    return scenarios


def checked_change(change: Change, origin: Origin, faults: list[Fault]) -> Change:
    """Return a change that was made in code as one that a file holds is checked.

    Parameters
    ----------
    change : Change
        The change; NaN stands for an empty number.
    origin : Origin
        What it acts on.
    faults : list of Fault
        Whatever is wrong is added here.
    """
    keys = {
        "table": change.table,
        "where": dict(change.where),
        "set": {column: _cell_of(value) for column, value in change.values.items()},
        "scale": dict(change.factors),
        "add": dict(change.terms),
    }
    try:
        entry = ChangeEntry.model_validate(keys)
    except ValidationError as error:
        faults.extend(model_faults(error, ChangeEntry, keys, origin.file))
        return change
    if change.rows is not None:
        return change
    place = change.place or change.table
    return ChangeBuilder(origin, faults).change(entry, place)


def _cell_of(value: Scalar) -> Scalar:
    """Return a value as a document has it: blank for NaN, firm for infinite."""
    if isinstance(value, float) and not math.isfinite(value):
        return "" if math.isnan(value) else FIRM
    return value


def _prepared(name: str, keys: dict[str, Any]) -> dict[str, Any]:
    rules = keys.get("diversification")
    if isinstance(rules, list):
        return {**keys, "diversification": prepared_rules(rules, f"{name}: rule")}
    return keys


def _include_faults(
    entries: Mapping[str, ScenarioEntry], given: Mapping[str, Any], file: str
) -> Iterator[Fault]:
    """Yield includes that are not known, or that lead back to where they start."""
    for name, entry in entries.items():
        for included in entry.includes:
            if included not in given:
                message = f"unknown scenario {shown(included)}"
                remedy = suggestion(included, given, f"known: {listed(given)}")
                place = f"{name}.includes"
                yield Fault(file, message, remedy, None, place, included)
        circle = _circle(name, entries)
        if circle:
            message = f"the includes go round in a circle: {' > '.join(circle)}"
            yield Fault(file, message, "take one out", None, f"{name}.includes", name)


def _circle(name: str, entries: Mapping[str, ScenarioEntry]) -> list[str]:
    """Way from a scenario through its includes back to itself, or nothing."""
    ways, seen = [[name]], set()
    while ways:
        way = ways.pop()
        for included in entries[way[-1]].includes if way[-1] in entries else ():
            if included == name:
                return [*way, name]
            if included not in seen:
                seen.add(included)
                ways.append([*way, included])
    return []


class ChangeBuilder:
    """Checked changes of the entries of one scenario."""

    def __init__(
        self, origin: Origin, faults: list[Fault], *, may_read: bool = False
    ) -> None:
        self._origin = origin
        self._faults = faults
        self._may_read = may_read

    def change(self, entry: ChangeEntry, place: str) -> Change:
        """Return the change of an entry; whatever is wrong becomes a fault."""
        acts = bool(entry.set_ or entry.scale or entry.add)
        if acts == (entry.append is not None):
            remedy = "give set, scale or add, or append alone"
            self._refuse(place, "it is not a change, or two at once", remedy)
        if entry.append is not None and entry.where:
            self._refuse(f"{place}.where", "appended rows need none", "leave it out")
        twice = [key for key in entry.set_ if key in entry.scale or key in entry.add]
        for key in twice:
            remedy = "keep one of the two"
            self._refuse(f"{place}.{key}", "is set and changed at once", remedy)
        return Change(
            entry.table,
            file=self._origin.file,
            place=place,
            where=self._where(entry, f"{place}.where"),
            values=self._values(entry, f"{place}.set"),
            factors=self._numbers(entry.table, entry.scale, f"{place}.scale"),
            terms=self._numbers(entry.table, entry.add, f"{place}.add"),
            rows=self._rows(entry.table, entry.append, f"{place}.append"),
        )

    def _where(self, entry: ChangeEntry, place: str) -> dict[str, list[Scalar]]:
        result = {}
        for column, given in entry.where.items():
            spec = self._spec(entry.table, column, place)
            if spec is not None:
                values = given if isinstance(given, tuple) else (given,)
                cells = [self._cell(spec, v, f"{place}.{column}") for v in values]
                result[column] = cells
                if not values:
                    self._refuse(f"{place}.{column}", "names nothing", "name a value")
        return result

    def _values(self, entry: ChangeEntry, place: str) -> dict[str, Scalar]:
        result = {}
        for column, value in entry.set_.items():
            spec = self._spec(entry.table, column, place)
            if spec is not None:
                if KEYS.get(entry.table) == column:
                    message = f"{column} is what rows are known by"
                    remedy = "keep it, or append rows with other names"
                    self._refuse(f"{place}.{column}", message, remedy)
                result[column] = self._cell(spec, value, f"{place}.{column}")
        return result

    def _numbers(
        self, table: str, given: Mapping[str, float], place: str
    ) -> dict[str, float]:
        for column in given:
            spec = self._spec(table, column, place)
            if spec is not None and spec.kind != "number":
                message, remedy = f"{column} holds no numbers", "use `set`"
                self._refuse(f"{place}.{column}", message, remedy)
        return {k: v for k, v in given.items() if k in column_specs(table)}

    def _spec(self, table: str, column: str, place: str) -> ColumnSpec | None:
        specs = column_specs(table)
        if column not in specs:
            message = f"unknown column {shown(column)}"
            remedy = suggestion(column, specs, f"known columns: {listed(specs)}")
            self._refuse(f"{place}.{column}", message, remedy, column)
        return specs.get(column)

    def _cell(self, spec: ColumnSpec, value: Scalar, place: str) -> Scalar:
        """Return one value as its column holds it."""
        found: list[Fault] = []
        raw = RawTable(self._origin.file, (), (), np.ones(1, np.int64), is_text=False)
        reader = ColumnReader(raw, spec, Conversion(), found)
        cell: Scalar = reader.array([value]).tolist()[0]
        self._faults += (replace(fault, row=None, column=place) for fault in found)
        return cell

    def _rows(
        self, table: str, append: str | tuple[Any, ...] | None, place: str
    ) -> Table | None:
        if append is None:
            return None
        if isinstance(append, tuple):
            file = f"{self._origin.file}#{place}"
            raw = raw_table(list(append), file, self._faults)
        else:
            raw = self._appended(append, place)
        if raw is None:
            return None
        self._origin.warnings.extend(raw.warnings)
        return build_table(table, raw, self._origin.units, self._faults)

    def _appended(self, append: str, place: str) -> RawTable | None:
        """Return the raw table of a file or a sheet that is appended."""
        if self._origin.sheets is not None:
            read = self._origin.sheets if self._may_read else None
            return read(append, self._faults) if read else None
        path = self._path_inside(append)
        if path is None:
            message = f"{shown(append)} leaves the folder of the instance"
            remedy = "put the file beside the instance"
            self._refuse(place, message, remedy, append)
            return None
        return read_appended(path, append, self._faults) if self._may_read else None

    def _path_inside(self, name: str) -> Path | None:
        """Path of a file in the instance's folder, or None if it is not inside."""
        folder = self._origin.folder.resolve()
        try:
            path = (folder / name).resolve()
        except (OSError, RuntimeError, ValueError):
            return None  # No path can be made of it: too long, a circle of links...
        return path if path.is_relative_to(folder) and path != folder else None

    def _refuse(
        self, place: str, message: str, remedy: str, value: str | None = None
    ) -> None:
        fault = Fault(self._origin.file, message, remedy, None, place, value)
        self._faults.append(fault)
