"""What is not text of a table is told by what it is."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from solver.errors import DataError
from solver.loaders.instance_files import load
from tests.loaders.folders import DEMAND, LEGS, only_fault

if TYPE_CHECKING:
    from pathlib import Path


def archive(*names: str) -> bytes:
    """Return a ZIP archive with parts of these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x" * 9000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(LEGS.encode()), "is compressed by gzip"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "is an Excel workbook"),
        (archive("legs.csv"), "is a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old Excel workbook"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "is a PDF"),
        (b"\n<!DOCTYPE html>\n<html>404</html>\n", "is a web page or XML"),
    ],
    ids=["gzip", "xlsx", "zip", "xls", "pdf", "html"],
)
def test_another_kind_of_file_is_the_one_fault(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """A workbook named `legs.csv` is told as one, and nothing that follows from it."""
    fault = only_fault(tmp_path, legs=content)
    assert (fault.file, fault.row) == ("legs.csv", None)
    assert fault.message.startswith(message)


def test_a_document_that_is_packed_is_told(tmp_path: Path) -> None:
    """A `.json` that is none is no broken JSON."""
    path = tmp_path / "trade.json"
    path.write_bytes(gzip.compress(DEMAND.encode()))
    with pytest.raises(DataError, match="is compressed by gzip"):
        load(path)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("tariffs.csv.gz", "unpack it to `tariffs.csv`, or give it another name"),
        ("tariffs.zip", "unpack it to `tariffs.csv`, or give it another name"),
        ("Tariffs.xlsx", "save it as `tariffs.csv`, or give it another name"),
        ("tariffs.csv.txt", "save it as `tariffs.csv`, or give it another name"),
    ],
)
def test_a_table_in_a_file_that_nobody_reads_is_told(
    tmp_path: Path, name: str, remedy: str
) -> None:
    """A plan without its tariffs would be another; both may stand there."""
    (tmp_path / name).write_bytes(b"...")
    fault = only_fault(tmp_path)
    assert (fault.file, fault.remedy) == (name, remedy)
    (tmp_path / "tariffs.csv").write_text("mode,factor\nrail,2\n")
    assert len(load(tmp_path).instance.tariffs) == 1
