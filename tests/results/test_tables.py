"""Tables written as CSV are read back as they were."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.results.tables import number_texts, table_bytes
from solver.storage.guarded_text import unguarded

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (float("nan"), ""),
        (1e15, "1000000000000000"),
        (1e22, "1e+22"),
        (1e-7, "1e-07"),
    ],
)
def test_a_number_is_its_shortest_text(value: float, text: str) -> None:
    """Whole numbers have no point, an empty cell no text."""
    assert number_texts(np.array([2.5, value, value])) == ["2.5", text, text]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_are_read_back_exactly(values: list[float]) -> None:
    """No digit that matters is lost."""
    assert list(map(float, number_texts(np.array(values, dtype=float)))) == values


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_any_text_is_read_back(rows: list[tuple[str, str]]) -> None:
    """Commas, quotes, line breaks and formulas come back as they were."""
    columns = list(zip(*rows, strict=True)) or [(), ()]
    arrays: dict[str, Any] = {}
    for name, texts in zip("ab", columns, strict=True):
        arrays[name] = np.empty(len(texts), dtype=object)
        arrays[name][:] = texts
    content = table_bytes(arrays).decode()
    found = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    assert found[0] == ["a", "b"]
    assert [unguarded(row) for row in found[1:]] == [[*row] for row in rows]


@given(st.sampled_from(["=", "+", "-", "@", "\t", "\r", " =", "\uff1d", "'"]), TEXTS)
def test_no_cell_begins_as_a_formula_does(start: str, rest: str) -> None:
    """Whatever text a result holds, a spreadsheet shows it and runs nothing."""
    column = np.empty(1, dtype=object)
    column[0] = start + rest
    content = table_bytes({"a": column, "=b": column}).decode()
    cells = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    assert cells[0] == ["a", "'=b"]
    assert cells[1] == [f"'{start}{rest}"] * 2


def test_numbers_are_not_guarded() -> None:
    """A negative number stays one."""
    assert table_bytes({"a": np.array([-2.5])}) == b"a\n-2.5\n"
