"""Instances on their way through all forms: any number of them, from the command line.

python -m tests.round_trips --count 200
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from solver.errors import DataError
from solver.loaders.instance_files import load as load_files
from solver.loaders.json.document import canonical
from solver.loaders.references import load
from solver.tasks.instances.convert import Converted, ConvertOrder
from solver.tasks.instances.convert import convert as convert_order
from tests.folders import ROOT
from tests.hostile_documents import hostile_document

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUND = ("x.xlsx", "x.sqlite", "x.json", "parquet", "folder")
"""Forms, in the order in which an instance takes them."""

CUT = 1000
"""A workbook is cut off at every so many bytes."""


def convert(source: Path, target: Path, **how: Any) -> Converted:
    """Return what a conversion did."""
    return convert_order(ConvertOrder(source=source, target=target, **how))


def gone_round(source: Path, folder: Path, forms: Sequence[str] = ROUND) -> Path:
    """Return the instance at the end of a way through forms."""
    for form in forms:
        how = {"form": "parquet"} if form == "parquet" else {}
        convert(source, folder / form, **how)
        source = folder / form
    return source


def went_round(seed: int, folder: Path) -> None:
    """Check that a hostile instance comes back as it was, with its scenario too."""
    document = hostile_document(seed)
    source = folder / "source.json"
    source.write_text(json.dumps(document))
    convert(source, folder / "begin")
    last = gone_round(folder / "begin", folder)
    for scenarios in ((), (*document["scenarios"],)):
        wanted = canonical(load(source, scenarios).instance)
        for form in ("begin", *ROUND):
            assert canonical(load(folder / form, scenarios).instance) == wanted, form
    assert last == folder / "folder"
    with zipfile.ZipFile(folder / "x.xlsx") as book:
        for part in book.namelist():
            markup = book.read(part).decode()
            assert not re.search(r"<(\w+:)?f[ >/]|<hyperlink", markup), part
            ET.fromstring(markup)  # noqa: S314 - our own


def cut_off(book: Path) -> int:
    """Check that a workbook cut off anywhere is refused; return how often it was."""
    content = book.read_bytes()
    path, sizes = book.with_name("cut.xlsx"), range(CUT, len(content), CUT)
    for size in sizes:
        path.write_bytes(content[:size])
        with pytest.raises(DataError, match="is cut off or damaged"):
            load_files(path)
    return len(sizes)


def main() -> int:
    """Let instances go round; return 1 at the first that changes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    for seed in range(options.start, options.start + options.count):
        with tempfile.TemporaryDirectory() as folder:
            try:
                went_round(seed, Path(folder))
            except (AssertionError, DataError) as error:
                print(f"seed {seed}: {error}")  # noqa: T201
                return 1
    print(f"{options.count} instances went round")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "x.xlsx"
        convert(ROOT / "instances" / "kazakhstan", book)
        print(f"a workbook was cut off {cut_off(book)} times")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
