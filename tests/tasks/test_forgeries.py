"""What a forger changes in a result is found, though every hash is renewed."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from solver.errors import InputError
from solver.solution.form import SUMMARY
from solver.tasks.verify import audit
from tests.forgeries import results, unfound

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the result of a shipped instance, with all questions answered."""
    return results(tmp_path_factory.mktemp("made"), ("quickstart",))


def test_forgeries_of_status_options_and_auxiliary_prices_are_found(
    made: list[Path], tmp_path: Path
) -> None:
    """None of 40; `python -m tests.forgeries` makes as many as are wanted."""
    assert unfound(made, tmp_path, range(40)) == []


def test_seconds_versions_and_unused_options_are_free(made: list[Path]) -> None:
    """What makes no claim about the plan may be changed: docs/proof.md lists it."""
    path = made[0] / SUMMARY
    before = path.read_bytes()
    summary = json.loads(before)
    summary["versions"]["scipy"] = "0.0.1"
    summary["seconds"] = {"solve": 1.0, "total": 1.0}
    summary["options"] |= {
        "time_limit": 5.0,
        "solver": "another",
        "sensitivity": "some",
    }
    path.write_text(json.dumps(summary))
    try:
        assert audit(made[0]).faults == []
    finally:
        path.write_bytes(before)


def test_files_alone_do_not_tell_whose_instance_it_is(made: list[Path]) -> None:
    """That is said, with what to do; not where an instance was named."""
    told = audit(made[0]).lines()
    assert any("name yours with --instance" in line for line in told)
    assert told[-1] == "verified"
    document = audit(made[0]).document()
    assert document["instance_compared"] is False


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs")
def test_a_fifo_is_refused_at_once(made: list[Path]) -> None:
    """Nobody ever writes into it: it must not be waited for."""
    path = made[0] / "demand.csv"
    before = path.read_bytes()
    path.unlink()
    os.mkfifo(path)
    try:
        with pytest.raises(InputError, match="is no regular file"):
            audit(made[0])
    finally:
        path.unlink()
        path.write_bytes(before)
