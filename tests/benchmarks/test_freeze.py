"""Two trees compared: what is equal counts as the same, a changed byte is found."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from benchmarks.freeze import check_out, compared, differences, random_orders, solving
from benchmarks.processes import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_equal_trees_are_the_same_and_one_byte_more_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the version differs: it is in summaries, and screens say nothing of it."""
    other = tmp_path / "other"
    shutil.copytree(ROOT / "solver", other / "solver")
    shutil.copy(ROOT / "cli.py", other)
    version = other / "solver" / "version.py"
    version.write_text(version.read_text().replace('"0.', '"90.'))
    orders = [
        solving("quickstart", ROOT / "instances" / "quickstart"),
        *random_orders(tmp_path / "random", range(2, 4)),
    ]
    assert compared(ROOT, ROOT, orders) == 0
    assert capsys.readouterr().out.startswith("same\n")
    assert compared(ROOT, other, orders) == 1
    lines = capsys.readouterr().out.splitlines()
    kinds = [line for line in lines if not line.startswith((" ", "("))]
    names = "quickstart, random-2, random-3"
    assert kinds == [f"summary.json differs in 3 of 3 runs: {names}"]
    assert any(line.startswith('  +  "keruen": "90.') for line in lines)


def test_a_file_that_one_tree_lacks_differs_and_long_diffs_are_cut() -> None:
    """Every file and text counts, and a diff of a page is told in some lines."""
    page = "\n".join(map(str, range(100)))
    before = {"one": {"exit code": "0", "a.csv": "", "b.csv": page}}
    after = {"one": {"exit code": "11", "b.csv": page.replace("\n", "\r\n")}}
    told = list(differences(before, after))
    assert [line for line in told if not line.startswith(" ")] == [
        "exit code differs in 1 of 1 runs: one",
        "a.csv differs in 1 of 1 runs: one",
        "b.csv differs in 1 of 1 runs: one",
    ]
    assert "  one: only in the earlier tree" in told
    assert "  -0" in told
    assert told[-1].endswith("lines more")
    assert len(told) < 60


def test_a_commit_is_read_as_it_was(tmp_path: Path) -> None:
    """What was written since then is not in its tree; no tree ends with code 2."""
    repository = tmp_path / "repository"
    repository.mkdir()

    def git(*words: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        command = ["git", "-C", str(repository), *who, *words]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603

    git("init")
    (repository / "file").write_text("then")
    git("add", "file")
    git("commit", "-m", "Then")
    (repository / "file").write_text("now")
    folder = check_out(repository, "HEAD", tmp_path / "then")
    assert (folder / "file").read_text() == "then"
    with pytest.raises(SystemExit) as ended:
        check_out(repository, "nowhere", tmp_path / "nowhere")
    assert ended.value.code == 2
