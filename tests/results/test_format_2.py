"""Results of format 2 are read for rules on change, and refused elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from solver.errors import DataError
from solver.loaders.instance_files import load_document
from solver.loaders.references import load
from solver.results.reading import read_files, read_result
from solver.solution.form import INSTANCE

OLD = Path(__file__).parents[1] / "data" / "format_2"
"""The quickstart under `no-corridor-above-40`, as version 0.1.0 wrote it."""


def test_a_result_of_format_2_is_read_in_the_form_of_today() -> None:
    """Plan, tables and certificate have the names of format 3."""
    files = read_files(OLD, older=True)
    found = read_result(files, load_document(files.document, INSTANCE))
    assert found.plan is not None
    assert found.plan.quantity.sum() == 750_000
    assert found.tables["demand"]["served"].sum() == 750_000
    assert found.tables["exposure"]["captive"].tolist()[:2] == [0, 0]
    assert found.certificate is not None
    assert {asked.question.kind for asked in found.certificate.exposure} == {
        "captive",
        "least",
        "most",
    }
    assert found.summary["served"] == 750_000


def test_a_rule_on_change_compares_with_format_2(tmp_path: Path) -> None:
    """`max_change.from` takes the quantities that the older result carried."""
    shutil.copytree(OLD, tmp_path / "earlier")
    shutil.copytree(OLD.parents[2] / "instances" / "quickstart", tmp_path / "now")
    rule = (
        '\n[[diversification]]\nname = "slow"\nby = "corridor"\n'
        'max_change = { share = 0.1, from = "../earlier" }\n'
    )
    manifest = tmp_path / "now" / "instance.toml"
    manifest.write_text(manifest.read_text() + rule)
    last = load(tmp_path / "now").instance.diversification[-1].max_change
    assert last is not None
    carried = {entry.value: entry.quantity for entry in last.reference or ()}
    assert carried == {"northern": 300_000, "western": 200_000, "southern": 250_000}


def test_a_changed_file_of_format_2_is_refused(tmp_path: Path) -> None:
    """Hashes are those of the files as they were written."""
    folder = shutil.copytree(OLD, tmp_path / "earlier")
    table = folder / "dependence.csv"
    table.write_text(table.read_text().replace("300000", "300001"))
    with pytest.raises(DataError, match=r"exposure\.csv: is not the file"):
        read_files(folder, older=True)


def test_verify_refuses_format_2() -> None:
    """It says what it is, and what to do."""
    done = CliRunner().invoke(cli.keruen, ["verify", str(OLD)])
    assert done.exit_code == 70
    assert "this is a result of format 2" in done.output
    assert "solve again" in done.output
