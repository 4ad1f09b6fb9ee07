"""``keruen prices``: one result, and the curve of one capacity or demand."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from solver.reports.prices.screen import curve_screen
from solver.reports.screen.numbers import figure
from solver.reports.screen.sheet import Style

QUICKSTART = Path(__file__).parents[2] / "instances" / "quickstart"


def run(*words: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"NO_COLOR": "1"}).invoke(cli.keruen, [*map(str, words)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a result of the quickstart for which nothing was asked."""
    folder = tmp_path_factory.mktemp("made") / "result"
    done = run("solve", QUICKSTART, "-o", folder, "--sensitivity", "none", "--quiet")
    assert done.exit_code == 0, done.output
    return folder


def test_every_limit_and_demand_is_told_whatever_was_asked(made: Path) -> None:
    """What the result does not hold is found by solving once more."""
    done = run("prices", made, "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    port = document["limits"][0]
    assert (port["limit"], port["price_more"], port["price_less"]) == (
        *("Novorossiysk", 30, 30),
    )
    assert (port["good_for_more"], port["good_for_less"]) == (50_000, 350_000)
    assert all(row["cost_more"] == row["cost_less"] for row in document["demand"])
    screen = run("prices", made, "--top", "1").stdout
    assert "node Novorossiysk   350,000   30 for 50,000  30 for 350,000" in screen
    assert "... and 1 more" in screen


def test_limits_in_series_save_something_together(tmp_path: Path) -> None:
    """Two full legs: 8 for a tonne more of both, nothing for one of either."""
    place = tmp_path / "series"
    place.mkdir()
    legs = "from,to,cost,capacity,corridor\nA,B,1,100,x\nB,M,1,100,x\nA,M,10,,y\n"
    (place / "legs.csv").write_text(legs)
    demand = "product,origin,market,quantity\nw,A,M,150\n"
    (place / "demand.csv").write_text(demand)
    assert run("solve", place, "-o", tmp_path / "out", "--quiet").exit_code == 0
    document = json.loads(run("prices", tmp_path / "out", "--json").stdout)
    (pair,) = document["joint"]
    assert pair["limits"] == ["leg A>B", "leg B>M"]
    assert pair["price_more"] == 8
    said = run("prices", tmp_path / "out").stdout
    assert "One more of leg A>B and of leg B>M: 8 together, 0 alone" in said


@pytest.mark.parametrize("is_short", [False, True])
def test_solve_and_prices_name_the_same_limits(
    tmp_path: Path, *, is_short: bool
) -> None:
    """Both of two full legs bind, though one dual is 0.

    Where there is no detour, one less of either serves less, which both screens say.
    """
    place, out = tmp_path / "series", tmp_path / "out"
    place.mkdir()
    legs = "from,to,cost,capacity,corridor\nA,B,1,100,x\nB,M,1,100,x\n"
    detour = "" if is_short else "A,M,10,,y\n"
    (place / "legs.csv").write_text(f"{legs}{detour}")
    quantity = 100 if is_short else 150
    demand = f"product,origin,market,quantity\nw,A,M,{quantity}\n"
    (place / "demand.csv").write_text(demand)
    solved = run("solve", place, "-o", out)
    assert solved.exit_code == 0, solved.output
    summary = json.loads((out / "summary.json").read_text())
    named = [row["limit"] for row in summary["binding_capacities"]]
    assert named == [row["limit"] for row in _prices(out)["limits"]] == ["A>B", "B>M"]
    less = "1 less served" if is_short else "8"
    screens = [solved.stdout, run("prices", out).stdout]
    for name, screen in product(named, screens):
        lines = [line for line in screen.splitlines() if f"leg {name}" in line]
        assert any(less in line for line in lines)


def test_rules_tell_what_more_room_serves(tmp_path: Path) -> None:
    """Two rules leave 75.56 of 120 unmet; a point more of either serves more.

    Half must go over z, where all but 20 is transit of T, and transit may be 5 % of
    all: 0.5 of what is served is 20 and 0.05 of it, so 44.44 are.
    """
    place, out = tmp_path / "ruled", tmp_path / "out"
    place.mkdir()
    (place / "nodes.csv").write_text("node,country\nA,K\nT,T\nM,M\n")
    legs = "from,to,cost,corridor\nA,M,1,x\nA,T,1,z\nT,M,1,z\n"
    (place / "legs.csv").write_text(legs)
    demand = "product,origin,market,quantity\nw,A,M,100\nw,A,T,20\n"
    (place / "demand.csv").write_text(demand)
    (place / "instance.toml").write_text(
        "[[diversification]]\nname = 'half'\nby = 'corridor'\n"
        "min_share = { z = 0.5 }\n"
        "[[diversification]]\nname = 'transit'\nby = 'country'\n"
        "max_share = { T = 0.05 }\n"
    )
    solved = run("solve", place, "-o", out)
    assert solved.exit_code == 10, solved.output
    rules = {row["rule"]: row for row in _prices(out)["rules"]}
    assert [row["relief_more"][0]["quantity"] > 0 for row in rules.values()] == [
        *(True, True)
    ]
    told = solved.stdout.partition("Rules ")[2]
    for name, row in rules.items():
        more = f"{figure(row['relief_more'][0]['quantity'])} more served/point"
        lines = [line for line in told.splitlines() if line.startswith(name)]
        assert any(more in line for line in lines)
    remedies = told.partition("Rules that leave demand unmet")[2]
    assert all(name in remedies for name in rules)


def test_limits_in_series_are_told_period_by_period(tmp_path: Path) -> None:
    """Both legs are full in the second period alone; the first has room to spare."""
    place = tmp_path / "series"
    place.mkdir()
    (place / "instance.toml").write_text('periods = ["2026", "2027"]\n')
    legs = "from,to,cost,capacity,corridor\nA,B,1,100,x\nB,M,1,,x\nA,M,10,,y\n"
    (place / "legs.csv").write_text(legs)
    capacities = "capacity,legs,quantity\nlast,B>M,100\n"
    (place / "capacities.csv").write_text(capacities)
    demand = "product,origin,market,quantity,period\nw,A,M,50,2026\nw,A,M,150,2027\n"
    (place / "demand.csv").write_text(demand)
    assert run("solve", place, "-o", tmp_path / "out", "--quiet").exit_code == 0
    (pair,) = json.loads(run("prices", tmp_path / "out", "--json").stdout)["joint"]
    assert pair["limits"] == ["leg A>B", "capacity last"]
    assert (pair["period"], pair["price_more"]) == ("2027", 8)
    said = run("prices", tmp_path / "out").stdout
    assert "One more of leg A>B and of capacity last, 2027: 8 together" in said


def test_the_curve_of_a_capacity_is_told_piece_by_piece(made: Path) -> None:
    """Its corners and middles are solves of their own."""
    done = run("prices", made, "--limit", "Novorossiysk", "--json")
    assert done.exit_code == 0, done.output
    pieces = json.loads(done.stdout)["pieces"]
    assert [(own["from"], own["one_more"]) for own in pieces] == [
        (0, -30),
        (400_000, -25),
        (500_000, 0),
    ]
    costs = [own["cost_from"] for own in pieces]
    assert costs == [82_500_000, 70_500_000, 68_000_000]
    assert (
        "400,000    500,000" in run(*("prices", made, "--limit", "Novorossiysk")).stdout
    )


def test_lines_stand_for_a_curve_under_an_index(tmp_path: Path) -> None:
    """Of n, m, s: m - s is 1 - n, or as far apart as the index lets them be."""
    place = tmp_path / "index"
    place.mkdir()
    rows = ("n,A,M,100,30,n", "m,A,M,101,,m", "s,A,M,103,,s")
    legs = "\n".join(("leg,from,to,cost,capacity,corridor", *rows))
    (place / "legs.csv").write_text(legs)
    (place / "demand.csv").write_text("product,origin,market,quantity\nw,A,M,100\n")
    rule = '[[diversification]]\nname = "h"\nby = "corridor"\nmax_hhi = 0.6\n'
    (place / "instance.toml").write_text(rule)
    words = ("-o", tmp_path / "out", "--quiet", "--sensitivity", "none")
    assert run("solve", place, *words).exit_code == 0
    document = json.loads(
        run("prices", tmp_path / "out", "--limit", "n", "--json").stdout
    )
    assert document["tolerance"] == 1e-5
    pieces = [own for own in document["pieces"] if own["one_more"] < 0]
    assert 3 < len(pieces) < 100
    for own in pieces:
        middle = (own["from"] + own["to"]) / 2, (own["cost_from"] + own["cost_to"]) / 2
        for at, cost in ((own["from"], own["cost_from"]), middle):
            n = at / 100
            apart = min(1 - n, math.sqrt(2 * (0.6 - n * n) - (1 - n) ** 2))
            least = 102 - 2 * n - apart
            assert cost == pytest.approx(100 * least, rel=1e-5)
    screen = " ".join(curve_screen(document, Style(width=80)).split())
    assert "the lines keep within 1e-5 of it" in screen


def test_the_curve_of_a_leg_is_told_by_its_ends(made: Path) -> None:
    """A leg is named by its ends, as screens print them."""
    done = run("prices", made, "--limit", "leg Kostanay > Aktau", "--json")
    assert done.exit_code == 2  # it has no capacity
    named = run("prices", made, "--limit", "Kostanay > Iran", "--json")
    assert named.exit_code == 0, named.output
    assert json.loads(named.stdout)["name"] == "Kostanay>Iran"


def test_the_curve_of_a_demand_begins_with_nothing(made: Path) -> None:
    """From none of it to twice as much."""
    done = run("prices", made, "--demand", "2", "--json")
    (own,) = json.loads(done.stdout)["pieces"]
    assert (own["from"], own["to"], own["one_more"]) == (0, 200_000, 130)
    named = run("prices", made, "--demand", "copper, Karaganda to Turkiye", "--json")
    assert json.loads(named.stdout)["pieces"] == [own]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--limit", "Novorosiysk"), "did you mean `Novorossiysk`"),
        (("--demand", "9"), "give a row from 1 to 4"),
        (("--demand", "wheat"), "--demand `wheat`: no row has this name; give a row"),
        (("--demand", "wheat, Kostanay to Iram"), "mean `wheat, Kostanay to Iran`?"),
        (("--limit", "Novorossiysk", "--demand", "1"), "over one of them"),
    ],
)
def test_a_name_that_is_not_there_is_2(
    made: Path, words: tuple[str, ...], said: str
) -> None:
    """With the nearest that is."""
    done = run("prices", made, *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_folder_that_is_no_result_is_66(tmp_path: Path) -> None:
    """As for every command that reads one."""
    assert run("prices", tmp_path).exit_code == 66


@pytest.fixture(scope="module")
def shut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a result in which a closed leg leaves coal and wheat unmet."""
    place = tmp_path_factory.mktemp("shut") / "shut"
    place.mkdir()
    (place / "legs.csv").write_text(
        "from,to,corridor,capacity,cost\nP,B,,0,5\nA,P,western,,10\n"
        "A,N,northern,100,12\nN,B,,,7\nA,Q,,0,1\n"
    )
    (place / "demand.csv").write_text(
        "product,origin,market,quantity\nwheat,A,B,140\ncoal,P,B,60\n"
    )
    out = place.parent / "out"
    run("solve", place, "-o", out, "--quiet")
    return out


def test_a_limit_without_a_curve_says_what_one_more_serves(shut: Path) -> None:
    """A tonne of the closed leg serves a tonne: no stretch keeps what is unmet."""
    done = run("prices", shut, "--limit", "P>B", "--json")
    document = json.loads(done.stdout)
    assert document["pieces"] == []
    (own,) = document["reliefs"]
    assert own["relief_more"] == [{"priority": None, "quantity": 1}]
    said = " ".join(run("prices", shut, "--limit", "P>B").stdout.split())
    assert "There is no curve" in said
    assert "One t more: 1 more served." in said
    assert "Each end of a piece" not in said


def test_demand_without_a_cost_says_why(shut: Path, made: Path) -> None:
    """Where firm demand stays unmet; nothing is said where all has a cost."""
    screen = " ".join(run("prices", shut).stdout.split())
    assert "- - Two dashes: one more or one less changes how much firm" in screen
    assert "Two dashes" not in run("prices", made).stdout


def test_a_closed_leg_that_nobody_wants_does_not_bind(shut: Path) -> None:
    """It is full at 0; one more saves nothing, as one less of it cannot be."""
    names = [row["limit"] for row in _prices(shut)["limits"]]
    assert sorted(names) == ["A>N", "P>B"]


def _prices(folder: Path) -> dict[str, Any]:
    """Return the document of prices of a result."""
    document: dict[str, Any] = json.loads(run("prices", folder, "--json").stdout)
    return document


def test_a_curve_says_why_it_ends_before_twice_the_demand(tmp_path: Path) -> None:
    """15 of 10 can pass; where twice as much can, nothing is said."""
    place = tmp_path / "one"
    place.mkdir()
    (place / "demand.csv").write_text("product,origin,market,quantity\nw,A,B,10\n")
    for capacity, ends in ((15, True), (25, False)):
        (place / "legs.csv").write_text(f"from,to,cost,capacity\nA,B,1,{capacity}\n")
        run("solve", place, "-o", tmp_path / str(capacity), "--quiet")
        done = run("prices", tmp_path / str(capacity), "--demand", "1")
        said = " ".join(done.stdout.split())
        assert ("The curve ends before 20, twice the demand" in said) == ends
        assert "begins above 0" not in said
