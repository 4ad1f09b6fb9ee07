"""Measure Keruen.

python -m benchmarks short      counters of fixed instances, as pinned
python -m benchmarks compare    whole `keruen solve` against other ways
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.compare import PEERS, compare
from benchmarks.processes import ROOT
from benchmarks.results import differing, page

if TYPE_CHECKING:
    from benchmarks.compare import Comparison

PINNED = Path(__file__).parent / "counters.toml"
RESULTS = Path(__file__).parent / "RESULTS.md"
INSTANCES = ["generated-100", "generated-1000", "generated-10000"]
INSTANCE_HELP = "folders, or generated-DEMANDS, or generated-DEMANDS-TIGHTNESS"
COUNTERS = (
    "rounds",
    "cut_rounds",
    "columns",
    "rows",
    "iterations",
    "searches",
    "question_rounds",
)


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
        answer, seconds = solved(ROOT / path, *words)
        found = {counter: answer["counters"][counter] for counter in COUNTERS}
        same = found == expected
        faults += not same
        told = ", ".join(f"{value} {key}" for key, value in found.items())
        print(f"{name}: {told} ({seconds:.2f} s){'' if same else ' DIFFERS'}")
        if not same:
            print(f"  pinned: {expected}")
    return 1 if faults else 0


def against_peers(chosen: argparse.Namespace) -> int:
    """Compare with peers, and write what was found; return 1 if costs differ."""
    found: list[Comparison] = []
    wanted = compare(chosen.instances, chosen.peers, chosen.repeats, chosen.limit)
    for comparison in wanted:
        found.append(comparison)
        # Written each time, so that a long run that is stopped leaves what it found.
        chosen.output.write_text(page(found, chosen.repeats, chosen.limit))
    faults = {one.instance: ways for one in found if (ways := differing(one))}
    for instance, ways in faults.items():
        print(f"{instance}: costs DIFFER: {', '.join(ways)}")
    print(f"the results are in {chosen.output}")
    return 1 if faults else 0


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("short")
    comparing = commands.add_parser("compare")
    comparing.add_argument(
        "--instances", nargs="+", default=INSTANCES, metavar="PATH", help=INSTANCE_HELP
    )
    comparing.add_argument(
        "--peers",
        nargs="*",
        default=list(PEERS),
        choices=list(PEERS),
        metavar="PEER",
        help=f"any of {', '.join(PEERS)} (default: all)",
    )
    comparing.add_argument("--repeats", type=int, default=3, metavar="N")
    comparing.add_argument(
        "--limit", type=float, default=600.0, metavar="S", help="seconds of each run"
    )
    comparing.add_argument("--output", type=Path, default=RESULTS, metavar="FILE")
    chosen = parser.parse_args()
    return short() if chosen.command == "short" else against_peers(chosen)


if __name__ == "__main__":
    sys.exit(main())
