"""Measure Keruen.

python -m benchmarks short      counters as pinned, packages loaded, ratios
python -m benchmarks ready      start and phases beside importing the packages
python -m benchmarks questions  many questions warm, against cold processes
python -m benchmarks batch      a batch against a loop, two workers against one
python -m benchmarks growth     how time grows with demands and with nodes
python -m benchmarks known      instances whose least cost is known
python -m benchmarks compare    whole `keruen solve` against other ways
python -m benchmarks freeze     results and counters against another commit's
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.batch import batch
from benchmarks.compare import PEERS, compare
from benchmarks.freeze import freeze
from benchmarks.growth import growth
from benchmarks.known import known
from benchmarks.processes import ROOT
from benchmarks.ready import ready
from benchmarks.results import differing, page
from benchmarks.short import short

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.compare import Comparison

GROWTH, RESULTS = (ROOT / "results" / name for name in ("GROWTH.md", "RESULTS.md"))
"""Where pages go unless told otherwise: a folder that git ignores."""

INSTANCES = ["generated-100", "generated-1000", "generated-10000"]
INSTANCE_HELP = "folders, or generated-DEMANDS, or generated-DEMANDS-TIGHTNESS"


def against_peers(chosen: argparse.Namespace) -> int:
    """Compare with peers, and write what was found; return 1 if costs differ."""
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    found: list[Comparison] = []
    wanted = compare(
        chosen.instances, chosen.peers, chosen.repeats, chosen.limit, chosen.rules
    )
    for comparison in wanted:
        found.append(comparison)
        # Written each time, so that a long run that is stopped leaves what it found.
        chosen.output.write_text(page(found, chosen.repeats, chosen.limit))
    faults = {one.instance: ways for one in found if (ways := differing(one))}
    for instance, ways in faults.items():
        print(f"{instance}: costs DIFFER: {', '.join(ways)}")
    print(f"the results are in {chosen.output}")
    return 1 if faults else 0


def _add_questions(commands: Any) -> None:
    """Add what is asked of one instance."""
    starting = commands.add_parser("ready")
    starting.add_argument("path", type=Path, metavar="PATH")
    starting.add_argument("--repeats", type=int, default=5, metavar="N")
    asking = commands.add_parser("questions")
    asking.add_argument("path", type=Path, metavar="PATH")
    asking.add_argument("--count", type=int, default=200, metavar="N")
    asking.add_argument("--cold", type=int, default=10, metavar="N")


def _parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("short")
    _add_questions(commands)
    batching = commands.add_parser("batch")
    batching.add_argument("path", type=Path, metavar="PATH")
    batching.add_argument("--items", type=int, default=1000, metavar="N")
    batching.add_argument("--loops", type=int, default=20, metavar="N")
    growing = commands.add_parser("growth")
    growing.add_argument("--most", type=int, metavar="N", help="largest size")
    growing.add_argument("--output", type=Path, default=GROWTH, metavar="FILE")
    freezing = commands.add_parser("freeze")
    freezing.add_argument("--against", required=True, metavar="COMMIT")
    freezing.add_argument(
        "--instances", nargs="+", action="extend", type=Path, default=[], metavar="PATH"
    )
    freezing.add_argument("--random", type=int, default=200, metavar="N")
    freezing.add_argument("--seed", type=int, default=0, metavar="S")
    knowing = commands.add_parser("known")
    knowing.add_argument("path", type=Path, metavar="PATH")
    knowing.add_argument(
        "--limit", type=float, default=900.0, metavar="S", help="seconds of each run"
    )
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
    comparing.add_argument(
        "--rules",
        default="none",
        choices=["none", "idle", "share", "hhi", "country"],
        help="rule of generated instances; peers that cannot have it say so",
    )
    comparing.add_argument("--output", type=Path, default=RESULTS, metavar="FILE")
    return parser


def many_questions(chosen: argparse.Namespace) -> int:
    """Ask many questions; loaded here: what compares with peers is to stay small."""
    from benchmarks.questions import questions

    return questions(chosen.path, chosen.count, chosen.cold)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "short": lambda _: short(),
    "ready": lambda chosen: ready(chosen.path, chosen.repeats),
    "questions": many_questions,
    "batch": lambda chosen: batch(chosen.path, chosen.items, chosen.loops),
    "growth": lambda chosen: growth(chosen.output, chosen.most),
    "known": lambda chosen: known(chosen.path, chosen.limit),
    "compare": against_peers,
    "freeze": lambda chosen: freeze(
        chosen.against, chosen.instances, count=chosen.random, seed=chosen.seed
    ),
}


def main() -> int:
    """Run what the command line names."""
    chosen = _parser().parse_args()
    return COMMANDS[chosen.command](chosen)


if __name__ == "__main__":
    sys.exit(main())
