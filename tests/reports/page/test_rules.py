"""Rules on a page: where the plan stands, and what more or less room would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.reports.page.tables.rules import loosening_table, rules_table, rules_told
from tests.reports.page.solved import PLACES, run, solve, source, write_folder

if TYPE_CHECKING:
    from pathlib import Path

RULE = """\
[[diversification]]
name = "half"
by = "corridor"
max_share = 0.55
"""


def test_what_a_rule_costs_is_told_in_words_and_numbers(tmp_path: Path) -> None:
    """A point more for the north saves the 10 USD that each tonne by the west costs."""
    folder = write_folder(tmp_path / "in", {**PLACES, "instance.toml": RULE})
    found = source(solve(folder, tmp_path / "out", "--sensitivity", "some"))
    assert rules_told(found) == [
        "half (northern): one percentage point looser saves 10 USD, one percentage "
        "point tighter costs 10 USD."
    ]
    table = rules_table(found, 9)
    assert table is not None
    heads = [head.text for head in table.heads]
    assert heads[:5] == ["rule", "of", "level", "must be", "limit"]
    cells = [row.cells for row in table.rows]
    assert cells[0][:5] == ("half", "northern", "55.0 %", "at most", "55 %")


def test_rules_that_cannot_hold_say_how_far_they_would_have_to_give_way(
    tmp_path: Path,
) -> None:
    """Seven tenths of all demand by the north, whose border lets 60 of 100 t pass."""
    rule = RULE.replace("max_share = 0.55", "min_share = { northern = 0.7 }")
    rule = f'{rule}of = "demand"\n'
    folder = write_folder(tmp_path / "in", {**PLACES, "instance.toml": rule})
    words = ("solve", folder, "-o", tmp_path / "out", "--sensitivity", "none")
    assert run(*words, "--quiet") == 11
    table = loosening_table(source(tmp_path / "out"))
    assert table is not None
    assert [head.text for head in table.heads][2:] == ["must be", "limit", "needed"]
    assert {row.cells[2:4] for row in table.rows} == {("at least", "70 %")}
