from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.errors import DataError, Fault, InputError
from solver.loaders.instance_files import load, load_document
from solver.loaders.json.document import canonical
from solver.problem.instance import Instance
from solver.problem.tables import DEFINITIONS, split_names
from tests.loaders.folders import read, write_folder

LEG = {"from": "A", "to": "C", "cost": 1}
DEMAND = {"product": "grain", "origin": "A", "market": "C", "quantity": 100}
TINY: dict[str, Any] = {"legs": [LEG], "demand": [DEMAND]}


def document_faults(document: object) -> tuple[Fault, ...]:
    """Return the faults of a document, given as a value or as text."""
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(DataError) as caught:
        load_document(text.encode("utf-8", "surrogatepass"), "x.json")
    return caught.value.faults


def same(first: Instance, second: Instance) -> bool:
    """Whether two instances hold the same keys and the same cells."""
    keys = [key for key in Instance.model_fields if key not in DEFINITIONS]
    return all(getattr(first, key) == getattr(second, key) for key in keys) and all(
        np.array_equal(
            column,
            getattr(second, name)[title],
            equal_nan=column.dtype != object,
        )
        for name in DEFINITIONS
        for title, column in getattr(first, name).columns.items()
    )


def test_rows_and_columns_say_the_same() -> None:
    """A table may be a list of rows, or an object of columns."""
    rows = load_document(json.dumps(TINY).encode(), "x.json")
    turned = {
        name: {title: [cell] for title, cell in table[0].items()}
        for name, table in TINY.items()
    }
    columns = load_document(json.dumps(turned).encode(), "x.json")
    assert same(rows, columns)
    assert rows.name == "x"
    assert list(rows.legs["leg"]) == ["A>C"]


def test_a_document_may_have_units_in_its_columns() -> None:
    """A column of a document is converted as one of a CSV file is."""
    demand = {"product": "grain", "origin": "A", "market": "C", "quantity [kt]": 0.3}
    document = {**TINY, "demand": [demand]}
    instance = load_document(json.dumps(document).encode(), "x.json")
    assert instance.demand["quantity"][0] == 300.0


def test_a_document_is_loaded_from_its_path(tmp_path: Path) -> None:
    """A `.json` file is an instance, with its warnings."""
    path = tmp_path / "case.json"
    path.write_text(
        json.dumps({**TINY, "products": [{"product": "grain"}, {"product": "ore"}]})
    )
    loaded = load(path)
    assert loaded.instance.name == "case"
    assert [str(fault) for fault in loaded.warnings] == [
        "case.json#products:2 product: `ore` is in no demand; "
        "remove the row, or check the name in demand"
    ]
    with pytest.raises(InputError, match=r"none\.json cannot be read"):
        load(tmp_path / "none.json")


def test_a_repeated_key_is_found_where_it_stands() -> None:
    """JSON lets a key stand twice and keeps the last: here it is a fault."""
    text = '{"legs": [{"from": "A", "to": "C", "cost": 1, "cost": 2}], "name": "x"}'
    fault = document_faults(text)[0]
    assert (fault.file, fault.column, fault.value) == ("x.json", "legs.1.cost", "cost")
    assert fault.message == "key `cost` stands twice in one object"


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_number_is_refused(word: str) -> None:
    """NaN and infinities, which Python would accept, are no numbers."""
    cost = f'{{"legs": [{{"from": "A", "to": "C", "cost": {word}}}], "demand": []}}'
    fault = document_faults(cost)[0]
    assert (fault.file, fault.row, fault.column) == ("x.json#legs", 1, "cost")
    assert fault.value == word
    price = document_faults(f'{{"emission_price": {word}}}')[0]
    assert (price.file, price.column) == ("x.json", "emission_price")
    name = document_faults(f'{{"legs": [{{"from": {word}, "to": "A"}}]}}')[0]
    assert (name.row, name.column, name.value) == (1, "from", word)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("12", "`12` is not a number"),
        (True, "True is not a number"),
        ([1], "[1] is not a number"),
        ({}, "{} is not a number"),
        (1e15, "1000000000000000.0 is too large to be true"),
        (10**400, "is too large to be true"),
        (-1, "-1 is negative"),
        (None, "is empty"),
    ],
)
def test_numbers_of_a_document_are_strict(cell: object, message: str) -> None:
    """A number is a number: no text, no truth value, nothing beyond belief."""
    fault = document_faults({**TINY, "demand": [{**DEMAND, "quantity": cell}]})[0]
    assert (fault.file, fault.row, fault.column) == ("x.json#demand", 1, "quantity")
    assert message in fault.message


@pytest.mark.parametrize("cell", [1, True, ["A"], {"A": 1}])
def test_names_of_a_document_are_strict(cell: object) -> None:
    """A name is a text."""
    faults = document_faults({**TINY, "legs": [{**LEG, "from": cell}]})
    assert faults[0].message.endswith("is not text")
    assert (faults[0].row, faults[0].column) == (1, "from")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not valid JSON: expecting value at column 1"),
        ('{"legs": [}', "is not valid JSON"),
        ("[]", "holds a list, not an object"),
        ('"x"', "holds `x`, not an object"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"legs": ' + "9" * 5000 + "}", "is not valid JSON"),
        ('{"legs": 3}', "3 is not a table"),
        ('{"legs": [3]}', "3 is not a row"),
        ('{"legs": {"from": 3}}', "3 is not a column"),
        ('{"legs": {"from": ["A"], "to": []}}', "0 cells, but another column has 1"),
        ('{"leggs": []}', "unknown key `leggs`"),
        ('{"applied": "x"}', "`x` is not a list of names"),
        ('{"legs": [{"from": "A\\ud800", "to": "C"}]}', "holds a character"),
        ("{}", "is missing"),
        ('{"legs": []}', "is empty"),
    ],
)
def test_a_broken_document_is_explained(text: str, message: str) -> None:
    """Whatever a document is instead of an instance, it is a fault of the data."""
    faults = document_faults(text)
    assert any(message in fault.message for fault in faults), faults


def test_a_document_that_is_no_text() -> None:
    """Bytes that are not UTF-8 are a fault with their line."""
    with pytest.raises(DataError, match=r"x\.json:2: is not encoded in UTF-8"):
        load_document(b'{"name":\n"\xff"}', "x.json")


def test_the_canonical_document_of_a_small_instance(tmp_path: Path) -> None:
    """Columns that say nothing are left out, whole numbers have no point."""
    instance = read(
        tmp_path,
        instance_toml="name = 'Tiny'\n[[diversification]]\nby='mode'\nmax_share=0.5\n",
        legs="from,to,capacity,cost,mode\nA,C,,0.1,rail\nA,B,300,2,\n",
    )
    assert canonical(instance).decode() == (
        '{\n"name":"Tiny",\n'
        '"units":{"quantity":"t","money":"USD","distance":"km"},\n'
        '"periods":["all year"],\n'
        '"unmet_cost":"firm",\n'
        '"diversification":[{"name":"rule 1","by":"mode","max_share":0.5}],\n'
        '"nodes":{\n"node":["A","C","B"]\n},\n'
        '"legs":{\n"leg":["A>C","A>B"],\n"from":["A","A"],\n"to":["C","B"],\n'
        '"mode":["rail",""],\n"capacity":[null,300],\n"cost":[0.1,2]\n},\n'
        '"demand":{\n"product":["grain"],\n"origin":["A"],\n"market":["C"],\n'
        '"quantity":[100]\n},\n'
        '"products":{\n"product":["grain"]\n}\n}\n'
    )


def test_scenarios_applied_are_recorded(tmp_path: Path) -> None:
    """A canonical document says what it has been through, and keeps it."""
    toml = "[x]\n[[x.change]]\ntable = 'legs'\nset = { cost = 3 }\n"
    folder = write_folder(tmp_path, scenarios_toml=toml)
    content = canonical(load(folder, ["x"]).instance)
    assert b'"applied":["x"]' in content
    again = load_document(content, "instance.json")
    assert again.scenarios == ("x",)
    assert canonical(again) == content


RULE = {
    "name": "r",
    "by": "corridor",
    "where": {"product": ["grain"]},
    "for_each": ["market"],
    "max_share": {"none": 0.5},
    "max_hhi": 9000,
    "min_effective": 1,
    "max_top": {"k": 2, "share": 1},
    "max_change": {
        "quantity": 12.5,
        "from": "../results/2024",
        "reference": [
            {
                "scope": {"market": "C"},
                "period": "all",
                "value": "north",
                "quantity": 60,
            },
            {
                "scope": {"market": "D"},
                "period": "all",
                "value": "canal",
                "quantity": 0.1,
            },
        ],
    },
    "over": "all",
    "penalty": 0,
}


def test_rules_in_a_canonical_document() -> None:
    """Every bound is written under its key, and read back as it was."""
    document = {**TINY, "diversification": [RULE]}
    instance = load_document(json.dumps(document).encode(), "x.json")
    content = canonical(instance)
    text = json.dumps([RULE], separators=(",", ":"))
    assert f'"diversification":{text},\n' in content.decode()
    assert canonical(load_document(content, "instance.json")) == content


def test_a_reference_without_rows_is_written_too() -> None:
    """That nothing was carried is something else than that nobody looked."""
    change = {"share": 0.1, "from": "../2024", "reference": []}
    rule = {"name": "r", "by": "corridor", "max_change": change}
    document = {**TINY, "diversification": [rule]}
    content = canonical(load_document(json.dumps(document).encode(), "x.json"))
    assert b'"max_change":{"share":0.1,"from":"../2024","reference":[]}' in content


def test_bytes_alone_find_no_other_folder() -> None:
    """A document that is read without a folder must hold what it compares with."""
    rule = {"by": "corridor", "max_change": {"share": 0.1, "from": "../2024"}}
    (fault,) = document_faults({**TINY, "diversification": [rule]})
    assert fault.column == "diversification.1.max_change.reference"
    assert fault.message == "rule `rule 1`: what `../2024` held is not in the document"


@pytest.mark.parametrize(
    ("rule", "column", "message"),
    [
        ({"max_top": {"k": 1}}, "max_top.share", "`share` is missing"),
        ({"max_hhi": "0.5"}, "max_hhi", "`0.5` does not fit"),
        ({"max_hhi": 10**400}, "max_hhi", "1000"),
        (
            {"max_change": {"quantity": 1, "reference": [{"period": "x"}]}},
            "max_change.reference.1.value",
            "`value` is missing",
        ),
    ],
)
def test_a_slip_in_a_rule_of_a_document(
    rule: dict[str, Any], column: str, message: str
) -> None:
    """Rules of a document are checked as those of a manifest."""
    given = {"by": "corridor", **rule}
    faults = document_faults({**TINY, "diversification": [given]})
    (fault,) = [f for f in faults if f.column == f"diversification.1.{column}"]
    assert fault.file == "x.json"
    assert fault.message.startswith(message)


def _may_be_tags(text: str) -> bool:
    """Whether a text names tags, none of them reserved, or is blank."""
    return "none" not in text and ("|" not in text or bool(split_names(text)))


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=6)
names = st.text(st.characters(codec="utf-8", exclude_characters="|>*"), min_size=1)
keys = names.map(str.strip).filter(
    lambda name: name.isprintable() and name not in {"", "none"}
)
amounts = st.just(0.0) | st.floats(1e3, 1e12) | st.integers(0, 10**9)
optional = st.none() | amounts


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Return documents of a line of legs, with every kind of cell."""
    nodes = draw(st.lists(keys, min_size=3, max_size=5, unique=True))
    legs = [
        {
            "from": start,
            "to": end,
            "cost": draw(amounts),
            "capacity": draw(optional),
            "days": draw(amounts),
            "note": draw(texts),
            "tags": draw(texts.filter(_may_be_tags)),
        }
        for start, end in pairwise(nodes)
    ]
    demand = [
        {
            "product": draw(keys),
            "origin": nodes[0],
            "market": market,
            "quantity": draw(amounts),
            "unmet_cost": draw(optional | st.just("firm")),
        }
        for market in nodes[1:]
    ]
    return {
        "name": draw(texts),
        "unmet_cost": draw(amounts | st.just("firm")),
        "nodes": [
            {"node": name, "latitude": draw(st.floats(-90, 90))} for name in nodes
        ],
        "legs": legs,
        "demand": demand,
        "tariffs": [{"mode": "", "node": "*", "closed": True, "note": draw(texts)}],
    }


@settings(deadline=None, max_examples=40)  # More by `python -m tests.round_trips`.
@given(documents())
def test_loading_what_was_saved_gives_the_same_instance(
    document: dict[str, Any],
) -> None:
    """The canonical document of any instance loads as that instance, byte for byte."""
    first = load_document(json.dumps(document).encode(), "x.json")
    content = canonical(first)
    again = load_document(content, "y.json")
    assert same(first, again)
    assert canonical(again) == content


@settings(deadline=None, max_examples=40)  # More by `python -m tests.fuzz`.
@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda t: t.encode()))
def test_whatever_the_bytes_the_answer_is_a_fault(content: bytes) -> None:
    """No bytes in a table's file end in anything but faults of the data."""
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), legs=content)
        with pytest.raises(DataError):
            load(Path(folder))
