"""A spoiled result never verifies, whether its hashes were adapted or not."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import cli
from solver.errors import InputError
from solver.solution.form import FILES, SUMMARY
from solver.storage.files import LOCK
from solver.tasks.verify import audit
from tests.folders import hashed_again, write_instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


def run(*words: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli.keruen, [str(word) for word in words])


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sound result."""
    folder = tmp_path_factory.mktemp("audit")
    changes = {"sea,A,C,sea,,,": "sea,A,C,sea,,5,"}
    path = write_instance(folder / "tiny", changes)
    assert run("solve", path, "-o", folder / "out").exit_code == 10
    return folder / "out"


@pytest.fixture
def result(sound: Path, tmp_path: Path) -> Path:
    """Return a copy of a sound result, to be spoiled."""
    return Path(shutil.copytree(sound, tmp_path / "copy"))


def test_a_sound_result_verifies(result: Path) -> None:
    """Also with adapted hashes that are the same, and beside a stale lock."""
    hashed_again(result)
    (result / LOCK).touch()
    verdict = audit(result)
    assert verdict.passed, verdict.faults
    assert verdict.lines()[-1] == "verified"


@pytest.mark.parametrize("name", [*FILES, SUMMARY])
def test_a_missing_file_is_an_unreadable_result(result: Path, name: str) -> None:
    """Without one of its files there is no result to judge."""
    (result / name).unlink()
    with pytest.raises(InputError):
        audit(result)
    assert run("verify", result).exit_code == 66


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_found(result: Path, name: str) -> None:
    """The hash in the summary is not that of the file any more."""
    content = (result / name).read_bytes()
    (result / name).write_bytes(content.replace(b"1", b"2", 1) + b"\n")
    done = run("verify", result)
    assert done.exit_code == 70
    assert f"{name}: is not the file that was written" in done.stdout


def test_a_file_too_many_is_found(result: Path) -> None:
    """Nobody wrote it with the result."""
    (result / "extra.csv").write_text("a\n")
    done = run("verify", result)
    assert done.exit_code == 70
    assert "extra.csv: is not a file of a result" in done.stdout


SPOILED = [
    ("allocation.csv", "2026,60,", "2026,61,"),
    ("allocation.csv", "2026,60,", "2026,-60,"),
    ("allocation.csv", "2026,60,", "2026,,"),
    ("allocation.csv", "2026,60,", "2026,nan,"),
    ("allocation.csv", "2026,60,", "2027,60,"),
    ("allocation.csv", "1,,grain", "3,,grain"),
    ("allocation.csv", "1,,grain", "1,,steel"),
    ("allocation.csv", ",north,", ",south,"),
    ("allocation.csv", ",north,", ",nowhere,"),
    ("allocation.csv", ",north,", ",north > north,"),
    ("allocation.csv", ",northern,", ",southern,"),
    ("allocation.csv", ",A > B,", ",A > C,"),
    ("allocation.csv", ",11.5,", ",10.5,"),
    ("demand.csv", ",30,25,5,", ",30,30,0,"),
    ("demand.csv", ",30,25,5,", ",30,25,4,"),
    ("demand.csv", ",30,25,5,", ",29,25,4,"),
    ("capacity.csv", "leg,north,2026,70,60", "leg,north,2026,70,50"),
    ("capacity.csv", "leg,north,2026,70,60", "leg,north,2026,80,60"),
    ("capacity.csv", "leg,road,2026,20,20,1,", "leg,road,2026,20,20,1,9"),
    (
        "flows.csv",
        "leg,north,A,B,rail,northern,2026,,60,",
        "leg,north,A,B,rail,northern,2026,,61,",
    ),
    ("flows.csv", "leg,north,A,B,rail,", "leg,north,A,B,road,"),
    ("flows.csv", "node,A,", "node,B,"),
    ("flows.csv", ",northern,2026,,60,,630", ",northern,2026,,60,,631"),
    ("corridors.csv", "northern,60,0.48", "northern,60,0.4"),
    ("corridors.csv", "all,market,B,100,", "all,market,B,90,"),
    ("corridors.csv", "all,market,B,100,0.8,,,", "all,market,B,100,0.8,5,,"),
    ("corridors.csv", "northern,60,", "northern,50,"),
    ("rules.csv", "northern,max,0.6,", "northern,max,0.5,"),
    ("certificate.json", '"price": 1', '"price": 2'),
    ("certificate.json", '"name": "road"', '"name": "rail"'),
    ("certificate.json", '"objective": "cost"', '"objective": "rules"'),
    ("instance.json", "70", "71"),
    ("instance.json", '"Tiny"', '"Tinier"'),
    (SUMMARY, '"status": "unmet"', '"status": "optimal"'),
    (SUMMARY, '"cost": ', '"cost": 1'),
    (SUMMARY, '"bound": ', '"bound": 1'),
    (SUMMARY, '"gap": 0', '"gap": 0.5'),
    (SUMMARY, '"tariff": ', '"tariff": 1'),
    (SUMMARY, '"demand": 130', '"demand": 131'),
    (SUMMARY, '"served": 125', '"served": 126'),
    (SUMMARY, '"unmet": 5', '"unmet": 6'),
    (SUMMARY, '"quantity": 60', '"quantity": 61'),
    (SUMMARY, '"hhi": 0.', '"hhi": 0.1'),
    (SUMMARY, '"verified": true', '"verified": false'),
    (SUMMARY, '"name": "Tiny"', '"name": "Big"'),
    (SUMMARY, '"penalties": 0', '"penalties": 1'),
    (SUMMARY, '"format": 3', '"format": 1'),
]


@pytest.mark.parametrize(("name", "old", "new"), SPOILED)
def test_a_forged_figure_is_found(result: Path, name: str, old: str, new: str) -> None:
    """Each figure is checked against instance, plan and prices."""
    _spoiled(result, name, old, new)


def _spoiled(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file as a forger would, and see it found."""
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    hashed_again(folder)
    done = run("verify", folder)
    assert done.exit_code == 70, done.output
    assert done.stdout.splitlines()[-1] == "NOT VERIFIED"
    assert "Traceback" not in done.output


RULES = """
[[diversification]]
name = "spread"
by = "corridor"
where = { product = ["grain"] }
max_hhi = 5000
penalty = 3
[[diversification]]
name = "number"
by = "corridor"
where = { product = ["grain"] }
min_effective = 1.6
[[diversification]]
name = "largest"
by = "corridor"
where = { product = ["grain"] }
max_top = { k = 1, share = 0.65 }
[[diversification]]
name = "moved"
by = "corridor"
where = { product = ["grain"] }
[diversification.max_change]
quantity = 35
reference = [
    { period = "2026", value = "northern", quantity = 30 },
    { period = "2026", value = "southern", quantity = 60 },
    { period = "2026", value = "gone", quantity = 10 },
]
"""
"""At 60 t by the north and 40 t by the south the HHI is 0.52, for which 6 are paid: a
tonne more by the south would cost 9.5 and save 1.2."""

AT_ODDS = """
of = "demand"
[[diversification]]
name = "two fifths"
by = "corridor"
where = { product = ["grain"] }
of = "demand"
min_share = { northern = 0.4 }
[[diversification]]
name = "spread"
by = "corridor"
where = { product = ["grain"] }
of = "demand"
max_hhi = 0.1
"""
"""40 t of 100 t are an HHI of 0.16, 6 t too much; a tonne less would save only 0.8."""


def _result(folder: Path, rules: str) -> Path:
    """Return the result of the tiny instance with further rules."""
    path = write_instance(
        folder / "tiny", {"max_share = 0.6\n": f"max_share = 0.6\n{rules}"}
    )
    done = run("solve", path, "-o", folder / "out")
    assert (folder / "out" / SUMMARY).exists(), done.output
    return folder / "out"


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a result under rules of every measure, one of them broken and paid for."""
    return _result(tmp_path_factory.mktemp("ruled"), RULES)


@pytest.fixture(scope="module")
def at_odds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a result without a plan: rules of two measures cannot hold together."""
    return _result(tmp_path_factory.mktemp("odds"), AT_ODDS)


def test_results_of_every_measure_verify(ruled: Path, at_odds: Path) -> None:
    """From their files alone."""
    for folder in (ruled, at_odds):
        verdict = audit(folder)
        assert verdict.passed, verdict.faults


def test_every_measure_stands_in_the_table_of_rules(ruled: Path) -> None:
    """Share, HHI, effective number, the largest, change: as they are by hand."""
    lines = (ruled / "rules.csv").read_text().splitlines()
    cells = [line.split(",") for line in lines[1:]]
    assert [",".join(own[3:12]) for own in cells] == [
        "corridor,share,northern,max,0.6,0.6,0,,8.3",
        "corridor,share,southern,max,0.4,0.6,0.2,,0",
        "corridor,share,none,max,0,0.6,0.6,,0",
        "corridor,hhi,,max,0.52,0.5,-0.02,6,3",
        "corridor,effective,,min,1.923076923,1.6,0.323076923,,0",
        "corridor,top,,max,0.6,0.65,0.05,,0",
        "corridor,change,,max,30,35,5,,0",
    ]
    for own in cells:
        both = [float(price) for price in own[12:14]]
        # An index has a price: the cost is a curve, and no length is told.
        assert both == pytest.approx([float(own[11])] * 2, rel=1e-3)
        assert own[14] == ""


FORGED = [
    ("rules.csv", ",hhi,,max,0.52,", ",hhi,,max,0.51,"),
    ("rules.csv", ",hhi,,max,0.52,0.5,", ",hhi,,max,0.52,0.6,"),
    ("rules.csv", ",-0.02,6,", ",0.02,6,"),
    ("rules.csv", ",-0.02,6,", ",-0.02,5,"),
    ("rules.csv", ",-0.02,6,", ",-0.02,,"),
    ("rules.csv", ",6,3", ",6,4"),
    ("rules.csv", ",hhi,", ",top,"),
    ("rules.csv", ",effective,,min,1.92", ",effective,,min,1.82"),
    ("rules.csv", ",effective,,min,", ",effective,,max,"),
    ("rules.csv", ",top,,max,0.6,", ",top,,max,0.5,"),
    ("rules.csv", ",0.65,0.05,,0", ",0.65,0.05,0,0"),
    ("rules.csv", ",change,,max,30,", ",change,,max,20,"),
    ("rules.csv", ",change,,max,", ",change,gone,max,"),
    ("corridors.csv", ",3609.467456,", ",3609.5,"),
    ("certificate.json", '"measure": "hhi"', '"measure": "effective"'),
    ("certificate.json", '"northern": 0.6', '"northern": 0.5'),
    ("certificate.json", '"southern": 0.4', '"sea": 0.4'),
    ("certificate.json", '"northern": 0.6,', ""),
    ("certificate.json", '"weights": {}', '"weights": {"northern": 1}'),
    (SUMMARY, '"penalties": 6', '"penalties": 0'),
    (SUMMARY, '"penalties": 6', '"penalties": null'),
    (SUMMARY, '"penalties": 6,', ""),
]


@pytest.mark.parametrize(("name", "old", "new"), FORGED)
def test_a_forged_rule_is_found(
    ruled: Path, tmp_path: Path, name: str, old: str, new: str
) -> None:
    """Level, limit, slack, penalty and price of each measure, and its weights."""
    _spoiled(Path(shutil.copytree(ruled, tmp_path / "copy")), name, old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"level": 0.16', '"level": 0.15'),
        ('"limit": 0.1', '"limit": 0.12'),
        ('"excess": 6', '"excess": 5'),
        ('"measure": "hhi"', '"measure": "top"'),
        ('"value": ""', '"value": "northern"'),
        ('"penalties": null', '"penalties": 0'),
    ],
)
def test_a_forged_loosening_is_found(
    at_odds: Path, tmp_path: Path, old: str, new: str
) -> None:
    """What must give way, and how far, without a plan."""
    _spoiled(Path(shutil.copytree(at_odds, tmp_path / "copy")), SUMMARY, old, new)


def _without_a_row(lines: list[str]) -> list[str]:
    return lines[:-1]


def _with_a_row_twice(lines: list[str]) -> list[str]:
    return [*lines, lines[-1]]


def _with_rows_swapped(lines: list[str]) -> list[str]:
    return [lines[0], *reversed(lines[1:])]


def _with_a_column_more(lines: list[str]) -> list[str]:
    return [f"{line},1" for line in lines]


def _with_a_column_less(lines: list[str]) -> list[str]:
    return [line.rsplit(",", 1)[0] for line in lines]


def _with_nothing(_lines: list[str]) -> list[str]:
    return []


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".csv")])
@pytest.mark.parametrize(
    "change",
    [
        _without_a_row,
        _with_a_row_twice,
        _with_rows_swapped,
        _with_a_column_more,
        _with_a_column_less,
        _with_nothing,
    ],
)
def test_a_forged_table_is_found(
    result: Path, name: str, change: Callable[[list[str]], list[str]]
) -> None:
    """Rows and columns are those of the instance, in its order."""
    lines = (result / name).read_text().splitlines()
    (result / name).write_text("".join(f"{line}\n" for line in change(lines)))
    hashed_again(result)
    assert run("verify", result).exit_code == 70


@pytest.mark.parametrize("key", ["cost", "bound", "corridors", "files", "instance"])
def test_a_summary_without_a_key_is_no_summary(result: Path, key: str) -> None:
    """Every key that is checked must be there."""
    summary: dict[str, Any] = json.loads((result / SUMMARY).read_bytes())
    del summary[key]
    (result / SUMMARY).write_text(json.dumps(summary))
    assert run("verify", result).exit_code == 70


@pytest.mark.parametrize("seed", range(150))
def test_random_damage_is_found_without_a_traceback(result: Path, seed: int) -> None:
    """Bytes flipped, cut out or put in anywhere, hashes adapted where possible."""
    draw = random.Random(seed)
    name = draw.choice([*FILES, SUMMARY])
    before = (result / name).read_bytes()
    content = bytearray(before)
    for _ in range(draw.randint(1, 3)):
        place = draw.randrange(len(content))
        match draw.randint(0, 2):
            case 0:
                content[place] ^= 1 << draw.randint(0, 7)
            case 1:
                del content[place : place + draw.randint(1, 9)]
            case _:
                content[place:place] = draw.randbytes(draw.randint(1, 4))
    (result / name).write_bytes(bytes(content))
    done = run("verify", result)
    is_so = name == SUMMARY and _without_seconds(content) == _without_seconds(before)
    allowed = {0, 66, 70} if is_so else {66, 70}
    assert done.exit_code in allowed, (name, done.output)
    assert "a fault in Keruen" not in done.output


def _without_seconds(content: bytes | bytearray) -> object:
    """Return what a summary says beside the seconds that a run took, if it is one."""
    try:
        document = json.loads(content)
    except ValueError:
        return content
    if isinstance(document, dict):
        document.pop("seconds", None)
    return document
