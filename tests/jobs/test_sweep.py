"""A sweep: its items by number, its duplicates, and every fault of its file at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from solver.errors import DataError, InputError
from solver.jobs.questions.sweep import read_sweep
from solver.jobs.run import BatchOrder, BatchPlan, counted, planned

if TYPE_CHECKING:
    from collections.abc import Sequence

QUICKSTART = Path("instances/quickstart").absolute()
SWEEP = f"""
instance = "{QUICKSTART}"
scenarios = [[], ["caspian-low"]]
[[grid]]
table = "legs"
where = {{ corridor = "southern" }}
scale = {{ cost = [0.9, 1.1] }}
[[grid]]
table = "demand"
scale = {{ quantity = [1.0, 1.1, 1.2] }}
[[draw]]
table = "demand"
scale = {{ quantity = {{ normal = [1.0, 0.05], min = 0 }} }}
count = 4
seed = 1
[closures]
by = ["port", "corridor", "leg"]
"""


def _plan(folder: Path, text: str, shard: tuple[int, int] = (1, 1)) -> BatchPlan:
    path = folder / "sweep.toml"
    path.write_text(text)
    return planned(BatchOrder(words=[str(path)], shard=shard), bytes)


def _scenario() -> str:
    import tomllib

    names = tomllib.loads((QUICKSTART / "scenarios.toml").read_text())
    return next(iter(names))


def _sweep_text() -> str:
    return SWEEP.replace("caspian-low", _scenario())


def test_items_are_scenarios_by_grids_by_draws_then_closures(tmp_path: Path) -> None:
    """2 x (2 x 3) x 4 items, then what can be closed under each list of scenarios."""
    items = _plan(tmp_path, _sweep_text()).items
    combined = 2 * 2 * 3 * 4
    first, second, last = items[1], items[2], items[combined]
    assert first.changes[:2] == (
        'legs[corridor="southern"].cost *= 0.9',
        "demand.quantity *= 1.0",
    )
    assert (first.draw, second.draw, last.draw) == (1, 2, 4)
    assert first.changes[2].endswith('"draw": 1}')
    assert last.changes[:2] == (
        'legs[corridor="southern"].cost *= 1.1',
        "demand.quantity *= 1.2",
    )
    assert (first.scenarios, last.scenarios) == ((), (_scenario(),))
    closed = [items[number].closed for number in range(combined + 1, items.total + 1)]
    assert closed[0].startswith("port ")
    assert len(closed) % 2 == 0
    assert all(items[number] != items[number + 1] for number in range(1, items.total))


def test_shards_divide_the_items(tmp_path: Path) -> None:
    """Every item is in exactly one of three shards."""
    shards = [_plan(tmp_path, _sweep_text(), (part, 3)).items for part in (1, 2, 3)]
    numbers = [number for items in shards for number in items.numbers()]
    assert sorted(numbers) == list(range(1, shards[0].total + 1))


def test_what_changes_nothing_is_a_duplicate(tmp_path: Path) -> None:
    """A factor of 1 is the instance itself, closing what is closed is too."""
    text = f"""
    instance = "{QUICKSTART}"
    [[grid]]
    table = "legs"
    scale = {{ cost = [1.0, 0.9, 0.9] }}
    set = {{ note = ["", "", ""] }}
    [[grid]]
    table = "nodes"
    where = {{ node = "Aktau" }}
    set = {{ capacity = [0, 0] }}
    """
    plan = _plan(tmp_path, text)
    # Of 3 x 2 points, costs differ in two, capacities in none.
    assert counted(plan) == {
        "items": 6,
        "duplicates": 4,
        "done": 0,
        "failed": 0,
        "left": 6,
    }


def test_a_million_items_are_counted_at_once(tmp_path: Path) -> None:
    """They are multiplied, not made."""
    axis = ", ".join(str(1 + n / 1000) for n in range(100))
    grid = '[[grid]]\ntable = "legs"\nscale = {{ {} = [{}] }}\n'
    text = f'instance = "{QUICKSTART}"\n' + "".join(
        grid.format(column, axis) for column in ("cost", "days", "emissions")
    )
    began = time.process_time()
    plan = _plan(tmp_path, text)
    assert counted(plan)["items"] == 1_000_000
    assert plan.items[1_000_000].changes[0] == "legs.cost *= 1.099"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ('table = "legs"', 'table = "leg"', ["`leg` is not known"]),
        ("cost = [0.9, 1.1]", "cost = [0.9, 1.1], days = [1.0]", ["1 and 2 values"]),
        ("cost = [0.9, 1.1]", "price = [0.9, 1.1]", ["unknown column `price`"]),
        ("cost = [0.9, 1.1]", "cost = []", ["has an empty list"]),
        ("[0.9, 1.1]", "[0.9, -1.1]", ["would become"]),
        ('"southern"', '"nowhere"', ["no row of legs has the corridor"]),
        ("normal = [1.0, 0.05]", "normal = [1.0]", ["draw.1.scale.quantity.normal"]),
        ("normal = [1.0, 0.05]", "min2 = 1", ["min2"]),
        ("count = 4", "", ["`count` is missing"]),
        ('"port"', '"ports"', ["`ports` is not known"]),
        ('scenarios = [[], ["', 'scenarios = [[], ["x', ["unknown scenario `x"]),
        ("seed = 1", "seeds = 1", ["unknown key `seeds`"]),
        ("[closures]", "[closures", ["is not valid TOML"]),
        (
            'where = { corridor = "southern" }\nscale = { cost = [0.9, 1.1] }',
            'where = { corridor = "nowhere" }\nscale = { price = [0.9, 1.1] }',
            ["unknown column `price`"],
        ),
    ],
)
def test_faults_of_a_sweep_are_told_with_key_and_value(
    tmp_path: Path, old: str, new: str, messages: Sequence[str]
) -> None:
    """Exit 65, before anything is written."""
    text = _sweep_text()
    assert old in text
    with pytest.raises(DataError) as raised:
        _plan(tmp_path, text.replace(old, new))
    for message in messages:
        assert message in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.toml"]


def test_faults_are_told_all_at_once(tmp_path: Path) -> None:
    """Two wrong grids and a wrong draw give three faults."""
    text = _sweep_text().replace('"southern"', '"nowhere"')
    text = text.replace("scale = { quantity = [1.0, 1.1, 1.2] }", "")
    text = text.replace("normal = [1.0, 0.05]", "max = 3")
    with pytest.raises(DataError) as raised:
        _plan(tmp_path, text)
    assert len(raised.value.faults) == 3
    assert "no row of legs" in str(raised.value)
    assert "changes nothing" in str(raised.value)
    assert "0 distributions" in str(raised.value)


def test_words_are_instances_globs_lists_and_sweeps(tmp_path: Path) -> None:
    """Each word gives its items; a list may end its paths by NUL or line break."""
    for name in ("a", "b", "c d"):
        (tmp_path / name).mkdir()

    def names(word: str, listed: bytes = b"") -> list[str]:
        items = planned(BatchOrder(words=[word]), lambda: listed).items
        return [Path(items[n].instance).name for n in items.numbers()]

    assert names(str(tmp_path / "*")) == ["a", "b", "c d"]
    paths = [str(tmp_path / name).encode() for name in ("b", "c d")]
    assert names("-", b"\n".join(paths)) == ["b", "c d"]
    assert names("-", b"\0".join(paths) + b"\0") == ["b", "c d"]


@pytest.mark.parametrize("word", ["nowhere", "nowhere/*", "nowhere.toml"])
def test_what_is_not_there_is_told_before_anything_starts(word: str) -> None:
    """A missing instance, a glob without a match, a missing sweep: exit 66."""
    with pytest.raises(InputError):
        planned(BatchOrder(words=[word]), bytes)


def test_an_instance_twice_is_a_duplicate() -> None:
    """Equal files have equal answers."""
    plan = planned(BatchOrder(words=[str(QUICKSTART)] * 3), bytes)
    assert counted(plan)["duplicates"] == 2


def test_a_sweep_without_axes_is_its_scenarios(tmp_path: Path) -> None:
    """One item for each list of scenarios."""
    path = tmp_path / "s.toml"
    path.write_text(f'instance = "{QUICKSTART}"\n')
    assert len(planned(BatchOrder(words=[str(path)]), bytes).items) == 1
    assert read_sweep(path).draws() == 0
