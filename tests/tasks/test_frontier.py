"""The command `frontier`: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

import cli
from solver.errors import UnverifiedError
from solver.solution.form import FILES, SUMMARY
from solver.solution.status import Status
from solver.solving.solve import solved
from solver.storage.files import OURS, UNFINISHED
from solver.studies.frontier import frontier as engine
from solver.tasks import frontier as curve
from solver.tasks.solve import finished
from tests.folders import ROOT, launch, write_instance

if TYPE_CHECKING:
    from click.testing import Result

    from solver.solution.solution import Solution
    from solver.solving.column_generation import ColumnGeneration
    from solver.solving.reductions.reduction import ReductionChain
    from solver.tasks.solve import Run

QUICKSTART = ROOT / "instances" / "quickstart"
SVG = "{http://www.w3.org/2000/svg}"
TOP = {"frontier.csv", "frontier.json", "frontier.svg", "points"}


def run(*words: str | Path, **env: str) -> Result:
    """Run a command in this process, 88 columns wide."""
    runner = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "88", **env})
    return runner.invoke(cli.keruen, [str(word) for word in words])


def frontier(*words: str | Path, **env: str) -> Result:
    """Draw a frontier of the quickstart, of five points."""
    return run("frontier", QUICKSTART, "--points", "5", *words, **env)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a frontier."""
    folder = tmp_path_factory.mktemp("frontier") / "out"
    done = frontier("-o", folder)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """Return a folder of a frontier that may be spoiled."""
    return shutil.copytree(written, tmp_path / "out")


def document(folder: Path) -> dict[str, Any]:
    """Return the document of a frontier."""
    read: dict[str, Any] = json.loads((folder / "frontier.json").read_bytes())
    return read


def names(folder: Path) -> set[str]:
    """Names of everything in a folder."""
    return {path.name for path in folder.iterdir()}


# ---- the screen


def test_the_screen_tells_the_curve_the_knee_the_band_and_the_end() -> None:
    """One row a point within 88 columns, the knee in words."""
    done = frontier()
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Quickstart"
    assert lines[1].startswith("optimal: 5 plans of least cost, each proved (gap ")
    assert max(map(len, lines)) <= 88
    rows = [line.split()[0] for line in lines if re.match(r" *(\d|knee) +0\.3", line)]
    assert sorted(rows) == ["1", "2", "4", "5", "knee"]
    for words in (
        "largest HHI by corridor, of all cargo",
        "750,000 t in every plan",
        "cost, extra cost and price in thousand USD",
        "Knee     point 3, limit 0.3",
        "the least cost is known within",
        "no plan goes beyond 0.3333; the curve stops 0.0001 HHI before",
        "ill-conditioned",
    ):
        assert words in " ".join(done.stdout.split()).replace("Knee ", "Knee     ")
    assert "\x1b" not in done.stdout


def test_colour_and_unicode_are_never_needed() -> None:
    """Colours add no words, and ASCII is enough."""
    plain = frontier().stdout.splitlines()[:-1]
    colored = frontier(NO_COLOR="", FORCE_COLOR="1").stdout
    assert "\x1b[" in colored
    bare = re.sub(r"\x1b\[[0-9;]*m", "", colored).splitlines()[:-1]
    assert [line.rstrip() for line in bare] == plain
    words = ("cli.py", "frontier", QUICKSTART, "--rule", "max_share")
    done = launch(*words, PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "?" not in done.stdout


def test_a_straight_line_has_no_knee_and_no_end_to_trade_for_has_one_point() -> None:
    """Both are said in words."""
    done = frontier("--rule", "max_share")
    assert "none: the curve is a straight line" in done.stdout
    done = run("frontier", QUICKSTART, "--rule", "min_share", "--by", "country")
    assert "where the unconstrained optimum is already" in " ".join(done.stdout.split())


def test_long_names_and_many_corridors_keep_to_the_width(tmp_path: Path) -> None:
    """Names are cut, and of many corridors the largest are shown."""
    legs = [
        f"L{n},A,B,rail,corridor number {n} with a name that goes on,30,{n}"
        for n in range(7)
    ]
    head = "leg,from,to,mode,corridor,capacity,cost"
    changes = {"grain,A,B,100": "grain,A,B,120", "steel,A,C,30": "steel,A,C,0"}
    folder = write_instance(tmp_path / "many", changes)
    (folder / "legs.csv").write_text("\n".join([head, *legs, "x,A,C,sea,,,1", ""]))
    (folder / "instance.toml").write_text('name = "Many"\n')
    done = run("frontier", folder, "--points", "3")
    assert done.exit_code == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 88
    assert "corridors (the largest) in % of the cargo" in done.stdout


def test_unmet_firm_demand_is_10_and_said(tmp_path: Path) -> None:
    """Five tonnes of steel stay unmet in every plan."""
    folder = write_instance(tmp_path / "short", {"sea,A,C,sea,,,": "sea,A,C,sea,,5,"})
    done = run("frontier", folder, "--rule", "max_share", "--where", "product=grain")
    assert done.exit_code == 10, done.stderr
    assert "125 t in every plan; 5 t stay unmet" in done.stdout
    assert "of cargo with product grain" in done.stdout


@pytest.mark.parametrize(("solves", "told"), [(2, "did not get there"), (4, "3 plans")])
def test_a_curve_that_is_cut_short_is_12_and_says_so(
    solves: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found is shown; an end that was not reached is not called so."""
    done = 0

    def stopping(loop: ColumnGeneration, reduction: ReductionChain) -> Solution:
        nonlocal done
        done += 1
        solution = solved(loop, reduction)
        return replace(solution, status=Status.LIMIT) if done > solves else solution

    monkeypatch.setattr(engine, "solved", stopping)
    shown = frontier()
    assert shown.exit_code == 12
    assert "the time limit ended the curve early" in shown.stdout
    assert told in shown.stdout
    assert "optimum is already" not in shown.stdout


def test_quiet_says_nothing(tmp_path: Path) -> None:
    """The exit code and the files are enough for a scheduler."""
    done = frontier("--quiet", "-o", tmp_path / "out")
    assert (done.exit_code, done.output) == (0, "")
    assert names(tmp_path / "out") == TOP


def test_help_begins_with_two_examples() -> None:
    """Whoever asks for help sees first what to type."""
    done = run("frontier", "--help")
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    assert done.exit_code == 0
    assert lines[1] == "keruen frontier quickstart"
    assert lines[2].startswith("keruen frontier quickstart --rule max_share")


# ---- the folder


def test_the_folder_holds_the_curve_and_every_plan(written: Path) -> None:
    """Nothing else, and nothing of a run under way."""
    assert names(written) == TOP
    points = written / "points"
    assert names(points) == {"01", "02", "03", "04", "05"}
    for name in names(points):
        assert names(points / name) == {*FILES, SUMMARY}


def test_every_plan_verifies_as_a_result_of_its_own(written: Path) -> None:
    """Its last rule is the one that varies, at the point's limit; its cost agrees."""
    for point in document(written)["points"]:
        folder = written / "points" / f"{point['point']:02}"
        done = run("verify", folder)
        assert done.exit_code == 0, done.stdout
        summary = json.loads((folder / SUMMARY).read_bytes())
        assert summary["cost"] == pytest.approx(point["cost"], abs=1e-5)
        instance = json.loads((folder / "instance.json").read_bytes())
        assert instance["diversification"][-1]["max_hhi"] == point["limit"]


def test_a_rule_of_cargo_that_stays_unmet_is_left_out(tmp_path: Path) -> None:
    """No plan carries steel: what speaks of it would select no demand."""
    rule = 'max_share = 0.6\n[[diversification]]\nname = "steel"\nby = "corridor"\n'
    rule = f'{rule}where = {{ product = ["steel"] }}\nmax_share = 1\n'
    changes = {"max_share = 0.6\n": rule, "steel,A,C": "steel,C,A"}
    folder = write_instance(tmp_path / "home", changes)
    done = run("frontier", folder, "-o", tmp_path / "out")
    assert done.exit_code == 10, done.stderr
    assert run("verify", tmp_path / "out" / "points" / "01").exit_code == 0


def test_the_table_is_the_document(written: Path) -> None:
    """One row a point, one share a corridor, the knee flagged."""
    with (written / "frontier.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = document(written)["points"]
    assert len(rows) == len(points) == 5
    assert {"limit", "level", "hhi", "cost", "bound", "extra_cost"} <= set(rows[0])
    for row, point in zip(rows, points, strict=True):
        for name in set(row) & set(point) - {"knee"}:
            assert float(row[name]) == point[name]
        shares = {name: float(row[f"share_{name}"]) for name in point["shares"]}
        assert shares == point["shares"]
        assert sum(shares.values()) == pytest.approx(1.0)
        assert row["knee"] == ("1" if point["knee"] else "0")
        extra = point["cost"] - points[0]["cost"]
        assert point["extra_cost"] == pytest.approx(extra, abs=1e-5)
        assert point["extra_per_unit"] == pytest.approx(extra / 750_000, abs=1e-8)
    assert [point["knee"] for point in points].count(True) == 1


def test_json_is_the_document_that_is_written(written: Path) -> None:
    """Files and seconds apart, which only a folder has."""
    done = frontier("--json")
    printed = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert printed.pop("schema_version") == 1
    assert printed.pop("files") == {}
    assert {"start", "load", "draw", "total"} <= printed.pop("seconds").keys()
    kept = document(written)
    del kept["files"], kept["seconds"]
    assert printed == kept


def test_the_document_holds_the_hash_of_every_other_file(written: Path) -> None:
    """The summaries of the plans apart, which hold seconds."""
    hashes = document(written)["files"]
    files = {
        str(path.relative_to(written)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in written.rglob("*")
        if path.is_file() and path.name not in {SUMMARY, "frontier.json"}
    }
    assert hashes == files


def test_same_input_same_bytes(written: Path, tmp_path: Path) -> None:
    """In another process, with another hash seed, only seconds differ."""
    words = ("cli.py", "frontier", QUICKSTART, "--points", "5", "-o", tmp_path / "out")
    done = launch(*words, PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    first, second = document(written), document(tmp_path / "out")
    del first["seconds"], second["seconds"]
    assert first == second


def test_a_frontier_is_verified_point_by_point(written: Path) -> None:
    """Its folder is no result, but holds some; whoever names it is told which."""
    done = run("verify", written)
    assert done.exit_code == 66
    assert f"name one of its points: {written / 'points' / '01'}" in done.stderr
    assert run("verify", written / "points" / "01").exit_code == 0


def test_an_earlier_frontier_is_replaced(written: Path, folder: Path) -> None:
    """Also by one of fewer points, none of which is left over."""
    done = run("frontier", QUICKSTART, "--points", "2", "-o", folder)
    assert done.exit_code == 0, done.stderr
    assert names(folder) == TOP
    assert names(folder / "points") == {"01", "02"}
    assert document(folder)["points"][0] == document(written)["points"][0]


@pytest.mark.parametrize(
    "stranger", ["notes.txt", "legs.csv", "points/notes.txt", "points/03/notes.txt"]
)
def test_what_is_not_ours_is_never_touched(stranger: str, folder: Path) -> None:
    """A folder with anything else in it, down to the plans, is refused."""
    (folder / stranger).write_text("mine")
    done = frontier("-o", folder)
    assert (done.exit_code, done.stdout) == (73, "")
    assert "name a new or an empty folder" in done.stderr
    assert (folder / stranger).read_text() == "mine"


def test_results_and_frontiers_are_not_written_over_each_other(
    written: Path, tmp_path: Path
) -> None:
    """Each keeps to its own kind."""
    result = tmp_path / "result"
    assert run("solve", QUICKSTART, "-o", result).exit_code == 0
    assert frontier("-o", result).exit_code == 73
    assert run("solve", QUICKSTART, "-o", written).exit_code == 73
    assert frontier("-o", QUICKSTART).exit_code == 73


def test_a_folder_marked_unfinished_may_be_written_again(folder: Path) -> None:
    """A run was killed between two moves: what it left aside is swept away."""
    (folder / "frontier.json").unlink()
    assert frontier("-o", folder).exit_code == 73
    (folder / UNFINISHED).touch()
    (folder / f"{OURS}points" / "01").mkdir(parents=True)
    assert frontier("-o", folder).exit_code == 0
    assert names(folder) == TOP


@pytest.mark.parametrize(
    ("raised", "code"),
    [(UnverifiedError("not verified"), 70), (KeyboardInterrupt, 130)],
)
def test_a_plan_that_fails_leaves_the_earlier_frontier(
    raised: Any,
    code: int,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing of the new one is left, and nothing of the old one is gone."""
    before = (folder / "frontier.json").read_bytes()

    calls = 0

    def fails(*words: Any) -> Run:
        nonlocal calls
        calls += 1
        if calls % 3 == 0:
            raise raised
        return finished(*words)

    monkeypatch.setattr(curve, "finished", fails)
    for place in (folder, tmp_path / "new"):
        assert frontier("-o", place).exit_code == code
    assert not (tmp_path / "new").exists()
    assert names(folder) == TOP
    assert (folder / "frontier.json").read_bytes() == before
    assert run("verify", folder / "points" / "05").exit_code == 0


def test_a_move_that_fails_puts_everything_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plans, table and picture were in place already: the old ones return."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    move, failed = Path.replace, False

    def fails_once(path: Path, target: Path) -> Path:
        nonlocal failed
        if target.name == "frontier.json" and not failed:
            failed = True
            message = "no space left on device"
            raise OSError(message)
        return move(path, target)

    monkeypatch.setattr(Path, "replace", fails_once)
    done = run("frontier", QUICKSTART, "--points", "3", "-o", folder)
    assert (done.exit_code, done.stdout) == (74, "")
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after == before


# ---- the picture


def test_the_picture_says_what_it_shows(written: Path) -> None:
    """Title, description, axes with units, knee and end are text in it."""
    text = (written / "frontier.svg").read_text(encoding="utf-8")
    root = ET.fromstring(text)  # noqa: S314 - our own file
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "Quickstart: least cost against largest HHI by corridor"
    assert description is not None
    assert "Its knee is at 0.3" in (description.text or "")
    told = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    for words in (
        "Largest HHI by corridor (stricter to the right)",
        "Extra cost over the unconstrained optimum, thousand USD",
        "in % of the least cost",
        "Knee: 0.3",
        "No plan goes beyond 0.3333",
    ):
        assert words in told
    addresses = set(re.findall(r"https?://[^\"']+", text))
    assert addresses == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "@font-face" not in text


def test_names_are_never_taken_for_formulas(tmp_path: Path) -> None:
    """Dollars, angles and other scripts stand in the picture as they are."""
    name = "A $x_1$ <b> & Қорған 走廊"
    folder = write_instance(tmp_path / "odd", {'"Tiny"': f'"{name}"'})
    done = run("frontier", folder, "--rule", "max_share", "-o", tmp_path / "out")
    assert (done.exit_code, done.stderr.count("\n")) == (0, 1), done.stderr
    root = ET.parse(tmp_path / "out" / "frontier.svg")  # noqa: S314
    told = [element.text for element in root.iter(f"{SVG}text")]
    assert name in told


def test_without_matplotlib_all_but_the_picture_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note says how to get it; an earlier picture does not stay."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = frontier("-o", folder)
    assert done.exit_code == 0
    assert "frontier.svg is left out" in done.stderr
    assert "keruen[plot]" in done.stderr
    assert names(folder) == TOP - {"frontier.svg"}
    assert "frontier.svg" not in document(folder)["files"]
    assert frontier("-o", folder, "--quiet").output == ""


def test_nothing_is_drawn_unless_it_is_written() -> None:
    """A frontier on the screen alone does not load matplotlib."""
    script = (
        "import sys, cli\n"
        f"words = ['frontier', {str(QUICKSTART)!r}, '--points', '2', '--quiet']\n"
        "cli.keruen.main(words, standalone_mode=False)\n"
        "sys.exit(3 if 'matplotlib' in sys.modules else 0)\n"
    )
    assert launch("-c", script).returncode == 0


# ---- what is refused


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--rule max_hih", "did you mean `max_hhi`?"),
        ("--rule best", "known: `max_hhi`, `max_share`, `min_share`"),
        ("--rule max_share --by corridors", "did you mean `corridor`?"),
        ("--by country", "their shares do not sum to 1; bound each with max_share"),
        ("--rule max_share --by tag", "there are no tags in the instance"),
        ("--rule max_share --value suthern", "did you mean `southern`?"),
        ("--value southern", "take --rule max_share or min_share"),
        ("--where wheat", "write key=name,name"),
        ("--where product=", "write key=name,name"),
        ("--where prodct=wheat", "did you mean `product`?"),
        ("--where product=wheet", "did you mean `wheat`?"),
        ("--where product=wheat --where origin=Iran", "it selects no demand"),
        ("--points 1", "a curve has two ends, give 2 or more"),
        ("--points many", "is not a valid integer"),
        ("--time-limit 0", "is not a number of seconds above 0"),
        ("--solver nope", "is not available"),
        ("--scenario nope", "unknown scenario"),
    ],
)
def test_words_that_mean_nothing_are_2_with_a_remedy(words: str, told: str) -> None:
    """Nothing is printed but what is wrong, and what to do."""
    done = run("frontier", QUICKSTART, *words.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr


def test_all_that_is_wrong_with_the_words_is_told_at_once() -> None:
    """Three mistakes, three lines."""
    done = run(*("frontier", QUICKSTART, "--rule", "x", "--by", "y", "--where", "z=a"))
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 3


def test_names_with_commas_and_keys_given_twice(tmp_path: Path) -> None:
    """A name that holds a comma stands alone; more of one key are united."""
    changes = {"grain,A,B": '"grain, soft",A,B', 'where = { product = ["grain"] }': ""}
    folder = write_instance(tmp_path / "comma", changes)
    words = ("--where", "product=grain, soft", "--where", "product=steel", "--json")
    done = run("frontier", folder, "--rule", "max_share", *words)
    assert done.exit_code == 0, done.stderr
    where = json.loads(done.stdout)["rule"]["where"]
    assert where == {"product": ["grain, soft", "steel"]}


def test_bad_instances_end_as_they_do_in_solve(tmp_path: Path) -> None:
    """Faults 65, missing 66, rules that cannot hold 11, no time 12."""
    bad = write_instance(tmp_path / "bad", {"grain,A,B,100": "grain,A,X,-1"})
    assert run("frontier", bad).exit_code == 65
    assert run("frontier", tmp_path / "nowhere").exit_code == 66
    never = 'min_share = { northern = 0.9 }\nof = "demand"'
    strict = write_instance(tmp_path / "strict", {"max_share = 0.6": never})
    out = tmp_path / "out"
    done = run("frontier", strict, "-o", out)
    assert (done.exit_code, done.stdout) == (11, "")
    assert "cannot hold together" in done.stderr
    assert run("frontier", QUICKSTART, "--time-limit", "1e-9").exit_code == 12
    odd = write_instance(tmp_path / "odd", {"steel,A,C": "steel,C,A"})
    assert run("frontier", odd, "--strict").exit_code == 65
    assert not out.exists()


def test_faults_are_told_as_json_too() -> None:
    """One document, with the exit code."""
    done = run("frontier", QUICKSTART, "--by", "country", "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.exit_code, error["exit_code"]) == (2, 2)


def test_scenarios_are_applied_and_recorded(tmp_path: Path) -> None:
    """A rule of a scenario holds at every point."""
    words = ("--scenario", "no-corridor-above-40", "-o", tmp_path / "out")
    done = run(
        "frontier", QUICKSTART, "--rule", "min_share", "--value", "western", *words
    )
    assert done.exit_code == 0, done.stderr
    kept = document(tmp_path / "out")
    assert kept["instance"]["scenarios"] == ["no-corridor-above-40"]
    for point in kept["points"]:
        assert max(point["shares"].values()) <= 0.4 + 1e-6


def test_another_solver_draws_the_same_curve() -> None:
    """Costs at the ends do not depend on it."""
    words = ("--points", "2", "--json")
    first, second = (
        json.loads(run("frontier", QUICKSTART, *words, "--solver", name).stdout)
        for name in ("HiGHS", "PULP_CBC_CMD")
    )
    for one, other in zip(first["points"], second["points"], strict=True):
        assert one["cost"] == pytest.approx(other["cost"], rel=1e-6)


def test_the_page_shows_a_real_screen_and_picture(tmp_path: Path) -> None:
    """What the command of the page prints and writes is what the page shows."""
    words = ("frontier", "--rule", "max_share", "-o", tmp_path / "out")
    done = run(*words, ROOT / "instances" / "kazakhstan")
    assert done.exit_code == 0, done.stderr
    printed = [line for line in done.stdout.splitlines() if not line.startswith("Time")]
    page = (ROOT / "docs" / "frontier.md").read_text(encoding="utf-8")
    assert page.split("```text\n")[1].split("```")[0].splitlines() == printed

    def texts(path: Path) -> list[str | None]:
        root = ET.parse(path).getroot()  # noqa: S314 - our own file
        told = [*root.iter(f"{SVG}desc"), *root.iter(f"{SVG}text")]
        return [element.text for element in told]

    drawn = texts(tmp_path / "out" / "frontier.svg")
    assert texts(ROOT / "docs" / "frontier.svg") == drawn
