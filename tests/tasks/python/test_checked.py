"""Instances in Python: from files or tables, checked, and changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import keruen
from tests.folders import ROOT
from tests.loaders.folders import write_folder

QUICKSTART = ROOT / "instances" / "quickstart"
LEGS = {
    "from": ["Ufa", "Orsk", "Ufa"],
    "to": ["Orsk", "Baku", "Baku"],
    "mode": ["rail", "sea", "road"],
    "cost": [4, 3, np.nan],
    "distance [km]": [np.nan, np.nan, 20],
}
DEMAND = [
    {
        "product": "coal",
        "origin": "Ufa",
        "market": "Baku",
        "quantity": 8,
        "period": 2031,
    }
]


def tables(**changes: Any) -> dict[str, Any]:
    """Return the tables of a small instance, some of them replaced."""
    tariffs = pd.DataFrame({"mode": ["road"], "cost_per_km": [0.5]})
    own = {"legs": pd.DataFrame(LEGS), "demand": DEMAND, "tariffs": tariffs}
    return {"name": "Coal", "periods": ["2031"], **own, **changes}


def test_an_instance_is_made_of_frames_rows_and_columns() -> None:
    """Blank cells are blank, a year is a period; cost 7 a unit by rail and sea."""
    instance = keruen.Instance.from_tables(tables())
    assert keruen.solve(instance).cost == 56.0
    columns = keruen.Instance.from_tables(tables(legs=LEGS))
    assert columns.legs["cost"][:2].tolist() == [4.0, 3.0]


def test_faults_of_tables_come_as_one_exception_with_a_list() -> None:
    """Each with table, row, column and value."""
    legs = pd.DataFrame({**LEGS, "cost": [4, -3, np.nan], "cots": [1, 2, 3]})
    with pytest.raises(keruen.DataError) as caught:
        keruen.Instance.from_tables(tables(legs=legs))
    found = [(f.file, f.row, f.column, f.remedy) for f in caught.value.faults]
    assert found == [
        ("tables#legs", None, "cots", "did you mean `cost`?"),
        ("tables#legs", 2, "cost", "give a number of 0 or more"),
    ]


@pytest.mark.parametrize("legs", [3, "legs.csv", [1, 2]])
def test_what_is_no_table_is_a_wrong_call(legs: Any) -> None:
    """Such as a path in place of its content."""
    with pytest.raises(keruen.UsageError, match="table legs"):
        keruen.Instance.from_tables(tables(legs=legs))


def test_scenarios_are_offered_and_applied_by_name() -> None:
    """As `--scenario` does: the same instance, from the same files."""
    instance = keruen.load(str(QUICKSTART))
    name = next(iter(instance.offered))
    assert instance.offered[name]
    after = keruen.apply(instance, name)
    assert after.scenarios == keruen.load(QUICKSTART, scenarios=[name]).scenarios
    assert after.scenarios == keruen.apply(after, name).scenarios
    assert after.scenarios == keruen.load(QUICKSTART, scenarios=name).scenarios
    assert instance.scenarios == ()
    with pytest.raises(keruen.UsageError, match="did you mean"):
        keruen.apply(instance, f"{name}x")


def test_tables_may_offer_scenarios_too() -> None:
    """Under the key that a document has for them."""
    change = {"table": "legs", "where": {"mode": "sea"}, "scale": {"cost": 2}}
    given = tables(scenarios={"dear": {"description": "Sea", "change": [change]}})
    instance = keruen.Instance.from_tables(given)
    assert instance.offered == {"dear": "Sea"}
    assert keruen.apply(instance, "dear").legs["cost"][1] == 6.0


def test_a_change_needs_no_file() -> None:
    """Its values are checked like those of a scenario."""
    instance = keruen.load(QUICKSTART)
    change = keruen.Change("legs", where={"mode": "sea"}, factors={"cost": 0.5})
    after = keruen.apply(instance, change)
    is_sea = instance.legs["mode"] == "sea"
    assert (after.legs["cost"][is_sea] == instance.legs["cost"][is_sea] / 2).all()
    wrong = keruen.Change("legs", where={"mode": "air"}, values={"costs": 1})
    with pytest.raises(keruen.DataError) as caught:
        keruen.apply(instance, wrong)
    assert [fault.column for fault in caught.value.faults] == ["legs.set.costs"]
    with pytest.raises(keruen.DataError, match="no row of legs has the mode"):
        keruen.apply(instance, replace(change, where={"mode": "air"}))


def test_a_change_that_leaves_the_instance_wrong_is_refused() -> None:
    """As after a scenario."""
    change = keruen.Change("demand", values={"market": "Atlantis"})
    with pytest.raises(keruen.DataError, match="Atlantis"):
        keruen.apply(keruen.load(QUICKSTART), change)


def test_what_is_odd_stands_beside_the_instance(tmp_path: Path) -> None:
    """A warning is no exception."""
    folder = write_folder(tmp_path, products="product\ngrain\nore\n")
    (warning,) = keruen.load(folder).warnings
    assert warning.value == "ore"
