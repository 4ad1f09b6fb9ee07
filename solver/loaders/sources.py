"""Where instances come from: folder, workbook, database, document; told apart here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from solver.errors import DataError, Fault, InputError
from solver.loaders.csv.folder import MANIFEST, SCENARIOS, read_folder, read_scenarios
from solver.loaders.file_kinds import foreign_kind
from solver.loaders.json.document import SCENARIOS as SCENARIOS_KEY
from solver.loaders.json.document import parse_document, read_document
from solver.messages import listed, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from solver.loaders.raw_tables import RawTable
    from solver.loaders.sheets.draft import SheetDraft
    from solver.problem.completion import Draft

SUFFIXES = (".xlsx", ".xlsm")
"""Endings of workbooks that are read."""

_OTHER_BOOKS = (".xls", ".xlsb", ".ods", ".xltx", ".xltm")
"""Workbooks of other kinds, which are opened to say what they are."""

DATABASES = (".sqlite", ".sqlite3", ".db")
"""Endings of databases that are read."""

_DOCUMENT = ".json"

FILES = (*SUFFIXES, *DATABASES, _DOCUMENT)
"""Endings of files that are an instance by themselves."""


class Source(NamedTuple):
    """What the files of an instance say, before it is put together.

    Parameters
    ----------
    draft : Draft
        Manifest and tables.
    manifest : str
        Name of the file with the manifest's keys.
    scenarios : dict
        Scenarios as they stand in their file.
    file : str
        Name of that file.
    folder : Path
        Folder of files that scenarios append.
    sheets : callable, optional
        Reader of the tables that scenarios append, where they are no files.
    """

    draft: Draft
    manifest: str
    scenarios: dict[str, Any]
    file: str
    folder: Path
    sheets: Callable[[str, list[Fault]], RawTable | None] | None = None


def read_source(path: Path, faults: list[Fault]) -> Source:
    """Return what the files at a path say; what is wrong with them becomes a fault.

    Raises
    ------
    InputError
        A file is missing or cannot be read, or is of no known kind.
    DataError
        A file is not of the kind that its name says, or nothing can be made of it.
    """
    if path.is_dir():
        draft = read_folder(path, faults)
        scenarios = read_scenarios(path, faults)
        return Source(draft, MANIFEST, scenarios, SCENARIOS, path)
    suffix = path.suffix.lower()
    if suffix in {*SUFFIXES, *_OTHER_BOOKS}:
        from solver.loaders.workbook.workbook import read_sheet, read_workbook

        return _of_tables(read_workbook(path, faults), path, read_sheet)
    if suffix in DATABASES:
        from solver.loaders.database.database import read_database, read_more

        return _of_tables(read_database(path, faults), path, read_more)
    if suffix != _DOCUMENT and path.exists():
        kinds = listed(FILES)
        message = f"{path} is neither a folder nor a file that ends with {kinds}"
        raise InputError(f"{message}; give the folder that holds the tables")
    return _document(path, faults)


def _of_tables(
    found: SheetDraft,
    path: Path,
    read: Callable[[Path, str, list[Fault]], RawTable | None],
) -> Source:
    """Return what a file of tables says, and how more of them are read."""
    return Source(
        found.draft,
        found.manifest,
        found.scenarios,
        found.scenarios_file,
        path.parent,
        partial(read, path),
    )


def _document(path: Path, faults: list[Fault]) -> Source:
    """Return what the file of a document says."""
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be read: {reason}") from error
    foreign = foreign_kind(content)
    if foreign is not None:
        raise DataError([Fault(path.name, *foreign)])
    keys = parse_document(content, path.name, faults)
    if not keys and faults:
        raise DataError(faults)
    return document_source(keys, path.name, path.parent, faults)


def document_source(
    keys: dict[str, Any], file: str, folder: Path, faults: list[Fault]
) -> Source:
    """Return what the keys of a document say."""
    scenarios = keys.get(SCENARIOS_KEY, {})
    if not isinstance(scenarios, dict):
        message = f"{shown(scenarios)} is not an object of scenarios"
        remedy = "give each under its name"
        faults.append(Fault(file, message, remedy, None, SCENARIOS_KEY))
        scenarios = {}
    draft = read_document(keys, file, faults)
    return Source(draft, file, scenarios, file, folder)
