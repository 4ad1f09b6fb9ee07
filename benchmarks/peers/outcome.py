"""What a peer does and says: it reads, builds, solves, and prints one JSON line."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.arcs import Arcs
    from solver.arrays import Floats


@dataclass(frozen=True, eq=False)
class Plan:
    """A peer's plan: quantity of each flow, and what stays unmet of each demand."""

    flow: Floats
    unmet: Floats
    columns: int
    rows: int


class Clock:
    """Seconds of each phase."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self.seconds: dict[str, float] = {}

    def stop(self, phase: str) -> None:
        """End a phase; the next one begins."""
        now = time.monotonic()
        self.seconds[phase] = round(now - self._last, 3)
        self._last = now


def tell(
    peer: Callable[[Arcs, Clock], Plan | None],
    *packages: str,
    knows_index: bool = False,
) -> None:
    """Solve the instance named on the command line, and print what came of it.

    The cost is computed from the plan, in the same way for every peer.

    Parameters
    ----------
    peer : callable
        Builds and solves, ends the phases ``build`` and ``solve``, and returns its
        plan, or none if it found no optimum.
    packages : str
        Packages whose versions are told.
    knows_index : bool
        Whether it keeps a bound on the index of corridors.

    Raises
    ------
    SystemExit
        The instance says more than the peer can.
    """
    clock = Clock()
    arcs = read(Path(sys.argv[1]))
    clock.stop("read")
    if arcs.rules is not None and arcs.rules.index is not None and not knows_index:
        message = "a bound on an index is more than one linear program can say"
        raise SystemExit(message)
    plan = peer(arcs, clock)
    cost, unmet = (None, None) if plan is None else arcs.money(plan.flow, plan.unmet)
    answer = {
        "cost": cost,
        "unmet": unmet,
        "columns": None if plan is None else plan.columns,
        "rows": None if plan is None else plan.rows,
        "seconds": clock.seconds,
        "versions": {name: metadata.version(name) for name in packages},
    }
    sys.stdout.write(json.dumps(answer) + "\n")
