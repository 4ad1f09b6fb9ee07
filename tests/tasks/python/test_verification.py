"""Verification from Python: of a result, of its folder, and of what is neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import keruen
from tests.folders import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def found() -> keruen.Result:
    """Return a result of the quickstart."""
    instance = keruen.load(ROOT / "instances" / "quickstart")
    return keruen.solve(instance, sensitivity="none")


def test_a_result_is_verified_alone_and_in_its_folder(
    found: keruen.Result, tmp_path: Path
) -> None:
    """Either gives the cost that is proved."""
    folder = found.save(tmp_path / "result")
    for given in (found, folder, str(folder)):
        checked = keruen.verify(given)
        assert checked.passed
        assert checked.cost == found.cost


def test_a_spoiled_folder_does_not_pass(found: keruen.Result, tmp_path: Path) -> None:
    """The file that is not as written is named."""
    folder = found.save(tmp_path / "result")
    (folder / "demand.csv").write_text("spoiled\n")
    checked = keruen.verify(folder)
    assert not checked.passed
    assert any("demand.csv" in fault for fault in checked.faults)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("instances/quickstart", "RESULT"), "load it first"),
        ((3,), "verify takes a result or its folder, not int"),
        (("INSTANCE", 3), "verify takes a result, not a value of type int"),
    ],
)
def test_what_cannot_be_verified_is_refused_plainly(
    found: keruen.Result, given: tuple[Any, ...], told: str
) -> None:
    """It says what to give."""
    made: dict[Any, Any] = {"RESULT": found, "INSTANCE": found.instance}
    arguments: list[Any] = [made.get(one, one) for one in given]
    with pytest.raises(keruen.UsageError, match=told):
        keruen.verify(*arguments)


def test_a_folder_that_holds_no_result_is_an_input_error(tmp_path: Path) -> None:
    """As for the command."""
    with pytest.raises(keruen.InputError):
        keruen.verify(tmp_path)
