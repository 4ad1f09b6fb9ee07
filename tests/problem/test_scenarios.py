from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.errors import DataError, InputError, UsageError
from solver.loaders.instance_files import load
from solver.loaders.json.document import canonical
from solver.problem.scenarios import Change, Scenario, apply, ordered_names
from tests.loaders.folders import faults_of, only_fault, read, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from solver.problem.instance import Instance

LEGS = (
    "leg,from,to,country,corridor,capacity [kt],cost,days\n"
    "L1,A,B,KZ|RU,north,1,10,2\n"
    "L2,B,C,,,0,5,\n"
    "L3,A,C,IR,south,,20,1\n"
)


def change(text: str, name: str = "x") -> str:
    """Return a scenario of one change."""
    return f"[{name}]\n[[{name}.change]]\n{text}\n"


def changed(folder: Path, text: str) -> Instance:
    """Return the instance of a folder after a scenario of one change."""
    return read(folder, ["x"], legs=LEGS, scenarios_toml=change(text))


def test_set_gives_rows_new_values(tmp_path: Path) -> None:
    """`set` replaces cells, in the units of the instance; a blank empties them."""
    text = "table = 'legs'\nwhere = { leg = ['L1', 'L2'] }\n"
    instance = changed(tmp_path, text + "set = { capacity = 7_000, corridor = '' }")
    assert list(instance.legs["capacity"][:2]) == [7000.0, 7000.0]
    assert list(instance.legs["corridor"]) == ["", "", "south"]
    instance = changed(tmp_path, text + "set = { capacity = '' }")
    assert np.isnan(instance.legs["capacity"]).all()
    assert instance.scenarios == ("x",)


def test_scale_and_add_give_decimals(tmp_path: Path) -> None:
    """Numbers are scaled, then added to, and stay the decimals they should be."""
    text = "table = 'legs'\nscale = { cost = 1.1 }\nadd = { days = 0.1, cost = 0.2 }"
    instance = changed(tmp_path, text)
    assert list(instance.legs["cost"]) == [11.2, 5.7, 22.2]
    assert list(instance.legs["days"]) == [2.1, 0.1, 1.1]


def test_where_finds_a_name_among_several(tmp_path: Path) -> None:
    """A cell of several names holds each of them."""
    text = "table = 'legs'\nwhere = { country = 'RU' }\nset = { cost = 99 }"
    assert list(changed(tmp_path, text).legs["cost"]) == [99.0, 5.0, 20.0]


def test_where_joins_columns_and_knows_numbers_and_blanks(tmp_path: Path) -> None:
    """Every column named must match; numbers and blanks can be named as well."""
    text = "table = 'legs'\nwhere = { from = 'A', days = [1, 2], capacity = '' }\n"
    instance = changed(tmp_path, text + "set = { cost = 99 }")
    assert list(instance.legs["cost"]) == [10.0, 5.0, 99.0]


def test_append_adds_rows_of_a_file(tmp_path: Path) -> None:
    """Appended rows have the table's own form, units included, and are completed."""
    toml = change("table = 'demand'\nappend = 'more.csv'") + (
        "[[x.change]]\ntable = 'legs'\nappend = 'legs_2030.csv'\n"
    )
    more = "product,origin,market,quantity [kt]\nore,A,D,0.3\n"
    instance = read(
        tmp_path,
        ["x"],
        scenarios_toml=toml,
        more=more,
        legs_2030="from,to,cost\nC,D,1\n",
    )
    assert list(instance.demand["quantity"]) == [100.0, 300.0]
    assert instance.demand.place(1) == ("more.csv", 2)
    assert list(instance.nodes["node"]) == ["A", "B", "C", "D"]
    assert list(instance.legs["leg"])[-1] == "C>D"
    assert list(instance.products["product"]) == ["grain", "ore"]
    assert instance.demand["unmet_cost"][1] == np.inf


def test_a_change_to_derived_nodes_lasts(tmp_path: Path) -> None:
    """Nodes that no table lists can be changed, even as legs bring new ones."""
    toml = change("table = 'nodes'\nwhere = { node = 'B' }\nset = { cost = 4 }") + (
        "[[x.change]]\ntable = 'legs'\nappend = 'legs_2030.csv'\n"
    )
    files = {"scenarios_toml": toml, "legs_2030": "from,to,cost\nC,D,1\n"}
    instance = read(tmp_path, ["x"], **files)
    assert list(instance.nodes["node"]) == ["A", "B", "C", "D"]
    assert list(instance.nodes["cost"]) == [0.0, 4.0, 0.0, 0.0]


def test_rules_are_added(tmp_path: Path) -> None:
    """A scenario may bring rules of its own, named after it."""
    toml = "[x]\n[[x.diversification]]\nby = 'mode'\nmax_share = 0.5\n"
    folder = write_folder(tmp_path, scenarios_toml=toml)
    assert load(folder).instance.diversification == ()
    (rule,) = load(folder, ["x"]).instance.diversification
    assert (rule.name, rule.max_share) == ("x: rule 1", 0.5)


def test_rules_of_every_kind_are_added(tmp_path: Path) -> None:
    """A scenario's rule may bound what an instance's may."""
    toml = """
[x]
[[x.diversification]]
by = "corridor"
max_hhi = 5200
max_top = { k = 1, share = 0.6 }
max_change = { share = 0.1, reference = [
  { period = "all year", value = "north", quantity = 60 },
] }
penalty = 3
"""
    (rule,) = read(tmp_path, ["x"], scenarios_toml=toml).diversification
    assert (rule.max_hhi, rule.penalty) == (5200.0, 3.0)
    assert rule.max_top is not None
    assert rule.max_change is not None
    assert rule.max_change.reference is not None


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("max_top = { kk = 1, share = 1 }", "max_top.kk", "unknown key `kk`"),
        ("max_hhi = 'low'", "max_hhi", "`low` does not fit"),
        ("max_sahre = 0.5", "max_sahre", "unknown key `max_sahre`"),
    ],
)
def test_a_slip_in_a_scenarios_rule(
    tmp_path: Path, text: str, place: str, message: str
) -> None:
    """It is found where it stands, whether the scenario is asked for or not."""
    toml = f"[x]\n[[x.diversification]]\nby = 'corridor'\n{text}\n"
    faults = faults_of(tmp_path, scenarios_toml=toml)
    (fault,) = [f for f in faults if f.column == f"x.diversification.1.{place}"]
    assert fault.file == "scenarios.toml"
    assert fault.message.startswith(message)


def test_a_scenarios_rule_that_cannot_hold(tmp_path: Path) -> None:
    """It is a fault of its own file, at its own number, and only when asked for."""
    toml = (
        "[y]\n[[y.diversification]]\nby = 'mode'\nmax_share = 0.9\n"
        "[x]\nincludes = ['y']\n[[x.diversification]]\nby = 'mode'\nmax_share = 1\n"
        "[[x.diversification]]\nname = 'even'\nby = 'corridor'\nmax_hhi = 0.4\n"
    )
    manifest = "[[diversification]]\nby = 'mode'\nmax_share = 0.95\n"
    files = {"instance_toml": manifest, "scenarios_toml": toml}
    assert len(read(tmp_path, ["y"], **files).diversification) == 2
    fault = only_fault(tmp_path, ["x"], **files)
    assert (fault.file, fault.column) == (
        "scenarios.toml",
        "x.diversification.2.max_hhi",
    )
    assert fault.message == (
        "with scenarios `y`, `x`: rule `even`: an HHI of 0.4 can never hold: "
        "only 2 corridors can carry this cargo, `north`, `south`"
    )


def test_scenarios_apply_in_order_and_once(tmp_path: Path) -> None:
    """What a scenario includes comes before it, and nothing is applied twice."""
    toml = (
        "[a]\n[[a.change]]\ntable = 'legs'\nscale = { cost = 2 }\n"
        "[b]\nincludes = ['a']\n[[b.change]]\ntable = 'legs'\nadd = { cost = 1 }\n"
        "[c]\nincludes = ['a', 'b']\n"
    )
    folder = write_folder(tmp_path, legs=LEGS, scenarios_toml=toml)
    instance = load(folder, ["c", "a"]).instance
    assert instance.scenarios == ("a", "b", "c")
    assert list(instance.legs["cost"]) == [21.0, 11.0, 41.0]
    assert load(folder, ["b", "a"]).instance.scenarios == ("a", "b")


def test_apply_leaves_the_instance_as_it_is(tmp_path: Path) -> None:
    """A scenario makes a new instance: the old one keeps every byte."""
    instance = read(tmp_path, legs=LEGS)
    before = canonical(instance)
    edit = Change("legs", factors={"cost": 2.0})
    result = apply(instance, Scenario("x", (edit,)))
    assert list(result.legs["cost"]) == [20.0, 10.0, 40.0]
    assert canonical(instance) == before


def test_an_unknown_scenario_is_a_wrong_call(tmp_path: Path) -> None:
    """Exit 2 and the nearest name, for a scenario that is not there."""
    toml = change("table = 'legs'\nset = { cost = 1 }", "hormuz-closed")
    folder = write_folder(tmp_path, scenarios_toml=toml)
    with pytest.raises(UsageError, match="did you mean `hormuz-closed`") as caught:
        load(folder, ["hormuz_close"])
    assert caught.value.exit_code == 2
    with pytest.raises(UsageError, match="unknown scenario `x`; there are none"):
        ordered_names(["x"], {})


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            "table = 'legs'\nwhere = { leg = ['L1', 'L9'] }\nset = { cost = 1 }",
            "where.leg",
            "no row of legs has the leg `L9`",
        ),
        (
            "table = 'legs'\nwhere = { leg = 'L1', from = 'B' }\nset = { cost = 1 }",
            "where",
            "the change selects no row",
        ),
        (
            "table = 'tariffs'\nset = { factor = 1 }",
            "where",
            "the change selects no row",
        ),
        (
            "table = 'legs'\nscale = { capacity = 2 }",
            "scale.capacity",
            "capacity in legs.csv:4 is blank, so nothing can change it",
        ),
        (
            "table = 'demand'\nadd = { unmet_cost = 2 }",
            "add.unmet_cost",
            "unmet_cost in demand.csv:2 is not a number",
        ),
        (
            "table = 'legs'\nadd = { cost = -6 }",
            "add.cost",
            "cost in legs.csv:3 would become -1",
        ),
        (
            "table = 'legs'\nscale = { cost = 1e14 }",
            "scale.cost",
            "cost in legs.csv:2 would become 1e+15",
        ),
        (
            "table = 'legs'\nset = { leg = 'L9' }",
            "set.leg",
            "leg is what rows are known",
        ),
        ("table = 'legs'\nset = { cots = 1 }", "set.cots", "unknown column `cots`"),
        ("table = 'legs'\nset = { cost = '1' }", "set.cost", "`1` is not a number"),
        ("table = 'legs'\nset = { cost = -1 }", "set.cost", "-1 is negative"),
        ("table = 'legs'\nset = { from = '' }", "set.from", "is empty"),
        ("table = 'legs'\nset = { mode = 3 }", "set.mode", "3 is not text"),
        ("table = 'legs'\nset = { cost = true }", "set.cost", "True is not a number"),
        ("table = 'legs'\nscale = { mode = 2 }", "scale.mode", "mode holds no numbers"),
        (
            "table = 'legs'\nset = { cost = 1 }\nscale = { cost = 2 }",
            "cost",
            "is set and changed at once",
        ),
        ("table = 'legs'", "", "it is not a change, or two at once"),
        (
            "table = 'legs'\nappend = 'legs.csv'\nset = { cost = 1 }",
            "",
            "it is not a change, or two at once",
        ),
        ("table = 'leg'\nset = { cost = 1 }", "table", "`leg` is not known"),
        ("table = 'legs'\nsett = { cost = 1 }", "sett", "unknown key `sett`"),
        (
            "table = 'legs'\nappend = '../legs.csv'",
            "append",
            "`../legs.csv` leaves the folder of the instance",
        ),
        (
            'table = "legs"\nappend = "a\\u0000b"',
            "append",
            "`a\x00b` leaves the folder of the instance",
        ),
        (
            "table = 'legs'\nappend = '/etc/passwd'",
            "append",
            "`/etc/passwd` leaves the folder of the instance",
        ),
    ],
)
def test_a_change_that_cannot_be_made(
    tmp_path: Path, text: str, place: str, message: str
) -> None:
    """Each is a fault of the scenario's file, at the key where it stands."""
    faults = faults_of(tmp_path, ["x"], legs=LEGS, scenarios_toml=change(text))
    expected = f"x.change.1.{place}".rstrip(".")
    found = [fault for fault in faults if fault.column == expected]
    assert found, faults
    assert found[0].file == "scenarios.toml"
    assert found[0].message.startswith(message)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A symbolic link is followed before it is judged."""
    outside, folder = tmp_path / "outside.csv", tmp_path / "instance"
    outside.write_text("from,to,cost\nC,D,1\n")
    folder.mkdir()
    (folder / "more.csv").symlink_to(outside)
    toml = change("table = 'legs'\nappend = 'more.csv'")
    fault = only_fault(folder, ["x"], scenarios_toml=toml)
    assert fault.value == "more.csv"
    assert "leaves the folder" in fault.message


def test_a_file_to_append_that_is_missing(tmp_path: Path) -> None:
    """It is an input that is missing, but only once the scenario is wanted."""
    toml = change("table = 'legs'\nappend = 'more.csv'")
    folder = write_folder(tmp_path, scenarios_toml=toml)
    load(folder)
    with pytest.raises(InputError, match=r"more\.csv cannot be read"):
        load(folder, ["x"])


def test_faults_after_a_scenario_name_it(tmp_path: Path) -> None:
    """What a scenario spoils is found, and said to come from it."""
    toml = change("table = 'demand'\nset = { market = 'Cc' }")
    fault = only_fault(tmp_path, ["x"], scenarios_toml=toml)
    assert (fault.file, fault.row, fault.column) == ("demand.csv", 2, "market")
    assert fault.message.startswith(
        "with scenario `x`: unknown node or node group `Cc`"
    )


@pytest.mark.parametrize(
    ("toml", "place", "message"),
    [
        ("x = 3\n", "x", "3 is not a scenario"),
        ("[x]\nincludes = ['y']\n", "x.includes", "unknown scenario `y`"),
        (
            "[x]\nincludes = ['y']\n[y]\nincludes = ['x']\n",
            "x.includes",
            "the includes go round in a circle: x > y > x",
        ),
        ("[x]\nchanges = []\n", "x.changes", "unknown key `changes`"),
        ("[x]\ndescription = 3\n", "x.description", "3 does not fit"),
        ("[x\n", None, "is not valid TOML"),
    ],
)
def test_a_broken_file_of_scenarios_is_a_fault(
    tmp_path: Path, toml: str, place: str | None, message: str
) -> None:
    """Scenarios are checked even where none is asked for."""
    faults = faults_of(tmp_path, scenarios_toml=toml)
    assert (faults[0].file, faults[0].column) == ("scenarios.toml", place)
    assert faults[0].message.startswith(message)


def test_a_document_may_offer_scenarios(tmp_path: Path) -> None:
    """Under `scenarios` a document has what `scenarios.toml` has."""
    document = {
        "legs": [{"from": "A", "to": "C", "cost": 1}],
        "demand": [{"product": "g", "origin": "A", "market": "C", "quantity": 1}],
        "scenarios": {
            "x": {
                "change": [
                    {"table": "legs", "where": {"leg": "A>C"}, "set": {"cost": 3}},
                    {"table": "demand", "append": "more.csv"},
                ]
            }
        },
    }
    path = tmp_path / "case.json"
    path.write_text(json.dumps(document))
    (tmp_path / "more.csv").write_text("product,origin,market,quantity\nore,A,C,2\n")
    instance = load(path, ["x"]).instance
    assert list(instance.legs["cost"]) == [3.0]
    assert list(instance.demand["product"]) == ["g", "ore"]
    document["scenarios"] = []
    path.write_text(json.dumps(document))
    with pytest.raises(DataError, match="not an object of scenarios"):
        load(path)


def test_an_unknown_scenario_is_answered_with_all_that_are_near(tmp_path: Path) -> None:
    """A part of a name is enough."""
    toml = "".join(
        f"[{name}]\n[[{name}.change]]\ntable = 'legs'\nset = {{ cost = 1 }}\n"
        for name in ("strait-shut", "strait-open", "rail-dear")
    )
    folder = write_folder(tmp_path, scenarios_toml=toml)
    with pytest.raises(UsageError) as caught:
        load(folder, ["strait"])
    assert "`strait-shut`" in str(caught.value)
    assert "`strait-open`" in str(caught.value)
    assert "rail-dear" not in str(caught.value)
    assert str(caught.value).endswith("(`keruen scenarios` lists all)")
