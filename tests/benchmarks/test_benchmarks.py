"""The benchmarks: peers that agree, a yardstick that stays, and an honest page."""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from dataclasses import replace
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from benchmarks import compare as comparing
from benchmarks import sweep as yardstick
from benchmarks.arc_flow import program
from benchmarks.compare import KERUEN, PEERS, SWEEP, Comparison, Series, compare
from benchmarks.environment import VERSIONS
from benchmarks.peers import clarabel_arcs, highs, pulp_arcs
from benchmarks.peers.outcome import Clock
from benchmarks.processes import ROOT, Finished, finished
from benchmarks.reading import read
from benchmarks.results import differing, page
from benchmarks.states import states
from benchmarks.sweep import cargo, sweep
from solver.generation.folder import generate
from solver.generation.order import order
from solver.loaders.references import load
from solver.options import Options
from solver.tasks.answer import solve
from tests.folders import write_instance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.arcs import Arcs

CASES: dict[str, dict[str, Any]] = {
    "snug": {"demands": 60},
    "tight": {"demands": 60, "tightness": 1.0},
    "periods": {"demands": 90, "periods": 2, "seed": 2},
    "corridors": {"demands": 60, "corridors": 7, "seed": 3},
}


def made(folder: Path, **given: Any) -> Path:
    """Return the folder of a generated instance."""
    seed, tightness = given.pop("seed", 0), given.pop("tightness", 0.5)
    generate(folder, order(given, seed=seed, tightness=tightness))
    return folder


def by_pulp(arcs: Arcs, clock: Clock) -> Any:
    """Solve by the textbook model in PuLP with CBC."""
    return pulp_arcs.solve(arcs, clock)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("peer", [highs.solve, by_pulp], ids=["highs", "pulp"])
def test_peers_agree_with_keruen(
    name: str,
    peer: Callable[[Arcs, Clock], Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Same least cost and same unmet quantity, from tables read by other code."""
    monkeypatch.setattr(sys, "argv", ["peer", "PATH", "CBC"])
    folder = made(tmp_path / "made", **CASES[name])
    clock = Clock()
    arcs = read(folder)
    found = peer(arcs, clock)
    cost, unmet = arcs.money(found.flow, found.unmet)
    solution = solve(load(folder, ()).instance, Options())
    assert solution.plan is not None
    assert cost == pytest.approx(solution.proved.objective, rel=1e-7)
    assert unmet == pytest.approx(float(solution.plan.unmet.sum()), abs=1e-3)
    assert {"build", "solve"} <= clock.seconds.keys()


@pytest.mark.parametrize("tightness", [0.3, 0.7])
@pytest.mark.parametrize(
    ("rules", "peer"),
    [
        ("idle", highs.solve),
        ("share", highs.solve),
        ("share", by_pulp),
        ("share", clarabel_arcs.solve),
        ("hhi", highs.solve),
        ("hhi", clarabel_arcs.solve),
    ],
    ids=["idle", "share", "share-pulp", "share-cone", "hhi", "hhi-cone"],
)
def test_peers_keep_the_same_rules(
    rules: str,
    peer: Callable[[Arcs, Clock], Any],
    tightness: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Shares of corridors are rows, their index is a cone, or tangents."""
    monkeypatch.setattr(sys, "argv", ["peer", "PATH", "CBC"])
    folder = tmp_path / "made"
    generate(folder, order({"demands": 60}, tightness=tightness, rules=rules))
    arcs = read(folder)
    found = peer(arcs, Clock())
    cost, unmet = arcs.money(found.flow, found.unmet)
    solution = solve(load(folder, ()).instance, Options(sensitivity="none"))
    assert solution.plan is not None
    is_cone = peer is clarabel_arcs.solve
    near = 1e-5 if is_cone else 1e-7
    assert cost == pytest.approx(solution.proved.objective, rel=near)
    assert unmet == pytest.approx(float(solution.plan.unmet.sum()), rel=1e-6, abs=10)


def test_rules_of_a_peer_are_not_idle(tmp_path: Path) -> None:
    """Without its rules an instance costs less: what is compared is the rule."""
    costs = []
    for rules in ("none", "share", "hhi"):
        wanted = order({"demands": 60, "corridors": 4}, tightness=0.3, rules=rules)
        generate(tmp_path / rules, wanted)
        found = highs.solve(arcs := read(tmp_path / rules), Clock())
        assert found is not None
        costs.append(arcs.money(found.flow, found.unmet)[0])
    assert costs[0] < costs[1]
    assert costs[0] < costs[2]


def test_a_rule_by_country_is_more_than_arcs_can_say(tmp_path: Path) -> None:
    """What counts once for a route cannot be seen from its arcs."""
    generate(tmp_path / "made", order({"demands": 60}, rules="country"))
    with pytest.raises(SystemExit, match="more than arcs can say"):
        read(tmp_path / "made")


def test_costs_of_arcs_are_those_of_the_tables(tmp_path: Path) -> None:
    """By hand: 100 t of grain by the cheaper way, 30 t of steel by road and sea."""
    changes = {"emission_price = 0.5\n": "", RULE: "", "emissions\n": "note\n"}
    folder = write_instance(tmp_path / "tiny", changes)
    found = highs.solve(arcs := read(folder), Clock())
    assert found is not None
    # North 70 t at 10 and south 30 t at 20, and 1 at B; road 20 t at 30, sea 10 at 40.
    assert arcs.money(found.flow, found.unmet) == (1300 + 100 + 600 + 400, 0)


RULE = """\
[[diversification]]
name = "no corridor above 60 %"
by = "corridor"
where = { product = ["grain"] }
max_share = 0.6
"""


@pytest.mark.parametrize("words", [RULE, 'periods = ["2026"]\nemission_price = 0.5'])
def test_what_arcs_cannot_say_is_refused(words: str, tmp_path: Path) -> None:
    """Rules and emission prices would make another problem."""
    changes = {RULE: "", 'periods = ["2026"]\nemission_price = 0.5\n': words + "\n"}
    with pytest.raises(SystemExit, match="more than arcs can say"):
        read(write_instance(tmp_path / "tiny", changes))


def test_states_allow_the_chains_of_one_corridor_and_no_others() -> None:
    """On random networks, a chain of legs is a walk of states or mixes corridors."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        tail, head = rng.integers(0, 5, (2, 9))
        corridor = rng.integers(-1, 3, 9)
        network = states(5, np.arange(5), tail, head, corridor)
        after = {
            (int(state), int(leg)): int(to)
            for state, leg, to in zip(
                network.tail, network.leg, network.head, strict=True
            )
        }
        for chain in product(range(9), repeat=3):
            if any(head[one] != tail[next_] for one, next_ in pairwise(chain)):
                continue
            state: int | None = int(network.start[tail[chain[0]]])
            for leg in chain:
                state = None if state is None else after.get((state, leg))
            used = {int(corridor[leg]) for leg in chain} - {-1}
            assert (state is not None) == (len(used) <= 1)


def test_states_are_merged_where_nothing_depends_on_them(tmp_path: Path) -> None:
    """Without corridors nodes stay single; a market of a generated instance too."""
    ends = np.array([0, 1, 2]), np.array([1, 2, 3])
    assert len(states(4, np.array([0]), *ends, np.full(3, -1)).node) == 4
    arcs = read(made(tmp_path / "made", demands=60, corridors=6))
    assert arcs.demand["end"].nunique() == arcs.demand["market"].nunique()


def test_the_program_is_as_small_as_it_can_be(tmp_path: Path) -> None:
    """No flow that its commodity cannot reach, no empty row of a balance."""
    arcs = read(made(tmp_path / "made", demands=60))
    given = program(arcs)
    assert given.matrix.shape[1] == len(arcs.flows[0]) + len(arcs.demand)
    assert len(arcs.flows[0]) < len(arcs.commodities) * len(arcs.tail)
    assert (given.matrix.data != 0).all()


def test_a_sweep_finds_cheapest_routes_and_their_loads(tmp_path: Path) -> None:
    """Its costs and loads are those of the arc-flow program without limits."""
    arcs = read(made(tmp_path / "loose", demands=80, tightness=0))
    found = sweep(arcs, cargo(arcs), np.zeros(len(arcs.capacity)))
    plan = highs.solve(arcs, Clock())
    assert plan is not None
    demand = arcs.demand
    total = float((found.cost + demand["start_cost"]) @ demand["quantity"])
    assert total == pytest.approx(arcs.money(plan.flow, plan.unmet)[0])
    by_arc = np.bincount(arcs.flows[1], plan.flow, len(arcs.tail))
    assert found.loads.sum() == pytest.approx(by_arc.sum())
    kinds = arcs.commodities.groupby("kind")["start"].nunique()
    assert found.trees == kinds.sum()


def test_prices_turn_a_sweep_away(tmp_path: Path) -> None:
    """A price on every limit of an arc makes its routes dearer by as much."""
    arcs = read(made(tmp_path / "made", demands=80))
    free = sweep(arcs, cargo(arcs), np.zeros(len(arcs.capacity)))
    priced = sweep(arcs, cargo(arcs), np.full(len(arcs.capacity), 5.0))
    assert (priced.cost >= free.cost + 5).all()
    assert (arcs.use @ priced.loads).sum() <= (arcs.use @ free.loads).sum() + 1e-6


def test_the_sweep_is_frozen() -> None:
    """What is timed has not changed since its figures were first written down."""
    text = inspect.getsource(yardstick.sweep).encode()
    assert hashlib.sha256(text).hexdigest()[:16] == "fceac670a73bf2c6"


def test_a_process_is_measured() -> None:
    """Seconds, peak memory, output and exit code."""
    code = "import sys, time; b = bytearray(80_000_000); time.sleep(0.2); print('done')"
    run = finished([sys.executable, "-c", f"{code}; sys.exit(3)"], 60)
    assert (run.code, run.in_time, run.output) == (3, True, "done\n")
    assert 0.2 < run.seconds < 30
    assert run.peak > 75


def test_a_process_is_ended_at_the_limit_with_its_children() -> None:
    """Nothing of it goes on."""
    script = "sleep 60 & echo started; wait"
    run = finished(["/bin/sh", "-c", script], 0.5)
    assert (run.in_time, run.output) == (False, "started\n")
    assert run.seconds < 30


def ran(seconds: float = 1.0, code: int = 0, *, in_time: bool = True) -> Finished:
    """Return a run that took as long."""
    return Finished(
        code, in_time, seconds, 100.0, seconds, "", "MemoryError: no more\n"
    )


def answered(way: str, cost: float, *seconds: float) -> Series:
    """Return a series of runs with an answer each."""
    answer = {"cost": cost, "seconds": {"solve": 0.5}, "versions": {"thing": "1"}}
    return Series(way, [ran(one) for one in seconds], [answer] * len(seconds))


def sample(*series: Series) -> Comparison:
    """Return a comparison whose yardstick is a hundredth of a second."""
    sweeps = Series(SWEEP, [ran()], [{"sweep": 0.01, "trees": 7}])
    return Comparison("grain", "", sweeps, list(series))


def test_the_page_tells_medians_and_ratios() -> None:
    """Also the solve in sweeps, and versions of the peers."""
    found = sample(answered(KERUEN, 10.0, 1, 2, 9), answered("highs", 10.0, 6, 8, 7))
    text = page([found], 3, 60)
    assert "| grain | keruen | 2.00 | 1.00 |" in text
    assert "| grain | highs | 7.00 | 3.50 |" in text
    assert "| the same |" in text
    assert "| 0.01 | 7 | 50 |" in text
    assert "thing 1" in text


def test_the_page_leaves_out_nothing_that_failed() -> None:
    """A limit, a crash, and an answer without an optimum."""
    late = Series("glop", [ran(60, -9, in_time=False)])
    crashed = Series("pdlp", [ran(2, 1)])
    lost = Series("pulp-cbc", [ran(2)])
    text = page([sample(answered(KERUEN, 10.0, 2), late, crashed, lost)], 1, 60)
    assert "| grain | glop | over 60 | over 30.0 |" in text
    assert "| grain | pdlp | failed with exit code 1 (MemoryError) |" in text
    assert "| grain | pulp-cbc | found no optimum |" in text


def test_costs_that_differ_are_found() -> None:
    """With more patience for a method that is not exact."""
    ways = answered("highs", 10.1, 1), answered("pdlp", 10.0001, 1)
    found = sample(answered(KERUEN, 10.0, 1), *ways)
    assert differing(found) == ["highs"]
    assert "+1.0e-02 of it" in page([found], 1, 60)


def test_the_page_repeats_the_rule_that_was_given() -> None:
    """As the command that generated an instance has it."""
    found = replace(
        sample(answered(KERUEN, 10.0, 2)), command="keruen generate DIR --rules hhi"
    )
    assert "--rules hhi \\\n" in page([found], 1, 60)


def test_ways_run_in_turn_and_not_again_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The order changes from repeat to repeat."""
    order_of_runs = []

    def run(command: list[Any], _limit: float) -> Finished:
        way = "keruen" if "solve" in command else str(command[2]).rpartition(".")[2]
        order_of_runs.append(way)
        if way == "ortools_arcs":
            return ran(9, -9, in_time=False)
        answer = {"cost": 1.0, "seconds": {}, "versions": {}, "sweep": 1.0, "trees": 1}
        return Finished(0, True, 1.0, 1.0, 1.0, json.dumps(answer), "")

    monkeypatch.setattr(comparing, "finished", run)
    monkeypatch.setattr(comparing, "peers_python", lambda: sys.executable)
    (found,) = compare([str(tmp_path)], ["highs", "glop"], 3, 5)
    assert order_of_runs == [
        *("sweep", "keruen", "highs", "ortools_arcs"),
        *("sweep", "highs", "keruen"),
        *("sweep", "keruen", "highs"),
    ]
    assert [len(series.runs) for series in found.series] == [3, 3, 1]


def test_instances_are_generated_by_name() -> None:
    """Demands, and tightness if it is given; the command is told."""
    comparisons = list(compare(["generated-30-0.2"], [], 1, 60))
    assert comparisons[0].command == "keruen generate DIR --demands 30 --tightness 0.2"
    assert comparisons[0].sweeps.answered


def test_every_peer_is_a_module_with_pinned_versions() -> None:
    """Each module is there, and what it imports is pinned exactly."""
    for module, *_ in PEERS.values():
        assert (ROOT / "benchmarks" / "peers" / f"{module}.py").exists()
    lines = VERSIONS.read_text().splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert {"highspy", "PuLP", "linopy", "ortools"} <= pinned.keys()
    constraints = (ROOT / "constraints.txt").read_text().splitlines()
    here = dict(line.split("==") for line in constraints)
    for shared in ("highspy", "PuLP", "numpy", "scipy", "pandas"):
        assert pinned[shared] == here[shared]


def test_the_comparing_process_stays_small() -> None:
    """Its memory would be counted as its children's."""
    heavy = ("numpy", "pandas", "scipy", "highspy", "pulp")
    loaded = f"[name for name in {heavy!r} if name in sys.modules]"
    code = f"import benchmarks.__main__, sys; print({loaded})"
    assert finished([sys.executable, "-c", code], 60).output == "[]\n"
