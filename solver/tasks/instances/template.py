"""A workbook or a folder to fill in: empty, or with what an instance has already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.errors import UsageError
from solver.loaders.references import load
from solver.loaders.sheets.content import Content, content_of
from solver.loaders.workbook.writing import template_workbook
from solver.storage.files import atomic_write
from solver.storage.workbooks import need_writer
from solver.tasks.instances.blank import write_blank
from solver.tasks.instances.convert import ConvertOrder, convert
from solver.tasks.instances.existing import refuse_existing

if TYPE_CHECKING:
    from pathlib import Path

WORKBOOK = ".xlsx"


def write_template(target: Path, source: Path | None = None) -> list[str]:
    """Write a template; return the names of its files.

    Parameters
    ----------
    target : Path
        A new ``.xlsx`` file, or a new or empty folder.
    source : Path, optional
        An instance that it begins with.

    Raises
    ------
    UsageError
        What writes workbooks is not installed, or the name is that of another file.
    DataError, InputError
        The instance is wrong, or cannot be read.
    OutputError
        The file is there already, or cannot be written.
    """
    if target.suffix.lower() != WORKBOOK:
        if target.suffix and source is None and target.suffix.lower() in _FILES:
            message = f"{target}: a template is a workbook (.xlsx) or a folder"
            raise UsageError(f"{message}; name one of them")
        if source is not None:
            return convert(ConvertOrder(source=source, target=target)).files
        return write_blank(target)
    need_writer()
    refuse_existing(target)
    if source is None:
        content = Content({"name": target.stem}, [], {})
    else:
        content = content_of(load(source), target.parent)
    atomic_write(target, template_workbook(content))
    return [target.name]


_FILES = {".xls", ".xlsm", ".csv", ".json", ".ods", ".sqlite"}
