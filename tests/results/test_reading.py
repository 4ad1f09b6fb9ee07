"""Tables of a result are read back as written, or their faults are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.errors import DataError
from solver.reports.tables.tables import empty_tables
from solver.results.certificate import read_certificate
from solver.results.certificate_writing import certificate_document
from solver.results.documents import document_bytes
from solver.results.summary import read_summary
from solver.results.tables import read_table, table_bytes
from solver.solution.certificate import Certificate, Stage
from solver.solution.form import TABLES
from solver.solution.keys import CapacityKey, RowKey, UnmetKey

if TYPE_CHECKING:
    from solver.errors import Fault

HEADER = ",".join(TABLES["capacity"])
SOUND = "leg,A>B,2026,60,60,1,11.5,,,,,,,"


def _faults(text: str | bytes) -> list[Fault]:
    faults: list[Fault] = []
    content = text if isinstance(text, bytes) else text.encode()
    read_table("capacity", content, faults)
    return faults


def test_every_table_without_a_row_is_read_back() -> None:
    """A header alone is a table."""
    for name, table in empty_tables().items():
        faults: list[Fault] = []
        found = read_table(name, table_bytes(table), faults)
        assert not faults
        assert [len(column) for column in found.values()] == [0] * len(table)


def test_numbers_and_blanks_are_read_back() -> None:
    """An empty cell is NaN where a cell may be empty."""
    faults: list[Fault] = []
    table = read_table("capacity", f"{HEADER}\n{SOUND}\n".encode(), faults)
    assert not faults
    assert table["limit"].tolist() == ["A>B"]
    assert table["price"].tolist() == [11.5]
    assert np.isnan(table["extra_quantity"]).all()


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        (f"{HEADER}\n{SOUND}\nleg,C,2026,x,60,1,11.5,,,,,,,\n", 3, "capacity"),
        (f"{HEADER}\nleg,C,2026,1,nan,1,11.5,,,,,,,\n", 2, "used"),
        (f"{HEADER}\nleg,C,2026,1,inf,1,11.5,,,,,,,\n", 2, "used"),
        (f"{HEADER}\nleg,C,2026,1,1e999,1,11.5,,,,,,,\n", 2, "used"),
        (f"{HEADER}\nleg,C,2026,1,1_0,1,11.5,,,,,,,\n", 2, "used"),
        (f"{HEADER}\nleg,C,2026,1, 1,1,11.5,,,,,,,\n", 2, "used"),
        (f"{HEADER}\nleg,C,2026,1,,1,11.5,,,,,,,\n", 2, "used"),
        (f"{HEADER}\n{SOUND},\n", 2, None),
        (f"{HEADER}\n{SOUND[:-1]}\n", 2, None),
        (f"{HEADER},extra\n{SOUND},1\n", 1, None),
        (f"{HEADER.replace('price', 'prize')}\n{SOUND}\n", 1, None),
        ("", 1, None),
    ],
)
def test_whatever_is_no_table_of_ours_has_its_place(
    text: str, row: int, column: str | None
) -> None:
    """The fault names the file, the row and the column."""
    fault = _faults(text)[0]
    assert (fault.file, fault.row, fault.column) == ("capacity.csv", row, column)


@pytest.mark.parametrize(
    "text", [b"\xff\xfe", f'{HEADER}\n"leg\n', f"{HEADER}\n{SOUND}", b"\x00"]
)
def test_what_is_no_text_is_a_fault_too(text: str | bytes) -> None:
    """Broken bytes, an open quote, a line cut off."""
    assert _faults(text)


SPREAD = RowKey("r", (), "2026", "", "max", "hhi")
NUMBER = RowKey("r", (), "2026", "", "min", "effective")
SHARE = RowKey("r", (("group", "metals"),), "all", "north", "max")
CERTIFICATE = Certificate(
    (
        Stage("unmet", 1, {CapacityKey("leg", "A>B", "2026"): 1.0}),
        Stage(
            "cost",
            capacities={CapacityKey("leg", "A>B", "2026"): 11.123456789},
            rules={SHARE: 0.25, SPREAD: 3.0, NUMBER: 2.0},
            unmet={UnmetKey(1): 50.0, UnmetKey(None): 40.0},
            weights={
                SPREAD: {"north": 0.6, "south": 0.123456789012, "east": 1e-12},
                NUMBER: {"none": 1.0},
            },
        ),
    )
)


def test_a_certificate_is_read_back() -> None:
    """Prices, keys and their order."""
    faults: list[Fault] = []
    content = document_bytes(certificate_document(CERTIFICATE))
    found = read_certificate("certificate.json", content, faults)
    assert not faults
    assert found is not None
    for stage, original in zip(found.stages, CERTIFICATE.stages, strict=True):
        assert (stage.objective, stage.priority) == (
            original.objective,
            original.priority,
        )
        assert list(stage.capacities.items()) == list(original.capacities.items())
        assert list(stage.rules.items()) == list(original.rules.items())
        assert stage.weights == original.weights
        assert list(stage.unmet.items()) == list(original.unmet.items())


def test_no_certificate_is_read_back_as_none() -> None:
    """A run that was stopped at once has none."""
    content = document_bytes(certificate_document(None))
    assert read_certificate("certificate.json", content, []) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"11.123456789", b"-11.123456789"),
        (b"11.123456789", b"NaN"),
        (b"11.123456789", b"1e999"),
        (b"11.123456789", b'"11"'),
        (b"11.123456789", b"true"),
        (b'"price": 0.25', b'"price": 0.25, "price": 0.5'),
        (b'"side": "max"', b'"side": "most"'),
        (b'"measure": "hhi"', b'"measure": "gini"'),
        (b'"measure": "hhi"', b'"measure": "share"'),
        (b'     "measure": "hhi",\n', b""),
        (b'"north": 0.6', b'"north": 0.6, "north": 0.5'),
        (b'"north": 0.6', b'"north": 0'),
        (b'"north": 0.6', b'"north": "0.6"'),
        (b'"north": 0.6', b'"north": true'),
        (b'"north": 0.6', b'"north": NaN'),
        (b'"north": 0.6', b'"north": 1e999'),
        (b'"north": 0.6', b'"north": 0.1234567890123456'),
        (b'"east": 1e-12', b'"east": 1e-16'),
        (b'"weights": {}', b'"weights": {"north": 1}'),
        (b'"weights": {}', b'"weights": []'),
        (b'"weights": {}', b'"weight": {}'),
        (b'"objective": "cost"', b'"objective": "price"'),
        (b'"stages"', b'"steps"'),
        (b"{", b"["),
        (b"{", b"[" * 100_000),
    ],
)
def test_a_spoiled_certificate_is_a_fault(old: bytes, new: bytes) -> None:
    """Whatever the document should not hold is named."""
    faults: list[Fault] = []
    content = document_bytes(certificate_document(CERTIFICATE)).replace(old, new, 1)
    assert read_certificate("certificate.json", content, faults) is None
    assert faults
    assert {fault.file for fault in faults} == {"certificate.json"}


def test_a_price_given_twice_is_a_fault() -> None:
    """The second would silently win."""
    faults: list[Fault] = []
    content = document_bytes(certificate_document(CERTIFICATE))
    read_certificate(
        "c",
        content.replace(
            b'"priority": 1,\n     "price"', b'"priority": null,\n     "price"'
        ),
        faults,
    )
    assert "twice" in faults[0].message


LOOSENED: dict[str, Any] = {
    "rule": "r",
    "scope": "group=metals",
    "period": "all",
    "value": "",
    "side": "max",
    "measure": "hhi",
    "limit": 0.35,
    "level": 0.4,
    "excess": 12.5,
}
SUMMARY: dict[str, Any] = {
    "format": 3,
    "status": "infeasible",
    "cost": None,
    "cost_parts": {},
    "penalties": None,
    "bound": None,
    "gap": None,
    "unmet_bounds": [],
    "demand": 100,
    "served": None,
    "unmet": None,
    "corridors": {},
    "hhi": None,
    "exposure": {
        "corridor": {"value": "north", "share": 1, "captive": None},
        "country": None,
        "port": None,
    },
    "verified": True,
    "unmet_demand": [],
    "binding_capacities": [],
    "loosening": [LOOSENED],
    "instance": {"name": "Tiny", "scenarios": [], "sha256": "0"},
    "versions": {},
    "options": {"solver": "HiGHS", "time_limit": None, "sensitivity": "some"},
    "files": {},
    "seconds": {"total": 0.5},
}


def test_a_summary_is_read_back() -> None:
    """Key by key, as it was written."""
    content = document_bytes(SUMMARY)
    found = read_summary("summary.json", content)
    assert list(found.items()) == list(SUMMARY.items())


def _without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


@pytest.mark.parametrize(
    "forged",
    [
        {**SUMMARY, "format": 2},
        {**SUMMARY, "format": 4},
        {**SUMMARY, "penalties": "0"},
        _without(SUMMARY, "penalties"),
        {**SUMMARY, "loosening": [_without(LOOSENED, "measure")]},
        {**SUMMARY, "loosening": [{**LOOSENED, "measure": "gini"}]},
        {**SUMMARY, "loosening": [_without(LOOSENED, "level")]},
        {**SUMMARY, "loosening": [{**LOOSENED, "share": 0.4}]},
        {**SUMMARY, "loosening": [{**LOOSENED, "limit": None}]},
        {**SUMMARY, "extra": 1},
    ],
)
def test_a_summary_of_another_form_is_refused(forged: dict[str, Any]) -> None:
    """An older format too: it is solved again."""
    with pytest.raises(DataError):
        read_summary("summary.json", json.dumps(forged).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 3}', b"\xff"])
def test_what_is_no_summary_is_refused(content: bytes) -> None:
    """A folder is a result only if its summary says so."""
    with pytest.raises(DataError):
        read_summary("summary.json", content)


@pytest.mark.parametrize("cell", ["=2+5", "'Poti", "@it"])
def test_a_text_without_its_guard_is_not_as_it_was_written(cell: str) -> None:
    """A table that a spreadsheet would run is refused, however it is hashed."""
    head = ",".join(TABLES["exposure"])
    content = f"{head}\ncorridor,{cell},1,1,,,,,\n".encode()
    faults: list[Fault] = []
    read_table("exposure", content, faults)
    assert [(fault.row, fault.column) for fault in faults] == [(2, "value")]
    assert faults[0].message == f"`{cell}` is not guarded as it should be"
