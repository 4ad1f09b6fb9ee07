"""``keruen batch``, ``status`` and ``summarise`` as an operator calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from solver.commands.program import keruen
from solver.storage.files import locked

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(__file__).parent.parent.parent
QUICKSTART = ROOT / "instances" / "quickstart"


def _call(*words: object, **options: Any) -> Result:
    return CliRunner().invoke(keruen, [str(word) for word in words], **options)


def _sweep(folder: Path, count: int) -> Path:
    path = folder / "sweep.toml"
    path.write_text(
        f'instance = "{QUICKSTART}"\n[[draw]]\ntable = "legs"\n'
        f"scale = {{ cost = {{ uniform = [0.9, 1.1] }} }}\ncount = {count}\n"
    )
    return path


def test_a_batch_needs_a_folder_of_its_own(tmp_path: Path) -> None:
    """None is exit 2, one that holds a batch 73, something else 73, a busy one 75."""
    assert _call("batch", QUICKSTART).exit_code == 2
    (tmp_path / "mine.txt").write_text("mine")
    assert _call("batch", QUICKSTART, "-o", tmp_path).exit_code == 73
    out = tmp_path / "out"
    out.mkdir()
    with locked(out):
        assert _call("batch", QUICKSTART, "-o", out).exit_code == 75
    (out / "ledger.sqlite").touch()
    result = _call("batch", QUICKSTART, "-o", out)
    assert result.exit_code == 73
    assert "--resume" in result.stderr


def test_other_options_than_the_batch_began_with_are_refused(tmp_path: Path) -> None:
    """Exit 65 names what differs, and both values."""
    from solver.jobs.run import BatchOrder, planned, run
    from tests.jobs.small import Here, Told
    from tests.jobs.works import quick

    sweep, out = _sweep(tmp_path, 2), tmp_path / "out"
    order = BatchOrder(words=[str(sweep)], folder=out)
    run(planned(order, bytes), lambda: Here(quick), Told(), lambda: 0)
    result = _call("batch", sweep, "-o", out, "--resume", "--time-limit", 5)
    assert result.exit_code == 65
    assert "time_limit 3600.0" in result.stderr
    assert "time_limit 5.0" in result.stderr
    other = _sweep(tmp_path, 3)
    result = _call("batch", other, "-o", out, "--resume", "--dry-run")
    assert result.exit_code == 65
    assert "other jobs" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--shard", "0/3"], "not a shard"),
        (["--shard", "4/3"], "not a shard"),
        (["--memory-limit", "512"], "too little"),
        (["--workers", "0"], "workers"),
        (["--time-limit", "0"], "seconds"),
        (["--keep", "some"], "keep"),
    ],
)
def test_choices_that_cannot_be_are_wrong_usage(words: list[str], message: str) -> None:
    """Exit 2, before anything is written."""
    result = _call("batch", QUICKSTART, "--dry-run", *words)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    """Items and duplicates, as text and as JSON."""
    sweep = _sweep(tmp_path, 30)
    words = ("batch", sweep, "--shard", "2/4", "--dry-run", "-o", tmp_path / "out")
    assert _call(*words).stdout.startswith("8 items, 0 of them duplicates")
    assert json.loads(_call(*words, "--json").stdout)["left"] == 8
    assert not (tmp_path / "out").exists()


def test_paths_come_on_standard_input(tmp_path: Path) -> None:
    """`-` reads them; one that is missing is exit 66."""
    result = _call("batch", "-", "--dry-run", input=f"{QUICKSTART}\n{QUICKSTART}\n")
    assert result.stdout.startswith("2 items, 1 of them duplicates")
    assert _call("batch", "-", "--dry-run", input="nowhere\n").exit_code == 66
    assert _call("batch", "-", "--dry-run", input="").exit_code == 66
    assert _call("status", tmp_path).exit_code == 66


def test_help_loads_none_of_what_a_batch_needs() -> None:
    """Neither pebble, sqlite3 nor distributed are on the way of `keruen --help`."""
    code = (
        "import sys; from solver.commands.program import keruen\n"
        "try: keruen(['batch', '--help'], standalone_mode=False)\n"
        "finally: print({'pebble', 'sqlite3', 'distributed', 'numpy'} & {*sys.modules})"
    )
    done = subprocess.run(  # noqa: S603 - the project's own command
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.endswith("set()\n")
    assert "keruen batch sweep.toml --dry-run" in done.stdout
