"""Many questions on one instance: warm from one snapshot, and as cold processes.

    python -m benchmarks questions instances/kazakhstan --count 200 --cold 10

Each question changes the cost of every leg, seeded. Warm ones are answered by a
`WhatIf` in one process, each proved by the independent check; the cold process of
one is what a shell script would run: `keruen solve`. Some cold ones stand for all.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.processes import ROOT, finished
from solver import WhatIf, load
from solver.loaders.json.document import canonical
from solver.problem.edits import with_columns

if TYPE_CHECKING:
    from solver.problem.instance import Instance

_LIMIT = 600.0
_SAME = 1e-7


def dearer(instance: Instance, seed: int) -> Instance:
    """Return the instance with costs of legs between 0.8 and 1.25 times theirs."""
    legs = instance.legs
    factors = np.random.default_rng(seed).uniform(0.8, 1.25, len(legs))
    cost = np.round(legs["cost"].astype(float) * factors, 4)
    return instance.model_copy(update={"legs": with_columns(legs, {"cost": cost})})


def questions(path: Path, count: int, cold: int) -> int:
    """Time questions warm and cold; return 1 if an answer differs or is not proved."""
    instance = load(path).instance
    began = time.monotonic()
    study = WhatIf(instance)
    base = time.monotonic() - began
    warm, costs = [], []
    for seed in range(count):
        changed = dearer(instance, seed)
        began = time.monotonic()
        solution = study.solve(changed)
        warm.append(time.monotonic() - began)
        costs.append(solution.proved.objective)
        if solution.status.value not in {"optimal", "unmet"}:
            print(f"question {seed}: {solution.status.value}")
            return 1
    processes, same = _cold(instance, costs[:cold])
    one, all_warm = statistics.median(processes), base + sum(warm)
    print(f"warm: {count} questions in {all_warm:.2f} s, {base:.2f} of them the first")
    print(
        f"cold: {one:.2f} s a process, the median of {cold}; {count * one:.0f} s in all"
    )
    print(f"warm is {count * one / all_warm:.1f} times faster")
    print("costs are the same" if same else "costs DIFFER")
    return 0 if same else 1


def _cold(instance: Instance, costs: list[float | None]) -> tuple[list[float], bool]:
    """Seconds of `keruen solve` on the first questions; whether costs agree."""
    seconds, same = [], True
    with tempfile.TemporaryDirectory() as room:
        for seed, cost in enumerate(costs):
            path = Path(room) / f"{seed}.json"
            path.write_bytes(canonical(dearer(instance, seed)))
            done = finished(
                [sys.executable, ROOT / "cli.py", "solve", path, "--quiet", "--json"],
                _LIMIT,
            )
            seconds.append(done.seconds)
            same &= cost is not None and _agrees(done.output, cost)
    return seconds, same


def _agrees(output: str, cost: float) -> bool:
    found = json.loads(output)
    return bool(abs(found["cost"] - cost) <= _SAME * max(1.0, abs(cost)))
