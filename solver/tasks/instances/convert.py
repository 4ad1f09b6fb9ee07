"""An instance from one form to another, with nothing lost, or what is lost listed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from solver.errors import DataError, UsageError
from solver.loaders.csv.folder import MANIFEST
from solver.loaders.csv.writing import folder_files
from solver.loaders.instance_files import load_keys
from solver.loaders.json.writing import document_content
from solver.loaders.networks.gmns import read_gmns
from solver.loaders.networks.tntp import read_tntp
from solver.loaders.parquet.tables import need_parquet, parquet_bytes
from solver.loaders.raw_tables import PARQUET
from solver.loaders.references import load
from solver.loaders.sheets.content import UNTOLD, content_of
from solver.loaders.sources import DATABASES
from solver.loaders.workbook.writing import instance_workbook
from solver.messages import listed
from solver.storage.files import atomic_write, replace_all
from solver.storage.folders import claimed_empty
from solver.storage.workbooks import need_writer
from solver.tasks.instances.existing import refuse_existing

if TYPE_CHECKING:
    from pathlib import Path

    from solver.errors import Fault
    from solver.loaders.instance_files import Loaded
    from solver.loaders.networks.foreign import Cost
    from solver.loaders.sheets.content import Content

Foreign = Literal["gmns", "tntp"]
"""Forms that are read alone."""

Form = Literal["folder", "parquet", "xlsx", "json", "sqlite"]
"""Forms that are written."""

_READERS = {"gmns": read_gmns, "tntp": read_tntp}
_SUFFIXES: dict[str, Form] = {
    ".xlsx": "xlsx",
    ".json": "json",
    **dict.fromkeys(DATABASES, "sqlite"),
}
_IN_ONLY = (".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".toml", ".parquet", ".tntp")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertOrder:
    """What is to be written in another form.

    Parameters
    ----------
    target : Path
        A new file, or a new or empty folder.
    foreign : str, optional
        Form of the source, where it is none of ours.
    cost : str
        What a leg of such a network costs.
    form : str, optional
        Form of the target; by default its name says it.
    """

    source: Path
    target: Path
    foreign: Foreign | None = None
    cost: Cost = "time"
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion wrote, and what it could not keep.

    Parameters
    ----------
    target : Path
        Where it is.
    files : list of str
        Files written.
    lost : list of str
        What has no counterpart in the new form.
    """

    target: Path
    files: list[str]
    lost: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Return what happened as a JSON document."""
        return {"target": str(self.target), "files": self.files, "lost": self.lost}


def convert(order: ConvertOrder) -> Converted:
    """Write an instance in another form.

    Raises
    ------
    UsageError
        The target's name says no form, or what writes it is not installed.
    DataError, InputError
        The instance is wrong, or cannot be read.
    OutputError
        The target is there already, or cannot be written.
    """
    target, form = order.target, _form(order)
    loaded, lost = _loaded(order)
    is_folder = form in {"folder", "parquet"}
    content = content_of(loaded, target if is_folder else target.parent)
    if form != "json":
        lost = [*lost, *_untold(content)]
    if is_folder:
        return Converted(target, _write_folder(target, content, form), lost)
    refuse_existing(target)
    atomic_write(target, _file_content(content, form))
    return Converted(target, [target.name], lost)


def _form(order: ConvertOrder) -> Form:
    """Return the form of the target, which can be written."""
    suffix = order.target.suffix.lower()
    form = order.form or _SUFFIXES.get(suffix, "folder")
    if form == "folder" and suffix in _IN_ONLY:
        message = f"{order.target}: nothing is written that ends with {suffix}"
        raise UsageError(f"{message}; name a folder or {listed(_SUFFIXES)}")
    if form == "xlsx":
        need_writer()
    elif form == "parquet":
        need_parquet()
    return form


def _loaded(order: ConvertOrder) -> tuple[Loaded, list[str]]:
    """Return the instance, and what of a foreign network has no counterpart."""
    if order.foreign is None:
        return load(order.source), []
    faults: list[Fault] = []
    network = _READERS[order.foreign](order.source, order.cost, faults)
    if faults:
        raise DataError(faults)
    return load_keys(network.keys()), network.lost


def _file_content(content: Content, form: Form) -> bytes:
    if form == "xlsx":
        return instance_workbook(content)
    if form == "sqlite":
        from solver.loaders.database.writing import database_content

        return database_content(content)
    return document_content(content)


def _write_folder(target: Path, content: Content, form: Form) -> list[str]:
    files = folder_files(content)
    if form == "parquet":
        files = folder_files(content, PARQUET, parquet_bytes)
    with claimed_empty(target):
        replace_all(target, files, mark=MANIFEST)
    return sorted(files)


def _untold(content: Content) -> list[str]:
    """Return what was done to an instance before, which only documents tell."""
    given = [(key, content.manifest[key]) for key in UNTOLD if key in content.manifest]
    return [f"{key}: {listed(map(str, values))}" for key, values in given]
