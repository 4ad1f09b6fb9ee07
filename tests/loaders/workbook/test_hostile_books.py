"""Workbooks that would take all memory, or are none, are told in their own words."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from solver.errors import DataError
from solver.loaders.instance_files import load
from solver.loaders.workbook import archive
from tests.folders import ROOT
from tests.loaders.workbook.books import (
    DEMAND,
    LEGS,
    MAIN,
    repeated,
    sheet,
    told,
    write_book,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MEGABYTE = 10**6
OPEN = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">'.encode()
SHUT = b"</row></sheetData></worksheet>"
STRINGS = f'<sst xmlns="{MAIN}">'.encode()


def large_sheet(path: Path) -> Path:
    """Return a sheet of 900 MB in few bytes."""
    unit = b'<c r="A1"><v>1</v></c>'
    parts: dict[str, str | Iterable[bytes]] = {
        "xl/worksheets/s1.xml": repeated(OPEN, unit, SHUT, 900 * MEGABYTE)
    }
    return write_book(path, parts=parts)


def large_strings(path: Path) -> Path:
    """Return 950 MB of shared strings in few bytes."""
    rows = (LEGS[0], ("<c t='s'><v>1</v></c>", "B", "n", 1))
    unit = b"<si><t>" + b"a" * 1000 + b"</t></si>"
    strings = repeated(STRINGS, unit, b"</sst>", 950 * MEGABYTE)
    return write_book(path, {"legs": rows}, {"xl/strings.xml": strings})


def entities(path: Path) -> Path:
    """Return entities that make a billion of one."""
    lines = [b"<!DOCTYPE x [", b'<!ENTITY a0 "aaaaaaaaaa">']
    for number in range(1, 10):
        names = f"&a{number - 1};" * 10
        lines.append(f'<!ENTITY a{number} "{names}">'.encode())
    markup = [*lines, b"]>", OPEN, b"<c><v>&a9;</v></c>", SHUT]
    return write_book(path, parts={"xl/worksheets/s1.xml": markup})


def far_cell(path: Path) -> Path:
    """Return one cell at the far end of a sheet."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return write_book(path, {"legs": sheet(LEGS).replace("</sheetData>", far)})


def deep(path: Path) -> Path:
    """Return elements that never end."""
    markup = repeated(OPEN, b"<a>", b"", 4 * MEGABYTE)
    return write_book(path, parts={"xl/worksheets/s1.xml": markup})


def endless_mark(path: Path) -> Path:
    """Return one mark that never ends."""
    markup = repeated(OPEN + b'<c r="', b"a", b"", 4 * MEGABYTE)
    return write_book(path, parts={"xl/worksheets/s1.xml": markup})


def endless_text(path: Path) -> Path:
    """Return one cell that never ends."""
    markup = repeated(OPEN + b"<c><v>", b"1", b"", 4 * MEGABYTE)
    return write_book(path, parts={"xl/worksheets/s1.xml": markup})


BOMBS: dict[Callable[[Path], Path], str] = {
    large_sheet: "x.xlsx: unpacks to more than 256 MB, in the sheets that are read; ",
    large_strings: "x.xlsx: unpacks to more than 256 MB, in the sheets that are read; ",
    entities: "x.xlsx: is cut off or damaged: xl/worksheets/s1.xml defines entities, ",
    far_cell: "legs: its content reaches to XFD1048576: 17,179,869,184 cells, more ",
    deep: "x.xlsx: is cut off or damaged: xl/worksheets/s1.xml is not as spreadsheet ",
    endless_mark: "x.xlsx: is cut off or damaged: a mark in xl/worksheets/s1.xml has",
    endless_text: "x.xlsx: is cut off or damaged: a cell in xl/worksheets/s1.xml holds",
}

MEASURED = """
import resource, sys
from pathlib import Path
from solver.errors import DataError
from solver.loaders.instance_files import load
try:
    load(Path(sys.argv[1]))
except DataError as error:
    print(error)
used = resource.getrusage(resource.RUSAGE_SELF)
status = Path("/proc/self/status").read_text().split()
peak = int(status[status.index("VmHWM:") + 1])  # What the parent used is no part of it.
print(peak * 1024 // 10**6, used.ru_utime + used.ru_stime)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__)
def test_a_bomb_is_refused_in_little_memory(
    tmp_path: Path, bomb: Callable[[Path], Path]
) -> None:
    """Under 300 MB and ten seconds, the interpreter and all packages included."""
    path = bomb(tmp_path / "x.xlsx")
    assert path.stat().st_size < 8 * MEGABYTE
    done = subprocess.run(  # noqa: S603 - our own reader
        [sys.executable, "-c", MEASURED, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *words, last = done.stdout.splitlines()
    memory, seconds = map(float, last.split())
    assert words[0].startswith(BOMBS[bomb])
    assert len(words) == 1
    assert memory < 300
    assert seconds < 10


def test_a_list_of_parts_that_lies_about_sizes(tmp_path: Path) -> None:
    """What is unpacked is counted, whatever the list says."""
    path = write_book(tmp_path / "x.xlsx")
    content = path.read_bytes()
    with zipfile.ZipFile(path) as book:
        size = book.getinfo("xl/worksheets/s1.xml").file_size
    for said, text in (
        (size - 50, "is cut off or damaged"),
        (10**9, "unpacks to more"),
    ):
        forged = content.replace(struct.pack("<I", size), struct.pack("<I", said))
        path.write_bytes(forged)
        assert told(path)[0].startswith(f"x.xlsx: {text}")


def test_more_may_be_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is that of --max-workbook, and the message names the option."""
    path = write_book(tmp_path / "x.xlsx")
    bound = archive.MOST_BYTES.set(500)
    try:
        assert "--max-workbook" in told(path)[0]
    finally:
        archive.MOST_BYTES.reset(bound)
    load(path)
    monkeypatch.setattr(archive, "MOST_PARTS", 3)
    assert told(path)[0].startswith("x.xlsx: has more than 3 parts; ")


def test_it_may_be_cut_off_anywhere(tmp_path: Path) -> None:
    """At every hundredth byte of a small book: exit 65, and what is wrong."""
    content = write_book(tmp_path / "whole.xlsx").read_bytes()
    cut = tmp_path / "x.xlsx"
    for size in range(2, len(content), 100):
        cut.write_bytes(content[:size])
        assert told(cut)[0].startswith("x.xlsx: is cut off or damaged")


def test_a_byte_may_be_spoiled_anywhere(tmp_path: Path) -> None:
    """The book is read as it was, or refused: never a traceback."""
    content = write_book(tmp_path / "whole.xlsx").read_bytes()
    spoiled = tmp_path / "x.xlsx"
    for place in range(0, len(content), 37):
        changed = bytearray(content)
        changed[place] ^= 0x55
        spoiled.write_bytes(changed)
        with suppress(DataError):
            load(spoiled)


def archive_of(*parts: str) -> bytes:
    """Return an archive of empty parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        for part in parts:
            book.writestr(part, "")
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "x.xlsx: is empty; "),
        (b"from,to\nA,B\n", "x.xlsx: is not a workbook; "),
        (OLE, "x.xlsx: is an old workbook (.xls); save it as .xlsx"),
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "x.xlsx: is protected by a password; open it with the password, and save a",
        ),
        (b"%PDF-1.7", "x.xlsx: is a PDF; "),
        (b"<html>", "x.xlsx: is a web page or XML, not a table; "),
        (archive_of("content.xml"), "x.xlsx: is an OpenDocument sheet (.ods); save it"),
        (
            archive_of("xl/workbook.bin"),
            "x.xlsx: is a binary workbook (.xlsb); save it",
        ),
        (archive_of("a.csv"), "x.xlsx: is a ZIP archive, but holds no workbook; "),
    ],
)
def test_what_is_no_workbook_is_told(tmp_path: Path, content: bytes, text: str) -> None:
    """Each kind of file has its own words; exit 65."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    assert told(path)[0].startswith(text)


def test_a_workbook_with_a_password_is_told_from_an_old_one() -> None:
    """`locked.xlsx` is encrypted as spreadsheet programs do (ECMA-376, agile)."""
    assert told(Path(__file__).parent / "locked.xlsx") == [
        "locked.xlsx: is protected by a password; open it with the password, and save "
        "a copy without one"
    ]


@pytest.mark.parametrize("change", ["A1", "C2", "B1048577", "XFE1", "b3", "AAAA1"])
def test_cells_out_of_order_are_refused(tmp_path: Path, change: str) -> None:
    """No program writes a cell twice, or in another row."""
    markup = sheet(DEMAND).replace('r="B2"', f'r="{change}"')
    if change == "C2":
        markup = sheet(DEMAND).replace('r="B2"', 'r="D2"')
    path = write_book(tmp_path / "x.xlsx", {"demand": markup})
    assert told(path)[0].startswith("x.xlsx: is cut off or damaged: cell ")
