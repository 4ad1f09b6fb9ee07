"""Spoiled inputs end as the table of exit codes says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fuzz import ending, spoiled, wrong

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("first", range(0, 300, 60))
def test_no_spoiled_input_ends_in_a_fault_of_ours(tmp_path: Path, first: int) -> None:
    """Sixty inputs each; more by the command in `docs/testing.md`."""
    found = [wrong(seed, tmp_path / "in") for seed in range(first, first + 60)]
    assert [told for told in found if told] == []


def test_some_spoiled_inputs_are_sound_and_most_are_not(tmp_path: Path) -> None:
    """Otherwise nothing would be tried; and a seed gives one input alone."""
    codes = {ending(seed, tmp_path / "in")[0] for seed in range(1, 40)}
    assert {0, 65} <= codes
    assert spoiled(7) == spoiled(7) != spoiled(8)
