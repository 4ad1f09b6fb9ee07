"""How soon a small answer is there: what is measured, and how it is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchmarks import ready as measured
from benchmarks.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_ratios_are_told_within_each_repeat(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A machine that is slower in one repeat is so for both ways."""
    slow = iter([*[1.0] * 5, *[2.0] * 5, *[3.0] * 5])

    def ran(words: Sequence[str]) -> tuple[float, str]:
        factor = next(slow)
        if words[:2] == ["-c", measured.PACKAGES]:
            return 0.5 * factor, ""
        if words[1] == measured._PHASES:
            return 0.0, json.dumps(dict.fromkeys(measured._SHOWN, 0.1 * factor))
        return factor, str(0.05 * factor)

    monkeypatch.setattr(measured, "_ran", ran)
    assert measured.ready(ROOT / "instances" / "quickstart", 2) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].endswith("the median of 2")
    assert "own modules: 0.100 of the packages" in told
    assert "solve: 0.200 of the packages" in told
    assert told[-1] == "questions on exposure: 1.00 of the solve"


@pytest.mark.parametrize("way", ["own modules", "phases"])
def test_the_scripts_measure_something(way: str) -> None:
    """The pieces that are timed are there under the names they are timed by."""
    path = str(ROOT / "instances" / "quickstart")
    script = {"own modules": measured._OWN, "phases": measured._PHASES}[way]
    found = measured._figures(way, ["-c", script, path])
    assert all(seconds > 0.0 for seconds in found.values())
