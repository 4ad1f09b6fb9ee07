"""A change in one line: what is one, what is none, and what it becomes again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.errors import UsageError
from solver.problem.change_text import TABLES, ChangeText, parse_change

SCALARS = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)
NAMES = st.from_regex(r"\A[a-z_][a-z0-9_]*\Z")


@given(
    st.sampled_from(TABLES),
    NAMES,
    st.sampled_from(["=", "+=", "*="]),
    st.one_of(SCALARS, st.none(), st.lists(SCALARS)),
    st.dictionaries(NAMES, st.one_of(SCALARS, st.lists(SCALARS)), max_size=3),
)
def test_what_is_written_is_what_is_read(
    table: str, column: str, operator: str, value: object, where: dict[str, object]
) -> None:
    """Any value and selector goes through a line and back."""
    change = ChangeText(table, column, operator, value, where)  # type: ignore[arg-type]
    assert parse_change(str(change)) == change


def test_a_key_alone_selects_by_the_key_of_the_table() -> None:
    """`legs["L1"]` is `legs[leg="L1"]`; blanks are free."""
    assert parse_change(' legs [ "L1" ] . cost*=0.9 ') == ChangeText(
        "legs", "cost", "*=", 0.9, {"leg": "L1"}
    )
    assert parse_change('rules["a rule"].max_share = 0.5').where == {"name": "a rule"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a table must follow"),
        ("leg.cost *= 1", "did you mean `legs`"),
        ("legs", "`.` and a column must follow"),
        ("legs.cost", "`=`, `\\+=` or `\\*=` must follow"),
        ("legs.cost /= 2", "`=`, `\\+=` or `\\*=` must follow"),
        ("legs.cost *= ", "a value in JSON must follow"),
        ("legs.cost *= 0,9", "nothing may follow the value"),
        ("legs.cost *= NaN", "NaN is not a number"),
        ("legs.mode = rail", "a text in quotes"),
        ('tariffs["x"].factor = 1', "a column and `=` must follow"),
        ('legs[mode="rail" corridor="x"].cost *= 1', "`,` or `\\]` must follow"),
        ('legs[mode="rail", mode="sea"].cost *= 1', "mode is given twice"),
        ("legs[].cost *= 1", "a value in JSON must follow"),
    ],
)
def test_what_is_no_change_is_told_where(text: str, message: str) -> None:
    """A message says what must follow after what was read."""
    with pytest.raises(UsageError, match=message):
        parse_change(text)


def test_a_line_is_canonical() -> None:
    """Two ways to write a change give one line."""
    text = 'legs["L1"].cost*=0.90'
    assert str(parse_change(text)) == 'legs[leg="L1"].cost *= 0.9'
    assert json.loads(str(parse_change("legs.cost = 1")).rsplit(" ", 1)[1]) == 1
