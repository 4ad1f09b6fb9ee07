"""How the time of one run grows with the demands, and with the nodes.

    python -m benchmarks growth --output benchmarks/GROWTH.md

Networks are generated, and each is solved once as a whole process that reads the
instance's folder and writes a result. The exponent is that of a power law between the
smallest and the largest size, in all and by phase. `processor` is processor time in
seconds, which tells more than seconds where other work runs beside it.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.processes import ROOT, finished

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FAMILIES = {
    "demands": (
        "--nodes 300 --legs 1200 --origins 60 --markets 50 --products 400",
        (10_000, 100_000, 1_000_000),
    ),
    "demands under a rule": (
        "--nodes 300 --legs 1200 --origins 60 --markets 50 --products 400 "
        "--rules share",
        (10_000, 100_000, 1_000_000),
    ),
    "nodes": (
        "--demands 1000 --origins 20 --markets 20 --products 20",
        (100, 1_000, 10_000),
    ),
    "nodes under a rule": (
        "--demands 1000 --origins 20 --markets 20 --products 20 --rules share",
        (100, 1_000, 10_000),
    ),
}
"""What stays the same, and the sizes, by what grows."""

LEGS_PER_NODE = 4
PHASES = ("start", "load", "solve", "prove", "sensitivity", "report", "verify")

_LIMIT = 3600.0
_LEAST_PHASE = 0.05
"""Seconds from which the growth of a phase is told: shorter ones are noise."""


@dataclass(frozen=True, slots=True)
class Grown:
    """One run of a family."""

    size: int
    command: str
    seconds: float
    processor: float
    peak: float
    phases: dict[str, float]


def growth(output: Path, most: int | None) -> int:
    """Measure all families up to a size; return 1 if a run gave no proved answer."""
    output.parent.mkdir(parents=True, exist_ok=True)
    parts = [__doc__ or ""]
    for name, (fixed, sizes) in FAMILIES.items():
        wanted = [size for size in sizes if most is None or size <= most]
        runs = [*_runs(name, fixed, wanted)]
        if len(runs) < len(wanted):
            return 1
        parts.append(_section(name, runs))
        output.write_text(_page(parts))
    print(f"the results are in {output}")
    return 0


def _runs(name: str, fixed: str, sizes: Sequence[int]) -> Iterator[Grown]:
    """Yield one run for each size that is solved."""
    for size in sizes:
        words = [*fixed.split(), f"--{name.partition(' ')[0]}", str(size)]
        if name.startswith("nodes"):
            words += ["--legs", str(LEGS_PER_NODE * size)]
        with tempfile.TemporaryDirectory() as room:
            folder, result = Path(room) / "instance", Path(room) / "result"
            made = finished(_keruen("generate", folder, *words), _LIMIT)
            if made.code:
                sys.stderr.write(made.errors)
                return
            run = finished(_keruen("solve", folder, "-o", result, "--json"), _LIMIT)
        if run.code:
            sys.stderr.write(run.errors)
            return
        phases = json.loads(run.output)["seconds"]
        sys.stderr.write(f"{name} {size}: {run.seconds:.2f} s\n")
        command = " ".join(["keruen generate DIR", *words])
        yield Grown(size, command, run.seconds, run.processor, run.peak, phases)


def _keruen(*words: str | Path) -> list[str | Path]:
    return [sys.executable, ROOT / "cli.py", *words]


def _section(name: str, runs: Sequence[Grown]) -> str:
    """Table of a family."""
    head = [name, "seconds", "processor", "MiB", *PHASES]
    rows = [
        [
            f"{run.size:,}",
            f"{run.seconds:.1f}",
            f"{run.processor:.1f}",
            f"{run.peak:,.0f}",
            *(f"{run.phases.get(phase, 0.0):.2f}" for phase in PHASES),
        ]
        for run in runs
    ]
    if len(runs) > 1:
        rows.append(_exponents(runs[0], runs[-1]))
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    commands = "\n".join(f"- `{run.command}`" for run in runs)
    return f"## By {name}\n\n{table}\n\n{commands}\n"


def _exponents(first: Grown, last: Grown) -> list[str]:
    """Row of exponents, in all and by phase."""
    step = math.log(last.size / first.size)

    def exponent(before: float, after: float) -> str:
        if min(before, after) < _LEAST_PHASE:
            return ""
        return f"{math.log(after / before) / step:.2f}"

    whole = exponent(first.seconds, last.seconds)
    processor = exponent(first.processor, last.processor)
    before, after = ([run.phases.get(p, 0.0) for p in PHASES] for run in (first, last))
    return ["exponent", whole, processor, "", *map(exponent, before, after)]


def _page(parts: Sequence[str]) -> str:
    return "\n".join(["# Growth", "", *parts])
