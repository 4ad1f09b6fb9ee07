"""A database is an instance, and nothing in it is ever run or written."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from solver.errors import DataError
from solver.loaders.instance_files import load
from solver.loaders.json.document import canonical
from solver.tasks.instances.convert import ConvertOrder, convert
from tests.folders import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOUND = """
CREATE TABLE legs ("from", "to", mode, cost REAL, capacity);
INSERT INTO legs VALUES ('A', 'B', 'rail', 10, 0.30000000000000004);
INSERT INTO legs VALUES ('A', 'B', 'sea', 2, NULL);
CREATE TABLE demand (product, origin, market, quantity);
INSERT INTO demand VALUES (12, ' A ', 'B', 5.0);
CREATE TABLE other (x);
CREATE TABLE rules (scenario, name, by, max_share);
INSERT INTO rules VALUES (NULL, 'cap', 'mode', 0.75);
"""

ENDLESS = """
CREATE VIEW nodes AS WITH RECURSIVE n(node) AS
(SELECT 1 UNION ALL SELECT node + 1 FROM n) SELECT node FROM n;
"""


def write(path: Path, script: str) -> Path:
    """Return a database that a script makes."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)
    return path


def told(path: Path) -> list[str]:
    """Return the faults of a database as people see them."""
    with pytest.raises(DataError) as caught:
        load(path)
    return list(map(str, caught.value.faults))


def test_tables_are_those_of_an_instance(tmp_path: Path) -> None:
    """Numbers to the last digit, names as text, blanks as blanks."""
    instance = load(write(tmp_path / "x.sqlite", SOUND)).instance
    assert instance.name == "x"
    assert instance.legs["capacity"].tolist()[0] == 0.1 + 0.2
    assert instance.demand["product"].tolist() == ["12"]
    assert instance.demand["origin"].tolist() == ["A"]
    assert instance.diversification[0].max_share == 0.75


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (("'rail', 10", "'rail', -1"), "x.sqlite#legs:1 cost: `-1` is negative; give"),
        (
            ("'rail', 10", "'rail', x'00'"),
            "x.sqlite#legs:1 cost: holds bytes; give text",
        ),
        (("cost REAL", "kost REAL"), "x.sqlite#legs kost: unknown column `kost`; did"),
        (("'mode', 0.75", "'mood', 0.75"), "x.sqlite#rules:1 diversification.1.by: "),
        (("TABLE other", "TABLE node"), "node: no table has the name of the table"),
    ],
)
def test_a_fault_is_named_by_table_and_row(
    tmp_path: Path, change: tuple[str, str], text: str
) -> None:
    """Rows are counted from 1, as a database has no header."""
    found = told(write(tmp_path / "x.sqlite", SOUND.replace(*change)))
    assert found[0].startswith(text), found


def test_views_and_virtual_tables_are_left_alone(tmp_path: Path) -> None:
    """A view may never end, a virtual table may read other files."""
    assert len(load(write(tmp_path / "x.sqlite", SOUND + ENDLESS)).instance.nodes) == 2


def test_it_is_never_written_to(tmp_path: Path) -> None:
    """Not even in a folder that may not be written to."""
    source, target = ROOT / "instances" / "quickstart", tmp_path / "x.sqlite"
    convert(ConvertOrder(source=source, target=target))
    before = target.read_bytes()
    target.chmod(0o444)
    wanted = canonical(load(source).instance)
    assert canonical(load(target).instance) == wanted
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.sqlite"]
    again = tmp_path / "again.db"
    convert(ConvertOrder(source=target, target=again))
    assert again.read_bytes() == before


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    """Other files, cut off and spoiled ones: exit 65, never a traceback."""
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"from,to\n")
    assert told(path)[0].startswith("x.sqlite: is not an SQLite database; ")
    path.write_bytes(b"%PDF-1.7")
    assert told(path)[0].startswith("x.sqlite: is a PDF; ")
    whole = write(tmp_path / "whole.sqlite", SOUND).read_bytes()
    for size in range(16, len(whole), 1000):
        path.write_bytes(whole[:size])
        with suppress(DataError):
            load(path)
    for place in range(100, len(whole), 997):
        spoiled = bytearray(whole)
        spoiled[place : place + 40] = b"\xff" * 40
        path.write_bytes(spoiled)
        with suppress(DataError):
            load(path)
