"""``keruen explain``: answers from a result's files alone, and what it refuses."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import cli
from solver.reports.explanation.screen import explanation_screen
from solver.reports.screen.sheet import Style
from solver.solution.form import CERTIFICATE, SUMMARY
from solver.studies.explanation.price_face import Extreme, PriceFace
from tests.folders import ROOT, hashed_again, write_instance

if TYPE_CHECKING:
    from click.testing import Result

MARKUP = "[red]A[/red] \N{CYRILLIC SMALL LETTER A}_long_name_of_a_station_in_the_steppe"


def run(*words: str | Path) -> Result:
    """Run a command in this process, on 80 columns."""
    runner = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80"})
    return runner.invoke(cli.keruen, [str(word) for word in words])


def explained(folder: Path, *words: str) -> dict[str, Any]:
    """Return the document about a result."""
    done = run("explain", folder, *words, "--json")
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def solved(folder: Path, changes: dict[str, str], *words: str) -> Path:
    """Return the result of the tiny instance, with changes."""
    path = write_instance(folder / "tiny", changes)
    run("solve", path, "-o", folder / "out", "--quiet", "--sensitivity", "none", *words)
    return folder / "out"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a result in which 5 t of steel stay unmet: road and sea are full.

    Grain: 60 t by the north at 11.5, 40 t by the south at 21, at most 60 % by one. One
    tonne more goes by both: 0.6 x 11.5 + 0.4 x 25 = 17.1 and so on.
    """
    folder = tmp_path_factory.mktemp("explain")
    return solved(folder, {"sea,A,C,sea,,,": "sea,A,C,sea,,5,"})


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the result of the quickstart."""
    out = tmp_path_factory.mktemp("quickstart") / "out"
    path = ROOT / "instances" / "quickstart"
    assert run("solve", path, "-o", out, "--quiet").exit_code == 0
    return out


# ---- cargo


def test_every_route_is_split_into_what_it_pays(quickstart: Path) -> None:
    """Parts sum to the marginal transport cost; those not taken pay more."""
    (wheat, copper) = explained(quickstart, "--market", "Turkiye")["cargo"]
    assert (wheat["product"], wheat["marginal_transport_cost"]) == ("wheat", 120)
    for row in (wheat, copper):
        for route in row["routes"]:
            charges = [own["charge"] for own in (*route["capacities"], *route["rules"])]
            total = sum(route["parts"].values()) + sum(charges)
            assert total == pytest.approx(route["pays"], abs=1e-6)
            beyond = route["pays"] - row["marginal_transport_cost"]
            assert beyond == pytest.approx(route["beyond"], abs=1e-6)
            assert (route["lacks"] is None) == (route["quantity"] > 0)
    assert [route["corridor"] for route in wheat["routes"]] == [
        "northern",
        "western",
        "southern",
    ]
    assert wheat["routes"][2]["lacks"] == {
        "amount": 30,
        "at_any_cost": True,
        "exact": True,
    }


def test_the_account_is_the_cost(tiny: Path, quickstart: Path) -> None:
    """What all cargo pays, less rents of limits, rules and unmet classes."""
    for folder in (tiny, quickstart):
        account = explained(folder)["account"]
        paid = account["paid"] - account["rents"]
        assert paid == pytest.approx(account["cost"], abs=1e-6)
        every = [
            row["rent"]
            for kind in ("capacity_rents", "rule_rents", "unmet_rents")
            for row in account[kind]
        ]
        assert sum(every) == pytest.approx(account["rents"], abs=1e-6)


def test_a_rule_charges_one_corridor_and_rewards_others(tiny: Path) -> None:
    """Charges on 60 % of the cargo and rewards on the rest sum to nothing."""
    (grain,) = explained(tiny, "--product", "grain")["cargo"]
    charges = {
        route["corridor"]: route["quantity"] * route["rules"][0]["charge"]
        for route in grain["routes"]
        if route["quantity"]
    }
    assert charges["northern"] > 0
    assert charges["northern"] + charges["southern"] == pytest.approx(0)


def test_cargo_is_selected_by_several_words(quickstart: Path) -> None:
    """Names of one option are united, those of several intersect."""
    rows = explained(quickstart, "--where", "group=grain,metals", "--market", "Iran")
    found = {(row["product"], row["market"]) for row in rows["cargo"]}
    assert found == {("wheat", "Iran"), ("copper", "Iran")}
    assert rows["selected"] == {"market": ["Iran"], "group": ["grain", "metals"]}


def test_ties_are_told_and_prices_that_are_not_unique(tmp_path: Path) -> None:
    """A balanced problem: the plants' prices may all be higher, by as much."""
    out = tmp_path / "out"
    path = ROOT / "instances" / "textbook" / "sunray"
    assert run("solve", path, "-o", out, "--quiet").exit_code == 0
    text = run("explain", out, "--market", "Mill 1").stdout
    assert "route 1 carries 5 truckload: Silo 3 > Mill 1" in text
    assert "route 2 needs 10 USD/truckload less: Silo 2 > Mill 1" in text
    assert "one of several: prices may be node Silo 2 2 and more" in text


def test_prices_that_noise_tells_apart_are_one(
    quickstart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an index has a price a plan is proved to a millionth alone."""
    near = Extreme(30.00003, is_proved=True), Extreme(30.00009, is_proved=True)
    monkeypatch.setattr(PriceFace, "limit_prices", lambda *_: near)
    assert "one of several" not in run("explain", quickstart, "--market", "Iran").stdout
    text = run("explain", quickstart, "--market", "Turkiye").stdout
    assert "one of several" not in text


def test_long_names_of_corridors_keep_to_the_screen(tmp_path: Path) -> None:
    """Their columns are cut, and all figures stand."""
    long = "[b]northern[/b] corridor over the steppe and the sea"
    out = solved(tmp_path, {",northern,": f",{long},", ",southern,": f",{long} too,"})
    text = run("explain", out, "--product", "grain").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "[b]northern[/" in text


# ---- shortage


def test_a_shortage_names_the_limits_that_keep_it(tiny: Path) -> None:
    """Both ways to C are full: 30 t are asked for, 25 can pass."""
    document = explained(tiny)
    (row,) = document["shortage"]
    assert (row["unmet"], row["bound"], row["without_route"]) == (5, 5, 0)
    names = {(limit["kind"], limit["limit"]) for limit in row["limits"]}
    assert names == {("leg", "road"), ("leg", "sea")}
    text = run("explain", tiny).stdout
    assert "5 t of firm demand must stay unmet; these 2 limits keep it" in text


def test_cargo_without_a_route_is_told(tmp_path: Path) -> None:
    """No limit keeps it: there is no way."""
    out = solved(tmp_path, {"steel,A,C,30": "steel,A,C,30\ncoal,C,A,7"})
    (row,) = explained(out)["shortage"]
    assert (row["bound"], row["without_route"], row["limits"]) == (7, 7, [])
    assert "7 t of firm demand must stay unmet: no route" in run("explain", out).stdout
    (coal,) = explained(out, "--product", "coal")["cargo"]
    assert coal["marginal_transport_cost"] is None
    assert coal["routes"] == []


# ---- elements


def test_a_full_limit_has_users_and_others_who_would_like_to(quickstart: Path) -> None:
    """Novorossiysk is full of wheat; the rest of it would save its price there."""
    (row,) = explained(quickstart, "--node", "Novorossiysk")["elements"]
    assert row["quantity"] == 350_000
    assert [own["product"] for own in row["users"]] == ["wheat"]
    (limit,) = row["limits"]
    assert (limit["price"], limit["used"]) == (30, 350_000)
    wishes = {own["product"]: own["saves"] for own in row["would_like"]}
    assert wishes == {"wheat": 30, "copper": 25}


def test_a_leg_is_named_by_its_ends_where_no_other_has_them(tiny: Path) -> None:
    """As screens print it; two legs run from A to B, and neither is meant alone."""
    for name in ("sea", "leg sea A > C"):
        (row,) = explained(tiny, "--leg", name)["elements"]
        assert row["name"] == "sea"
    done = run("explain", tiny, "--leg", "A>B")
    assert done.exit_code == 2
    assert "several legs run `A>B`; name one: `north`, `south`" in done.stderr


def test_what_must_open_too_is_named(tmp_path: Path) -> None:
    """Two closed legs on one way: one of them alone saves nothing, both save 39."""
    way = "first,A,D,rail,,0,1,1,0\nlast,D,C,rail,,0,1,1,0\n"
    sea = "sea,A,C,sea,,,40,3,2\n"
    changes = {sea: sea + way, "C,China,0\n": "C,China,0\nD,China,0\n"}
    out = solved(tmp_path, changes)
    rows = explained(out, "--leg", "first", "--leg", "last")["elements"]
    priced = [row for row in rows if row["limits"][0]["price"] == 39]
    assert priced
    for row in priced:
        (other,) = {"first", "last"} - {row["name"]}
        assert row["limits"][0]["price_more"] == 0
        (own,) = row["would_like"]  # once, though there may be several routes
        assert own["saves"] == 39
        assert [limit["limit"] for limit in own["also_full"]] == [other]
        told = run("explain", out, "--leg", row["name"]).stdout
        assert "One more of it alone saves less than these would" in told
        assert f"leg {other} " in told


def test_nothing_is_said_of_others_where_one_more_saves_it_all(
    quickstart: Path,
) -> None:
    """One more at Novorossiysk saves what its cargo would."""
    assert "alone" not in run("explain", quickstart, "--node", "Novorossiysk").stdout


def test_a_leg_without_a_limit_has_users_alone(quickstart: Path) -> None:
    """Nobody waits for what nothing limits."""
    (row,) = explained(quickstart, "--leg", "Kostanay>Aktau")["elements"]
    assert (row["limits"], row["would_like"]) == ([], [])
    assert sum(own["quantity"] for own in row["users"]) == row["quantity"]
    assert (
        "nothing limits it"
        in run("explain", quickstart, "--leg", "Kostanay>Aktau").stdout
    )


def test_a_corridor_names_the_nearest_others(quickstart: Path) -> None:
    """By what they lack, the least first; only cargo that is selected."""
    words = ("--corridor", "northern", "--product", "copper")
    (row,) = explained(quickstart, *words)["corridors"]
    assert (row["quantity"], row["users"]) == (0, [])
    amounts = [own["lacks"]["amount"] for own in row["candidates"]]
    assert amounts == sorted(amounts)
    assert row["candidates"][0]["market"] == "Turkiye"
    assert amounts[0] == 5


def test_a_rule_says_who_pays_for_it(tiny: Path) -> None:
    """Its rows with their prices, and flows by the money."""
    (row,) = explained(tiny, "--rule", "no corridor above 60 %")["rules"]
    assert row["rows"][0]["level"] == 0.6
    charges = {own["corridor"]: own["charge"] for own in row["flows"]}
    assert charges["northern"] > 0 > charges["southern"]


def test_cargo_that_a_corridor_carries_is_not_among_the_nearest(tiny: Path) -> None:
    """Grain uses north and south; in part is no reason to name it twice."""
    for name in ("northern", "southern"):
        (row,) = explained(tiny, "--corridor", name)["corridors"]
        assert [own["product"] for own in row["users"]] == ["grain"]
        assert "grain" not in {own["product"] for own in row["candidates"]}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a result in which 10 t of steel and 7 t of coal stay unmet."""
    sea = "sea,A,C,sea,,,40,3,2\n"
    rail = "rail,A,C,rail,western,0,5,1,0\nlate,D,C,rail,,0,5,1,0\n"
    changes = {
        sea: rail,
        "C,China,0\n": "C,China,0\nD,China,0\n",
        "steel,A,C,30\n": "steel,A,C,30\ncoal,D,C,7\n",
    }
    return solved(tmp_path_factory.mktemp("closed"), changes)


def test_unmet_cargo_that_waits_for_a_closed_leg_is_named(closed: Path) -> None:
    """By what is unmet of it: firm cargo saves nothing by being carried."""
    for leg, product, quantity in (("rail", "steel", 10), ("late", "coal", 7)):
        (row,) = explained(closed, "--leg", leg)["elements"]
        (own,) = row["unmet"]
        assert (own["product"], own["quantity"]) == (product, quantity)
        assert row["would_like"] == []
        assert "Unmet, and would use it" in run("explain", closed, "--leg", leg).stdout


def test_a_route_over_a_closed_leg_is_not_said_to_win(closed: Path) -> None:
    """It does so at no cost; and unmet firm demand has no price."""
    (steel,) = explained(closed, "--product", "steel")["cargo"]
    assert (steel["unmet"], steel["unmet_price"]) == (10, None)
    said = " ".join(run("explain", closed, "--product", "steel").stdout.split())
    assert "western cannot win at any cost (leg rail A > C is closed)" in said
    assert "of which 10 stay unmet; marginal" in said


def test_what_unmet_demand_costs_is_told_where_it_is_given(tmp_path: Path) -> None:
    """Steel is worth 35: road carries 20 t of it, the sea at 41 none."""
    head = "product,origin,market,quantity"
    demand = {
        f"{head}\n": f"{head},unmet_cost\n",
        "steel,A,C,30": "steel,A,C,30,35",
        "grain,A,B,100": "grain,A,B,100,",
    }
    out = solved(tmp_path, demand)
    (steel,) = explained(out, "--product", "steel")["cargo"]
    assert (steel["unmet"], steel["unmet_price"]) == (10, 35)
    told = run("explain", out, "--product", "steel").stdout
    assert "of which 10 stay unmet (unmet cost 35 USD/t)" in told


# ---- what is refused


def test_unknown_names_are_usage_errors_with_the_nearest(quickstart: Path) -> None:
    """All of them at once."""
    words = ("--leg", "Kostanay-Aktau", "--corridor", "north", "--rule", "x")
    done = run("explain", quickstart, *words)
    assert done.exit_code == 2
    assert "--leg: unknown leg `Kostanay-Aktau`; did you mean `Kostanay>Aktau`?" in (
        done.stderr
    )
    assert "did you mean `northern`?" in done.stderr
    assert "--rule: unknown rule `x`; there is none" in done.stderr
    done = run("explain", quickstart, "--product", "wheet")
    assert done.exit_code == 2
    assert "--product: unknown product `wheet`; did you mean `wheat`?" in done.stderr
    done = run("explain", quickstart, "--where", "product=wheet")
    assert "--where product: unknown product `wheet`" in done.stderr


def test_a_name_of_another_kind_is_told_its_option(quickstart: Path) -> None:
    """A node is no capacity of several elements, though it has one."""
    done = run("explain", quickstart, "--capacity", "Aktau")
    assert done.exit_code == 2
    assert "unknown capacity `Aktau`; it is a node: write `--node Aktau`" in done.stderr


@pytest.mark.parametrize("name", ["nowhere", "empty", "instance", "file"])
def test_a_folder_that_is_no_result_is_66(tmp_path: Path, name: str) -> None:
    """Whatever else it may be."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("{}")
    write_instance(tmp_path / "instance")
    done = run("explain", tmp_path / name)
    assert done.exit_code == 66
    assert "Traceback" not in done.output


def test_a_forged_certificate_explains_nothing(tiny: Path, tmp_path: Path) -> None:
    """Its prices prove no plan, though its hash was renewed."""
    folder = shutil.copytree(tiny, tmp_path / "forged")
    certificate = json.loads((folder / CERTIFICATE).read_text())
    stage = certificate["stages"][-1]
    assert stage["objective"] == "cost"
    for price in stage["rules"]:
        price["price"] *= 2
    (folder / CERTIFICATE).write_text(json.dumps(certificate))
    hashed_again(folder)
    done = run("explain", folder)
    assert done.exit_code == 70
    assert "is not a result that verifies" in done.stderr
    assert done.stdout == ""


def test_damage_explains_nothing(tiny: Path, tmp_path: Path) -> None:
    """A summary that is none ends with one message."""
    folder = shutil.copytree(tiny, tmp_path / "damaged")
    (folder / SUMMARY).write_text("[]")
    done = run("explain", folder)
    assert done.exit_code in {66, 70}
    assert "a fault in Keruen" not in done.output


def test_without_a_plan_the_exit_code_is_that_of_the_solve(tmp_path: Path) -> None:
    """Rules that cannot hold together leave nothing to explain."""
    rule = 'max_share = 0.6\n[[diversification]]\nname = "more"\nby = "corridor"\n'
    rule += 'of = "demand"\nmin_share = { northern = 0.9 }\n'
    out = solved(tmp_path, {"max_share = 0.6\n": rule})
    assert json.loads((out / SUMMARY).read_text())["status"] == "infeasible"
    done = run("explain", out)
    assert done.exit_code == 11
    assert "there is no plan to explain: the status is infeasible" in done.stderr


def test_a_plan_that_is_not_proved_says_so(tmp_path: Path) -> None:
    """Nothing is told of what routes lack, and no traceback ends it."""
    out = solved(tmp_path, {}, "--time-limit", "1e-9")
    status = json.loads((out / SUMMARY).read_text())["status"]
    done = run("explain", out, "--product", "grain")
    assert "a fault in Keruen" not in done.output
    if status == "none":
        assert done.exit_code == 13
    else:
        assert done.exit_code == 0
        assert "The plan is not proved" in done.stdout
        (row,) = explained(out, "--product", "grain")["cargo"]
        assert all(route["lacks"] is None for route in row["routes"])


def test_an_instance_that_asks_for_nothing_has_an_account(tmp_path: Path) -> None:
    """Of nothing; a quantity of 0 is no demand."""
    out = solved(tmp_path, {"B,100": "B,0", "C,30": "C,0"})
    document = explained(out)
    assert (document["cargo"], document["account"]["paid"]) == ([], 0)
    assert run("explain", out).exit_code == 0
    assert run("explain", out, "--product", "grain").exit_code == 2


def test_what_is_short_lacks_room_rather_than_a_lower_cost(tmp_path: Path) -> None:
    """Copper that is 10 cheaper would drive out wheat, and as much stays unmet."""
    path = tmp_path / "short"
    shutil.copytree(ROOT / "instances" / "quickstart", path)
    nodes, legs = path / "nodes.csv", path / "legs.csv"
    text = nodes.read_text().replace("RU,350,", "RU,200,")
    nodes.write_text(text.replace("port,KZ,,", "port,KZ,250,"))
    legs.write_text(
        legs.read_text().replace("rail,southern,,,60", "rail,southern,,20,60")
    )
    run("solve", path, "-o", tmp_path / "out", "--quiet", "--sensitivity", "none")
    words = ("--market", "Turkiye", "--product")
    copper, wheat = (
        " ".join(run("explain", tmp_path / "out", *words, own).stdout.split())
        for own in ("copper", "wheat")
    )
    assert "100,000 stay unmet" in copper
    assert "western needs 10 USD/t less" in copper
    told = "It is limits, not costs, that leave firm cargo unmet whole"
    assert told in copper
    assert told not in wheat
    document = explained(tmp_path / "out", *words, "copper")
    document |= {"cargo": 2 * document["cargo"], "num_cargo": 2}
    screen = " ".join(explanation_screen(document, Style(), 3).split())
    assert (screen.count("western needs"), screen.count(told)) == (2, 1)


def test_names_steer_no_terminal_and_screens_keep_to_80_columns(tmp_path: Path) -> None:
    """Whatever stands in them."""
    plain = "A_long_name"
    changes = {"A,Kaz": f"{plain},Kaz", ",A,B": f",{plain},B", ",A,C": f",{plain},C"}
    out = solved(tmp_path, {k: v.replace(plain, MARKUP) for k, v in changes.items()})
    for words in (
        (),
        ("--product", "grain"),
        ("--leg", "road"),
        ("--node", MARKUP),
        ("--corridor", "none"),
        ("--rule", "no corridor above 60 %"),
    ):
        done = run("explain", out, *words)
        assert done.exit_code == 0, done.output
        assert max(map(len, done.stdout.splitlines())) <= 80
    assert "[red]A[/red]" in run("explain", out, "--product", "grain").stdout


def test_the_page_shows_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each text is what the last command before it says."""
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "explain.md").read_text()
    found = re.findall(r"```sh\n(.*?)```\n\n```text\n(.*?)```", page, re.DOTALL)
    assert len(found) == page.count("```sh") == 5
    for commands, text in found:
        printed = [run(*shlex.split(line)[1:]).stdout for line in commands.splitlines()]
        assert printed[-1] == text
