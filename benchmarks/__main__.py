"""Measure Keruen.

python -m benchmarks short              counters of fixed instances, as pinned
python -m benchmarks compare PATH ...   whole `keruen solve` against the arc-flow LP
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PINNED = Path(__file__).parent / "counters.toml"
COUNTERS = ("rounds", "columns", "rows", "iterations", "searches")


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


def short() -> int:
    """Compare counters with those pinned; return 1 if any differs."""
    pinned = tomllib.loads(PINNED.read_text())
    faults = 0
    for name, expected in pinned.items():
        path, *scenario = name.split("+")
        words = [word for one in scenario for word in ("--scenario", one)]
        answer, seconds = solved(ROOT / "instances" / path, *words)
        found = {counter: answer["counters"][counter] for counter in COUNTERS}
        same = found == expected
        faults += not same
        told = ", ".join(f"{value} {key}" for key, value in found.items())
        print(f"{name}: {told} ({seconds:.2f} s){'' if same else ' DIFFERS'}")
        if not same:
            print(f"  pinned: {expected}")
    return 1 if faults else 0


def arc_flow(path: Path, limit: float) -> dict[str, Any]:
    """Return what the direct arc-flow LP gives, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.arc_flow", str(path), str(limit)]
    done = subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, text=True, check=True, cwd=ROOT
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def compare(paths: list[Path], repeats: int, limit: float) -> int:
    """Time both ways in turn; return 1 if their costs differ."""
    faults = 0
    head = ("instance", "demands", "keruen s", "solve s", "LP solve s", "ratio", "cost")
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for path in paths:
        whole, inner, direct = [], [], []
        answer: dict[str, Any] = {}
        peer: dict[str, Any] = {}
        for _ in range(repeats):
            answer, seconds = solved(path)
            whole.append(seconds)
            inner.append(answer["seconds"]["solve"])
            peer = arc_flow(path.resolve(), limit)
            direct.append(peer["solve"])
        agree = _agree(answer["cost"], peer["cost"])
        faults += agree == "DIFFERS"
        demands = sum(1 for _ in (path / "demand.csv").open()) - 1
        slow = statistics.median(direct)
        fast = statistics.median(whole)
        cells = (
            path.name,
            f"{demands:,}",
            f"{fast:.2f}",
            f"{statistics.median(inner):.2f}",
            f"{slow:.2f}",
            f"{slow / fast:.2f}",
            agree,
        )
        print("| " + " | ".join(cells) + " |", flush=True)
    return 1 if faults else 0


def _agree(cost: float, other: float | None) -> str:
    if other is None:
        return f"{cost:.10g}; the LP did not finish"
    close = abs(cost - other) <= 1e-6 * max(1.0, abs(other))
    return f"{cost:.10g}, the same" if close else "DIFFERS"


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("short")
    comparing = commands.add_parser("compare")
    comparing.add_argument("paths", nargs="+", type=Path)
    comparing.add_argument("--repeats", type=int, default=3)
    comparing.add_argument("--limit", type=float, default=600.0)
    chosen = parser.parse_args()
    if chosen.command == "short":
        return short()
    return compare(chosen.paths, chosen.repeats, chosen.limit)


if __name__ == "__main__":
    sys.exit(main())
