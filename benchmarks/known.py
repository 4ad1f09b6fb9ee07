"""Instances whose least cost is known: each folder is solved, and its cost compared.

A folder's `expected.toml` holds `reference_cost`, found by another program.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

from benchmarks.processes import ROOT, finished

NEAR = 1e-6
"""Relative difference at which two costs are the same: the gap of a proof."""


def known(folder: Path, limit: float) -> int:
    """Solve every instance in a folder; return 1 if any cost is not the known one."""
    instances = [path.parent for path in sorted(folder.glob("*/expected.toml"))]
    faults = [path.name for path in instances if not _agrees(path, limit)]
    if not instances:
        print(f"{folder}: no instance with expected.toml")
    return 1 if faults or not instances else 0


def _agrees(instance: Path, limit: float) -> bool:
    """Solve one instance, tell what came of it, and whether that is right."""
    expected = tomllib.loads((instance / "expected.toml").read_text("utf-8"))
    command: list[str | Path] = [sys.executable, ROOT / "cli.py", "solve", instance]
    run = finished([*command, "--json", "--sensitivity", "none"], limit)
    try:
        # Whatever a solver adds to standard output, this is no JSON any more.
        cost = json.loads(run.output)["cost"]
    except (ValueError, KeyError):
        cost = None
    right = float(expected["reference_cost"])
    agrees = cost is not None and abs(cost - right) <= NEAR * max(1.0, abs(right))
    verdict = "as known" if agrees else f"DIFFERS: {right} is known, exit {run.code}"
    print(f"{instance.name}: cost {cost}, {verdict} ({run.seconds:.1f} s)", flush=True)
    return agrees
