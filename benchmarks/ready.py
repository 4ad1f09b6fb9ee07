"""How soon a small answer is there: processor time beside that of importing packages.

    python -m benchmarks ready instances/kazakhstan --repeats 5

Each way is a process of its own; all run in turn, and of each pair the ratio is taken,
so that whatever else the machine does counts for both. Phases are counted in one
process, whose clock is that of the processor.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

from benchmarks.processes import ROOT, finished

PACKAGES = "import click, highspy, numpy, pandas, pulp, pydantic, scipy.sparse.csgraph"
"""What an instance of some size cannot do without, pandas apart."""

_OWN = f"""
from time import process_time
from solver.console.start import begin
begin()
began = process_time()
{PACKAGES}
import rich.console, rich.table
from pydantic import BaseModel
loaded = process_time()
import solver.commands.solve, solver.tasks.clock, solver.tasks.solve
import solver.reports.answer, solver.reports.screen.result
print(process_time() - loaded)
"""
"""Keruen's own modules for `keruen solve`, all packages being loaded."""

_PHASES = """
import json, statistics, sys, time
from contextlib import nullcontext
from pathlib import Path
from time import process_time
time.monotonic = process_time
from benchmarks.questions import dearer
from solver import WhatIf
from solver.console.start import begin
from solver.options import Options
from solver.studies.exposure import Inquiry
from solver.tasks.clock import Clock
from solver.tasks.solve import SolveOrder, solved_order
spent, answers = {}, Inquiry.answers
def timed(inquiry, asked):
    began = process_time()
    found = answers(inquiry, asked)
    spent["exposure"] = process_time() - began
    return found
Inquiry.answers = timed
begin()
for asked in ("none", "some"):
    order = SolveOrder(path=Path(sys.argv[1]), options=Options(sensitivity=asked))
    run = solved_order(order, Clock(), warn=len, progress=nullcontext())
    seconds = run.result.summary["seconds"]
    spent |= {f"{phase}, {asked}": own for phase, own in seconds.items()}
study, warm = WhatIf(run.instance), []
for seed in range(5):
    changed = dearer(run.instance, seed)
    began = process_time()
    study.solve(changed)
    warm.append(process_time() - began)
spent["warm question, proved"] = statistics.median(warm)
print(json.dumps(spent))
"""

_SHOWN = {
    "solve, some": "solve",
    "exposure": "questions on exposure",
    "sensitivity, some": "these and prices in each direction",
    "verify, none": "verification, nothing asked",
    "verify, some": "verification, all that is asked by default",
    "warm question, proved": "a question that changes costs, warm and proved",
}
"""Phases that are told, in this order."""

_LIMIT = 3600.0
"""Seconds after which a process is ended."""


def ready(path: Path, repeats: int) -> int:
    """Print processor time of starting, phases and whole runs beside the imports."""
    program = [str(ROOT / "cli.py"), "solve", str(path)]
    ways = {
        "packages": ["-c", PACKAGES],
        "whole, default questions": program,
        "whole, --sensitivity none": [*program, "--sensitivity", "none"],
        "own modules": ["-c", _OWN],
        "phases": ["-c", _PHASES, str(path)],
    }
    for words in ways.values():
        _ran(words)  # Whatever is compiled is compiled now.
    found: dict[str, list[float]] = {}
    for _ in range(repeats):
        for way, words in ways.items():
            for name, seconds in _figures(way, words).items():
                found.setdefault(name, []).append(seconds)
    _tell(found, repeats)
    return 0


def _tell(found: dict[str, list[float]], repeats: int) -> None:
    """Print the medians of ratios within each repeat."""
    packages = found.pop("packages")
    print(f"packages: {statistics.median(packages):.3f} s, the median of {repeats}")
    for name, seconds in found.items():
        parts = [own / whole for own, whole in zip(seconds, packages, strict=True)]
        print(f"{name}: {statistics.median(parts):.3f} of the packages")
    solve, exposure = found["solve"], found["questions on exposure"]
    parts = [own / whole for own, whole in zip(exposure, solve, strict=True)]
    print(f"questions on exposure: {statistics.median(parts):.2f} of the solve")


def _figures(way: str, words: list[str]) -> dict[str, float]:
    """Return what a way tells, or else the processor time of its process."""
    spent, output = _ran(words)
    if way == "own modules":
        return {way: float(output)}
    if way == "phases":
        phases = json.loads(output)
        return {name: float(phases[key]) for key, name in _SHOWN.items()}
    return {way: spent}


def _ran(words: list[str]) -> tuple[float, str]:
    """Return the processor time of a Python process, and what it printed."""
    done = finished([sys.executable, *words], _LIMIT)
    if done.code not in (0, 10):
        raise SystemExit(done.output + done.errors)
    return done.processor, done.output
