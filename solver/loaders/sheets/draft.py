"""Tables by name, as a workbook or a database has them, to a draft and scenarios."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.errors import Fault, SheetFile
from solver.loaders.manifest import read_manifest
from solver.loaders.raw_tables import REQUIRED
from solver.loaders.sheets.keys import INSTANCE, RULES, SCENARIOS, KeyTables
from solver.loaders.tables import build_table, unit_warnings
from solver.messages import is_near, nearest
from solver.problem.columns import column_specs
from solver.problem.completion import Draft
from solver.problem.instance import Units
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from solver.loaders.raw_tables import RawTable
    from solver.problem.tables import Table

NAMES = (*DEFINITIONS, INSTANCE, RULES, SCENARIOS)
"""Tables that are read; others are left alone."""


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """What tables say.

    Parameters
    ----------
    draft : Draft
        Manifest and tables.
    manifest, scenarios_file : SheetFile
        Where the manifest's keys and the scenarios stand.
    scenarios : dict
        Scenarios as they stand.
    """

    draft: Draft
    manifest: SheetFile
    scenarios_file: SheetFile
    scenarios: dict[str, Any]


def read_tables(
    raw: Mapping[str, RawTable], file: str, stem: str, faults: list[Fault]
) -> SheetDraft:
    """Return what the tables of a file say; whatever is wrong becomes a fault.

    Parameters
    ----------
    raw : dict of str to RawTable
        The tables that are there, by name.
    file : str
        Name of the file.
    stem : str
        Name of the instance, where the file gives none.
    faults : list of Fault
        Whatever is wrong is added here.
    """
    keys = KeyTables(file, faults)
    keys.read(raw)
    manifest: dict[str, Any] = {"name": stem}
    manifest |= read_manifest(keys.manifest, keys.sheet(), faults)
    units = manifest.get("units", Units())
    tables: dict[str, Table] = {}
    warnings: list[Fault] = []
    for name in DEFINITIONS:
        given = raw.get(name)
        if given is not None and len(given.lines):
            tables[name] = build_table(name, given, units, faults)
            warnings.extend(given.warnings)
        elif name in REQUIRED and not any(f.file == f"{file}#{name}" for f in faults):
            place = SheetFile(f"{file}#{name}", name) if given is None else given.file
            message = "is missing" if given is None else "has no rows"
            faults.append(Fault(place, message, "fill it in"))
    if not faults:
        filled = {name: raw[name] for name in tables}
        warnings.extend(unit_warnings(filled, units))
    return SheetDraft(
        Draft(manifest, tables, warnings=tuple(warnings)),
        keys.sheet(),
        keys.sheet(of_scenarios=True),
        keys.scenarios,
    )


def near_names(names: Iterable[str], file: str, noun: str) -> Iterator[Fault]:
    """Yield names that nearly are those of tables, which nobody would read."""
    names = list(names)
    for name in names:
        meant = None if name in NAMES else _meant(name, names)
        if meant is not None:
            message = f"no table has the name of the {noun} `{name}`"
            remedy = f"did you mean `{meant}`? Otherwise give it another name"
            yield Fault(SheetFile(f"{file}#{name}", name), message, remedy)


def _meant(name: str, names: Sequence[str]) -> str | None:
    """Return the table that a name nearly is, or holds as a word, and nobody gives."""
    near = nearest(name, NAMES)
    if near is not None and near not in names and is_near(f"{name}.", f"{near}."):
        return near
    words = re.findall("[a-z]+", name.casefold())
    return next((own for own in REQUIRED if own in words and own not in names), None)


def number_columns(table: str) -> frozenset[str]:
    """Return the columns of a table that hold numbers."""
    if table not in DEFINITIONS:
        return frozenset({"value"})
    specs = column_specs(table).values()
    return frozenset(spec.name for spec in specs if spec.kind == "number")
