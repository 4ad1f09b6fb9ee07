"""Tables may stand in Parquet files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from solver.errors import DataError, UsageError
from solver.loaders.instance_files import load
from solver.loaders.parquet import tables
from tests.loaders.folders import write_folder

if TYPE_CHECKING:
    from pathlib import Path

DEMAND: dict[str, Any] = {
    "product": pa.array(["grain", "grain"]).dictionary_encode(),
    "origin": pa.array(["A", " A "]),
    "market": ["C", "C"],
    "quantity": [0.1 + 0.2, 5],
    "max_days": [None, 30],
}


def mixed(folder: Path, **changed: object) -> Path:
    """Return a folder with legs as CSV and demand as Parquet."""
    write_folder(folder)
    (folder / "demand.csv").unlink()
    pq.write_table(pa.table({**DEMAND, **changed}), folder / "demand.parquet")
    return folder


def told(folder: Path) -> list[str]:
    """Return the faults of a folder as people see them."""
    with pytest.raises(DataError) as caught:
        load(folder)
    return list(map(str, caught.value.faults))


def test_a_table_may_be_parquet(tmp_path: Path) -> None:
    """Beside others in CSV; numbers to the last digit, blanks as blanks."""
    demand = load(mixed(tmp_path)).instance.demand
    assert demand["quantity"].tolist() == [0.1 + 0.2, 5]
    assert demand["origin"].tolist() == ["A", "A"]
    assert str(demand["max_days"].tolist()) == "[nan, 30.0]"


def test_what_is_wrong_is_told_by_row(tmp_path: Path) -> None:
    """Rows are counted from 1; a date is no text."""
    assert told(mixed(tmp_path, quantity=[1, -1])) == [
        "demand.parquet:2 quantity: `-1` is negative; give a number of 0 or more"
    ]
    day = dt.date(2030, 1, 1)
    assert told(mixed(tmp_path, market=[day, day]))[0] == (
        "demand.parquet market: holds date32[day]; "
        "write the column as text, a number or true and false"
    )
    write_folder(tmp_path)
    assert "table demand stands in demand.parquet as well" in told(tmp_path)[0]
    (tmp_path / "demand.csv").unlink()
    (tmp_path / "demand.parquet").write_bytes(b"PAR1 and no more")
    assert told(tmp_path)[0].startswith("demand.parquet: is not a Parquet file: ")


def test_few_bytes_may_not_stand_for_any_number_of_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a file says it holds is looked at before it is read."""
    monkeypatch.setattr(tables, "MOST_CELLS", 9)
    assert told(mixed(tmp_path))[0].startswith("demand.parquet: holds 10 cells, more")


def test_without_the_extra_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2."""
    monkeypatch.setattr(tables, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'keruen\[parquet\]'"):
        load(mixed(tmp_path))
