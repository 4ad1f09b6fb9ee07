"""Generated instances: reproducible, sound, of the size asked for, and binding."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import cli
from solver.errors import OutputError, UsageError
from solver.generation.capacities import draw_capacities
from solver.generation.demand import draw_demand
from solver.generation.folder import generate
from solver.generation.legs import draw_legs
from solver.generation.names import corridor_names, place_names, product_names
from solver.generation.nodes import draw_nodes
from solver.generation.order import order
from solver.loaders.references import load
from solver.options import Options
from solver.solution.status import Status
from solver.tasks.answer import solve
from tests.folders import launch

if TYPE_CHECKING:
    from click.testing import Result

SIZES = {
    "one": {"demands": 1, "corridors": 1},
    "small": {"demands": 100},
    "periods": {"demands": 300, "periods": 3},
    "many corridors": {"demands": 200, "corridors": 11},
    "all given": {
        "origins": 9,
        "products": 30,
        "markets": 7,
        "corridors": 2,
        "nodes": 60,
        "legs": 260,
        "demands": 500,
        "periods": 2,
    },
}


def made(folder: Path, seed: int = 0, tightness: float = 0.5, **counts: int) -> Path:
    """Return the folder of a generated instance."""
    generate(folder, order(counts, seed=seed, tightness=tightness))
    return folder


def run(*words: object) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"NO_COLOR": "1"}).invoke(cli.keruen, [str(w) for w in words])


def solved(folder: Path) -> dict[str, Any]:
    """Return what `keruen solve` says of a folder."""
    done = run("solve", folder, "--json", "--sensitivity", "none")
    assert done.exit_code in {0, 10}, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def carrying(answer: dict[str, Any]) -> list[str]:
    """Return the corridors that carry at least a hundredth."""
    shares = answer["corridors"].items()
    return [name for name, row in shares if row["share"] >= 0.01 and name != "none"]


@pytest.mark.parametrize("name", SIZES)
def test_every_size_is_sound_and_as_asked_for(name: str, tmp_path: Path) -> None:
    """Counts are met to the row; a strict check finds nothing odd."""
    folder = made(tmp_path / "made", **SIZES[name])
    instance = load(folder, strict=True).instance
    for table, count in SIZES[name].items():
        if table in {"nodes", "legs", "products"}:
            assert len(getattr(instance, table)) == count
    demand = instance.demand
    assert len(demand) == SIZES[name]["demands"]
    keys = ["product", "origin", "market", "period"]
    assert not pd.DataFrame({key: demand[key] for key in keys}).duplicated().any()
    for key, kind in (("origin", "origin"), ("market", "market")):
        are_of_kind = instance.nodes["kind"] == kind
        assert set(demand[key]) == set(instance.nodes["node"][are_of_kind])


def test_same_words_same_bytes(tmp_path: Path) -> None:
    """In another process too; another seed gives another instance."""
    here = made(tmp_path / "here", seed=3, demands=150)
    words = ("generate", tmp_path / "there", "--seed", 3, "--demands", 150)
    assert launch("cli.py", *words, PYTHONHASHSEED="7").returncode == 0
    other = made(tmp_path / "other", seed=4, demands=150)
    for file in here.iterdir():
        assert (tmp_path / "there" / file.name).read_bytes() == file.read_bytes()
    assert (other / "legs.csv").read_bytes() != (here / "legs.csv").read_bytes()


def test_the_description_generates_it_again(tmp_path: Path) -> None:
    """What an instance says of itself is the command that made it."""
    first = made(tmp_path / "first", demands=120, tightness=0.4)
    line = (first / "instance.toml").read_text().splitlines()[1]
    words = line.split('"')[1].replace("DIR", str(tmp_path / "second")).split()
    assert run(*words[1:]).exit_code == 0
    for file in first.iterdir():
        assert (tmp_path / "second" / file.name).read_bytes() == file.read_bytes()


def test_limits_of_a_loose_instance_do_not_bind(tmp_path: Path) -> None:
    """At tightness 0 no limit has a price."""
    answer = solved(made(tmp_path / "loose", tightness=0, demands=100))
    assert answer["status"] == "optimal"
    assert answer["binding_capacities"] == []


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_limits_of_a_snug_instance_bind_and_all_is_carried(
    seed: int, tmp_path: Path
) -> None:
    """At tightness 0.5 borders or ports bind, and several corridors carry cargo."""
    answer = solved(made(tmp_path / "snug", seed=seed, demands=100))
    assert (answer["status"], answer["unmet"]) == ("optimal", 0)
    assert len(answer["binding_capacities"]) >= 3
    assert len(carrying(answer)) >= 3


@pytest.mark.parametrize(
    ("tightness", "counts"),
    [
        (0.6, {"demands": 60}),
        (0.75, {"demands": 300, "corridors": 6}),
        (1.0, {"demands": 100, "periods": 3}),
    ],
)
def test_a_tight_instance_leaves_a_stated_share_unmet(
    tightness: float, counts: dict[str, int], tmp_path: Path
) -> None:
    """Above tightness 0.5 no plan serves more, and one serves that much."""
    answer = solved(made(tmp_path / "tight", tightness=tightness, **counts))
    assert answer["status"] == "unmet"
    corridors = len(answer["corridors"]) * counts.get("periods", 1)
    stated = (tightness - 0.5) * answer["demand"]
    assert stated - corridors <= answer["unmet"] <= stated


def test_every_period_of_a_tight_instance_leaves_its_share_unmet(
    tmp_path: Path,
) -> None:
    """Borders of a corridor have a limit for each period where these differ."""
    folder = made(tmp_path / "tight", tightness=0.7, demands=80, periods=2)
    limits = pd.read_csv(folder / "capacities.csv", dtype={"period": str})
    demand = pd.read_csv(folder / "demand.csv", dtype={"period": str})
    through = limits.groupby("period")["quantity"].sum()
    cargo = demand.groupby("period")["quantity"].sum()
    assert cargo.nunique() == 2
    assert through.to_numpy() == pytest.approx(0.8 * cargo.to_numpy(), abs=20)


def test_a_rule_can_be_kept_where_a_share_stays_unmet(tmp_path: Path) -> None:
    """The plan that leaves it is the one that the rule comes from, scaled down."""
    for rules in ("share", "hhi"):
        wanted = order({"demands": 200}, tightness=0.7, rules=rules)
        generate(tmp_path / rules, wanted)
        answer = solved(tmp_path / rules)
        assert answer["unmet"] == pytest.approx(0.2 * answer["demand"], abs=20)


def test_capacities_fall_with_tightness(tmp_path: Path) -> None:
    """No limit grows as an instance gets tighter; the rest stays the same."""
    folders = [
        made(tmp_path / str(step), tightness=step / 4, demands=100) for step in range(5)
    ]
    for file, column in (("legs.csv", "capacity"), ("nodes.csv", "capacity")):
        tables = [pd.read_csv(folder / file) for folder in folders]
        for loose, tight in pairwise(tables):
            limited = loose[column].notna()
            assert (tight[column][limited] <= loose[column][limited]).all()
            assert (tight[column].isna() == ~limited).all()
            assert tight.drop(columns=column).equals(loose.drop(columns=column))


def test_up_to_a_half_a_plan_fits_in_every_period() -> None:
    """Snug limits leave room for the spread plan; looser ones for more."""
    wanted = order({"demands": 400, "periods": 2, "corridors": 4})
    streams = np.random.default_rng(0).spawn(4)
    at = draw_nodes(wanted, streams[0])
    by = draw_legs(wanted, at, streams[1])
    cargo = draw_demand(wanted, streams[2])
    total = np.bincount(cargo.period, cargo.quantity).max()
    loose = draw_capacities(at, by, cargo, 0.0, np.random.default_rng(1))
    snug = draw_capacities(at, by, cargo, 0.5, np.random.default_rng(1))
    assert np.nanmin(loose.legs) >= total
    assert np.nanmin(loose.nodes) >= total
    assert snug.corridors.sum() >= total
    gates = at.stage == 0
    assert snug.nodes[gates].sum() >= total


def test_it_looks_like_freight() -> None:
    """Trunk legs are long and few, those without a corridor many, and all modes run."""
    wanted = order({"demands": 10_000})
    streams = np.random.default_rng(1).spawn(2)
    at = draw_nodes(wanted, streams[0])
    by = draw_legs(wanted, at, streams[1])
    trunk = by.corridor >= 0
    assert trunk.mean() < 0.3
    assert set(by.mode.tolist()) == {0, 1, 2}
    feeders = at.kind[by.tail] == "origin"
    assert np.median(by.distance[trunk]) > 2 * np.median(by.distance[feeders])
    latitude, longitude = at.degrees()
    assert np.abs(latitude).max() < 85
    assert np.abs(longitude).max() < 180


def test_only_links_lead_from_one_corridor_to_another() -> None:
    """They have no corridor, and stand in the network for routes to avoid."""
    wanted = order({"demands": 1000, "corridors": 5})
    streams = np.random.default_rng(2).spawn(2)
    at = draw_nodes(wanted, streams[0])
    by = draw_legs(wanted, at, streams[1])
    tail, head = at.corridor[by.tail], at.corridor[by.head]
    between = (tail >= 0) & (head >= 0) & (tail != head)
    assert between.any()
    assert (between == by.is_link).all()
    assert (by.corridor[between] < 0).all()


def test_few_flows_are_large() -> None:
    """A tenth of the demands is more than a third of the cargo."""
    cargo = draw_demand(order({"demands": 2000}), np.random.default_rng(0))
    largest = np.sort(cargo.quantity)[::-1]
    assert largest[:200].sum() > largest.sum() / 3
    assert largest.min() >= 1


def test_names_are_different() -> None:
    """However many are wanted."""
    rng = np.random.default_rng(0)
    assert len(set(place_names(40_000, rng))) == 40_000
    assert len(set(corridor_names(30))) == 30
    assert corridor_names(4) == ["eastern", "northern", "western", "southern"]
    names, groups = product_names(60)
    assert len(set(names)) == 60
    assert len(set(groups[:5])) == 5


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"demands": 100, "products": 2, "origins": 3, "markets": 3}, "too many"),
        ({"demands": 3, "markets": 5}, "too few for --markets 5"),
        ({"nodes": 10}, "--nodes 10 is too few"),
    ],
)
def test_counts_that_cannot_be_had_are_wrong_usage(
    counts: dict[str, int], words: str
) -> None:
    """The message says what would do."""
    with pytest.raises(UsageError, match=words):
        order(counts)


@pytest.mark.parametrize(("legs", "words"), [(20, "too few"), (10**6, "too many")])
def test_legs_that_cannot_be_had_are_wrong_usage(
    legs: int, words: str, tmp_path: Path
) -> None:
    """Nothing is left behind."""
    with pytest.raises(UsageError, match=words):
        generate(tmp_path / "new", order({"legs": legs}))
    assert not (tmp_path / "new").exists()


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    """A folder with anything in it is refused, and stays as it was."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"holds `notes\.txt`"):
        made(tmp_path / "kept", demands=10)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["notes.txt"]
    (tmp_path / "empty").mkdir()
    made(tmp_path / "empty", demands=10)
    done = run("generate", tmp_path / "empty", "--demands", 10)
    assert done.exit_code == 73


def test_a_result_is_not_overwritten_either(tmp_path: Path) -> None:
    """Unlike `solve -o`, which may replace an earlier result."""
    made(tmp_path / "made", demands=10)
    assert run("solve", tmp_path / "made", "-o", tmp_path / "out").exit_code == 0
    assert run("generate", tmp_path / "out").exit_code == 73


def test_the_command_tells_what_it_wrote(tmp_path: Path) -> None:
    """In words, or as one document."""
    done = run("generate", tmp_path / "a", "--demands", 50)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "50 demand" in done.stdout
    done = run("generate", tmp_path / "b", "--demands", 50, "--json")
    assert json.loads(done.stdout)["tables"]["demand"] == 50


@pytest.mark.parametrize("words", [("--tightness", 2), ("--tightness", "nan")])
def test_tightness_is_from_0_to_1(words: tuple[object, ...], tmp_path: Path) -> None:
    """Anything else is wrong usage."""
    assert run("generate", tmp_path / "a", *words).exit_code == 2


def test_help_begins_with_two_examples() -> None:
    """As for every command."""
    lines = run("generate", "-h").stdout.splitlines()
    examples = [line for line in lines if line.startswith("  keruen generate ")]
    assert len(examples) == 2


@pytest.mark.parametrize("rules", ["idle", "share", "hhi", "country"])
def test_a_rule_can_be_kept_with_all_cargo(rules: str, tmp_path: Path) -> None:
    """Capacities let more be done than it asks for."""
    generate(tmp_path / "ruled", order({"demands": 100}, rules=rules))
    instance = load(tmp_path / "ruled").instance
    assert [rule.name for rule in instance.diversification] == [rules]
    solution = solve(instance, Options(sensitivity="none"))
    assert solution.status is Status.OPTIMAL


@pytest.mark.parametrize("kind", ["share", "hhi", "country"])
def test_a_bound_binds(kind: str, tmp_path: Path) -> None:
    """A plan of least cost without it costs less."""
    costs = []
    for rules in ("none", kind):
        generate(tmp_path / rules, order({"demands": 500}, rules=rules))
        instance = load(tmp_path / rules).instance
        proved = solve(instance, Options(sensitivity="none")).proved
        costs.append(proved.objective or 0.0)
    assert costs[0] < costs[1]
