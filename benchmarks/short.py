"""What must not change: counters, packages loaded, and generous ratios.

Counters and packages are pinned in `counters.toml`. Processors differ in the last bits
of sums, and so a solver may break a tie another way: a counter may differ from its pin
by `SLACK`, or by a part of `SLACK_SHARE` of it where that is more. Ratios are taken in
one sitting, to the arc-flow program given straight to HiGHS and to a sweep; seconds are
told, and never judged.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.processes import ROOT, finished

if TYPE_CHECKING:
    from collections.abc import Iterator

PINNED = Path(__file__).parent / "counters.toml"
COUNTERS = (
    "rounds",
    "cut_rounds",
    "columns",
    "rows",
    "iterations",
    "searches",
    "question_rounds",
)
SLACK, SLACK_SHARE = 3, 0.05
"""Most by which a counter may differ from its pin: in counts, and as a part of it."""

GENERATED = "generated-"
"""Start of the name of an instance that is generated: then demands, a rule, and the
tightness if it is not the usual one."""

DEMANDS = 2_000
"""Demands of the network on which ratios are taken."""

SLOWEST_TO_DIRECT, MOST_SWEEPS = 1.0, 600.0
"""Whole process over that of the direct program, and solve over a sweep: more is a
fault. What is measured is a third of each, so that noise is none."""

_LIMIT = 600.0
_LOADED = """
import sys
sys.argv = ["keruen", *sys.argv[1:]]
import cli
cli.keruen.main(standalone_mode=False)
names = {name.partition(".")[0] for name in sys.modules}
print(*sorted(names & set(WATCHED)), file=sys.stderr)
"""
WATCHED = ("click", "highspy", "matplotlib", "numpy", "pandas", "pulp", "pydantic")
"""Packages whose loading is watched, with `rich` and `scipy`."""


def short() -> int:
    """Compare what is found with what is pinned; return 1 if anything differs."""
    pinned = tomllib.loads(PINNED.read_text())
    told = [*_counters(pinned["counters"]), *_packages(pinned["packages"]), *_ratios()]
    return 1 if any(told) else 0


def solved(path: Path, *arguments: str) -> tuple[dict[str, Any], float]:
    """Return the summary of a whole `keruen solve`, and its seconds."""
    began = time.monotonic()
    command = [sys.executable, str(ROOT / "cli.py"), "solve", str(path), "--json"]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, *arguments], capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    if done.returncode not in (0, 10):
        raise SystemExit(done.stdout + done.stderr)
    return json.loads(done.stdout), seconds


def _counters(pinned: dict[str, dict[str, int]]) -> Iterator[bool]:
    """Tell the counters of each instance; yield whether they differ by too much."""
    for name, expected in pinned.items():
        path, *scenario = name.split("+")
        words = [word for one in scenario for word in ("--scenario", one)]
        with tempfile.TemporaryDirectory() as room:
            folder = ROOT / path
            if path.startswith(GENERATED):
                folder = _generated(path, Path(room) / "instance")
            answer, seconds = solved(folder, *words)
        found = {counter: answer["counters"][counter] for counter in COUNTERS}
        told = ", ".join(f"{value} {key}" for key, value in found.items())
        told = f"{told} ({seconds:.2f} s)"
        yield _judged(name, told, expected, differs=beyond(found, expected))


def beyond(found: dict[str, int], pinned: dict[str, int]) -> bool:
    """Whether a counter differs from its pin by more than processors do."""
    return found.keys() != pinned.keys() or any(
        abs(found[name] - pin) > max(SLACK, SLACK_SHARE * pin)
        for name, pin in pinned.items()
    )


def _generated(name: str, folder: Path) -> Path:
    """Make the instance of a name such as ``generated-1000-share-0.7``."""
    demands, rules, *tight = name.removeprefix(GENERATED).split("-")
    words = ["--demands", demands, "--rules", rules]
    words += [word for one in tight for word in ("--tightness", one)]
    finished([sys.executable, ROOT / "cli.py", "generate", folder, *words], _LIMIT)
    return folder


def _packages(pinned: dict[str, list[str]]) -> Iterator[bool]:
    """Tell what each command loads; yield whether that differs."""
    script = _LOADED.replace("WATCHED", repr((*WATCHED, "rich", "scipy")))
    for command, expected in pinned.items():
        done = finished([sys.executable, "-c", script, *command.split()], _LIMIT)
        found = done.errors.strip().rpartition("\n")[2].split()
        told = f"loads {' '.join(found)}"
        yield _judged(f"keruen {command}", told, expected, differs=found != expected)


def _judged(name: str, told: str, expected: object, *, differs: bool) -> bool:
    print(f"{name}: {told}{' DIFFERS' if differs else ''}")
    if differs:
        print(f"  pinned: {expected}")
    return differs


def _ratios() -> Iterator[bool]:
    """Tell how long a solve takes in other ways' time; yield whether it is too long."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "instance"
        words: list[str | Path] = ["generate", folder, "--demands", str(DEMANDS)]
        finished([sys.executable, ROOT / "cli.py", *words], _LIMIT)
        answer, seconds = solved(folder)
        direct = finished(
            [sys.executable, "-m", "benchmarks.peers.highs", folder], _LIMIT
        )
        sweep = finished([sys.executable, "-m", "benchmarks.sweep", folder], _LIMIT)
    one = float(json.loads(sweep.output)["sweep"])
    cost = float(json.loads(direct.output)["cost"])
    name = f"generated-{DEMANDS}"
    to_direct, sweeps = seconds / direct.seconds, answer["seconds"]["solve"] / one
    agree = abs(cost - answer["cost"]) <= 1e-6 * abs(cost)
    print(f"{name}: cost {'the same as' if agree else 'DIFFERS from'} the direct one's")
    yield not agree
    print(f"{name}: {seconds:.2f} s whole, {to_direct:.2f} of the direct program's")
    yield to_direct > SLOWEST_TO_DIRECT
    print(f"{name}: solve in {sweeps:.0f} sweeps of {1000 * one:.1f} ms")
    yield sweeps > MOST_SWEEPS
