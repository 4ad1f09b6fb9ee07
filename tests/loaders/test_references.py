"""Rules on change find what they compare with in earlier results."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import cli
from solver.errors import DataError, InputError
from solver.loaders.instance_files import load_document
from solver.loaders.json.document import canonical
from solver.loaders.references import load
from solver.solution.form import INSTANCE, SUMMARY
from tests.folders import hashed_again

if TYPE_CHECKING:
    from solver.errors import Fault

FROM = "diversification.1.max_change.from"
MANIFEST = """\
name = "Trade"
periods = ["spring", "autumn"]
"""
FILES = {
    "nodes.csv": "node,kind,country,cost\nA,origin,KZ,\nP,port,AZ,1\nC,market,TR,\n",
    "legs.csv": (
        "leg,from,to,mode,corridor,capacity,cost\n"
        "north,A,C,rail,northern,60,10\n"
        "bridge,A,P,rail,western,30,12\n"
        "ferry,P,C,sea,,,5\n"
        "road,A,C,road,,,40\n"
    ),
    "demand.csv": (
        "product,origin,market,quantity,period\n"
        "grain,A,C,80,\n"
        "ore,A,C,0.3,spring\n"
        "ore,A,C,20,autumn\n"
    ),
    "products.csv": "product,group,value\ngrain,food,200\nore,metals,1000.5\n",
}
"""By period: 60 by the north at 10, 30 by the west at 18, the rest by road at 40.

Spring has 80.3 to carry: 60 northern, 20.3 western. Autumn has 100: 60 northern, 30
western, 10 by road.
"""


def write(folder: Path, manifest: str = "", **changes: str) -> Path:
    """Write the instance with more in its manifest, and some tables replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {f"{name}.csv": text for name, text in changes.items()}
    for name, content in {**FILES, **tables}.items():
        (folder / name).write_text(content)
    (folder / "instance.toml").write_text(MANIFEST + manifest)
    return folder


def rule(text: str) -> str:
    """Return a rule of a manifest."""
    return f"[[diversification]]\nname = 'r'\n{text}\n"


def change(rest: str = "by = 'corridor'", source: str = "../earlier") -> str:
    """Return a rule on change against an earlier result."""
    return rule(f"{rest}\nmax_change = {{ share = 0.1, from = '{source}' }}")


def solved(folder: Path, output: Path) -> Path:
    """Solve an instance, and return the folder of the result."""
    words = ["solve", str(folder), "-o", str(output), "--quiet"]
    done = CliRunner().invoke(cli.keruen, words)
    assert done.exit_code in {0, 10, 11}, done.output
    return output


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an earlier result."""
    folder = tmp_path_factory.mktemp("earlier")
    return solved(write(folder / "instance"), folder / "result")


@pytest.fixture
def home(earlier: Path, tmp_path: Path) -> Path:
    """Return a folder with a copy of the earlier result in it."""
    shutil.copytree(earlier, tmp_path / "earlier")
    return tmp_path


def references(path: Path, *scenarios: str) -> list[tuple[Any, ...]]:
    """Return the reference of the last rule: scope, period, value and quantity."""
    instance = load(path, scenarios).instance
    last = instance.diversification[-1].max_change
    assert last is not None
    assert last.reference is not None
    return [
        (*row.scope.values(), row.period, row.value, row.quantity)
        for row in last.reference
    ]


def only_fault(path: Path, *scenarios: str) -> Fault:
    """Return the one fault of an instance."""
    with pytest.raises(DataError) as caught:
        load(path, scenarios)
    (fault,) = caught.value.faults
    return fault


def totals(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the quantities of periods by value, so that ties may fall either way."""
    sums: dict[tuple[str, str], float] = {}
    for *_, period, value, quantity in rows:
        sums[period, value] = round(sums.get((period, value), 0.0) + quantity, 9)
    return [(*key, quantity) for key, quantity in sums.items()]


CARRIED = [
    ("spring", "northern", 60.0),
    ("spring", "western", 20.3),
    ("autumn", "northern", 60.0),
    ("autumn", "western", 30.0),
    ("autumn", "none", 10.0),
]


def test_quantities_of_each_period(home: Path) -> None:
    """Each period is a scope; corridors that carried nothing are left out."""
    assert references(write(home / "now", change())) == CARRIED


def test_quantities_over_all_periods(home: Path) -> None:
    """A rule over all periods compares their sum, free of binary dust."""
    path = write(home / "now", change("by = 'corridor'\nover = 'all'"))
    assert references(path) == [
        ("all", "northern", 120.0),
        ("all", "western", 50.3),
        ("all", "none", 10.0),
    ]


def test_quantities_of_each_scope(home: Path) -> None:
    """Every combination of `for_each` is compared with itself."""
    path = write(home / "now", change("by = 'corridor'\nfor_each = ['group']"))
    rows = references(path)
    assert {row[0] for row in rows} == {"food", "metals"}
    assert totals(rows) == CARRIED
    food = sum(row[-1] for row in rows if row[:2] == ("food", "autumn"))
    assert food == pytest.approx(80.0)


def test_only_the_cargo_of_the_rule(home: Path) -> None:
    """What `where` leaves out is not compared."""
    where = "by = 'corridor'\nwhere = { product = 'ore', period = 'autumn' }"
    rows = references(write(home / "now", change(where)))
    assert {row[0] for row in rows} == {"autumn"}
    assert sum(row[-1] for row in rows) == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("country", [("all", "AZ", 50.3)]),
        ("port", [("all", "P", 50.3)]),
        ("mode", [("all", "rail", 170.3), ("all", "sea", 50.3), ("all", "road", 10.0)]),
    ],
)
def test_values_that_routes_touch(
    home: Path, by: str, expected: list[tuple[Any, ...]]
) -> None:
    """A route counts once for each value it carries, its own ends' countries not."""
    path = write(home / "now", change(f"by = '{by}'\nover = 'all'"))
    assert references(path) == expected


def test_value_weighs_as_it_did_then(home: Path) -> None:
    """The values of the earlier instance count, not those of today."""
    by_value = "by = 'corridor'\nover = 'all'\nweight = 'value'"
    products = "product,group,value\ngrain,food,1\nore,metals,1\n"
    path = write(home / "now", change(by_value), products=products)
    total = 160 * 200 + 20.3 * 1000.5
    assert sum(row[-1] for row in references(path)) == pytest.approx(total, abs=1e-9)


def test_the_earlier_network_counts(home: Path) -> None:
    """What has gone since then, or has another name, still was carried then."""
    legs = (
        FILES["legs.csv"].replace("northern", "boreal").replace("A,C,road", "A,C,air")
    )
    path = write(home / "now", change(), legs=legs)
    assert references(path) == CARRIED
    path = write(home / "now", change("by = 'mode'\nover = 'all'"), legs=legs)
    assert ("all", "road", 10.0) in references(path)


def test_quantities_in_the_unit_of_today(home: Path) -> None:
    """An earlier result in tonnes is compared with kilotonnes of today."""
    demand = FILES["demand.csv"].replace("quantity", "quantity [t]")
    legs = FILES["legs.csv"].replace("capacity", "capacity [t]")
    path = write(
        home / "now",
        f"units = {{ quantity = 'kt' }}\n{change()}",
        demand=demand,
        legs=legs,
    )
    assert references(path)[:2] == [
        ("spring", "northern", 0.06),
        ("spring", "western", 0.0203),
    ]


@pytest.mark.parametrize(
    ("units", "weight", "message"),
    [
        ("quantity = 'FFE'", "quantity", "counts in `t`, this instance in `FFE`"),
        ("money = 'EUR'", "value", "counts in `USD`, this instance in `EUR`"),
    ],
)
def test_units_that_do_not_convert(
    home: Path, units: str, weight: str, message: str
) -> None:
    """Tonnes are no containers, and currencies are never converted."""
    text = f"units = {{ {units} }}\n" + change(f"by = 'corridor'\nweight = '{weight}'")
    fault = only_fault(write(home / "now", text))
    assert fault.column == "diversification.1.max_change.from"
    assert fault.message == f"rule `r`: `../earlier` {message}"


def test_value_that_nobody_gave_then(home: Path) -> None:
    """A product without a value in the earlier instance cannot be weighed."""
    products = "product,group\ngrain,food\nore,metals\n"
    solved(write(home / "plain", products=products), home / "old")
    by_value = "by = 'corridor'\nweight = 'value'\nwhere = { group = 'metals' }"
    fault = only_fault(write(home / "now", change(by_value, "../old")))
    assert fault.message == (
        "rule `r`: it weighs by value, but in `../old` `ore` has none"
    )


NEW = "product,origin,market,quantity\ngrain,A,C,80\n"


def test_periods_with_other_names(home: Path) -> None:
    """With no period in common there is nothing to compare, but for the sum of all."""
    path = write(home / "now", demand=NEW)
    (path / "instance.toml").write_text(f"periods = ['2026']\n{change()}")
    fault = only_fault(path)
    assert (fault.column, fault.value) == (FROM, "../earlier")
    assert fault.message == (
        "rule `r`: `../earlier` has no period of this instance: "
        "it has `spring`, `autumn`, this one `2026`"
    )
    assert fault.remedy == 'give the rule `over = "all"`, or name the periods alike'
    every = change("by = 'corridor'\nover = 'all'")
    (path / "instance.toml").write_text(f"periods = ['2026']\n{every}")
    assert references(path)[0] == ("all", "northern", 120.0)


def test_periods_in_common_are_compared(home: Path) -> None:
    """Periods of then that are no more have no scope to be looked up in."""
    path = write(home / "now", demand=NEW)
    (path / "instance.toml").write_text(f"periods = ['autumn', 'winter']\n{change()}")
    assert {row[0] for row in references(path)} == {"autumn"}


def test_a_reference_by_hand_is_kept(home: Path) -> None:
    """Where the reference is given, the folder is a note and never read."""
    row = "{ period = 'spring', value = 'northern', quantity = 7 }"
    text = f"max_change = {{ share = 0.1, from = 'nowhere', reference = [{row}] }}"
    path = write(home / "now", rule(f"by = 'corridor'\n{text}"))
    assert references(path) == [("spring", "northern", 7.0)]


def test_a_canonical_document_needs_no_folder(home: Path) -> None:
    """What was compared with is kept with the instance, and `from` as it was given."""
    path = write(home / "now", change())
    content = canonical(load(path).instance)
    shutil.rmtree(home / "earlier")
    again = load_document(content, INSTANCE)
    assert canonical(again) == content
    (found,) = again.diversification
    assert found.max_change is not None
    assert found.max_change.from_ == "../earlier"
    (home / "far").mkdir()
    (home / "far" / "case.json").write_bytes(content)
    assert references(home / "far" / "case.json") == CARRIED


def test_a_document_sees_folders_from_its_own(home: Path) -> None:
    """The path of a document's rule starts where the document lies."""
    instance = load(write(home / "now")).instance
    document = json.loads(canonical(instance))
    document["diversification"] = [
        {"by": "corridor", "max_change": {"share": 0.1, "from": "../earlier"}}
    ]
    path = home / "documents" / "case.json"
    path.parent.mkdir()
    path.write_text(json.dumps(document))
    assert references(path) == CARRIED


def test_a_scenarios_rule_is_compared(home: Path) -> None:
    """A rule that a scenario adds finds its result from the instance's folder."""
    text = change().replace("[[diversification]]", "[[x.diversification]]")
    path = write(home / "now")
    (path / "scenarios.toml").write_text(f"[x]\n{text}")
    assert load(path).instance.diversification == ()
    assert references(path, "x") == CARRIED
    shutil.rmtree(home / "earlier")
    assert load(path).instance.diversification == ()
    fault = only_fault(path, "x")
    assert (fault.file, fault.column) == (
        "scenarios.toml",
        "x.diversification.1.max_change.from",
    )


def test_many_rules_share_one_result(home: Path) -> None:
    """Each rule counts in its own way; rules without a change are left as they are."""
    text = (
        change()
        + change("by = 'mode'\nover = 'all'").replace("'r'", "'s'")
        + rule("by = 'corridor'\nmax_share = 0.9").replace("'r'", "'t'")
    )
    first, second, third = load(write(home / "now", text)).instance.diversification
    assert first.max_change is not None
    assert second.max_change is not None
    assert len(first.max_change.reference or ()) == 5
    assert len(second.max_change.reference or ()) == 3
    assert (third.max_change, third.max_share) == (None, 0.9)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("../nowhere", "`../nowhere` holds no result: "),
        ("", "there is nothing to compare with"),
        (".", "`.` holds no result: "),
        ("instance.toml", "`instance.toml` holds no result: "),
        ("x" * 300, f"`{'x' * 57}...` holds no result: "),
        ("a\\u0000b", "`a\x00b` can be no folder: "),
    ],
)
def test_a_folder_without_a_result(home: Path, source: str, message: str) -> None:
    """It is a fault of the rule, which says what was looked for."""
    text = f'by = "corridor"\nmax_change = {{ share = 0.1, from = "{source}" }}'
    fault = only_fault(write(home / "now", rule(text)))
    assert (fault.file, fault.column) == ("instance.toml", FROM)
    assert fault.message.startswith(f"rule `r`: {message}")
    assert fault.remedy.startswith("give the folder of an earlier result")


def test_every_rule_without_a_result_is_named(home: Path) -> None:
    """All faults come at once."""
    text = change(source="../a") + change(source="../b").replace("'r'", "'s'")
    with pytest.raises(DataError) as caught:
        load(write(home / "now", text))
    assert [fault.value for fault in caught.value.faults] == ["../a", "../b"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("allocation.csv", "allocation.csv: is not the file that was written"),
        (INSTANCE, "instance.json: is not the file that was written"),
        (SUMMARY, "summary.json: is not a JSON document"),
    ],
)
def test_a_result_that_was_changed(home: Path, name: str, message: str) -> None:
    """A result is only compared with as it was written."""
    file = home / "earlier" / name
    file.write_bytes(file.read_bytes() + b"x")
    fault = only_fault(write(home / "now", change()))
    assert fault.column == FROM
    assert fault.message.startswith(
        f"rule `r`: `../earlier` is not a sound result: {message}"
    )
    assert fault.remedy == "solve that instance again"


def test_a_result_with_a_file_missing(home: Path) -> None:
    """The file is named."""
    (home / "earlier" / "allocation.csv").unlink()
    fault = only_fault(write(home / "now", change()))
    assert "allocation.csv: cannot be read" in fault.message


def test_a_forged_quantity_below_nothing(home: Path) -> None:
    """Even a result whose hashes were adapted ends in a fault, not in a crash."""
    file = home / "earlier" / "allocation.csv"
    file.write_text(file.read_text().replace(",60,", ",-60,", 1))
    hashed_again(home / "earlier")
    fault = only_fault(write(home / "now", change()))
    assert fault.message.endswith("is not a sound result: a quantity is negative")


def test_a_result_without_a_plan(home: Path) -> None:
    """Of rules that cannot hold together there is nothing to compare with."""
    text = rule("by = 'corridor'\nmin_share = { northern = 0.9 }\nof = 'demand'")
    solved(write(home / "impossible", text), home / "failed")
    fault = only_fault(write(home / "now", change(source="../failed")))
    assert fault.column == FROM
    assert fault.message == (
        "rule `r`: `../failed` holds no plan: it ended as `infeasible`"
    )
    assert fault.remedy == "give a result with a plan"


def test_cargo_that_was_not_carried_then_is_odd(home: Path) -> None:
    """That all cargo counts as a change is rarely meant: a warning, or a fault."""
    demand = FILES["demand.csv"] + "silk,A,C,5,\n"
    text = change("by = 'corridor'\nwhere = { product = 'silk' }")
    products = FILES["products.csv"] + "silk,,1\n"
    path = write(home / "now", text, demand=demand, products=products)
    assert references(path) == []
    (warning,) = load(path).warnings
    assert (warning.file, warning.column) == ("instance.toml", FROM)
    assert warning.message == (
        "rule `r`: nothing that it covers was carried in `../earlier`"
    )
    with pytest.raises(DataError, match="nothing that it covers was carried"):
        load(path, strict=True)


def test_an_instance_without_rules_on_change_is_as_it_was(home: Path) -> None:
    """Nothing is read, and nothing is changed."""
    path = write(home / "now", rule("by = 'corridor'\nmax_share = 0.9"))
    shutil.rmtree(home / "earlier")
    loaded = load(path)
    assert loaded.warnings == ()
    assert loaded.instance.diversification[0].max_change is None
    with pytest.raises(InputError):
        load(home / "nowhere")


def test_check_names_the_fault(home: Path) -> None:
    """The command line loads in the same way: exit 65, with the place."""
    path = write(home / "now", change(source="../nowhere"))
    done = CliRunner().invoke(cli.keruen, ["check", str(path)])
    assert done.exit_code == 65
    assert f"keruen: instance.toml {FROM}: rule `r`: `../nowhere`" in done.stderr
    done = CliRunner().invoke(cli.keruen, ["check", str(write(path, change()))])
    assert done.exit_code == 0
