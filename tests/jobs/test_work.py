"""Items solved by workers: the same bytes whoever solves them, in any order."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from click.testing import CliRunner

from solver.commands.program import keruen
from solver.jobs.records.layout import item_folder
from solver.jobs.records.ledger import Ledger
from solver.jobs.records.results import FIGURES
from solver.jobs.records.status import read_status
from solver.jobs.records.summarise import summarise
from solver.jobs.run import BatchOrder, BatchPlan, planned, run
from solver.jobs.workers.work import work
from solver.loaders.references import load
from solver.options import Options
from solver.tasks.answer import solve
from solver.tasks.verify import audit
from tests.jobs.small import Here, Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.jobs.workers.pool import Pool

ROOT = Path(__file__).parent.parent.parent
QUICKSTART = ROOT / "instances" / "quickstart"
SWEEP = f"""
instance = "{QUICKSTART}"
scenarios = [[], ["novorossiysk-closed"]]
[[grid]]
table = "legs"
scale = {{ cost = [0.9, 1.0] }}
[[draw]]
table = "demand"
scale = {{ quantity = {{ normal = [1.0, 0.1], min = 0 }} }}
count = 2
[closures]
by = ["port"]
"""


def _plan(folder: Path, **choices: object) -> BatchPlan:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sweep.toml"
    path.write_text(SWEEP)
    order = BatchOrder(words=[str(path)], folder=folder / "out", **choices)  # type: ignore[arg-type]
    return planned(order, bytes)


def _run(plan: BatchPlan, pool: Callable[[], Pool]) -> dict[str, int]:
    return run(plan, pool, Told(), lambda: 0)


def _files(folder: Path) -> dict[str, bytes]:
    """Bytes of all items, the seconds of their summaries left out."""
    found = {}
    for path in sorted((folder / "out").glob("items/*/*/*")):
        content = path.read_bytes()
        if path.name == "summary.json":
            summary = json.loads(content)
            summary.pop("seconds")
            content = json.dumps(summary).encode()
        found[str(path.relative_to(folder))] = content
    return found


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Work on a batch in one process, item by item."""
    folder = tmp_path_factory.mktemp("alone")
    counts = _run(_plan(folder), lambda: Here(work))
    assert counts["done"] == counts["items"] == 12
    return folder


def test_workers_killed_and_resumed_give_the_bytes_of_one_process(
    alone: Path, tmp_path: Path
) -> None:
    """Terminated in the middle: exit 143, no process left; resumed: the same bytes."""
    plan = _plan(tmp_path)
    words = ("batch", *plan.order.words, "-o", tmp_path / "out", "--resume")
    process = _started(*words, "--workers", 2, "--quiet")
    while not list((tmp_path / "out").glob("items/*/*/summary.json")):
        time.sleep(0.05)
        assert process.poll() is None
    found = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 143, told
    _, alive = psutil.wait_procs(found, timeout=5)
    assert not alive
    assert not list((tmp_path / "out").glob(".keruen*"))
    before = read_status([tmp_path / "out"])
    assert 0 < before["done"] < 12
    process = _started(*words, "--workers", 1, "--json", "--log-format", "json")
    data, events = process.communicate(timeout=120)
    assert process.returncode == 0
    assert json.loads(data)["done"] == 12
    names = [json.loads(line)["event"] for line in events.splitlines()]
    assert names[0] == "batch_started"
    assert names[-1] == "batch_ended"
    assert names.count("item_done") <= 12 - before["done"]
    assert _files(tmp_path) == _files(alone)
    tables = [folder / "out" / "summary.csv" for folder in (alone, tmp_path)]
    assert tables[0].read_text() == tables[1].read_text()


def _started(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - the project's own command
        [sys.executable, ROOT / "cli.py", *map(str, words)],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_each_item_is_a_result_that_verifies(alone: Path) -> None:
    """Its folder stands the audit of files alone, and against the instance."""
    for number in (1, 12):
        folder = alone / "out" / "items" / "0000" / f"{number:07d}"
        assert audit(folder, QUICKSTART).passed


def test_an_item_costs_what_a_solve_from_scratch_costs(alone: Path) -> None:
    """Status and cost are those of the same question asked alone."""
    with Ledger(alone / "out") as ledger:
        for entry in list(ledger.entries())[::5]:
            task, row = entry.task or {}, entry.summary or {}
            loaded = load(task["instance"], task["scenarios"], task["changes"])
            solution = solve(loaded.instance, Options(sensitivity="none"))
            assert solution.status == row["status"]
            cost = solution.proved.objective or 0.0
            expected = row["cost"] if not row["unmet"] else cost
            assert cost == pytest.approx(expected, rel=1e-9)


def test_the_summary_holds_each_figure_of_a_result(alone: Path) -> None:
    """Every column of figures is a key of the item's own summary, with its value."""
    with (alone / "out" / "summary.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    for row in rows:
        folder = item_folder(alone / "out", int(row["same_as"] or row["item"]))
        own = json.loads((folder / "summary.json").read_text())
        assert row["status"] == own["status"]
        for name in FIGURES[1:]:
            assert float(row[name]) == own[name]
        whole = float(row["served"]) + float(row["unmet"])
        assert whole == pytest.approx(float(row["demand"]))


def test_a_batch_can_be_summarised(alone: Path) -> None:
    """Costs move most with the factor of costs; a closed port has a change of cost."""
    found = summarise([alone / "out"])
    assert {row["factor"] for row in found.tornado} == {
        "legs.cost *=",
        "draws",
        "scenarios",
    }
    assert [row["swing"] for row in found.tornado] == sorted(
        (row["swing"] for row in found.tornado), reverse=True
    )
    spread = {(row["scenarios"], row["figure"]): row for row in found.distribution}
    assert spread["base", "cost"]["items"] == 4
    assert spread["base", "cost"]["least"] <= spread["base", "cost"]["q50"]
    assert spread["base", "served"]["least"] > 0
    closed = {(row["closed"], row["scenarios"]): row for row in found.closures}
    assert closed["port Novorossiysk", "base"]["cost_change"] > 0
    assert closed["port Novorossiysk", "novorossiysk-closed"]["cost_change"] == 0


def test_a_summary_is_a_page_or_tables(alone: Path, tmp_path: Path) -> None:
    """A page that loads nothing, with a bar for each factor; or three CSV files."""
    page = tmp_path / "sweep.html"
    done = CliRunner().invoke(
        keruen, ["summarise", str(alone / "out"), "-o", str(page)]
    )
    assert done.exit_code == 0
    assert "What moves the mean cost most" in done.stdout
    text = page.read_text()
    assert text.count("<rect") == 3 + 2
    assert " src=" not in text
    assert "<link" not in text
    words = ["summarise", str(alone / "out"), "-o", str(tmp_path / "tables"), "--json"]
    tornado = json.loads(CliRunner().invoke(keruen, words).stdout)["tornado"]
    lines = (tmp_path / "tables" / "tornado.csv").read_text().splitlines()
    assert len(lines) == 1 + len(tornado)


@pytest.mark.parametrize(
    ("keep", "names"),
    [
        ("summary", {"summary.json"}),
        ("tables", {"summary.json", "allocation.csv", "demand.csv"}),
    ],
)
def test_what_is_not_kept_is_verified_and_left_out(
    tmp_path: Path, keep: str, names: set[str]
) -> None:
    """Summaries name the hashes of kept files only, and a resumed batch takes them."""
    (tmp_path / "sweep.toml").write_text(f'instance = "{QUICKSTART}"\n')
    order = BatchOrder(
        words=[str(tmp_path / "sweep.toml")],
        folder=tmp_path / "out",
        keep=keep,  # type: ignore[arg-type]
        resume=True,
    )
    _run(planned(order, bytes), lambda: Here(work))
    folder = tmp_path / "out" / "items" / "0000" / "0000001"
    found = {path.name for path in folder.iterdir()}
    assert names <= found
    assert "instance.json" not in found
    hashes = json.loads((folder / "summary.json").read_text())["files"]
    assert {*hashes, "summary.json"} == found
    told = Told()
    run(planned(order, bytes), lambda: Here(work), told, lambda: 0)
    assert told.count("item_started") == 0


def test_a_bad_instance_costs_its_own_item(tmp_path: Path) -> None:
    """One of two instances is wrong: the other is solved, the reason names a row."""
    bad = tmp_path / "bad"
    bad.mkdir()
    for file in QUICKSTART.iterdir():
        (bad / file.name).write_bytes(file.read_bytes())
    demand = (bad / "demand.csv").read_text().splitlines()
    (bad / "demand.csv").write_text("\n".join([*demand, "wheat,Nowhere,Iran,-5"]))
    order = BatchOrder(words=[str(QUICKSTART), str(bad)], folder=tmp_path / "out")
    counts = _run(planned(order, bytes), lambda: Here(work))
    assert (counts["done"], counts["failed"]) == (1, 1)
    with Ledger(tmp_path / "out") as ledger:
        entry = ledger.entry(2)
    assert entry is not None
    assert entry.exit_code == 65
    assert entry.reason.startswith("bad instance: demand.csv:")


def test_an_instance_that_changes_meanwhile_is_not_mixed(tmp_path: Path) -> None:
    """A worker that finds another instance than the batch began with says so."""
    plan = _plan(tmp_path)
    item = plan.items[1]
    from solver.jobs.workers.task import Task

    task = Task(
        1, "key", item, True, "0" * 64, str(tmp_path), plan.order.options, "all", 1024
    )
    ended = work(task)
    assert (ended.outcome, ended.exit_code) == ("failed", 66)
    assert "has changed since" in ended.reason
