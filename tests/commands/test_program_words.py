"""What the program says of words that it does not know, and in which form."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import cli
from solver.console.terminal import printable
from solver.messages import counted
from solver.tasks.verify import Verdict
from tests.folders import ROOT


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("slove", "unknown command `slove`; did you mean `solve`?"),
        ("help", "unknown command `help`; did you mean `--help`?"),
        ("xyzzy", "unknown command `xyzzy`; known: `batch`"),
    ],
)
def test_an_unknown_command_is_told_with_the_nearest(word: str, told: str) -> None:
    """It is a wrong call, and help is named."""
    done = CliRunner().invoke(cli.keruen, [word])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"keruen: {told}")
    assert done.stderr.endswith("keruen: try `keruen --help`\n")


def test_the_program_alone_prints_its_help_as_help() -> None:
    """Within 80 columns, without the name of the program before each line."""
    done = CliRunner().invoke(cli.keruen, [])
    assert done.exit_code == 2
    assert done.stderr.startswith("Usage: ")
    lines = done.stderr.splitlines()
    assert not any(line.startswith("keruen:") for line in lines)
    assert max(map(len, lines)) <= 80


def test_blanks_of_all_kinds_are_blanks_on_a_screen() -> None:
    """What steers a terminal is not."""
    assert printable("a\tb 250\u00a0000\u202f000\n") == "a b 250 000 000\n"
    assert printable("a\x1b[2J\u202e") == "a\ufffd[2J\ufffd"
    done = CliRunner().invoke(cli.keruen, ["example"])
    assert "\ufffd" not in done.stderr


def test_one_is_told_in_the_singular() -> None:
    """Of rows and of corridors."""
    quickstart = str(ROOT / "instances" / "quickstart")
    done = CliRunner().invoke(cli.keruen, ["check", quickstart])
    found = "OK: 6 nodes, 9 legs, 4 demand, 2 products, 1 period"
    total = "demand of 750,000 t in all"
    assert " ".join(done.stdout.split()) == f"{found}; {total}"
    assert counted("1", "effective corridor") == "1 effective corridor"
    assert counted("1.1", "effective corridor") == "1.1 effective corridors"


def test_a_verdict_fits_a_terminal() -> None:
    """Its note too, on two lines."""
    lines = "\n".join(Verdict().lines()).splitlines()
    assert lines[-2] == "       name yours with --instance"
    assert max(map(len, lines)) <= 80
