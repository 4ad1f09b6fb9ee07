"""The recipes of `docs/architecture.md`, followed in a copy of the tree.

Each patch in `tests/seams` is a recipe followed once: a kind of rule, a command.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SEAMS = Path(__file__).parent / "seams"

RECIPES = {"max_lead": ("A new kind of rule", 6), "count": ("A new command", 4)}
"""Title in the page, and how many source files a recipe may touch at most."""


def touched(recipe: str) -> list[str]:
    """Source files that a recipe touches."""
    text = (SEAMS / f"{recipe}.patch").read_text()
    return sorted(re.findall(r"^\+\+\+ b/(.+)$", text, re.MULTILINE))


@pytest.fixture
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of the tree with a recipe followed in it."""
    for name in ("solver", "instances/quickstart"):
        unread = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=unread)
    shutil.copy(ROOT / "cli.py", tmp_path)
    patch = SEAMS / f"{request.param}.patch"
    apply = ["git", "apply", "--recount", "-C1", str(patch)]
    subprocess.run(apply, cwd=tmp_path, check=True)  # noqa: S603
    return tmp_path


def keruen(tree: Path, *words: str) -> str:
    """Return what the program of a tree says."""
    program = [sys.executable, "cli.py", *words]
    done = subprocess.run(  # noqa: S603
        program, cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_lists_the_files_it_touches(recipe: str) -> None:
    """The page names exactly the files of the patch, and they are few."""
    title, most = RECIPES[recipe]
    page = (ROOT / "docs" / "architecture.md").read_text()
    section = page.split(f"### {title}\n")[1].split("\n#")[0]
    listed = re.findall(r"^\d+\. `(solver/[^`]+)`", section, re.MULTILINE)
    example = {"KIND": "lead", "NAME": "count"}
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


@pytest.mark.parametrize("tree", ["count"], indirect=True)
def test_a_new_command_stands_among_the_others(tree: Path) -> None:
    """It is listed, and it runs."""
    assert re.search(r"^ +count +Say how many", keruen(tree, "--help"), re.MULTILINE)
    assert keruen(tree, "count", "instances/quickstart") == "9 legs\n"
