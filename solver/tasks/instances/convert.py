"""An instance from one form to another, with nothing lost, or what is lost listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.errors import UsageError
from solver.loaders.csv.folder import MANIFEST
from solver.loaders.csv.writing import folder_files
from solver.loaders.json.writing import document_content
from solver.loaders.references import load
from solver.loaders.sheets.content import UNTOLD, content_of
from solver.loaders.workbook.writing import instance_workbook
from solver.messages import listed
from solver.storage.files import atomic_write, replace_all
from solver.storage.folders import claimed_empty
from solver.storage.workbooks import need_writer
from solver.tasks.instances.existing import refuse_existing

if TYPE_CHECKING:
    from pathlib import Path

    from solver.loaders.sheets.content import Content


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
    lost: list[str]

    def document(self) -> dict[str, Any]:
        """Return what happened as a JSON document."""
        return {"target": str(self.target), "files": self.files, "lost": self.lost}


def convert(source: Path, target: Path) -> Converted:
    """Write an instance in another form, told by the name of the target.

    Parameters
    ----------
    source : Path
        The instance: a folder, a workbook, a document.
    target : Path
        A new file, or a new or empty folder.

    Raises
    ------
    UsageError
        The target's name says no form, or what writes it is not installed.
    DataError, InputError
        The instance is wrong, or cannot be read.
    OutputError
        The target is there already, or cannot be written.
    """
    suffix = target.suffix.lower()
    _check_form(target, suffix)
    loaded = load(source)
    folder = target if suffix not in _FILES else target.parent
    content = content_of(loaded, folder)
    lost = []
    if suffix == _DOCUMENT:
        refuse_existing(target)
        atomic_write(target, document_content(content))
    else:
        lost = [_untold(content, key) for key in UNTOLD if key in content.manifest]
        if suffix == _WORKBOOK:
            refuse_existing(target)
            atomic_write(target, instance_workbook(content))
        else:
            return Converted(target, _write_folder(target, content), lost)
    return Converted(target, [target.name], lost)


_WORKBOOK, _DOCUMENT = ".xlsx", ".json"
_FILES = (_WORKBOOK, _DOCUMENT)
_IN_ONLY = (".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".toml")


def _check_form(target: Path, suffix: str) -> None:
    """Refuse a target that nothing can be written to."""
    if suffix in _IN_ONLY:
        message = f"{target}: nothing is written that ends with {suffix}"
        raise UsageError(f"{message}; name a folder or {listed(_FILES)}")
    if suffix == _WORKBOOK:
        need_writer()


def _write_folder(target: Path, content: Content) -> list[str]:
    files = folder_files(content)
    with claimed_empty(target):
        replace_all(target, files, mark=MANIFEST)
    return sorted(files)


def _untold(content: Content, key: str) -> str:
    return f"{key}: {listed(map(str, content.manifest[key]))}"
