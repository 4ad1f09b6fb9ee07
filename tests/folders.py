"""Instances written as folders, and commands run as processes, for tests."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.solution.form import CERTIFICATE, INSTANCE, SUMMARY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parents[1]

TINY = {
    "instance.toml": """\
name = "Tiny"
periods = ["2026"]
emission_price = 0.5
[[diversification]]
name = "no corridor above 60 %"
by = "corridor"
where = { product = ["grain"] }
max_share = 0.6
""",
    "nodes.csv": """\
node,country,cost
A,Kazakhstan,0
B,Germany,1
C,China,0
""",
    "legs.csv": """\
leg,from,to,mode,corridor,capacity,cost,days,emissions
north,A,B,rail,northern,70,10,2,1
south,A,B,sea,southern,,20,4,0
road,A,C,road,,20,30,1,2
sea,A,C,sea,,,40,3,2
""",
    "demand.csv": """\
product,origin,market,quantity
grain,A,B,100
steel,A,C,30
""",
}
"""Grain: 60 t by the north at 11.5, 40 t by the south at 21.

Steel: 20 t by road at 31, 10 t by sea at 41.
"""


def write_instance(folder: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write the tiny instance to a folder, some of its text replaced."""
    folder.mkdir()
    for name, content in TINY.items():
        text = content
        for old, new in (changes or {}).items():
            text = text.replace(old, new)
        (folder / name).write_text(text)
    return folder


def launch(*words: object, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these words, in the repository's folder."""
    done = start(*words, **env)
    out, err = done.communicate(timeout=60)
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def start(*words: object, **env: str) -> subprocess.Popen[str]:
    """Start Python with these words, in the repository's folder."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(  # noqa: S603 - the words are the tests' own
        [sys.executable, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def hashed_again(folder: Path) -> None:
    """Adapt the hashes in a result's summary to its files, as a forger would."""
    summary = json.loads((folder / SUMMARY).read_bytes())
    for name in summary["files"]:
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        summary["files"][name] = digest
        if name == INSTANCE:
            summary["instance"]["sha256"] = digest
    (folder / SUMMARY).write_text(json.dumps(summary))


def with_one_sided(
    made: Path, folder: Path, change: Callable[[dict[str, Any]], None]
) -> Path:
    """Copy a result with its one-sided prices changed, and all hashes adapted."""
    shutil.copytree(made, folder)
    document = json.loads((folder / CERTIFICATE).read_bytes())
    change(document["one_sided"])
    (folder / CERTIFICATE).write_text(json.dumps(document))
    hashed_again(folder)
    return folder


def written_again(made: Path, folder: Path, part: str) -> Path:
    """Copy a result with its one-sided prices as they are; some are of a part."""

    def unchanged(one_sided: dict[str, Any]) -> None:
        assert one_sided[part]

    return with_one_sided(made, folder, unchanged)
