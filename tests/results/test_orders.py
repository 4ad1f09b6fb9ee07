"""Equal orders are told apart by row and name, from the tables to the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from solver.commands.program import keruen
from solver.results.reading import read_files
from solver.tasks.python.verified import read
from tests.loaders.folders import write_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_equal_rows_of_demand_are_each_in_the_result(tmp_path: Path) -> None:
    """A row of quantity 0 is not; names are shown beside numbers."""
    demand = (
        "demand,product,origin,market,quantity\n=first,oats,A,C,4\n,oats,A,C,4\n"
        "idle,oats,A,C,0\nlast,oats,A,C,4\n"
    )
    legs = "from,to,corridor,capacity,cost\nA,C,north,6,10\n"
    (tmp_path / "in").mkdir()
    folder = write_folder(tmp_path / "in", legs=legs, demand=demand)
    out = tmp_path / "out"
    words = ["solve", str(folder), "-o", str(out), "--quiet"]
    assert CliRunner().invoke(keruen, words).exit_code == 10
    assert CliRunner().invoke(keruen, ["verify", str(out)]).exit_code == 0
    table = read(out).demand
    assert table["row"].tolist() == [1, 2, 4]
    assert table["demand"].tolist() == ["=first", "", "last"]
    left = read_files(out).summary["unmet_demand"]
    assert sum(entry["unmet"] for entry in left) == 6
    named = {1: "=first", 2: "", 4: "last"}
    assert all(entry["demand"] == named[entry["row"]] for entry in left)
