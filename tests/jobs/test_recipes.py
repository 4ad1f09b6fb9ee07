"""The recipes of docs/batch.md run as they stand, on a small sweep."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "batch.md").read_text()
SWEEP = f"""
instance = "{ROOT / "instances/quickstart"}"
[[grid]]
table = "legs"
scale = {{ cost = [0.9, 1.1] }}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a sweep of two items, and the command on its path."""
    (tmp_path / "sweep.toml").write_text(SWEEP)
    command = tmp_path / "bin" / "keruen"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT / "cli.py"} "$@"\n')
    command.chmod(0o755)
    return tmp_path


def block(holds: str, language: str) -> str:
    """Return the block of the page that holds a text."""
    fenced = re.compile(rf"^```{language}\n(.*?)^```", re.DOTALL | re.MULTILINE)
    found: list[str] = fenced.findall(PAGE)
    return next(text for text in found if holds in text)


def run(place: Path, *words: str, **variables: str) -> None:
    """Run a command there; it ends with 0."""
    path = f"{place / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(  # noqa: S603 - the recipes of the documentation
        words,
        cwd=place,
        env={"PATH": path, "HOME": str(place), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def lines(summary: Path) -> int:
    """Return how many lines a summary has, its header included."""
    return len(summary.read_text().splitlines())


def test_a_job_array_gives_each_task_its_shard(place: Path) -> None:
    """The script of the page, called once as task 1 of 2."""
    script = block("SLURM_ARRAY_TASK_ID", "bash").replace("/8", "/2")
    run(
        place,
        "sh",
        "-c",
        script,
        SLURM_ARRAY_TASK_ID="1",
        SLURM_CPUS_PER_TASK="1",
    )
    assert lines(place / "shards" / "1" / "summary.csv") == 1 + 1


def test_an_indexed_job_counts_its_shards_from_one(place: Path) -> None:
    """The command of the page, called once as index 1 of 2."""
    script = block("JOB_COMPLETION_INDEX", "yaml")
    found = re.search(r"args:\n\s+- (.*?)\n\s+securityContext", script, re.DOTALL)
    assert found is not None
    command = " ".join(found[1].split()).replace("/data", ".").replace("/8", "/2")
    run(place, "sh", "-c", command, JOB_COMPLETION_INDEX="1")
    assert lines(place / "shards" / "2" / "summary.csv") == 1 + 1


@pytest.mark.skipif(shutil.which("flock") is None, reason="needs flock")
def test_the_line_for_cron_runs(place: Path) -> None:
    """Behind the five fields of time stands a command for the shell."""
    line = block("flock", "bash").split(maxsplit=5)[5]
    run(place, "sh", "-c", line.replace("/srv/keruen", str(place)))
    assert lines(place / "out" / "summary.csv") == 1 + 2


def test_snakemake_puts_shards_together(place: Path) -> None:
    """The workflow of the page, with two shards for eight."""
    pytest.importorskip("snakemake")
    workflow = block("SHARDS", "snakemake").replace("SHARDS = 8", "SHARDS = 2")
    (place / "Snakefile").write_text(workflow)
    run(place, sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "all")
    assert lines(place / "whole" / "summary.csv") == 1 + 2
