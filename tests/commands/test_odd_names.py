"""Names that are long, quoted, marked up or of another kind: told, and pasted back."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import cli

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

LONG = "a name of many words, such as nobody would write but a spreadsheet holds"


def run(*words: str | Path) -> Result:
    """Run the command in this process, on a screen of 80 columns."""
    runner = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80"})
    return runner.invoke(cli.keruen, [*map(str, words)])


def short(folder: Path, start: str, end: str) -> Path:
    """Write an instance of which half stays unmet."""
    folder.mkdir()
    one, other = (f'"{name.replace(chr(34), 2 * chr(34))}"' for name in (start, end))
    (folder / "legs.csv").write_text(f"from,to,cost,capacity\n{one},{other},1,5\n")
    head = "product,origin,market,quantity\n"
    (folder / "demand.csv").write_text(f"{head}x,{one},{other},10\n")
    return folder


@pytest.mark.parametrize(
    ("start", "end"),
    [(LONG, f"{LONG} two"), ("A's", 'B "b"'), ("[red]A[/red]", "&lt;B")],
)
def test_suggestions_of_a_repair_can_be_pasted(
    tmp_path: Path, start: str, end: str
) -> None:
    """Each stands on one line, however long, and carries everything."""
    folder = short(tmp_path / "odd", start, end)
    done = run("repair", folder)
    assert done.exit_code == 10, done.output
    options = [line for line in done.stdout.splitlines() if "--set" in line]
    assert len(options) == 2
    for line in options:
        words = shlex.split(line)
        assert len(words) == 2
        solved = run("solve", folder, "--quiet", "--sensitivity", "none", *words)
        assert solved.exit_code == 0, solved.output


@pytest.fixture
def group(tmp_path: Path) -> Path:
    """Return an instance whose cargo may start at either of two plants."""
    folder = tmp_path / "group"
    folder.mkdir()
    (folder / "nodes.csv").write_text("node,node_group\nA,plants\nB,plants\nC,\n")
    (folder / "legs.csv").write_text(
        "from,to,cost,capacity,corridor\nA,C,1,5,near\nB,C,2,4,far\n"
    )
    (folder / "demand.csv").write_text(
        "product,origin,market,quantity\nx,plants,C,12\n"
    )
    return folder


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--node", "plants"), "it is a group of nodes: name `A`, `B`"),
        (("--leg", "near"), "it is a corridor: write `--corridor near`"),
        (("--leg", "A>D"), "unknown leg `A>D`; did you mean `A>C`?"),
    ],
)
def test_a_name_of_another_kind_is_told_as_such(
    group: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """By both commands that take elements."""
    solved = run("solve", group, "-o", tmp_path / "made", "--quiet")
    assert solved.exit_code == 10
    for command in (("breakeven", group), ("explain", tmp_path / "made")):
        done = run(*command, *words)
        assert done.exit_code == 2
        assert said in done.stderr


def test_a_leg_is_named_by_its_ends(group: Path) -> None:
    """As screens print it."""
    done = run("breakeven", group, "--leg", "A > C")
    assert done.exit_code == 10, done.output
    assert "Break-even of leg A>C" in done.stdout


def test_periods_are_told_where_there_are_several(tmp_path: Path) -> None:
    """Of demand that is left, and of limits; a goal is told in kg if Mt say nothing."""
    folder = short(tmp_path / "two", "A", "B")
    (folder / "instance.toml").write_text(
        'periods = ["2025", "2026"]\nunits = { quantity = "kg" }\n'
    )
    done = run("repair", folder)
    assert "x, A to B, 2025" in done.stdout
    assert "leg A>B, 2026" in done.stdout
    made = tmp_path / "made"
    assert run("solve", folder, "-o", made, "--quiet").exit_code == 10
    told = "5 kg of x, A to B, 2025; 5 kg of x, A to B, 2026: limited by leg A>B"
    assert told in run("explain", made).stdout
    goal = run("breakeven", folder, "--leg", "A>B", "--until", "1 Mt")
    assert goal.exit_code == 2
    assert "at most 10 kg at any rate" in goal.stderr
