"""The recipes of `docs/architecture.md`, followed in a copy of the tree.

Each patch in `tests/seams` is a recipe followed once: a kind of rule, rows that a
column of a table asks for, a command.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SEAMS = Path(__file__).parent / "seams"

RECIPES = {
    "max_lead": ("A new kind of rule", 6),
    "least": ("A new family of rows", 8),
    "count": ("A new command", 4),
}
"""Title in the page, and how many source files a recipe may touch at most."""


def touched(recipe: str) -> list[str]:
    """Source files that a recipe touches."""
    text = (SEAMS / f"{recipe}.patch").read_text()
    return sorted(re.findall(r"^\+\+\+ b/(.+)$", text, re.MULTILINE))


@pytest.fixture
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of the tree with a recipe followed in it."""
    for name in ("solver", "instances/quickstart"):
        # With what is compiled: of files that a recipe leaves alone it holds.
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "cli.py", tmp_path)
    patch = SEAMS / f"{request.param}.patch"
    apply = ["git", "apply", "--recount", "-C1", str(patch)]
    subprocess.run(apply, cwd=tmp_path, check=True)  # noqa: S603
    return tmp_path


def keruen(tree: Path, *words: str, code: int = 0) -> str:
    """Return what the program of a tree says, ending with an exit code."""
    program = [sys.executable, "cli.py", *words]
    done = subprocess.run(  # noqa: S603
        program, cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_lists_the_files_it_touches(recipe: str) -> None:
    """The page names exactly the files of the patch, and they are few."""
    title, most = RECIPES[recipe]
    page = (ROOT / "docs" / "architecture.md").read_text()
    section = page.split(f"### {title}\n")[1].split("\n#")[0]
    listed = re.findall(r"^\d+\. `(solver/[^`]+)`", section, re.MULTILINE)
    example = {"KIND": "lead", "FAMILY": "least", "NAME": "count"}
    for word, own in example.items():
        listed = [name.replace(word, own) for name in listed]
    assert sorted(listed) == touched(recipe)
    assert len(listed) <= most


@pytest.mark.parametrize("tree", ["max_lead"], indirect=True)
def test_a_new_kind_of_rule_is_solved_priced_and_proved(tree: Path) -> None:
    """Northern would lead southern by more than 0.1 without the rule."""
    manifest = tree / "instances" / "quickstart" / "instance.toml"
    lead = '{ of = "northern", over = "southern", share = 0.1 }'
    rule = f'[[diversification]]\nname = "gap"\nby = "corridor"\nmax_lead = {lead}\n'
    manifest.write_text(f"{manifest.read_text()}\n{rule}")
    told = keruen(tree, "solve", "instances/quickstart", "-o", "results")
    assert "proved and verified" in told
    assert re.search(r"gap +lead 10\.0 % +max 10 % +[1-9]", told)
    assert "verified" in keruen(tree, "verify", "results")


@pytest.mark.parametrize("tree", ["max_lead"], indirect=True)
def test_a_new_kind_of_rule_can_be_loosened(tree: Path) -> None:
    """Of 10, 3 at most go far: 7 - 3 is a lead of 0.4, where 0.1 is allowed."""
    ends = {"from": "A", "to": "B"}
    legs = [
        {"leg": "near", **ends, "corridor": "n", "cost": 3, "capacity": 8},
        {"leg": "far", **ends, "corridor": "f", "cost": 5, "capacity": 3},
    ]
    demand = {"product": "p", "origin": "A", "market": "B", "quantity": 10}
    lead = {"of": "n", "over": "f", "share": 0.1}
    rule = {"name": "gap", "by": "corridor", "max_lead": lead}
    given = {"legs": legs, "demand": [demand], "diversification": [rule]}
    (tree / "case.json").write_text(json.dumps(given))
    solved = keruen(tree, "solve", "case.json", "-o", "results", code=10)
    assert "unmet: proved and verified" in solved
    told = keruen(tree, "repair", "case.json", "--never", "far", code=10)
    assert re.search(r"rule gap: max_lead +0\.1 +0\.4 ", told)


LEGS = [
    {"leg": "near", "from": "A", "to": "B", "cost": 3, "capacity": 8},
    {"leg": "far", "from": "A", "to": "B", "cost": 5, "least": 4},
]


def given(tree: Path, quantity: float) -> str:
    """Write an instance with two legs, one of which must carry 4; return its path."""
    demand = {"product": "p", "origin": "A", "market": "B", "quantity": quantity}
    (tree / "case.json").write_text(json.dumps({"legs": LEGS, "demand": [demand]}))
    return "case.json"


@pytest.mark.parametrize("tree", ["least"], indirect=True)
def test_a_least_throughput_is_solved_priced_and_told_as_a_limit(tree: Path) -> None:
    """Of 10, 6 go near at 3 and 4 far at 5: 38; one less far would save 5 - 3 = 2."""
    told = keruen(tree, "solve", given(tree, 10), "-o", "results")
    assert re.search(r"^Cost +38 USD", told, re.MULTILINE)
    titles, *table = (tree / "results" / "capacity.csv").read_text().splitlines()
    assert titles.startswith("kind,limit,period,capacity,used,utilisation,price,")
    assert table[0].startswith("leg,near,all year,8,6,0.75,0,")
    assert table[1].startswith("least,far,all year,4,4,1,2,")
    assert "verified" in keruen(tree, "verify", "results")


@pytest.mark.parametrize("tree", ["least"], indirect=True)
def test_a_least_throughput_that_is_more_than_all_demand_cannot_hold(
    tree: Path,
) -> None:
    """Of 3 no 4 can go far: 1 is missing, and that is proved."""
    told = keruen(tree, "solve", given(tree, 3), "-o", "results", code=11)
    assert re.search(r"infeasible: proved", told)
    keruen(tree, "repair", "case.json", code=11)
    assert "verified" in keruen(tree, "verify", "results", code=0)


FORGERIES: list[tuple[str, dict[str, str], str]] = [
    ("capacity.csv", {"far,all year,4,4,1,2": "far,all year,4,4,1,3"}, "price"),
    ("capacity.csv", {"far,all year,4,4,1": "far,all year,4,5,1.25"}, "used"),
    ("allocation.csv", {",6,none": ",7,none", ",4,none": ",3,none"}, "missed by 1"),
    ("certificate.json", {'"price": 2': '"price": 3'}, "prove"),
]
"""File, what is written there in place of what it says, and words of the fault."""


@pytest.mark.parametrize("tree", ["least"], indirect=True)
def test_a_forged_least_throughput_is_refused(tree: Path) -> None:
    """A price, a throughput, a plan, a proof: none is taken as it is forged."""
    keruen(tree, "solve", given(tree, 10), "-o", "results")
    for file, changes, fault in FORGERIES:
        path, summary = tree / "results" / file, tree / "results" / "summary.json"
        said, known = path.read_text(), summary.read_text()
        told = said
        for true, forged in changes.items():
            assert true in told
            told = told.replace(true, forged)
        path.write_text(told)
        old, new = (sha256(own.encode()).hexdigest() for own in (said, told))
        summary.write_text(known.replace(old, new))
        assert fault in keruen(tree, "verify", "results", code=70)
        path.write_text(said)
        summary.write_text(known)


@pytest.mark.parametrize("tree", ["count"], indirect=True)
def test_a_new_command_stands_among_the_others(tree: Path) -> None:
    """It is listed, and it runs."""
    assert re.search(r"^ +count +Say how many", keruen(tree, "--help"), re.MULTILINE)
    assert keruen(tree, "count", "instances/quickstart") == "9 legs\n"
