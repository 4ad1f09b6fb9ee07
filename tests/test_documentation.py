"""Every command in the documentation runs, and generated pages are up to date."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING

import pytest

from solver.loaders.schema import format_page
from tests.forked import keruen

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "instances").glob("*/*.md")),
    ROOT / "benchmarks" / "README.md",
    ROOT / "CONTRIBUTING.md",
]
ELSEWHERE = (
    "./run pytest",
    "tests.answers_campaign",
    "tests.campaign",
    "page.campaign",
    "tests.forgeries",
    "tests.fuzz",
    "tests.movement_oracle",
    "tests.newcomer",
    "tests.one_sided_campaign",
    "tests.reordered",
    "tests.rescaled",
    "tests.round_trips",
    "tests.jobs.",
    "tests.limited",
    "tests.scenario_campaign",
    "tests.wild_sizes",
    "PATH",
)
"""Commands that are this very run, take long, or name no real path."""

SHOWING = ("breakeven.md", "questions.md", "repair.md")
"""Pages whose screens are what their commands print."""

PRELUDE = """
set -e
keruen() {{
    code=0
    {keruen} "$@" || code=$?
    test $code -eq 0 || test $code -eq 10
}}
python() {{ (cd {root} && {python} "$@"); }}
"""


def blocks(page: Path) -> list[str]:
    """Return fenced shell blocks, and indented ones that hold commands alone."""
    text = page.read_text()
    fenced = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    bare = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    indented = re.findall(r"(?:^ {4}(?:keruen|python) .*\n)+", bare, re.MULTILINE)
    found = [*fenced, *indented]
    return [block for block in found if not any(word in block for word in ELSEWHERE)]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Return how a command begins whose process has all modules loaded."""
    with keruen(tmp_path_factory.mktemp("forked")) as words:
        yield words


COMMANDS = [page for page in PAGES if page.name != "explain.md"]
"""All pages but that whose whole screens `tests.tasks.test_explain` compares."""


@pytest.mark.parametrize("page", COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_a_page_runs(
    page: Path, tmp_path: Path, quick: list[str]
) -> None:
    """Blocks run one after the other, from a folder that sees the instances.

    Those of the README load all that they need, as readers' commands do; its screen is
    what the first of them prints, times apart.
    """
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    is_front = page == ROOT / "README.md"
    words = [sys.executable, str(ROOT / "cli.py")] if is_front else quick
    prelude = PRELUDE.format(python=sys.executable, keruen=join(words), root=ROOT)
    script = "\n".join([prelude, *blocks(page)]).replace("./run keruen", "keruen")
    done = subprocess.run(  # noqa: S603 - the project's own documentation
        ["/bin/sh", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if is_front:
        screen = page.read_text().split("```text\n")[1].split("```")[0]
        assert done.stdout.split("\nTime")[0] == screen.split("\nTime")[0]
    if page.name in SHOWING:
        printed = set(done.stdout.splitlines())
        assert [line for line in shown(page) if line not in printed] == []


def shown(page: Path) -> list[str]:
    """Return the lines of screens that a page shows; dots stand for those left out."""
    screens = re.findall(r"^```text\n(.*?)^```", page.read_text(), re.DOTALL | re.M)
    return [line for text in screens for line in text.splitlines() if line != "..."]


OTHERS = [page for page in PAGES if page.name != "python.md"]


@pytest.mark.parametrize("page", OTHERS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_python_of_a_page_runs(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a page says in Python works as it stands there, without what is above it."""
    monkeypatch.chdir(ROOT)
    fenced = r"^```python\n(.*?)^```"
    for code in re.findall(fenced, page.read_text(), re.DOTALL | re.MULTILINE):
        exec(compile(code, str(page), "exec"), {})  # noqa: S102


def test_the_format_page_is_the_generated_one() -> None:
    """`keruen schema --markdown > docs/format.md` would change nothing."""
    assert (ROOT / "docs" / "format.md").read_text() == format_page()


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link names a file that is there."""
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_python_block_of_the_python_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, and what a comment says of a value is so."""
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "python.md").read_text()
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        exec(compile(block, "docs/python.md", "exec"), names)  # noqa: S102
        for said in re.finditer(
            r"^(\S.*?) +# ([\d.]+|True|\".*\")(?=$|:)", block, re.M
        ):
            assert eval(said[1], names) == eval(said[2]), said[0]  # noqa: S307
    assert (tmp_path / "results" / "shares.png").is_file()
