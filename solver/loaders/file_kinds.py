"""What a file really is, told by its first bytes, where it is not the text expected."""

from __future__ import annotations

_AS_CSV = "save the sheet as CSV (UTF-8), under the table's name"


_UNPACK = "unpack it, and keep the table as plain text"


_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "is compressed by gzip", _UNPACK),
    (b"BZh", "is compressed by bzip2", _UNPACK),
    (b"\xfd7zXZ\0", "is compressed by xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "is compressed by zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls)", _AS_CSV),
    (b"%PDF-", "is a PDF", "give the table as CSV (UTF-8)"),
    (b"PAR1", "is a Parquet file", "write it as CSV (UTF-8)"),
    (b"SQLite format 3\0", "is an SQLite database", "export the table as CSV (UTF-8)"),
)


_WORKBOOKS = ((b"xl/", "an Excel workbook (.xlsx)"), (b"opendocument", "an ODF sheet"))


_PAGES = (b"<!doctype html", b"<html", b"<?xml")


_ENOUGH = 4096
"""Bytes within which an archive names its first parts."""


def foreign_kind(content: bytes) -> tuple[str, str] | None:
    """Return what a file is, and what to do, if it is not text of a table or key.

    Parameters
    ----------
    content : bytes
        All of the file, or its beginning.
    """
    for mark, message, remedy in _KINDS:
        if content.startswith(mark):
            return message, remedy
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    start = content[:_ENOUGH].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_PAGES):
        return "is a web page or XML, not a table", "get the table itself, as CSV"
    return None


def _archive(content: bytes) -> tuple[str, str]:
    """Say which kind of ZIP archive a file is."""
    # The list of an archive's parts stands at its end.
    for mark, noun in _WORKBOOKS:
        if mark in content[:_ENOUGH] or mark in content[-_ENOUGH:]:
            return f"is {noun}", _AS_CSV
    return "is a ZIP archive", _UNPACK
