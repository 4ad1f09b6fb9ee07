"""A spoiled result never verifies, whether its hashes were adapted or not."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import cli
from solver.audit import audit
from solver.errors import InputError
from solver.files import LOCK
from solver.layout import FILES, INSTANCE, SUMMARY
from tests.folders import write_instance

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


def hashed_again(folder: Path) -> None:
    """Adapt the hashes in the summary, as a forger would."""
    summary = json.loads((folder / SUMMARY).read_bytes())
    for name in FILES:
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        summary["files"][name] = digest
        if name == INSTANCE:
            summary["instance"]["sha256"] = digest
    (folder / SUMMARY).write_text(json.dumps(summary))


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
    assert "extra.csv: is no file of a result" in done.stdout


SPOILED = [
    ("allocation.csv", "2026,60,", "2026,61,"),
    ("allocation.csv", "2026,60,", "2026,-60,"),
    ("allocation.csv", "2026,60,", "2026,,"),
    ("allocation.csv", "2026,60,", "2026,nan,"),
    ("allocation.csv", "2026,60,", "2027,60,"),
    ("allocation.csv", "1,grain", "3,grain"),
    ("allocation.csv", "1,grain", "1,steel"),
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
    ("corridors.csv", "northern,60,0.48", "northern,60,0.4"),
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
    (SUMMARY, '"carried": 125', '"carried": 126'),
    (SUMMARY, '"unmet": 5', '"unmet": 6'),
    (SUMMARY, '"quantity": 60', '"quantity": 61'),
    (SUMMARY, '"hhi": 0.', '"hhi": 0.1'),
    (SUMMARY, '"verified": true', '"verified": false'),
    (SUMMARY, '"name": "Tiny"', '"name": "Big"'),
    (SUMMARY, '"format": 1', '"format": 2'),
]


@pytest.mark.parametrize(("name", "old", "new"), SPOILED)
def test_a_forged_figure_is_found(result: Path, name: str, old: str, new: str) -> None:
    """Each figure is checked against instance, plan and prices."""
    text = (result / name).read_text()
    assert old in text
    (result / name).write_text(text.replace(old, new, 1))
    hashed_again(result)
    done = run("verify", result)
    assert done.exit_code == 70, done.output
    assert done.stdout.splitlines()[-1] == "NOT VERIFIED"
    assert "Traceback" not in done.output


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
    content = bytearray((result / name).read_bytes())
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
    assert done.exit_code in {66, 70}, (name, done.output)
    assert "a fault of ours" not in done.output
