"""The page as bytes: safe, small, the same each time, and true to the tables."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from solver.reports.page.budget import BUDGETS, MOST_BYTES
from solver.reports.page.cargo import cargo_of
from solver.reports.page.page import render
from solver.reports.page.source import labels
from solver.reports.page.tables.about import about
from solver.reports.page.tables.flows import legs_table, markets_table, routes_table
from solver.reports.page.tables.headline import headline
from solver.reports.page.tables.unmet import (
    unmet_lead,
    unmet_reasons,
    unmet_table,
    without_price,
)
from solver.reports.page.text import TextScale, concentration, cut, rate, shown
from tests.reports.page.solved import (
    HOSTILE,
    PLACES,
    hostile_folder,
    run,
    solve,
    source,
    write_folder,
)

if TYPE_CHECKING:
    from pathlib import Path

    from solver.reports.page.source import PageSource


class Tags(HTMLParser):
    """Counts elements, and gathers what stands in scripts and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, int] = {}
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.names[tag] = self.names.get(tag, 0) + 1
        self.attributes += [name for name, _ in attrs]


def tags(page: bytes) -> Tags:
    """Return the elements of a page."""
    found = Tags()
    found.feed(page.decode())
    return found


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> PageSource:
    """Return a result on a map of four nodes."""
    folder = tmp_path_factory.mktemp("places")
    return source(solve(write_folder(folder / "in"), folder / "out"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> PageSource:
    """Return a result full of names that would do harm."""
    folder = tmp_path_factory.mktemp("hostile")
    return source(solve(hostile_folder(folder / "in"), folder / "out"))


def test_hostile_names_add_no_element(hostile: PageSource) -> None:
    """Not one script, image or handler more than on any page; braces stay braces."""
    page = render([hostile])
    found = tags(page)
    assert found.names["script"] == 2
    assert not {"img", "b-", "iframe", "link", "i-"} & set(found.names)
    assert not [name for name in found.attributes if name.startswith("on")]
    assert "{{7*7}}" in page.decode()
    assert "\u202e" not in page.decode()


def test_names_are_shown_without_what_steers_text() -> None:
    """Marks that reverse a line become a replacement character; letters stay."""
    assert shown("a\u202eb") == "a\ufffdb"
    assert shown("two\nlines") == "two lines"
    assert shown("Қазақстан") == "Қазақстан"
    assert len(cut(HOSTILE[6])) <= 32


def test_the_policy_admits_the_one_script_by_its_hash(places: PageSource) -> None:
    """Nothing may be loaded, and no other script may run."""
    import base64
    import hashlib

    page = render([places]).decode()
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(script) == 1
    assert len(script[0].encode()) < 10_000
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    )
    assert policy.replace("'", "&#39;") in page or policy in page
    assert not re.findall(r'(?:src|href)="(?!#)', page)


def test_equal_results_give_equal_bytes(places: PageSource) -> None:
    """No time, no order of a set, no random name stands on the page."""
    assert render([places]) == render([places])


def test_widths_are_proportional_to_quantities(places: PageSource) -> None:
    """60 t over the border and 40 t over the sea."""
    page = render([places]).decode()
    found = re.findall(r"<title>([^<]*): ([\d.]+) t.*?stroke-width=\"([\d.]+)\"", page)
    ratios = [float(width) / float(quantity) for _, quantity, width in found]
    assert len(ratios) == 4
    assert max(ratios) == pytest.approx(min(ratios), rel=1e-3)


def test_every_leg_and_group_is_counted(places: PageSource) -> None:
    """Strands sum to what each leg carries, by group and corridor."""
    cargo = cargo_of(places)
    assert cargo is not None
    legs, corridors, table = cargo.by_strand()
    names = [places.instance.legs["leg"][leg] for leg in legs]
    told = {
        (name, cargo.corridors[c]): row.sum()
        for name, c, row in zip(names, corridors, table, strict=True)
    }
    assert told == {
        ("a-b", "northern"): 60,
        ("b-m", "northern"): 60,
        ("a-p", "western"): 40,
        ("p-m", "western"): 40,
    }
    assert table.sum(axis=0).sum() == 200
    assert cargo.through(4).tolist() == [100, 60, 40, 100]


def test_full_nodes_are_marked_by_shape(places: PageSource) -> None:
    """The border has a limit of 60 t and a price: a triangle."""
    page = render([places]).decode()
    assert "Beta: full and priced" in page


def test_without_coordinates_the_page_says_why_there_is_no_map(tmp_path: Path) -> None:
    """The table of legs is there all the same."""
    nodes = "node,kind\nA,origin\nB,border\nP,port\nM,market\n"
    folder = write_folder(tmp_path / "in", {**PLACES, "nodes.csv": nodes})
    page = render([source(solve(folder, tmp_path / "out"))]).decode()
    assert "There is no map" in page
    assert 'class="map"' not in page
    assert "What each leg carries" in page


def test_borders_can_be_left_out(places: PageSource) -> None:
    """`--borders none` draws coasts alone."""
    assert b'class="borders"' in render([places])
    without = render([places], with_borders=False)
    assert b'class="borders"' not in without
    assert b'class="land"' in without


def test_several_results_stand_side_by_side(places: PageSource) -> None:
    """One set of outlines, one comparison, a part for each."""
    page = render([places, replace(places, folder="again")]).decode()
    assert page.count('class="part"') == 2
    assert "Side by side" in page
    assert page.count('id="ml"') == 1


def test_results_are_called_as_their_folders(places: PageSource) -> None:
    """No two labels are equal."""
    names = labels([places, replace(places, folder="again"), places])
    assert names == ["out", "again", "out (2)"]


def test_a_page_that_grows_too_large_is_cut(
    places: PageSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables keep their largest rows, and the page counts what is left out."""
    small = (replace(BUDGETS[0], rows=9), replace(BUDGETS[0], rows=1))
    monkeypatch.setattr("solver.reports.page.budget._FEWEST", 1)
    monkeypatch.setattr("solver.reports.page.page.BUDGETS", small)
    full = render([places])
    monkeypatch.setattr("solver.reports.page.page.MOST_BYTES", len(full) - 1)
    page = render([places]).decode()
    assert "more rows are left out" in page
    assert MOST_BYTES == 3_000_000


@pytest.mark.parametrize(
    ("largest", "unit", "told"),
    [
        (78e6, "t", "41.8 Mt"),
        (5e4, "t", "41,830.0 kt"),
        (3.0, "FFE", "41,830,000.0 FFE"),
    ],
)
def test_quantities_read_well(largest: float, unit: str, told: str) -> None:
    """Tonnes become kilotonnes and megatonnes; other units keep their name."""
    assert TextScale.of(largest, unit).text(41_830_000) == told


def test_a_joint_limit_marks_its_members(tmp_path: Path) -> None:
    """A capacity over port and border that is full marks the border in use."""
    joint = "capacity,nodes,quantity\nboth,B|P,100\n"
    nodes = PLACES["nodes.csv"].replace(",60\n", ",\n")
    tables = {**PLACES, "capacities.csv": joint, "nodes.csv": nodes}
    folder = write_folder(tmp_path / "in", tables)
    page = render([source(solve(folder, tmp_path / "out"))]).decode()
    assert "Beta: full" in page


def test_a_leg_follows_its_own_path(tmp_path: Path) -> None:
    """The sea leg goes by two places of its own; what is no path is a fault."""
    head, *lines, last = PLACES["legs.csv"].splitlines()
    legs = "\n".join([f"{head},path", *(f"{line}," for line in lines), last])
    drawn = {**PLACES, "legs.csv": f"{legs},43 33; 44 22\n"}
    folder = write_folder(tmp_path / "in", drawn)
    own = render([source(solve(folder, tmp_path / "out"))]).decode()
    found = re.search(
        r'data-s="\d+"><title>Porta[^<]*</title><path[^>]* d="([^"]*)"', own
    )
    assert found
    assert found.group(1).count("q") == 2
    wrong = {**PLACES, "legs.csv": f"{legs},36 28; 340 20\n"}
    assert run("check", write_folder(tmp_path / "wrong", wrong)) == 65


def test_where_demand_stays_unmet_the_bound_is_of_plans_that_serve_as_much(
    tmp_path: Path, places: PageSource
) -> None:
    """A plan that serves less may cost less: the sentence on the proof says so."""
    assert "Every plan costs at least" in render([places]).decode()
    legs = PLACES["legs.csv"].replace("western,,25", "western,30,25")
    folder = write_folder(tmp_path / "in", {**PLACES, "legs.csv": legs})
    short = source(solve(folder, tmp_path / "out"))
    page = render([short]).decode()
    assert "Every plan that serves as much firm demand costs at least" in page
    assert without_price(short, "out") == (
        "out: 10 t of unmet firm demand has no price and is not in this bridge."
    )
    assert without_price(places, "base") == ""


def test_changes_by_set_stand_on_the_page(tmp_path: Path) -> None:
    """Under the title, and beside units and scenarios."""
    folder = write_folder(tmp_path / "in")
    change = 'legs[leg="a-p"].cost *= 2'
    changed = source(solve(folder, tmp_path / "out", "--set", change))
    page = html.unescape(render([changed]).decode())
    assert f"Changes: {changed.instance.changes[0]}." in page
    assert "<dt>Changes</dt>" in page
    page = html.unescape(render([changed, replace(changed, folder="two")]).decode())
    assert f"Changes of two: {changed.instance.changes[0]}." in page


def test_the_cost_of_what_is_served_stands_beside_that_of_unmet_demand(
    tmp_path: Path,
) -> None:
    """60 t over the border at 30, steel and 20 t of wheat left for 35 a tonne."""
    legs = "instance.toml", "unmet_cost = 35\n"
    folder = write_folder(tmp_path / "in", {**PLACES, legs[0]: legs[1]})
    cards = headline(source(solve(folder, tmp_path / "out")), TextScale("t", 1.0)).cards
    assert cards[1].figure == "3,200 USD"
    assert cards[1].meaning == (
        "1,800 USD for what is served (30 USD/t), 1,400 USD for unmet demand"
    )


def test_the_card_of_limits_counts_one_set(places: PageSource, tmp_path: Path) -> None:
    """Limits with a price, those of them that are full, and those that are closed."""
    card = headline(places, TextScale("t", 1.0)).cards[-1]
    assert card.figure == "1"
    assert card.meaning == (
        "limit has a shadow price: more room may lower the cost (full)"
    )
    nodes = PLACES["nodes.csv"].replace(",60\n", ",0\n")
    rule = '[[diversification]]\nname = "even"\nby = "corridor"\nmax_share = 1.0\n'
    tables = {**PLACES, "nodes.csv": nodes, "instance.toml": rule}
    folder = write_folder(tmp_path / "in", tables)
    closed = source(solve(folder, tmp_path / "out"))
    told = headline(closed, TextScale("t", 1.0)).cards[-1].meaning
    assert told == (
        "limit has a shadow price: more room may lower the cost (closed); 0 rules bind"
    )


def test_unmet_demand_names_limits_for_people(tmp_path: Path) -> None:
    """The limits that keep it stand in the lead; one reason stands once."""
    legs = PLACES["legs.csv"].replace("western,,25", "western,30,25")
    folder = write_folder(tmp_path / "in", {**PLACES, "legs.csv": legs})
    short = source(solve(folder, tmp_path / "out"))
    lead = unmet_lead(short)
    assert lead.startswith("10 t of firm demand must stay unmet; these 2 limits keep")
    assert "node Beta" in lead
    assert "leg Alpha \u2192 Porta" in lead
    table = unmet_table(short, 9)
    assert table is not None
    heads = [head.text for head in table.heads]
    assert heads == ["product", "from", "to", "unmet, t"]
    (reason,) = unmet_reasons(short, 9)
    assert "limited by " in reason
    assert "node Beta" in reason
    assert "leg Alpha \u2192 Porta" in reason


def test_without_corridors_modes_or_days_there_are_no_columns_of_them(
    tmp_path: Path, places: PageSource
) -> None:
    """Nor is there a plural of one, nor a mark of code."""
    tables = {
        "nodes.csv": "node,kind\nA,origin\nM,market\n",
        "legs.csv": "leg,from,to,cost\na-m,A,M,10\n",
        "demand.csv": "product,origin,market,quantity\nwheat,A,M,80\n",
        "instance.toml": 'description = "See `legs`"\n',
    }
    folder = write_folder(tmp_path / "in", tables)
    plain = source(solve(folder, tmp_path / "out"))
    cargo, known = cargo_of(plain), cargo_of(places)
    assert cargo is not None
    assert known is not None
    legs = [head.text for head in legs_table(plain, cargo, 9).heads]
    assert legs == ["leg", "carried, t", "limit, t"]
    assert "corridor" in [h.text for h in legs_table(places, known, 9).heads]
    flows = [head.text for head in routes_table(plain, cargo, 9).heads]
    assert flows == ["product", "from", "to", "t", "USD/t", "over"]
    markets = markets_table(plain, 9)
    assert "average days" not in [head.text for head in markets.heads]
    assert markets.rows[0].cells[3] == "10.00"
    facts = dict(about(plain, 9).facts)
    assert facts["Instance"] == "See legs"
    assert facts["Size"] == "2 nodes, 1 leg, 1 row of demand, 1 product"


def test_a_corridor_keeps_its_colour_where_others_carry_nothing(
    places: PageSource, tmp_path: Path
) -> None:
    """The western one is the second of the instance, the larger or the only one."""
    closed = PLACES["nodes.csv"].replace(",60\n", ",0\n")
    folder = write_folder(tmp_path / "in", {**PLACES, "nodes.csv": closed})
    other = source(solve(folder, tmp_path / "out"))
    for one in (places, other):
        assert 'class="corridor k1"' in render([one]).decode()


def test_rates_have_two_decimals_and_concentration_three() -> None:
    """Unless two decimals would say nothing of a small rate."""
    assert [rate(v) for v in (8.0, 1234.5, 0.00125, 0.0, None)] == [
        "8.00",
        "1,234.50",
        "0.00125",
        "0",
        "-",
    ]
    assert [concentration(v) for v in (0.5, 1.0, float("nan"))] == [
        "0.500",
        "1.000",
        "-",
    ]


def test_reasons_that_differ_are_numbered(tmp_path: Path) -> None:
    """Steel from C has no route; wheat waits at the border and the port."""
    tables = {
        **PLACES,
        "nodes.csv": f"{PLACES['nodes.csv']}C,Cut off,origin,KZ,50,70,\n",
        "legs.csv": PLACES["legs.csv"].replace("western,,25", "western,30,25"),
        "demand.csv": f"{PLACES['demand.csv']}steel,C,M,5\n",
    }
    folder = write_folder(tmp_path / "in", tables)
    short = source(solve(folder, tmp_path / "out"))
    page = render([short]).decode()
    first, second = unmet_reasons(short, 9)
    table = unmet_table(short, 9)
    assert table is not None
    found = [row.cells[3:] for row in table.rows]
    assert first.startswith("10 t in ")
    assert second.startswith("5 t in 1 row: ")
    assert {cells[-1] for cells in found} == {"1", "2"}
    assert unmet_reasons(short, 1)[1] == "Left out here: 1 more reason."
    assert "for want of a route" in page
    assert "thead{display:table-header-group}" in page
    assert "A dash: not asked, or it cannot be." in page
