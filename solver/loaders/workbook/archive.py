"""The parts of a workbook: told from other files, bounded, counted as they unpack.

A workbook is a ZIP archive, and a few bytes of one can unpack to terabytes. So its
list of parts is looked at first, only the parts that are needed are unpacked, piece by
piece, and what they unpack to is counted.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, BinaryIO

from solver.errors import DataError, Fault, InputError
from solver.loaders.file_kinds import foreign_kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import NoReturn

MOST_BYTES: ContextVar[int] = ContextVar("MOST_BYTES", default=256_000_000)
"""Bytes that the parts of a workbook that are read may unpack to together."""

MOST_PARTS = 1000
"""Parts that a workbook may have."""

_PIECE = 1 << 16
_LONGEST_LIST = 1 << 20
_KNOWN = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_IS_ENCRYPTED = 1
_OLE = b"\xd0\xcf\x11\xe0"
_END, _TAIL = b"PK\x05\x06", 22 + 65535
_SAVE = "save it as .xlsx"
_OTHERS = (
    ("xl/workbook.bin", "is a binary workbook (.xlsb)", _SAVE),
    ("content.xml", "is an OpenDocument sheet (.ods)", _SAVE),
    ("word/document.xml", "is a text document", "give the workbook"),
)


class Archive:
    """A workbook's parts by name.

    Parameters
    ----------
    file : BinaryIO
        The open file.
    name : str
        Its name, for faults.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self._left = MOST_BYTES.get()
        self._check_list(file)
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            self.refuse_damaged()
        self._parts = {part.filename: part for part in self._archive.infolist()}
        if len(self._parts) > MOST_PARTS:
            self._refuse_parts()

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def kind_fault(self) -> Fault:
        """Return what an archive without a workbook is."""
        for part, message, remedy in _OTHERS:
            if part in self._parts:
                return Fault(self.name, message, remedy)
        message = "is a ZIP archive, but holds no workbook"
        return Fault(self.name, message, "give a workbook (.xlsx)")

    def pieces(self, part: str) -> Iterator[bytes]:
        """Yield the content of a part, piece by piece.

        Raises
        ------
        DataError
            It is damaged, protected, or larger than what is left of the bound.
        """
        entry = self._parts.get(part)
        if entry is None:
            message = f"has no part {part}, which it names"
            self._refuse(message, "open it in a spreadsheet program and save it again")
        if entry.flag_bits & _IS_ENCRYPTED:
            self._refuse(*_PROTECTED)
        if entry.compress_type not in _KNOWN:
            message = f"packs {part} in a way that no workbook does"
            self._refuse(message, "open it in a spreadsheet program and save it again")
        if entry.file_size > self._left:
            self._refuse_size()
        try:
            with self._archive.open(entry) as stream:
                while piece := stream.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        self._refuse_size()
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError):
            self.refuse_damaged()

    def refuse_damaged(self, what: str = "") -> NoReturn:
        """Raise that the workbook is not as it was written."""
        message = f"is cut off or damaged{f': {what}' if what else ''}"
        remedy = "copy it again, or open it in a spreadsheet program and save it anew"
        self._refuse(message, remedy)

    def _refuse_size(self) -> NoReturn:
        most = MOST_BYTES.get() / 1e6
        message = f"unpacks to more than {most:,.10g} MB, in the sheets that are read"
        remedy = (
            "delete what is not needed there, or allow more with --max-workbook MB, "
            "if you trust it"
        )
        self._refuse(message, remedy)

    def _refuse_parts(self) -> NoReturn:
        message = f"has more than {MOST_PARTS:,} parts"
        self._refuse(message, "copy the sheets that are needed to a new workbook")

    def _refuse(self, message: str, remedy: str) -> NoReturn:
        raise DataError([Fault(self.name, message, remedy)])

    def _check_list(self, file: BinaryIO) -> None:
        """Refuse a list of parts that would take too much memory to look at."""
        size = file.seek(0, 2)
        file.seek(max(size - _TAIL, 0))
        tail = file.read()
        place = tail.rfind(_END)
        if place < 0 or len(tail) - place < 22:  # noqa: PLR2004 - length of the record
            self.refuse_damaged("the list of its parts, at its end, is missing")
        count, length = struct.unpack_from("<HI", tail, place + 10)
        if count > MOST_PARTS or length > _LONGEST_LIST:
            self._refuse_parts()
        file.seek(0)


_PROTECTED = (
    "is protected by a password",
    "open it with the password, and save a copy without one",
)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a workbook, told from every other kind of file first.

    Raises
    ------
    InputError
        It is missing or cannot be read.
    DataError
        It is no workbook, old, protected, cut off or too large.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise InputError(message) from error
    with file:
        start = file.read(4096)
        if not start.startswith(b"PK"):
            raise DataError([Fault(path.name, *_kind(start, file))])
        file.seek(0)
        yield Archive(file, path.name)


def _kind(start: bytes, file: BinaryIO) -> tuple[str, str]:
    """Say what a file is that is no ZIP archive."""
    if not start:
        return "is empty", "give a workbook (.xlsx)"
    if start.startswith(_OLE):
        # A workbook with a password lies in an envelope of the old form.
        mark, before = "EncryptedPackage".encode("utf-16-le"), b""
        file.seek(0)
        while piece := file.read(_PIECE):
            if mark in before + piece:
                return _PROTECTED
            before = piece[-len(mark) :]
        return "is an old workbook (.xls)", _SAVE
    foreign = foreign_kind(start)
    if foreign is not None:
        return foreign[0], "give a workbook (.xlsx), or the table in a folder"
    return "is not a workbook", "give a workbook (.xlsx)"
