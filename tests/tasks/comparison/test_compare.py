"""Results set side by side by the real command."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import cli
from tests.folders import write_instance

if TYPE_CHECKING:
    from click.testing import Result


def run(*words: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli.keruen, [str(word) for word in words])


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of results: the tiny instance as it is, and changed."""
    folder = tmp_path_factory.mktemp("compared")
    changes: dict[str, dict[str, str]] = {
        "base": {},
        "dear": {"B,sea,southern,,20,": "B,sea,southern,,25,"},
        "free": {"max_share = 0.6": "max_share = 0.9"},
        "kt": {'name = "Tiny"': 'name = "Tiny"\nunits = { quantity = "kt" }'},
        "euro": {'name = "Tiny"': 'name = "Tiny"\nunits = { money = "EUR" }'},
        "later": {'periods = ["2026"]': 'periods = ["2030"]'},
        "other": {"grain": "rice", "steel": "iron"},
        "short": {
            "grain,A,B,100": "grain,A,B,1000",
            "sea,southern,,20": "sea,southern,20,20",
        },
        "ruleless": {
            "grain,A,B,100": "grain,A,B,1000",
            "sea,southern,,20": "sea,southern,20,20",
            "max_share = 0.6": "max_share = 1.0",
        },
        "stuck": {"max_share = 0.6": 'min_share = { northern = 0.9 }\nof = "demand"'},
    }
    for name, change in changes.items():
        path = write_instance(folder / f"{name}-instance", change)
        run("solve", path, "-o", folder / name, "--sensitivity", "none")
    return folder


def test_a_bridge_stands_on_the_screen(results: Path) -> None:
    """Forty tonnes by the south at 5 more."""
    done = run("compare", results / "base", results / "dear")
    assert done.exit_code == 0
    assert re.search(r"^price: .* rates +\+200$", done.stdout, re.MULTILINE)
    assert "Share by corridor" in done.stdout


def test_what_is_unmet_stands_on_the_screen(results: Path) -> None:
    """Firm demand without a price is in no part of the bridge: the screen says so."""
    words = "compare", results / "base", results / "short"
    text = " ".join(run(*words).stdout.split())
    document = json.loads(run(*words, "--json").stdout)
    unmet = document["results"][1]["firm_unmet"]
    assert unmet == document["results"][1]["unmet"] > 0
    assert f"unmet 0 {unmet:,.4g}" in text
    assert f"[2]: {unmet:,.4g} t of unmet firm demand has no price" in text
    assert "[1]: 0 t" not in text
    whole = " ".join(run("compare", results / "base", results / "free").stdout.split())
    assert "unmet 0 0" in whole
    assert "firm" not in whole


def test_unmet_demand_of_other_cargo_is_not_told_of_a_part(results: Path) -> None:
    """All steel is served, whatever grain stays unmet."""
    words = "compare", results / "base", results / "short", "--where", "product=steel"
    assert "firm" not in run(*words).stdout
    selected = json.loads(run(*words, "--json").stdout)["results"][1]["selected"]
    assert selected["firm_unmet"] == selected["unmet"] == 0


def test_rules_that_change_how_much_is_served_are_told(results: Path) -> None:
    """Without the rule more is served, for more money: the rule cost nothing."""
    folders = results / "short", results / "ruleless"
    text = " ".join(run("compare", *folders).stdout.split())
    (found,) = json.loads(run("compare", *folders, "--json").stdout)["comparisons"]
    assert found["bridge"]["rules"] > 0
    own, under = 1000 - 70 - 20, found["bridge"]["unmet_under_first"]
    assert under > own
    assert f"its own rules leave {own} t unmet, the first's {under:,.4g}" in text
    same = run("compare", results / "base", results / "free").stdout
    assert "its own rules" not in same


def test_more_than_two_stand_side_by_side(results: Path) -> None:
    """Each is compared with the first."""
    names = [results / name for name in ("base", "dear", "free")]
    document = json.loads(run("compare", *names, "--json").stdout)
    assert len(document["results"]) == 3
    first, second = (found["bridge"] for found in document["comparisons"])
    assert first["first"] == second["first"]
    assert first["price"] == 200.0
    assert second["rules"] == second["difference"] < 0
    assert [len(row["share"]) for row in document["shares"]] == [3] * len(
        document["shares"]
    )


def test_a_comparison_is_written_and_replaced(results: Path, tmp_path: Path) -> None:
    """Its tables hold what the document does; nothing else is replaced."""
    words = "compare", results / "base", results / "dear", "-o"
    for _ in range(2):
        assert run(*words, tmp_path / "out").exit_code == 0
    bridge = (tmp_path / "out" / "bridge.csv").read_text()
    assert ",price,200\n" in bridge
    assert run(*words, results / "base").exit_code == 73


@pytest.mark.parametrize("name", ["kt", "euro"])
def test_other_units_are_refused(results: Path, name: str) -> None:
    """Quantities and money of two results must be the same."""
    done = run("compare", results / "base", results / name)
    assert done.exit_code == 65
    assert "the first result in" in done.stderr


def test_results_without_any_demand_in_common_are_refused(results: Path) -> None:
    """Their difference would be one of volume alone, and says nothing."""
    done = run("compare", results / "base", results / "other")
    assert done.exit_code == 65
    assert "no demand in common with the first result" in done.stderr
    assert "compare results of one instance" in done.stderr


def test_results_of_other_periods_are_refused(results: Path) -> None:
    """The same cargo in another year is no demand in common, near it neither."""
    done = run("compare", results / "base", results / "later")
    assert done.exit_code == 65
    assert "the first result: its periods are `2030`, not `2026`" in done.stderr
    done = run("solve", results / "later-instance", "--near", results / "base")
    assert done.exit_code == 65
    assert "its periods are `2026`, not `2030`" in done.stderr


def test_what_is_no_result_is_refused(results: Path, tmp_path: Path) -> None:
    """One result, no plan, no result, a spoiled one: each has its exit code."""
    base = results / "base"
    assert run("compare", base).exit_code == 2
    assert run("compare", base, tmp_path).exit_code == 66
    spoiled = tmp_path / "spoiled"
    spoiled.mkdir()
    for file in base.iterdir():
        (spoiled / file.name).write_bytes(file.read_bytes())
    text = (base / "demand.csv").read_text()
    (spoiled / "demand.csv").write_text(text.replace("grain", "wheat"))
    done = run("compare", base, spoiled)
    assert done.exit_code == 70
    assert "does not verify" in done.stderr


def test_a_result_without_a_plan_is_refused(results: Path) -> None:
    """There is nothing to compare."""
    done = run("compare", results / "base", results / "stuck")
    assert done.exit_code == 65
    assert "holds no plan" in done.stderr


def test_what_had_to_move_stands_beside_the_bridge(results: Path) -> None:
    """The rule allows 90 %: ten of the south find room in the north, no more."""
    words = "compare", results / "base", results / "free"
    done = run(*words)
    assert "Had to move, [1] to [2]: 10 of 130 t" in done.stdout
    moves = json.loads(run(*words, "--json").stdout)["comparisons"][0]["moves"]
    assert moves["movement"] == moves["bound"] == 10.0
    assert moves["corridors"] == [
        {"from": "southern", "to": "northern", "quantity": 10.0}
    ]
    assert moves["values"] == [
        {"by": "corridor", "value": "southern", "left": 10.0, "came": 0.0},
        {"by": "corridor", "value": "northern", "left": 0.0, "came": 10.0},
    ]


def test_cargo_left_unmet_is_told_by_corridor(results: Path) -> None:
    """The south carries 20 of its 50 and more is unmet: what it lost stands there."""
    words = "compare", results / "base", results / "short"
    moves = json.loads(run(*words, "--json").stdout)["comparisons"][0]["moves"]
    lost = {row["corridor"]: row["quantity"] for row in moves["left_unmet"]}
    assert sum(lost.values()) == moves["unmet"] > 0
    text = run(*words).stdout
    assert all(f"{name} -> unmet {size:,g} t" in text for name, size in lost.items())
    between = sum(row["quantity"] for row in moves["corridors"])
    assert moves["within_corridors"] + between == moves["rerouted"]


def test_limits_closed_in_both_do_not_change(tmp_path: Path) -> None:
    """Two closed legs in series share one price in many ways."""
    for name, cost in (("one", 10), ("two", 12)):
        place = tmp_path / f"{name}-instance"
        place.mkdir()
        legs = f"from,to,cost,capacity\nA,X,1,0\nX,B,1,0\nA,B,{cost},\n"
        (place / "legs.csv").write_text(legs)
        (place / "demand.csv").write_text("product,origin,market,quantity\nw,A,B,5\n")
        done = run("solve", place, "-o", tmp_path / name)
        assert done.exit_code == 0, done.output
    words = "compare", tmp_path / "one", tmp_path / "two", "--json"
    (found,) = json.loads(run(*words).stdout)["comparisons"]
    assert found["limits"] == []


def test_ties_move_nothing(results: Path) -> None:
    """Compared with itself a result differs in nothing."""
    words = "compare", results / "base", results / "base", "--json"
    (found,) = json.loads(run(*words).stdout)["comparisons"]
    assert found["limits"] == []
    assert found["moves"]["movement"] == 0.0
    assert found["moves"]["values"] == found["moves"]["demands"] == []
    parts = ("difference", "price", "volume", "unmet", "rules", "route")
    assert [found["bridge"][part] for part in parts] == [0.0] * 6


def bridge_of(*words: str | Path) -> dict[str, float]:
    """Return the parts of the bridge of a comparison of two."""
    (found,) = json.loads(run("compare", *words, "--json").stdout)["comparisons"]
    names = ("difference", "price", "volume", "unmet", "rules", "route")
    return {name: found["bridge"][name] for name in names}


@pytest.mark.parametrize("other", ["dear", "free"])
def test_bridges_of_parts_of_the_cargo_sum_to_that_of_all(
    results: Path, other: str
) -> None:
    """Grain and steel are all there is, and no rule has a penalty."""
    folders = results / "base", results / other
    whole = bridge_of(*folders)
    parts = [
        bridge_of(*folders, "--where", f"product={name}") for name in ("grain", "steel")
    ]
    for name, money in whole.items():
        assert sum(part[name] for part in parts) == pytest.approx(money, abs=1e-6)


def test_shares_and_moves_are_of_the_selected_cargo(results: Path) -> None:
    """Steel is by no corridor, and stays."""
    words = "compare", results / "base", results / "free", "--where", "product=steel"
    document = json.loads(run(*words, "--json").stdout)
    assert document["selected"] == {"product": ["steel"]}
    shares = {row["value"]: row["share"] for row in document["shares"]}
    assert shares["none"] == [1.0, 1.0]
    moves = document["comparisons"][0]["moves"]
    assert moves["comparable"] == 30.0
    assert moves["movement"] == 0.0
    assert moves["bound"] is None
    assert "Cargo    product steel" in run(*words).stdout


def test_legs_stand_with_their_ends(results: Path) -> None:
    """A name such as `north` does not say where it runs."""
    text = run("compare", results / "base", results / "free").stdout
    assert "leg north A > B" in text


def test_an_unknown_name_is_told_with_the_nearest(results: Path) -> None:
    """In no instance; and a key that is none."""
    words = "compare", results / "base", results / "free", "--where"
    done = run(*words, "product=grian")
    assert done.exit_code == 2
    assert "did you mean `grain`" in done.stderr
    assert run(*words, "produkt=grain").exit_code == 2
