"""Solved near an earlier result by the real command; spoiled, it never verifies."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import cli
from solver.errors import UnverifiedError
from solver.loaders.references import load
from solver.options import Options
from solver.solution.form import CERTIFICATE, SUMMARY
from solver.solving.prepared import Prepared
from solver.tasks.answer import solve
from solver.tasks.clock import Clock
from solver.tasks.comparison.earlier import near_folder
from solver.tasks.solve import finished
from tests.folders import hashed_again, write_instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

EARLIER = "earlier.csv"


def run(*words: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli.keruen, [str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an earlier result, and one of a changed instance near it.

    The rule allows 90 % where it allowed 60 %, and the sea costs less than the road.
    """
    folder = tmp_path_factory.mktemp("near")
    base = write_instance(folder / "base-instance")
    changed = write_instance(
        folder / "changed-instance", {",sea,,,40,": ",sea,,,15,", "60 %": "a lot"}
    )
    assert run("solve", base, "-o", folder / "base").exit_code == 0
    done = run("solve", changed, "--near", folder / "base", "-o", folder / "near")
    assert done.exit_code == 0, done.output
    assert "Moved    20 of 130 t of the earlier plan; at least 20 t must" in done.stdout
    return folder


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the result, to be spoiled."""
    return Path(shutil.copytree(folder / "near", tmp_path / "copy"))


def test_the_result_verifies_and_says_what_moved(folder: Path) -> None:
    """Movement and its proved least; options name the plan that it is near."""
    assert run("verify", folder / "near").exit_code == 0
    summary = json.loads((folder / "near" / SUMMARY).read_bytes())
    assert summary["near"]["movement"] == summary["near"]["bound"] == 20.0
    then = (folder / "base" / "allocation.csv").read_bytes()
    assert summary["options"]["near"] == hashlib.sha256(then).hexdigest()
    rows = (folder / "near" / EARLIER).read_text().splitlines()
    assert rows[0] == "demand,product,origin,market,period,legs,quantity,kept"
    assert ",steel,A,C,2026,road,20,0" in rows


def test_json_tells_each_move(folder: Path) -> None:
    """By corridor, with demand and quantity."""
    words = "solve", folder / "changed-instance", "--near", folder / "base", "--json"
    moves = json.loads(run(*words).stdout)["moves"]
    assert [(move["product"], move["quantity"]) for move in moves] == [("steel", 20.0)]
    assert moves[0]["from"] == moves[0]["to"] == {"none": 20.0}


def test_a_plain_result_replaces_one_that_was_near(copy: Path, folder: Path) -> None:
    """Its further file is gone."""
    assert run("solve", folder / "base-instance", "-o", copy).exit_code == 0
    assert not (copy / EARLIER).exists()
    assert run("verify", copy).exit_code == 0


def _earlier(old: str, new: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        text = (folder / EARLIER).read_text()
        assert old in text
        (folder / EARLIER).write_text(text.replace(old, new))

    return spoil


def _certificate(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        document = json.loads((folder / CERTIFICATE).read_bytes())
        change(document)
        (folder / CERTIFICATE).write_text(json.dumps(document))

    return spoil


def _summary(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        document = json.loads((folder / SUMMARY).read_bytes())
        change(document)
        (folder / SUMMARY).write_text(json.dumps(document))

    return spoil


def _without_earlier(folder: Path) -> None:
    (folder / EARLIER).unlink()
    _summary(lambda summary: summary["files"].pop(EARLIER))(folder)


SPOILED: dict[str, Callable[[Path], None]] = {
    "earlier quantity": _earlier("road,20,0", "road,19,0"),
    "earlier legs": _earlier("road,20,0", "sea,20,0"),
    "earlier demand": _earlier(",steel,A,C,2026,road", ",steel,A,B,2026,road"),
    "kept": _earlier("road,20,0", "road,20,5"),
    "rows in another order": lambda folder: _shuffled(folder / EARLIER),
    "no earlier plan": _without_earlier,
    "movement": _summary(lambda s: s["near"].update(movement=10, rerouted=10)),
    "bound": _summary(lambda s: s["near"].update(bound=19.0)),
    "comparable": _summary(lambda s: s["near"].update(comparable=120)),
    "demand gone": _summary(lambda s: s["near"].update(demand_gone=1)),
    "no figures": _summary(lambda s: s.pop("near")),
    "no option": _summary(lambda s: s["options"].pop("near")),
    "no prices": _certificate(lambda c: c.pop("movement")),
    "no budget": _certificate(lambda c: c["movement"].update(budget=0)),
    "budget below 0": _certificate(lambda c: c["movement"].update(budget=-1)),
    "kept above 1": _certificate(lambda c: c["movement"]["kept"][0].update(price=1.5)),
    "kept twice": _certificate(
        lambda c: c["movement"]["kept"].append(c["movement"]["kept"][0])
    ),
    "kept nowhere": _certificate(lambda c: c["movement"]["kept"][0].update(row=99)),
    "nothing kept": _certificate(lambda c: c["movement"].update(kept=[])),
}


def _shuffled(path: Path) -> None:
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *reversed(rows), ""]))


@pytest.mark.parametrize("name", SPOILED)
def test_spoiled_it_never_verifies(copy: Path, name: str) -> None:
    """Hashes renewed, as a forger would."""
    SPOILED[name](copy)
    hashed_again(copy)
    assert run("verify", copy).exit_code in {65, 70}


def test_a_plan_that_moves_more_is_not_optimal(folder: Path, tmp_path: Path) -> None:
    """The same cost, all figures adapted: what is missing is the proof."""
    text = "B,sea,southern,,20,"
    tied = write_instance(tmp_path / "tied", {text: "B,sea,southern,,10,"})
    instance = load(tied).instance
    near = Prepared(instance, near_folder(instance, folder / "base"))
    options = Options(sensitivity="none")
    plain = solve(instance, options)
    with pytest.raises(UnverifiedError, match="proves only that"):
        finished(instance, plain, options, Clock(), whole=near)


def test_what_nothing_can_be_near_is_refused(folder: Path, tmp_path: Path) -> None:
    """No result, other units, other demand, no plan: each with its exit code."""
    base = folder / "base-instance"
    assert run("solve", base, "--near", tmp_path).exit_code == 66
    units = {'name = "Tiny"': 'name = "Tiny"\nunits = { quantity = "kt" }'}
    other = {"grain,A,B": "oats,A,B", "steel,A,C": "tin,A,C", '["grain"]': '["oats"]'}
    for number, (change, said) in enumerate(
        ((units, "counts quantity in t, the instance in kt"), (other, "has no demand"))
    ):
        path = write_instance(tmp_path / f"other-{number}", change)
        done = run("solve", path, "--near", folder / "base")
        assert done.exit_code == 65
        assert said in done.stderr
