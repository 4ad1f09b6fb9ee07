"""``keruen repair``: what it prints, and that its changes do what it says."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import cli
from tests.folders import write_instance

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.versions

CLOSED = {"70,10,2,1": "70,10,2,1", "southern,,20,4,0": "southern,15,20,4,0"}
"""The south lets 15 t of the 100 t of grain pass, the north 70."""


def run(*words: str | Path) -> Result:
    """Run a command in this process, on a screen of 80 columns."""
    runner = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80"})
    return runner.invoke(cli.keruen, [*map(str, words)])


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """Return an instance in which grain is left."""
    return write_instance(tmp_path / "short", CLOSED)


def test_the_changes_on_the_screen_repair_the_instance(short: Path) -> None:
    """They are copied from it as they stand, breaks included."""
    done = run("repair", short)
    assert done.exit_code == 10, done.output
    assert max(map(len, done.stdout.splitlines())) <= 80
    first = done.stdout.split("\nFirst ")[1].split("\nSecond ")[0]
    options = shlex.split(first[first.index("  --set") :])
    assert run("solve", short).exit_code == 10
    assert run("solve", short, *options).exit_code == 0


def test_both_ways_of_the_document_carry_everything(short: Path) -> None:
    """Each is a list of changes that `--set` takes."""
    document = json.loads(run("repair", short, "--json").stdout)
    assert document["schema_version"] == 1
    for way in (document["first"], document["second"]):
        options = [word for change in way["set"] for word in ("--set", change)]
        assert run("solve", short, *options).exit_code == 0
    assert document["shortages"][0]["unmet"] > 0


def test_nothing_is_repaired_that_is_whole(tmp_path: Path) -> None:
    """It says so, with exit code 0."""
    done = run("repair", write_instance(tmp_path / "tiny"))
    assert done.exit_code == 0
    assert "nothing to repair" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--weight", "capacity=-2"], "`-2` is not a weight"),
        (["--never", "nort"], "did you mean `north`?"),
    ],
)
def test_wrong_words_end_with_exit_2(short: Path, words: list[str], said: str) -> None:
    """One message says what is wrong, and what to do."""
    done = run("repair", short, *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_rows_of_a_rule_count_as_one_limit(tmp_path: Path) -> None:
    """As in what `keruen solve` says keeps the same demand."""
    more = "sea,A,C,sea,,,40,3,2\nlake,A,B,sea,western,0,5,1,0\n"
    changes = {"max_share = 0.6": "max_share = 0.4", "sea,A,C,sea,,,40,3,2\n": more}
    path = write_instance(tmp_path / "two", changes)
    (shortage,) = json.loads(run("repair", path, "--json").stdout)["shortages"]
    assert [row["limit"] for row in shortage["limits"]] == ["lake"]
    assert {row["value"] for row in shortage["rules"]} == {"northern", "southern"}
    assert "These 2 limits leave 100 t unmet" in run("repair", path).stdout
