"""The command line: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import cli
from solver.solution.form import FILES, SUMMARY
from tests.folders import ROOT, launch, write_instance

if TYPE_CHECKING:
    from click.testing import Result

pytestmark = pytest.mark.versions


COMMANDS = (
    "breakeven",
    "check",
    "convert",
    "doctor",
    "example",
    "explain",
    "frontier",
    "generate",
    "init",
    "prices",
    "repair",
    "report",
    "scenarios",
    "schema",
    "solve",
    "template",
    "verify",
)
HEAVY = (
    *("jinja2", "numpy", "pandas", "pydantic", "pulp", "highspy", "rich", "scipy"),
    *("openpyxl", "pyarrow", "python_calamine", "sqlite3", "xlsxwriter"),
)


def run(*words: str | Path, **env: str) -> Result:
    """Run a command in this process."""
    runner = CliRunner(env={"NO_COLOR": "1", **env})
    return runner.invoke(cli.keruen, [str(word) for word in words])


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return an instance with two corridors, all of whose demand is met."""
    return write_instance(tmp_path / "tiny")


@pytest.fixture
def solved(tiny: Path, tmp_path: Path) -> Path:
    """Return the folder of its result."""
    done = run("solve", tiny, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    return tmp_path / "out"


def test_help_loads_nothing_heavy() -> None:
    """Help and version are there at once: no table and no solver is imported."""
    script = (
        "import sys, cli\n"
        "for words in (['--help'], ['solve', '-h'], ['--version']):\n"
        "    cli.keruen.main(words, standalone_mode=False)\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(3 if loaded else 0)\n"
    )
    assert launch("-c", script).returncode == 0


def test_a_plain_solve_loads_only_what_it_calls() -> None:
    """Neither kinds of rules nor whatever else the instance does not need is loaded."""
    done = launch("-c", _LOADED, "instances/quickstart")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["unneeded"] == []
    # Each module takes a tenth of a millisecond and each of these classes four.
    assert told["modules"] <= 251
    assert told["dataclasses"] <= 76


_LOADED = """
import json, sys
from dataclasses import is_dataclass
import cli
cli.keruen.main(["solve", sys.argv[1], "--quiet"], standalone_mode=False)
unneeded = (
    "solver.loaders.one_off_changes", "solver.loaders.number_remedies",
    "solver.results.certificate", "solver.results.reading",
    "solver.model.basis", "solver.results.folder", "solver.rules.kind",
    "solver.rules.row", "solver.solving.interior",
    "solver.solving.rounding.plan_repair", "solver.solving.stopping.stopped_plan",
    "solver.studies.moved_cargo", "solver.studies.what_if",
    "solver.verification.bound.labels", "solver.verification.movement.proof",
    "solver.verification.rules.row",
)
own = {name: module for name, module in sys.modules.items() if "solver" in name}
classes = {
    value
    for name, module in own.items()
    for value in vars(module).values()
    if is_dataclass(value) and isinstance(value, type) and value.__module__ == name
}
print(json.dumps({
    "unneeded": [name for name in unneeded if name in own],
    "modules": len(own),
    "dataclasses": len(classes),
}))
"""


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_begins_with_two_examples(command: str, flag: str) -> None:
    """Whoever asks for help sees first what to type."""
    done = run(*command.split(), flag)
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    assert done.exit_code == 0
    for line in lines[1:3]:
        assert line.startswith(f"keruen {command}".strip())
        named = [word for word in line.split() if word.startswith("instances/")]
        assert all((ROOT / name).is_dir() for name in named)


def test_version_is_one_line() -> None:
    """The version alone, and the one that the package is built with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert run("--version").stdout == f"keruen, version {project['version']}\n"


@pytest.mark.parametrize(
    "words",
    [
        ("solve",),
        ("solve", "x", "--time-limit", "0"),
        ("solve", "x", "--time-limit", "nan"),
        ("solve", "x", "--time-limit", "inf"),
        ("solve", "x", "--write-model", "model.txt"),
        ("schema", "--markdown", "--json"),
        ("fly",),
        ("solve", "x", "--colour"),
    ],
)
def test_wrong_usage_is_2(words: tuple[str, ...]) -> None:
    """Words that mean nothing end with 2, and nothing on standard output."""
    done = run(*words)
    assert done.exit_code == 2
    assert done.stdout == "" or "--json" in words
    assert done.stderr.startswith("keruen: ")


def test_check_counts_what_it_read(tiny: Path) -> None:
    """A sound instance is one line on standard output."""
    done = run("check", tiny)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "OK: 3 nodes, 4 legs, 2 demand" in done.stdout


def test_a_faulty_instance_is_65_with_every_fault(tmp_path: Path) -> None:
    """File, line and column of each fault, in words and as JSON."""
    folder = write_instance(tmp_path / "bad", {"grain,A,B,100": "grain,A,X,-1"})
    done = run("check", folder)
    assert done.exit_code == 65
    assert "demand.csv:2" in done.stderr
    document = json.loads(run("check", folder, "--json").stdout)
    assert document["error"]["exit_code"] == 65
    places = [(f["file"], f["row"], f["column"]) for f in document["error"]["faults"]]
    assert ("demand.csv", 2, "market") in places


def test_strict_takes_warnings_as_faults(tmp_path: Path) -> None:
    """A demand without a route is a warning, or else a fault."""
    folder = write_instance(tmp_path / "odd", {"steel,A,C": "steel,C,A"})
    done = run("check", folder)
    assert done.exit_code == 0
    assert "warning: demand.csv:3" in done.stderr
    assert run("check", folder, "--strict").exit_code == 65
    assert run("solve", folder, "--strict").exit_code == 65


@pytest.mark.parametrize("command", ["check", "solve", "verify"])
def test_a_missing_input_is_66(command: str, tmp_path: Path) -> None:
    """What is not there cannot be read."""
    done = run(command, tmp_path / "nowhere")
    assert (done.exit_code, done.stdout) == (66, "")
    assert len(done.stderr.splitlines()) == 1


def test_an_unknown_scenario_or_solver_is_2(tiny: Path) -> None:
    """Names that are not known are wrong usage."""
    assert run("solve", tiny, "--scenario", "nope").exit_code == 2
    assert run("solve", tiny, "--solver", "nope").exit_code == 2


def test_solve_shows_one_screen(tiny: Path) -> None:
    """Cost, a bar for each corridor, what is scarce, the rule, and the time."""
    done = run("solve", tiny)
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) < 45
    assert max(map(len, lines)) <= 100
    assert lines[1].startswith("optimal: proved and verified")
    text = done.stdout
    for words in ("Cost     2,560 USD", "northern", "60.0 %", "leg road", "verify 0."):
        assert words in text
    assert "\x1b" not in text


def test_colour_is_never_needed(tiny: Path) -> None:
    """FORCE_COLOR adds colours and no words."""
    plain = run("solve", tiny).stdout.splitlines()[:-1]
    colored = run("solve", tiny, NO_COLOR="", FORCE_COLOR="1").stdout
    assert "\x1b[" in colored
    assert "\x1b" not in "".join(plain)


def test_quiet_says_nothing(tiny: Path, tmp_path: Path) -> None:
    """The exit code and the files are enough for a scheduler."""
    done = run("solve", tiny, "-o", tmp_path / "out", "--quiet")
    assert (done.exit_code, done.output) == (0, "")


def test_solve_prints_one_document(tiny: Path) -> None:
    """What people see, with a version of its form."""
    done = run("solve", tiny, "--json")
    document = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert document["schema_version"] == 1
    assert document["status"] == "optimal"
    assert document["cost"] == 2560
    assert [row["limit"] for row in document["binding_capacities"]] == ["road"]
    assert document["rules"][0]["level"] == 0.6
    assert {"start", "load", "solve", "verify", "total"} <= document["seconds"].keys()


def test_unmet_firm_demand_is_10(tmp_path: Path) -> None:
    """What stays unmet is named, with the limit that binds."""
    folder = write_instance(tmp_path / "short", {"sea,A,C,sea,,,": "sea,A,C,sea,,5,"})
    done = run("solve", folder)
    assert done.exit_code == 10
    assert "limited by leg road (A > C), leg sea (A > C)" in done.stdout
    document = json.loads(run("solve", folder, "--json").stdout)
    assert document["unmet_demand"][0]["unmet"] == 5


def test_rules_that_cannot_hold_are_11(tmp_path: Path) -> None:
    """The rules are named with the least excess; the result verifies."""
    folder = write_instance(tmp_path / "strict", {"max_share = 0.6": IMPOSSIBLE})
    done = run("solve", folder, "-o", tmp_path / "out")
    assert done.exit_code == 11, done.output
    assert "cannot hold together" in done.stdout
    assert run("verify", tmp_path / "out").exit_code == 0


IMPOSSIBLE = 'min_share = { northern = 0.9 }\nof = "demand"'


def test_the_result_is_written_and_verifies(solved: Path, tiny: Path) -> None:
    """Every file is there, no other is, and verify needs nothing else."""
    assert {path.name for path in solved.iterdir()} == {*FILES, SUMMARY}
    done = run("verify", solved)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "verified"
    assert run("verify", solved, "--instance", tiny).exit_code == 0
    assert json.loads(run("verify", solved, "--json").stdout)["passed"] is True


def test_another_instance_is_not_the_one_solved(solved: Path, tmp_path: Path) -> None:
    """One number changed, and it is another instance."""
    other = write_instance(tmp_path / "other", {"grain,A,B,100": "grain,A,B,101"})
    done = run("verify", solved, "--instance", other)
    assert done.exit_code == 70
    assert "is not the instance that was solved" in done.stdout


def _without_seconds(folder: Path) -> dict[str, Any]:
    files: dict[str, Any] = {name: (folder / name).read_bytes() for name in FILES}
    summary = json.loads((folder / SUMMARY).read_bytes())
    del summary["seconds"]
    return {**files, SUMMARY: json.dumps(summary)}


def test_same_input_same_bytes(solved: Path, tiny: Path, tmp_path: Path) -> None:
    """In another process, with another hash seed, only the seconds differ."""
    for seed in "01":
        words = ("cli.py", "solve", tiny, "-o", tmp_path / seed)
        done = launch(*words, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        assert _without_seconds(tmp_path / seed) == _without_seconds(solved)


def test_an_earlier_result_is_replaced(solved: Path, tmp_path: Path) -> None:
    """A folder of ours may be written again."""
    folder = write_instance(tmp_path / "other", {"grain,A,B,100": "grain,A,B,110"})
    assert run("solve", folder, "-o", solved).exit_code == 0
    assert run("verify", solved, "--instance", folder).exit_code == 0


def test_scenarios_are_applied_and_recorded(tiny: Path, tmp_path: Path) -> None:
    """The result names them, and verify applies them to the instance again."""
    (tiny / "scenarios.toml").write_text(SCENARIOS)
    out = tmp_path / "out"
    done = run("solve", tiny, "-o", out, "--scenario", "dear", "--scenario", "more")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "Tiny [dear + more]"
    summary = json.loads((out / SUMMARY).read_bytes())
    assert summary["instance"]["scenarios"] == ["dear", "more"]
    assert summary["cost"] == 66 * 21 + 44 * 21.5 + 1030
    assert run("verify", out, "--instance", tiny).exit_code == 0


SCENARIOS = """
[dear]
[[dear.change]]
table = "legs"
where = { leg = ["north"] }
add = { cost = 10 }
[more]
[[more.change]]
table = "demand"
where = { product = ["grain"] }
set = { quantity = 110 }
"""


def test_a_model_is_written_beside(tiny: Path, tmp_path: Path) -> None:
    """The linear program as it was solved last."""
    for suffix in ("lp", "mps"):
        file = tmp_path / f"model.{suffix}"
        assert run("solve", tiny, "--write-model", file).exit_code == 0
        assert file.stat().st_size > 100
    nowhere = tmp_path / "no" / "model.lp"
    assert run("solve", tiny, "--write-model", nowhere).exit_code == 73


def test_schema_has_a_page_and_a_json_schema() -> None:
    """People read the page, editors the schema."""
    assert run("schema").stdout == run("schema", "--markdown").stdout
    assert run("schema").stdout.startswith("# ")
    assert "$defs" in json.loads(run("schema", "--json").stdout)


def test_doctor_tries_every_solver() -> None:
    """HiGHS solves the known problem."""
    done = run("doctor")
    assert done.exit_code == 0, done.output
    assert "HiGHS" in done.stdout
    document = json.loads(run("doctor", "--json").stdout)
    assert document["healthy"] is True
    assert {trial["solver"] for trial in document["solvers"]} >= {"HiGHS"}
