"""Keys nested without end are refused at once."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from solver.errors import DataError
from solver.loaders.instance_files import load_document
from tests.loaders.folders import only_fault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "text",
    [
        "units." + "x." * 40_000 + "y = 1\n",
        "[" + "t.'q'." * 3000 + "y]\n",
        "a = " + "[" * 50 + "]" * 50 + "\n",
        "a = " + "[" * 5000 + "]" * 5000 + "\n",
        "a = " + "{b = " * 200 + "1" + "}" * 200 + "\n",
    ],
    ids=["dotted", "header", "lists", "many lists", "inline"],
)
def test_a_manifest_nested_without_end_is_refused(tmp_path: Path, text: str) -> None:
    """In little memory, whichever way it is nested."""
    tracemalloc.start()
    fault = only_fault(tmp_path, instance_toml=text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault.message == "is nested too deeply: more than 32 levels"
    assert peak < 50e6


@pytest.mark.parametrize("depth", [40, 900, 100_000])
def test_a_document_nested_without_end_is_refused(depth: int) -> None:
    """Also where only part of it is."""
    text = '{"name": "x", "legs": ' + "[" * depth + "]" * depth + "}"
    with pytest.raises(DataError, match="nested too deeply"):
        load_document(text.encode(), "x.json")


def test_what_is_nested_little_is_read(tmp_path: Path) -> None:
    """Many dots in a text are no depth."""
    dots = ".".join(["a b"] * 100)
    text = f"description = {json.dumps(dots)}\nunits.quantity = 't'\n"
    from tests.loaders.folders import read

    assert read(tmp_path, instance_toml=text).description == dots
