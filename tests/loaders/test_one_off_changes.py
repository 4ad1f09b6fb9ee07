"""Changes given with `--set`: made, checked, and kept with the instance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from solver.errors import DataError
from solver.loaders.instance_files import Loaded, load_document
from solver.loaders.json.document import canonical
from solver.loaders.references import load
from tests.loaders.folders import write_folder

QUICKSTART = Path("instances/quickstart")


def _changed(*changes: str, path: Path = QUICKSTART) -> Loaded:
    return load(path, (), changes)


def _column(loaded: Loaded, table: str, column: str) -> list[Any]:
    return list(getattr(loaded.instance, table)[column].tolist())


def test_changes_are_made_in_order() -> None:
    """Each acts on what those before it left."""
    before = _column(load(QUICKSTART), "legs", "cost")
    changed = _changed(
        "legs.cost *= 2", "legs.cost += 1", 'legs["Aktau>Iran"].cost = 7'
    )
    legs = _column(changed, "legs", "leg")
    expected = [
        7.0 if n == "Aktau>Iran" else 2 * c + 1
        for n, c in zip(legs, before, strict=True)
    ]
    assert _column(changed, "legs", "cost") == expected


def test_a_list_selects_rows_with_any_of_its_values() -> None:
    """Rows of two names change, others do not."""
    changed = _changed('nodes[node=["Aktau", "Iran"]].capacity = 5')
    names, capacities = (
        _column(changed, "nodes", "node"),
        _column(changed, "nodes", "capacity"),
    )
    held = {name for name, value in zip(names, capacities, strict=True) if value == 5}
    assert held == {"Aktau", "Iran"}


def test_null_makes_a_cell_blank() -> None:
    """A limit is taken away."""
    changed = _changed("legs.capacity = 1", "legs.capacity = null")
    assert all(value != value for value in _column(changed, "legs", "capacity"))  # noqa: PLR0124


def test_changes_stay_with_the_instance_and_its_document() -> None:
    """A document made of a changed instance tells the changes, and loads alike."""
    changes = ("legs.cost *= 0.9", "instance.emission_price = 0.1")
    instance = _changed(*changes).instance
    assert instance.changes == changes
    document = canonical(instance)
    assert load_document(document, "x.json").changes == changes
    assert canonical(load_document(document, "x.json")) == document


def test_an_instance_without_changes_has_the_document_it_had() -> None:
    """Nothing is said of changes where there are none."""
    assert b'"changes"' not in canonical(load(QUICKSTART).instance)


def test_rules_are_changed_by_name(tmp_path: Path) -> None:
    """A limit moves, a key is taken away, and a penalty comes."""
    path = _with_rules(tmp_path)
    changed = _changed(
        'rules["cap"].max_share *= 0.5',
        'rules["cap"].penalty = 3',
        'rules["floor"].min_share = {"northern": 0.1}',
        path=path,
    )
    cap, floor = changed.instance.diversification
    assert (cap.max_share, cap.penalty) == (0.4, 3)
    assert floor.min_share == {"northern": 0.1}
    (cap, _) = _changed(
        'rules["cap"].penalty = null', path=path
    ).instance.diversification
    assert cap.penalty is None


def _with_rules(folder: Path) -> Path:
    for file in QUICKSTART.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    manifest = folder / "instance.toml"
    rules = (
        '\n[[diversification]]\nname = "cap"\nby = "corridor"\nmax_share = 0.8\n'
        '\n[[diversification]]\nname = "floor"\nby = "corridor"\nmin_share = 0.05\n'
    )
    manifest.write_text(manifest.read_text() + rules)
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('legs[corridor="nowhere"].cost *= 2', "no row of legs has the corridor"),
        ('legs[corridor="northern", leg="Aktau>Iran"].cost *= 2', "selects no row"),
        ("legs.price *= 2", "unknown column `price`"),
        ("legs.price *= 2", "= 2: unknown column `price`"),
        ('legs.cost = "much"', "much"),
        ("legs.leg = 3", "is what rows are known by"),
        ("legs.cost *= -1", "would become"),
        ("legs.mode *= 2", "holds no numbers"),
        ('rules["none"].max_share = 0.5', "no rule has the name `none`"),
        ("instance.name = 3", "is not a key that a change may give"),
        ("instance.emission_price = -1", "emission_price"),
        ('demand.quantity *= {"normal": [1.0]}', "needs mean, standard deviation"),
        ('demand.quantity *= {"uniform": [2, 1]}', "not in order"),
        ('demand.quantity *= {"even": [2, 1]}', "unknown key `even`"),
        ('demand.quantity = {"uniform": [1, 2]}', "not a distribution"),
        ('demand.quantity *= {"uniform": [1, 2], "seed": -1}', "seed is -1"),
    ],
)
def test_a_change_that_does_nothing_sound_is_a_fault(change: str, message: str) -> None:
    """It says what is wrong, and names the change."""
    with pytest.raises(DataError, match=message) as raised:
        _changed(change)
    assert all(fault.file == "--set" for fault in raised.value.faults)


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ('rules["x"].max_share = 0.5', "the instance has no rules: add one"),
        ('demand["wheat"].quantity *= 2', 'select by [product="wheat"]'),
        ('demand["rye"].quantity *= 2', "no row has any: select by other columns, su"),
        ('legs["Aktau > Iran"].cost *= 2', "did you mean `Aktau>Iran`?"),
    ],
)
def test_a_name_of_nothing_is_told_what_there_is(change: str, remedy: str) -> None:
    """No list of names is empty, and a name of another column says which."""
    with pytest.raises(DataError) as raised:
        _changed(change)
    (fault,) = raised.value.faults
    assert remedy in fault.remedy


def test_a_leg_sought_by_its_ends_is_told_by_its_name(tmp_path: Path) -> None:
    """Screens name a leg by its ends; its own name may be another."""
    legs = "leg,from,to,cost\nL095,Volgograd,Taman,5\nL096,Taman,Poti,5\n"
    demand = "product,origin,market,quantity\ngrain,Volgograd,Poti,1\n"
    folder = write_folder(tmp_path, legs=legs, demand=demand)
    with pytest.raises(DataError) as raised:
        _changed('legs["Volgograd > Taman"].cost *= 2', path=folder)
    (fault,) = raised.value.faults
    assert fault.remedy == "the table has `L095` from Volgograd to Taman"


def test_all_faults_are_told_at_once() -> None:
    """Two wrong changes give two faults."""
    with pytest.raises(DataError) as raised:
        _changed("legs.price *= 2", 'nodes["Nowhere"].capacity = 0')
    assert len(raised.value.faults) == 2


def test_what_is_drawn_is_what_the_line_says() -> None:
    """A draw on one line is the draw of a sweep."""
    line = 'demand.quantity *= {"normal": [1.0, 0.1], "min": 0, "seed": 1, "draw": 2}'
    once, twice = _changed(line), _changed(line)
    assert canonical(once.instance) == canonical(twice.instance)
    other = _changed(line.replace('"draw": 2', '"draw": 3'))
    assert canonical(other.instance) != canonical(once.instance)
