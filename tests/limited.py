"""Solves that a time limit ends: whether they end in time, and tell no larger gaps.

    python -m tests.limited PATH PATH --limits 1 5 20

solves instances with ever longer limits by the real command. Each must end within its
limit, what follows whatever the time is (reading, proving, verifying, writing), and two
seconds for each 100,000 demands begun; a longer limit may leave no more unmet, and its
gap, once told, may be no larger; and `keruen verify` must agree. On a machine that does
other work give `--processor`: the clock is then processor time.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LIMITS = (1.0, 5.0, 20.0)

GRACE, DEMANDS = 2.0, 100_000
"""Seconds after the limit, for so many demands or a part of them."""

SLACK = 1e-3
"""Part by which gaps, and what is unmet, may be larger: plans end where time does."""

_CLI = """import sys, time
{clock}sys.argv[0] = "keruen"
from solver.__main__ import main
main()
"""

_PROCESSOR = "time.monotonic = time.process_time\n"


@dataclass(frozen=True, slots=True)
class Stop:
    """How a solve with a time limit ended.

    Parameters
    ----------
    limit, solve : float
        Seconds that it had, and that it took.
    status : str
        How it ended.
    unmet : float
        Part of the demand that it leaves.
    gap : float or None
        What it proves.
    demands : int
        Rows of demand.
    verified : bool
        Whether `verify` agrees.
    """

    limit: float
    solve: float
    status: str
    unmet: float
    gap: float | None
    demands: int
    verified: bool

    @property
    def over(self) -> float:
        """Seconds beyond the limit."""
        return self.solve - self.limit

    def __str__(self) -> str:
        gap = "not told" if self.gap is None else f"{self.gap:.2g}"
        told = f"{self.limit:g} s: {self.status} in {self.solve:.1f} s, gap {gap}"
        return f"{told}, {self.unmet:.2%} unmet"


def stopped(instance: Path, limit: float, *, processor: bool = False) -> Stop:
    """Solve an instance with a time limit, and verify what is left."""
    clock = _PROCESSOR if processor else ""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        words = ["solve", str(instance), "-o", str(out), "--sensitivity", "none"]
        done = _run(_CLI.format(clock=clock), *words, "--time-limit", str(limit))
        if done not in {0, 10, 12}:
            message = f"{instance} with {limit:g} s: exit code {done}"
            raise RuntimeError(message)
        summary: dict[str, Any] = json.loads((out / "summary.json").read_text())
        checked = _run(_CLI.format(clock=""), "verify", str(out))
        document = json.loads((out / "instance.json").read_text())
    demand = summary["demand"] or 1.0
    return Stop(
        limit=limit,
        solve=summary["seconds"]["solve"],
        status=summary["status"],
        unmet=summary["unmet"] / demand,
        gap=summary["gap"],
        demands=len(document["demand"]["product"]),
        verified=checked == 0,
    )


def _run(program: str, *words: str) -> int:
    """Exit code of a process of its own."""
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    return done.returncode


def timely(stop: Stop) -> bool:
    """Whether a solve ended in time."""
    return stop.over <= GRACE * math.ceil(stop.demands / DEMANDS)


def faults(stops: Sequence[Stop]) -> Iterator[str]:
    """Yield what is wrong with solves of one instance, the shortest limit first.

    Whether they were timely is for who knows what else the machine does.
    """
    for stop in stops:
        if not stop.verified:
            yield f"{stop}: does not verify"
    for first, second in pairwise(stops):
        if second.unmet > first.unmet + SLACK:
            yield f"{second}: more unmet than {first}"
        if first.gap is not None and second.gap is None:
            yield f"{second}: no gap, after {first}"
        if first.gap is not None and (second.gap or 0.0) > first.gap + SLACK:
            yield f"{second}: a larger gap than {first}"


def main() -> int:
    """Judge the instances on the command line; return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.limited")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parser.add_argument("--limits", type=float, nargs="+", default=LIMITS, metavar="S")
    parser.add_argument("--processor", action="store_true")
    chosen = parser.parse_args()
    wrong = 0
    for path in chosen.paths:
        stops = []
        for limit in sorted(chosen.limits):
            stop = stopped(path, limit, processor=chosen.processor)
            stops.append(stop)
            late = "" if timely(stop) else " LATE"
            sys.stdout.write(f"{path.name}, {stop}{late}\n")
            sys.stdout.flush()
        found = list(faults(stops))
        wrong += len(found) + sum(not timely(stop) for stop in stops)
        sys.stdout.writelines(f"{path.name}, {fault}\n" for fault in found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
