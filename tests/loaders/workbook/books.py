"""Workbooks written part by part, as programs write them, or as they never would."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest

from solver.errors import DataError, Fault
from solver.loaders.instance_files import load
from solver.loaders.workbook.grid import column_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    Rows = Sequence[Sequence[object]]
    Sheets = Mapping[str, Rows | str]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
LEGS = (("from", "to", "corridor", "cost"), ("A", "B", "north", 1), ("B", "C", "s", 2))
DEMAND = (("product", "origin", "market", "quantity"), ("grain", "A", "B", 5))
CHUNK = 1 << 20


def cell(place: str, value: object) -> str:
    """Return the markup of a cell; markup in angle brackets stands as it is."""
    if isinstance(value, str) and value.startswith("<c"):
        return value.replace("<c", f'<c r="{place}"', 1)
    if isinstance(value, str):
        text = escape(value)
        return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def sheet(rows: Rows) -> str:
    """Return the markup of a sheet with these rows."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = (
            cell(f"{column_letter(column)}{number}", value)
            for column, value in enumerate(row, 1)
            if value != ""
        )
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return (
        f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    )


def write_book(
    path: Path,
    sheets: Sheets | None = None,
    parts: dict[str, str | Iterable[bytes]] | None = None,
) -> Path:
    """Write a workbook with `legs`, `demand` and other sheets and parts.

    A part may be given in pieces, which are packed one after the other.
    """
    content: dict[str, Rows | str] = {"legs": LEGS, "demand": DEMAND, **(sheets or {})}
    listed, related = [], []
    files: dict[str, str | Iterable[bytes]] = {}
    for number, (name, rows) in enumerate(content.items(), 1):
        listed.append(f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>')
        related.append(
            f'<Relationship Id="r{number}" Type="{OFFICE}/worksheet" '
            f'Target="worksheets/s{number}.xml"/>'
        )
        markup = rows if isinstance(rows, str) else sheet(rows)
        files[f"xl/worksheets/s{number}.xml"] = markup
    for kind, target in (("styles", "styles.xml"), ("sharedStrings", "strings.xml")):
        related.append(
            f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        )
    files |= {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f"{''.join(listed)}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f"{''.join(related)}</Relationships>",
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            pieces = [data.encode()] if isinstance(data, str) else data
            with archive.open(name, "w") as stream:
                for piece in pieces:
                    stream.write(piece)
    return path


def repeated(before: bytes, unit: bytes, after: bytes, size: int) -> Iterable[bytes]:
    """Yield a unit again and again, to `size` bytes."""
    yield before
    piece = unit * (CHUNK // len(unit))
    for _ in range(size // len(piece)):
        yield piece
    yield after


def book_faults(path: Path, scenarios: Sequence[str] = ()) -> tuple[Fault, ...]:
    """Return the faults of a workbook, which must have some."""
    with pytest.raises(DataError) as caught:
        load(path, scenarios)
    return caught.value.faults


def told(path: Path, scenarios: Sequence[str] = ()) -> list[str]:
    """Return the faults of a workbook as people see them."""
    return list(map(str, book_faults(path, scenarios)))
