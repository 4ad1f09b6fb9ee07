"""A folder of CSV tables and a manifest, to a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.errors import Fault, InputError
from solver.loaders.csv.tables import read_csv, read_text
from solver.loaders.manifest import read_manifest, read_toml
from solver.loaders.raw_tables import PARQUET, REQUIRED
from solver.loaders.tables import build_table, unit_warnings
from solver.messages import is_near, nearest
from solver.problem.completion import Draft
from solver.problem.instance import Units
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from solver.loaders.raw_tables import RawTable
    from solver.problem.tables import Table


MANIFEST = "instance.toml"


SCENARIOS = "scenarios.toml"


_PACKED = {"gz", "bz2", "xz", "zst", "zip", "7z"}


_OTHER_ENDINGS = {"xlsx", "xlsm", "xls", "ods", "tsv", "csv.txt"}
"""Of files that may be meant as a table; notes beside one have others."""


def read_folder(folder: Path, faults: list[Fault]) -> Draft:
    """Return the draft of the instance in a folder; faults are added to `faults`.

    Raises
    ------
    InputError
        If the folder, or a file of it, is missing or cannot be read.
    """
    names = _file_names(folder)
    misspelt = list(_misspelt_faults(names))
    missing = [f"{name}.csv" for name in REQUIRED if not _table_files(name, names)]
    if missing:
        raise InputError(_missing_text(folder, missing, names, misspelt))
    faults.extend(misspelt)
    manifest: dict[str, Any] = {"name": folder.resolve().name}
    if MANIFEST in names:
        text = read_text(folder / MANIFEST, MANIFEST, faults)
        keys = read_toml(text or "", MANIFEST, faults)
        manifest |= read_manifest(keys, MANIFEST, faults)
    tables: dict[str, Table] = {}
    warnings: list[Fault] = []
    units = manifest.get("units", Units())
    given: dict[str, RawTable] = {}
    for name in DEFINITIONS:
        raw = _raw_table(folder, name, names, faults)
        if raw is not None:
            given[name] = raw
            tables[name] = build_table(name, raw, units, faults)
            warnings.extend(raw.warnings)
    if not faults:
        warnings.extend(unit_warnings(given, units))
    return Draft(manifest, tables, warnings=tuple(warnings))


def read_appended(path: Path, file: str, faults: list[Fault]) -> RawTable | None:
    """Return the raw table of a file by its name: CSV, or Parquet."""
    if path.suffix == f".{PARQUET}":
        from solver.loaders.parquet.tables import read_parquet

        return read_parquet(path, file, faults)
    return read_csv(path, file, faults)


def _table_files(name: str, names: set[str]) -> list[str]:
    """Return the files there that may hold a table."""
    return [file for file in (f"{name}.csv", f"{name}.{PARQUET}") if file in names]


def _raw_table(
    folder: Path, name: str, names: set[str], faults: list[Fault]
) -> RawTable | None:
    """Return the raw table of a folder, if it has one."""
    files = _table_files(name, names)
    if len(files) > 1:
        message = f"table {name} stands in {files[1]} as well"
        faults.append(Fault(files[0], message, "keep one of the two"))
    return read_appended(folder / files[0], files[0], faults) if files else None


def read_scenarios(folder: Path, faults: list[Fault]) -> dict[str, Any]:
    """Return the scenarios of a folder as they stand in its file, if it has one.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    if SCENARIOS not in _file_names(folder):
        return {}
    text = read_text(folder / SCENARIOS, SCENARIOS, faults)
    return read_toml(text or "", SCENARIOS, faults)


def _missing_text(
    folder: Path, missing: list[str], names: set[str], misspelt: list[Fault]
) -> str:
    lines = [f"{folder} has no {' and no '.join(missing)}"]
    if "instance.json" in names:  # A result: none of its files is misspelt.
        return "\n".join(
            [*lines, f"it has a document: give {folder / 'instance.json'}"]
        )
    if not misspelt:
        lines.append(
            "an instance is a folder with legs.csv and demand.csv: add what is missing "
            "or name their folder"
        )
    return "\n".join([*lines, *map(str, misspelt)])


def _file_names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except OSError as error:
        message = f"{folder} cannot be read: {error.strerror or error}"
        raise InputError(message) from error


def _misspelt_faults(names: set[str]) -> Iterator[Fault]:
    """Yield files whose name nearly is that of a table, which nobody would read."""
    yield from _other_endings(names)
    known = [*(f"{table}.csv" for table in DEFINITIONS), MANIFEST, SCENARIOS]
    known += (f"{table}.{PARQUET}" for table in DEFINITIONS)
    for name in sorted(names - set(known)):
        if not any(is_near(name, own) for own in known):
            continue
        meant = nearest(name, known)
        if meant is not None and meant not in names and is_near(name, meant):
            message = f"no table has the name of the file `{name}`"
            remedy = f"did you mean `{meant}`? Otherwise give it another name"
            yield Fault(name, message, remedy)


def _other_endings(names: set[str]) -> Iterator[Fault]:
    """Yield files that hold, by their name, a table that stands in no other."""
    for name in sorted(names):
        stem, _, ending = name.casefold().partition(".")
        packing = ending.removeprefix("csv.")
        todo = "unpack it to" if packing in _PACKED else "save it as"
        is_other = packing in _PACKED or ending in _OTHER_ENDINGS
        if is_other and stem in DEFINITIONS and not _table_files(stem, names):
            message = f"no table is read from the file `{name}`"
            remedy = f"{todo} `{stem}.csv`, or give it another name"
            yield Fault(name, message, remedy)
