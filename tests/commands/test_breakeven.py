"""``keruen breakeven``: what it prints, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import cli
from tests.folders import write_instance

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.versions


def run(*words: str | Path) -> Result:
    """Run the command in this process, on a screen of 80 columns."""
    runner = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80"})
    return runner.invoke(cli.keruen, ["breakeven", *map(str, words)])


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return an instance whose grain may go north at 10 or south at 20."""
    return write_instance(tmp_path / "tiny")


def test_a_screen_says_who_leaves_at_which_rate(tiny: Path) -> None:
    """Ten more and the road carries no steel: the sea, at 40, does."""
    done = run(tiny, "--leg", "road")
    assert done.exit_code == 0, done.output
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "Break-even of leg road" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "steel, A to C" in line]
    assert line.split()[-3:] == ["40", "-20", "0"]


def test_a_goal_is_the_dearest_rate_that_brings_it(tiny: Path) -> None:
    """20 t up to 40; in kt as well."""
    for wanted in ("20", "20 t", "0.02 kt"):
        done = run(tiny, "--leg", "road", "--until", wanted, "--json")
        until = json.loads(done.stdout)["until"]
        assert (until["quantity"], until["rate"], until["added"]) == (20, 40, 10)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--leg", "rode"], "--leg: unknown leg `rode`; did you mean `road`?"),
        (["--corridor", "north"], "did you mean `northern`?"),
        (["--leg", "road", "--product", "grains"], "did you mean `grain`?"),
        (["--leg", "road", "--until", "21"], "at most 20 t at any rate"),
        (["--leg", "road", "--until", "1 Mt"], "at most 0.00002 Mt at any rate"),
        (["--leg", "road", "--until", "0.03kt"], "at most 0.02 kt at any rate"),
        (["--leg", "road", "--until", "1e999"], "is not above 0"),
        (["--leg", "road", "--until", "much"], "`much` is not a quantity"),
        (["--leg", "road", "--until", "0"], "is not above 0"),
        (["--leg", "road", "--until", "1 km"], "a distance"),
        ([], "no element is named"),
        (["--leg", "road", "--of", "handling"], "nothing selected has handling"),
        (["--leg", "road", "--capacity", "-1"], "-1.0 is not a capacity above 0"),
        (["--leg", "road", "--product", "grain", "--market", "C"], "no demand has"),
    ],
)
def test_wrong_words_end_with_exit_2(tiny: Path, words: list[str], said: str) -> None:
    """One message says what is wrong, and what to do."""
    done = run(tiny, *words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_screen_says_what_stands_below_today_and_repeats_no_goal(tiny: Path) -> None:
    """Steel leaves the road as it gets dearer; it would come by a cheaper sea."""
    done = run(tiny, "--leg", "road", "--until", "20")
    assert "Goal     20 t up to" in done.stdout
    assert "below it" not in done.stdout
    assert "comes as it gets cheaper" not in done.stdout
    dear = run(tiny, "--leg", "sea")
    assert "who stands at less than today's rate comes as it gets cheaper" in (
        " ".join(dear.stdout.split())
    )


def test_a_screen_says_why_the_curve_stops(tiny: Path) -> None:
    """Nothing is left; or only what has no other way, beside demand that is unmet."""
    assert "End      beyond the last row nothing is carried; rates end at 0" in (
        run(tiny, "--leg", "road").stdout
    )
    legs = (tiny / "legs.csv").read_text()
    (tiny / "legs.csv").write_text(
        "\n".join(line for line in legs.splitlines() if not line.startswith("sea"))
    )
    alone = run(tiny, "--leg", "road")
    assert alone.exit_code == 10, alone.output
    assert "At no rate does any cargo come or leave." in alone.stdout
    assert "End      no rate drives away what is carried" in alone.stdout


def test_what_rules_hold_is_not_said_to_have_no_way(tiny: Path) -> None:
    """At most 60 % may go south, so 40 t of grain stay on the north at any rate."""
    said = " ".join(run(tiny, "--leg", "north").stdout.split())
    assert "beyond the last row 40 t stay at any rate: routes, capacities or " in said
    assert "have no other way, and stay" not in said


def test_what_is_closed_is_priced_first(tiny: Path) -> None:
    """Steel goes by sea at 40 today; the road, once open, may ask for as much."""
    words = "--set", 'legs[leg="road"].capacity = 0'
    done = run(tiny, "--leg", "road", *words)
    assert done.exit_code == 0, done.output
    assert "Opened   leg road" in done.stdout
    said = " ".join(done.stdout.split())
    assert "Priced at today's prices, before anything else moves, steel, A to C" in said
    assert "would come first, up to 40 USD/t" in said
