"""What a workbook says of itself: its sheets, and how its cells are formatted."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from solver.errors import DataError
from solver.loaders.workbook.markup import Handler, read_through

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.loaders.workbook.archive import Archive

_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE = re.compile(r"[ymdhs]", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,}")
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


@dataclass(frozen=True, slots=True)
class Formats:
    """Formats of cells, by their number, that change what a number is taken for.

    Parameters
    ----------
    dates : frozenset of str
        Those that show a date or a time.
    padded : dict of str to int
        Those that show zeros in front, with the digits they show.
    """

    dates: frozenset[str] = frozenset()
    padded: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: where its sheets are.

    Parameters
    ----------
    archive : Archive
        Its parts.
    sheets : dict of str to str
        Part of each sheet by its name, in their order.
    formats : Formats
        How cells are formatted.
    strings : str
        Part of the texts that cells share; blank: none.
    """

    archive: Archive
    sheets: Mapping[str, str]
    formats: Formats
    strings: str


def read_book(archive: Archive) -> Book:
    """Return what a workbook says of itself.

    Raises
    ------
    DataError
        It is no workbook, or damaged.
    """
    roots = _relations(archive, "_rels/.rels", "") if "_rels/.rels" in archive else []
    mains = [part for _, kind, part in roots if kind == "officeDocument"]
    main = next((part for part in mains if part in archive), "xl/workbook.xml")
    if main not in archive or main.endswith(".bin"):
        raise DataError([archive.kind_fault()])
    folder, name = posixpath.split(main)
    relations = _relations(archive, f"{folder}/_rels/{name}.rels", folder)
    places = {key: part for key, kind, part in relations if kind == "worksheet"}
    listing = _SheetList()
    read_through(archive, main, listing)
    sheets = {n: places[key] for n, key in listing.sheets if key in places}
    styles = next((part for _, kind, part in relations if kind == "styles"), "")
    strings = next((part for _, kind, part in relations if kind == "sharedStrings"), "")
    formats = Formats()
    if styles in archive:
        reader = _Styles()
        read_through(archive, styles, reader)
        formats = reader.formats()
    return Book(archive, sheets, formats, strings)


def _relations(archive: Archive, part: str, folder: str) -> list[tuple[str, str, str]]:
    """Id, kind and part of each relation; those to other files are not followed."""
    reader = _Relations(folder)
    read_through(archive, part, reader)
    return reader.found


class _Relations(Handler):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self.found: list[tuple[str, str, str]] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "")
        part = posixpath.normpath(posixpath.join("/" + self._folder, target))
        kind = attributes.get("Type", "").rpartition("/")[2]
        self.found.append((attributes.get("Id", ""), kind, part.lstrip("/")))


class _SheetList(Handler):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            ids = (v for k, v in attributes.items() if k.endswith(":id"))
            self.sheets.append((attributes.get("name", ""), next(ids, "")))


class _Styles(Handler):
    """Number formats of the styles that cells name by their position."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}
        self._used: list[str] = []
        self._is_inside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            code = attributes.get("formatCode", "")
            self._codes[attributes.get("numFmtId", "")] = code
        elif name == "cellXfs":
            self._is_inside = True
        elif name == "xf" and self._is_inside:
            self._used.append(attributes.get("numFmtId", "0"))

    def finish(self, name: str) -> None:
        if name == "cellXfs":
            self._is_inside = False

    def formats(self) -> Formats:
        dates, padded = set(), {}
        for style, number in enumerate(self._used):
            code = _QUOTED.sub("", self._codes.get(number, "")).split(";")[0]
            is_built_in = number.isdecimal() and int(number) in _BUILT_IN_DATES
            if (number not in self._codes and is_built_in) or (
                _DATE.search(code) and "general" not in code.lower()
            ):
                dates.add(str(style))
            elif _ZEROS.fullmatch(code):
                padded[str(style)] = len(code)
        return Formats(frozenset(dates), padded)
