"""An instance keeps everything on its way through all forms."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.errors import DataError, OutputError, UsageError
from solver.loaders.instance_files import offered_scenarios
from solver.loaders.json.document import canonical
from solver.loaders.references import load
from tests.folders import ROOT
from tests.loaders.folders import write_folder
from tests.round_trips import convert, gone_round, went_round

if TYPE_CHECKING:
    pass

SHIPPED = sorted(path.parent for path in (ROOT / "instances").rglob("legs.csv"))
SOME = ("no-corridor-above-40",)


@pytest.mark.parametrize("source", SHIPPED, ids=lambda path: path.name)
def test_shipped_instances_go_round(source: Path, tmp_path: Path) -> None:
    """The canonical document is the same, with every eighth scenario too."""
    last = gone_round(source, tmp_path)
    assert canonical(load(last).instance) == canonical(load(source).instance)
    scenarios = [*offered_scenarios(source)]
    assert [*offered_scenarios(last)] == scenarios
    for name in scenarios[::8]:
        wanted = canonical(load(source, [name]).instance)
        assert canonical(load(last, [name]).instance) == wanted


@given(seed=st.integers(0, 2**32))
@settings(max_examples=6, deadline=None)
def test_hostile_instances_go_round(seed: int) -> None:
    """Names that look like formulas or markup, and numbers of seventeen digits."""
    with tempfile.TemporaryDirectory() as folder:
        went_round(seed, Path(folder))


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    """Neither a file nor a folder that holds anything: it may be somebody's work."""
    source = ROOT / "instances" / "quickstart"
    for name in ("x.xlsx", "x.json"):
        (tmp_path / name).write_text("mine")
        with pytest.raises(OutputError, match="is there already"):
            convert(source, tmp_path / name)
        assert (tmp_path / name).read_text() == "mine"
    with pytest.raises(OutputError, match=r"holds `x\."):
        convert(source, tmp_path)


def test_a_form_that_is_only_read_is_named(tmp_path: Path) -> None:
    """Exit 2, with the forms that are written."""
    with pytest.raises(UsageError, match=r"nothing is written that ends with \.ods"):
        convert(ROOT / "instances" / "quickstart", tmp_path / "x.ods")


def test_what_was_done_before_is_listed_where_it_has_no_place(tmp_path: Path) -> None:
    """A result's instance says which scenarios it has been through; a folder cannot."""
    source = tmp_path / "x.json"
    source.write_bytes(canonical(load(ROOT / "instances/quickstart", SOME).instance))
    assert convert(source, tmp_path / "y.json").lost == []
    lost = [f"applied: `{SOME[0]}`"]
    assert convert(source, tmp_path / "folder").lost == lost
    assert convert(source, tmp_path / "x.xlsx").lost == lost


def test_folders_of_earlier_results_are_seen_from_the_new_place(tmp_path: Path) -> None:
    """What a rule of a scenario compares with is found from elsewhere too."""
    source = tmp_path / "mine"
    source.mkdir()
    write_folder(
        source,
        scenarios_toml='[a]\n[[a.diversification]]\nby = "corridor"\n'
        'max_change = { share = 0.1, from = "../results/old" }\n',
    )
    (tmp_path / "deep").mkdir()
    convert(source, tmp_path / "deep" / "x.json")
    keys = json.loads((tmp_path / "deep" / "x.json").read_text())["scenarios"]["a"]
    change = keys["diversification"][0]["max_change"]
    assert (tmp_path / "deep" / change["from"]).resolve() == tmp_path / "results/old"


def test_a_text_longer_than_a_cell_is_refused(tmp_path: Path) -> None:
    """A workbook would cut it: exit 65, with the cell, and what else there is."""
    (tmp_path / "mine").mkdir()
    source = write_folder(tmp_path / "mine", instance_toml=f'name = "{"x" * 40_000}"')
    with pytest.raises(DataError, match=r"instance!A?B?2.*longer than the 32,767"):
        convert(source, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()
