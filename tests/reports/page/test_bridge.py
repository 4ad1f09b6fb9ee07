"""The bridge on a page: where its axis begins, and what stands beside it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import cli
from solver.reports.page.pictures.bridge import LEFT, RIGHT, bridge_picture, moves_table
from solver.studies.cost_bridge import PARTS
from tests.folders import write_instance

if TYPE_CHECKING:
    from pathlib import Path


def bridge(first: float, **parts: float) -> dict[str, Any]:
    """Return a bridge of some parts; all others are 0."""
    known = {name: parts.get(name, 0.0) for name in PARTS}
    second = first + sum(known.values())
    return {"first": first, "second": second, **known}


def test_the_axis_begins_at_zero_where_a_part_is_large() -> None:
    """From 100 over 160 to 130: bars are in proportion to their length from zero."""
    found = bridge(100.0, price=60.0, route=-30.0)
    picture = bridge_picture(found, ("one", "two"), "USD")
    assert (picture.start, picture.end, picture.note) == ("0", "160 USD", "")
    whole = picture.bars[0]
    assert whole.x == LEFT
    assert whole.width == pytest.approx((RIGHT - LEFT) * 100 / 160, abs=0.1)
    price, route = picture.bars[1], picture.bars[5]
    assert price.x == pytest.approx(whole.x + whole.width, abs=0.1)
    assert route.x + route.width == pytest.approx(RIGHT, abs=0.2)
    assert (price.kind, price.text) == ("more", "+60")
    assert (route.kind, route.text) == ("less", "-30")


def test_an_axis_that_begins_later_says_so() -> None:
    """From 1,000 to 1,010 nothing could be seen from zero."""
    picture = bridge_picture(bridge(1000.0, rules=10.0), ("one", "two"), "USD")
    assert picture.note == "The axis begins at 990 USD, not at zero."
    assert picture.start == "990"
    rules = picture.bars[4]
    assert rules.width == pytest.approx((RIGHT - LEFT) / 2, abs=0.1)


@pytest.mark.parametrize(
    "found",
    [
        bridge(0.0),
        bridge(7.0),
        bridge(-5.0, price=3.0),
        bridge(5.0, volume=-9.0),
        bridge(1e-9, unmet=1e12),
    ],
)
def test_every_bar_stays_on_the_picture(found: dict[str, Any]) -> None:
    """Costs of nothing, below nothing and of any size included."""
    for bar in bridge_picture(found, ("one", "two"), "USD").bars:
        assert LEFT <= bar.x <= bar.x + bar.width <= RIGHT + 1.0


def test_a_part_that_is_nothing_has_the_colour_of_neither() -> None:
    """Nor has one that is not known."""
    found = {**bridge(10.0, route=5.0, price=1e-12), "rules": None}
    kinds = [bar.kind for bar in bridge_picture(found, ("one", "two"), "USD").bars]
    assert kinds == ["whole", "same", "same", "same", "same", "more", "whole"]


def test_what_a_bridge_leaves_out_stands_below_it() -> None:
    """Beside where its axis begins."""
    beside = ("", "two: 5 t of unmet firm demand has no price.")
    picture = bridge_picture(bridge(1000.0, rules=10.0), ("one", "two"), "USD", beside)
    assert picture.note == f"The axis begins at 990 USD, not at zero. {beside[1]}"


def test_ports_that_cargo_moved_to_have_their_names() -> None:
    """As on the map; corridors and countries stand as they are."""
    values = [
        {"by": by, "value": "GE", "left": 1.0, "came": 0.0}
        for by in ("country", "port")
    ]
    moves = {"values": values, "movement": 1.0, "comparable": 2.0}
    table = moves_table(moves, ("two", {"port": {"GE": "Port of Georgia"}}), "t", 9)
    assert [row.cells[1] for row in table.rows] == ["GE", "Port of Georgia"]


def test_what_is_not_known_is_a_dash() -> None:
    """Rules of the first that do not fit the second, say."""
    found = {**bridge(10.0, route=5.0), "rules": None}
    assert bridge_picture(found, ("one", "two"), "USD").bars[4].text == "-"


def test_a_page_of_two_results_has_a_bridge_and_what_had_to_move(
    tmp_path: Path,
) -> None:
    """One alone has none."""
    run = CliRunner().invoke
    for name, share in (("base", "0.6"), ("free", "0.9")):
        path = write_instance(tmp_path / name, {"= 0.6": f"= {share}"})
        words = ["solve", str(path), "-o", str(tmp_path / f"{name}-result")]
        assert run(cli.keruen, [*words, "--sensitivity", "none"]).exit_code == 0
    folders = [str(tmp_path / f"{name}-result") for name in ("base", "free")]
    for some in (folders[:1], folders):
        page = tmp_path / "page.html"
        assert run(cli.keruen, ["report", *some, "-o", str(page)]).exit_code == 0
        text = page.read_text()
        assert ("What the difference comes from" in text) is (len(some) > 1)
    assert "<td>price: the first plan at the second&#39;s rates" in text
    assert "Cargo that had to move, to free-result: 10 of 130 t" in text


def test_a_page_says_where_rules_change_how_much_is_served(tmp_path: Path) -> None:
    """90 of 1,000 t find room; under the rule 50, since 20 are all of the south."""
    run = CliRunner().invoke
    short = {"grain,A,B,100": "grain,A,B,1000", "southern,,20": "southern,20,20"}
    for name, share in (("ruled", "0.6"), ("ruleless", "1.0")):
        path = write_instance(tmp_path / name, {**short, "= 0.6": f"= {share}"})
        words = ["solve", str(path), "-o", str(tmp_path / f"{name}-result")]
        assert run(cli.keruen, [*words, "--sensitivity", "none"]).exit_code == 10
    folders = [str(tmp_path / f"{name}-result") for name in ("ruled", "ruleless")]
    page = tmp_path / "page.html"
    assert run(cli.keruen, ["report", *folders, "-o", str(page)]).exit_code == 0
    text = html.unescape(page.read_text())
    assert (
        "ruleless-result: its own rules leave 910 t unmet, the first's 950: the part "
        "`rules` is of plans that serve different quantities."
    ) in text
