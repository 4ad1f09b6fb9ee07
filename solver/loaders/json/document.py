"""An instance as one JSON document, read strictly; and its canonical form, written.

Each table is a list of row objects, or one object of columns, which is the canonical
form: every instance has exactly one canonical document, and loading that gives the
same instance.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import Fault
from solver.loaders.json.nesting import deep_nesting, nesting_fault
from solver.loaders.manifest import MANIFEST_KEYS, read_manifest
from solver.loaders.raw_tables import RawTable
from solver.loaders.tables import build_table
from solver.messages import listed, shown, suggestion
from solver.problem.columns import column_specs
from solver.problem.completion import Draft
from solver.problem.instance import Instance, Units
from solver.problem.tables import DEFINITIONS, FIRM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from solver.problem.columns import ColumnSpec
    from solver.problem.tables import Table


APPLIED = "applied"
"""Key of the scenarios that a document has been through."""

CHANGES = "changes"
"""Key of the changes, each in one line, that were made to it after them."""


SCENARIOS = "scenarios"
"""Key of the scenarios that a document offers."""


_KEYS = (*MANIFEST_KEYS, *DEFINITIONS, SCENARIOS, APPLIED, CHANGES, "$schema")


_LARGEST_WHOLE = 2.0**53
"""Whole numbers below this are written without a decimal point."""


def parse_document(content: bytes, file: str, faults: list[Fault]) -> dict[str, Any]:
    """Return the keys of a document; mistakes in its syntax become faults."""
    repeated: list[str] = []
    hook = partial(_object, repeated)
    try:
        text = content.decode("utf-8-sig")
        # NaN and Infinity, which Python would accept, become values of a kind of
        # their own, which no column and no key accepts: so the fault has its place.
        document = json.loads(text, object_pairs_hook=hook, parse_constant=_NoNumber)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.append(Fault(file, "is not encoded in UTF-8", "save it in UTF-8", line))
    except json.JSONDecodeError as error:
        message = f"is not valid JSON: {error.msg.lower()} at column {error.colno}"
        faults.append(Fault(file, message, "correct it there", error.lineno))
    except RecursionError:
        faults.append(deep_nesting(file))
    except ValueError as error:
        faults.append(Fault(file, f"is not valid JSON: {error}", "correct it"))
    else:
        return _checked_document(document, file, repeated, faults)
    return {}


def _checked_document(
    document: object, file: str, repeated: list[str], faults: list[Fault]
) -> dict[str, Any]:
    """Return the keys of a document whose syntax is sound."""
    deep = nesting_fault(document, file)
    if deep is not None:
        faults.append(deep)
        return {}
    if isinstance(document, dict):
        faults.extend(_repeated_faults(document, file, repeated))
        return document
    message = f"holds {_noun(document)}, not an object"
    faults.append(Fault(file, message, "put the tables into one object"))
    return {}


def read_document(keys: dict[str, Any], file: str, faults: list[Fault]) -> Draft:
    """Return the draft of a parsed document; whatever is wrong becomes a fault."""
    manifest: dict[str, Any] = {"name": file.removesuffix(".json")}
    given = {key: value for key, value in keys.items() if key in MANIFEST_KEYS}
    manifest |= read_manifest(given, file, faults)
    for key in keys:
        if key not in _KEYS:
            remedy = suggestion(key, _KEYS, f"known keys: {listed(_KEYS)}")
            message = f"unknown key {shown(key)}"
            faults.append(Fault(file, message, remedy, None, key))
    units = manifest.get("units", Units())
    tables: dict[str, Table] = {}
    for name in DEFINITIONS:
        raw = raw_table(keys.get(name), f"{file}#{name}", faults)
        if raw is not None and (len(raw.lines) or raw.headers):
            tables[name] = build_table(name, raw, units, faults)
        if name in {"legs", "demand"} and (raw is None or not len(raw.lines)):
            message = "is missing" if name not in keys else "is empty"
            faults.append(Fault(f"{file}#{name}", message, "give its rows"))
    applied = _names(keys, APPLIED, file, faults)
    changes = _names(keys, CHANGES, file, faults)
    return Draft(manifest, tables, applied, changes)


def canonical(instance: Instance) -> bytes:
    """Return the canonical document of an instance: equal instances, equal bytes."""
    lines = [f"{_text(key)}:{_text(value)}" for key, value in manifest_keys(instance)]
    for name in DEFINITIONS:
        table: Table = getattr(instance, name)
        if len(table):
            columns = [
                f"{_text(column)}:{_text(cells)}"
                for column, cells in table_cells(name, table, instance).items()
            ]
            lines.append(f"{_text(name)}:{{\n" + ",\n".join(columns) + "\n}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def table_cells(name: str, table: Table, instance: Instance) -> dict[str, list[Any]]:
    """Return the cells of a table by column, as a document has them.

    Columns in which every cell is the default are left out.
    """
    return {
        spec.name: cells
        for spec in column_specs(name).values()
        if (cells := _cells(spec, table, instance)) is not None
    }


@dataclass(frozen=True, slots=True, eq=False)
class _NoNumber:
    """NaN, Infinity or -Infinity where a document should have a number."""

    text: str

    def __str__(self) -> str:
        return self.text


class _Repeated(dict[str, Any]):
    """An object with a key that stands there twice."""


def _object(repeated: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of some pairs; keys that stand there twice are noted."""
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    counts = Counter(key for key, _ in pairs)
    repeated.extend(key for key, count in counts.items() if count > 1)
    return _Repeated({**result, _MARK: [k for k in counts if counts[k] > 1]})


_MARK = "\0repeated"


def _repeated_faults(
    document: dict[str, Any], file: str, repeated: list[str]
) -> Iterator[Fault]:
    """Yield a fault for each key that stands twice in one object."""
    if not repeated:
        return
    for place, value in _objects(document, ()):
        if isinstance(value, _Repeated):
            for key in value.pop(_MARK):
                column = ".".join((*place, key))
                message = f"key {shown(key)} stands twice in one object"
                yield Fault(file, message, "keep one of them", None, column, key)


def _objects(
    value: object, place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield every object of a document with its place."""
    if isinstance(value, dict):
        yield place, value
        for key, item in value.items():
            yield from _objects(item, (*place, key))
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _objects(item, (*place, str(number)))


def _names(
    keys: dict[str, Any], key: str, file: str, faults: list[Fault]
) -> tuple[str, ...]:
    """Return the list of texts that stands under a key; none if it is missing."""
    names = keys.get(key, [])
    if isinstance(names, list) and all(type(name) is str for name in names):
        return tuple(names)
    message = f"{_noun(names)} is not a list of names"
    faults.append(Fault(file, message, "give names in a list", None, key))
    return ()


def raw_table(given: object, file: str, faults: list[Fault]) -> RawTable | None:
    """Columns of a table in either form, or None if there are none."""
    if given is None:
        return None
    if isinstance(given, list):
        columns = _columns_of_rows(given, file, faults)
        count = len(given)
    elif isinstance(given, dict):
        columns = _listed_columns(given, file, faults)
        count = max(map(len, columns.values()), default=0)
    else:
        message = f"{_noun(given)} is not a table"
        remedy = "give a list of rows, or an object of columns"
        faults.append(Fault(file, message, remedy))
        return None
    lines = np.arange(1, count + 1)
    return RawTable(file, tuple(columns), tuple(columns.values()), lines, is_text=False)


def _columns_of_rows(
    rows: list[Any], file: str, faults: list[Fault]
) -> dict[str, list[Any]]:
    names: dict[str, None] = {}
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict):
            names |= dict.fromkeys(row)
        else:
            message = f"{_noun(row)} is not a row"
            faults.append(Fault(file, message, "give an object of cells", number))
    sound = [row if isinstance(row, dict) else {} for row in rows]
    return {name: [row.get(name) for row in sound] for name in names}


def _listed_columns(
    given: dict[str, Any], file: str, faults: list[Fault]
) -> dict[str, list[Any]]:
    """Columns of an object of columns, cut or filled to one length if need be."""
    columns = {}
    for name, cells in given.items():
        if isinstance(cells, list):
            columns[name] = cells
        else:
            message = f"{_noun(cells)} is not a column"
            faults.append(Fault(file, message, "give a list of cells", None, name))
    count = max(map(len, columns.values()), default=0)
    for name, cells in columns.items():
        if len(cells) < count:
            message = f"{len(cells)} cells, but another column has {count}"
            remedy = "give as many in each, null for empty ones"
            faults.append(Fault(file, message, remedy, None, name))
            columns[name] = cells + [None] * (count - len(cells))
    return columns


def _noun(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    return "null" if value is None else shown(value)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def manifest_keys(instance: Instance) -> Iterator[tuple[str, object]]:
    """Yield keys of the manifest that differ from their default, and some always."""
    always = {"name", "units", "periods", "unmet_cost"}
    for key in MANIFEST_KEYS:
        value = getattr(instance, key)
        if key in always or value != Instance.model_fields[key].get_default():
            yield key, _plain(value)
    if instance.scenarios:
        yield APPLIED, list(instance.scenarios)
    if instance.changes:
        yield CHANGES, list(instance.changes)


def _plain(value: Any) -> object:  # noqa: ANN401
    """Return a manifest's value as JSON has it."""
    if isinstance(value, Units):
        return value.model_dump()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if hasattr(value, "model_dump"):
        dumped = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return _plain(dumped)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return _number(value) if isinstance(value, float) else value


def _cells(spec: ColumnSpec, table: Table, instance: Instance) -> list[Any] | None:
    """Cells of a column as JSON has them, or None if every one is the default."""
    column = table[spec.name]
    if spec.kind == "number":
        return _numbers(spec, column, instance)
    cells: list[Any] = column.tolist()
    default = spec.default or ("" if spec.kind != "flag" else False)
    if not spec.required and all(cell == default for cell in cells):
        return None
    return cells


def _numbers(
    spec: ColumnSpec, column: NDArray[Any], instance: Instance
) -> list[Any] | None:
    default = np.nan if spec.default is None else float(spec.default)
    if spec.words:
        firm = instance.unmet_cost == FIRM
        default = np.inf if firm else float(instance.unmet_cost)
    is_default = np.isnan(column) if np.isnan(default) else column == default
    if not spec.required and is_default.all():
        return None
    whole = (np.abs(column) < _LARGEST_WHOLE) & (column == np.floor(column))
    if whole.all():
        return list(column.astype(np.int64).tolist())
    return [_number(value) for value in column.tolist()]


def _number(value: float) -> float | int | str | None:
    if value != value:  # noqa: PLR0124 - only NaN differs from itself
        return None
    if value == np.inf:
        return FIRM
    if value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return int(value)
    return value
