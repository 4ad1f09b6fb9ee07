"""Names that a reader takes for one are told, with what differs."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from solver.loaders.instance_files import load
from tests.loaders.folders import only_fault, write_folder

if TYPE_CHECKING:
    from pathlib import Path

NFD = unicodedata.normalize("NFD", "Gdańsk")


@pytest.mark.parametrize(
    ("name", "twin", "difference"),
    [
        ("Poti", "P\u043eti", "its letter 2 is CYRILLIC SMALL LETTER O (U+043E), not"),
        ("Poti", "poti", "they differ in upper and lower case"),
        ("Gdańsk", NFD, "it spells an accent apart, as COMBINING ACUTE ACCENT"),
        (
            NFD,
            "Gdańsk",
            "it spells letter and accent as one, LATIN SMALL LETTER N WITH",
        ),
        ("New Port", "New\u00a0Port", "its letter 4 is NO-BREAK SPACE (U+00A0), not"),
        ("Poti", "Po\u200bti", "its letter 3 is ZERO WIDTH SPACE (U+200B), not"),
        ("Ust-Kut", "Ust\u2013Kut", "its letter 4 is EN DASH (U+2013), not HYPHEN"),
        ("New Port", "New  Port", "its letter 5 is SPACE (U+0020), not LATIN CAPITAL"),
    ],
)
def test_names_that_look_alike_are_warned_of(
    tmp_path: Path, name: str, twin: str, difference: str
) -> None:
    """Two nodes are two, but a reader is told."""
    legs = f"from,to,cost\nOmsk,{name},5\n{twin},Varna,6\n"
    demand = f"product,origin,market,quantity\noil,Omsk,{name},3\n"
    folder = write_folder(tmp_path, legs=legs, demand=demand)
    (warning,) = load(folder).warnings
    assert (warning.file, warning.row, warning.value) == ("legs.csv", 3, twin)
    start = f"`{twin}` looks like `{name}` in legs.csv:2, but {difference}"
    assert warning.message.startswith(start)


def test_a_corridor_that_begins_like_another_is_warned_of(tmp_path: Path) -> None:
    """Legs of two corridors are no route; `north 1` and `north 2` are meant."""
    legs = "from,to,corridor,cost\nA,B,northern,1\nB,C,north,1\nA,C,north 2,9\n"
    demand = "product,origin,market,quantity\noil,A,C,3\n"
    warning, idle = load(write_folder(tmp_path, legs=legs, demand=demand)).warnings
    assert (warning.row, warning.column, warning.value) == (2, "corridor", "northern")
    assert idle.message.startswith("legs `A>B`, `B>C` can be in no route")
    assert warning.message.startswith("`northern` looks like `north` in legs.csv:3, bu")
    assert "it goes on with `ern`" in warning.message


def test_corridors_that_differ_by_case_alone_are_told_once(tmp_path: Path) -> None:
    """They begin alike as well, which says no more."""
    legs = "from,to,corridor,cost\nA,B,coastal,1\nA,B2,Coastal,1\n"
    demand = "product,origin,market,quantity\noil,A,B,3\n"
    (warning,) = load(write_folder(tmp_path, legs=legs, demand=demand)).warnings
    assert (warning.row, warning.value) == (3, "Coastal")


def test_an_unknown_name_that_looks_known_says_how_it_differs(tmp_path: Path) -> None:
    """`did you mean` the same word would help nobody."""
    legs = "from,to,cost\nOmsk,Gdańsk,5\n"
    demand = f"product,origin,market,quantity\noil,Omsk,{NFD},3\n"
    fault = only_fault(tmp_path, legs=legs, demand=demand)
    assert fault.remedy.startswith("did you mean `Gdańsk`? They look alike, but it")


def test_products_and_modes_are_looked_at_too(tmp_path: Path) -> None:
    """Every kind of names is, and each apart."""
    legs = "from,to,mode,cost\nOmsk,Varna,rail,5\nVarna,Oil,Rail,6\n"
    demand = "product,origin,market,quantity\noil,Omsk,Oil,3\n"
    found = load(write_folder(tmp_path, legs=legs, demand=demand)).warnings
    assert [(fault.column, fault.value) for fault in found] == [("mode", "Rail")]
