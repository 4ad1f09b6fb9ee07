"""Results changed by a forger who renews every hash, and whether that is found.

    python -m tests.forgeries --count 500

solves a few instances and forges status, options and auxiliary prices at random.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.loaders.references import load
from solver.options import Options
from solver.results.folder import write
from solver.solution.form import CERTIFICATE, SUMMARY
from solver.solution.status import Status
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.tasks.verify import audit
from tests.budget import add_seconds, within

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent

Json = Any
Draw = random.Random


def status(draw: Draw, files: dict[str, Json]) -> str:
    """Say that the run ended in another way."""
    summary = files[SUMMARY]
    others = [str(one) for one in Status if str(one) != summary["status"]]
    summary["status"] = draw.choice(others)
    if summary["status"] == "limit" and draw.random() < 0.5:
        summary["options"]["time_limit"] = draw.choice([0.5, 60.0])
    return f"status {summary['status']}"


def limit(_draw: Draw, files: dict[str, Json]) -> str:
    """Say that a run was stopped that nothing could stop."""
    files[SUMMARY]["status"] = "limit"
    files[SUMMARY]["options"]["time_limit"] = None
    return "limit without one"


def option(draw: Draw, files: dict[str, Json]) -> str:
    """Give an option a value that it cannot have."""
    options = files[SUMMARY]["options"]
    name = draw.choice(sorted(options))
    options[name] = draw.choice([-1, "often", [], {"a": 1}, True])
    if name == "solver":
        options[name] = draw.choice([7, None, []])
    return f"option {name} {options[name]!r}"


def emptied(draw: Draw, files: dict[str, Json]) -> str:
    """Take all prices from something beside the plan's own that prices prove."""
    owners = _auxiliary(files[CERTIFICATE])
    owner = draw.choice([own for own in owners if not _is_free(own)])
    for name in ("capacities", "rules", "unmet"):
        for entry in owner.get(name, []):
            entry["price"] = 0
    return "prices taken away"


def negative(draw: Draw, files: dict[str, Json]) -> str:
    """Turn the sign of a price of a proof beside the plan's own."""
    prices = [
        entry
        for owner in _auxiliary(files[CERTIFICATE])
        for name in ("capacities", "rules", "unmet")
        for entry in owner.get(name, [])
        if entry["price"]
    ]
    entry = draw.choice(prices)
    entry["price"] *= -1.0
    return f"a price of {entry['price']}"


def idle_stage(_draw: Draw, files: dict[str, Json]) -> str:
    """Add prices for a class of which nothing stays unmet."""
    stages = files[CERTIFICATE]["stages"]
    if any(stage["objective"] == "unmet" for stage in stages):
        stages.insert(0, dict(stages[0]))
    else:
        cost = stages[-1].items()
        idle = {key: [] if isinstance(own, list) else own for key, own in cost}
        stages.insert(0, {**idle, "objective": "unmet"})
    return "prices that prove nothing"


FORGERIES: tuple[Callable[[Draw, dict[str, Json]], str], ...] = (
    status,
    limit,
    option,
    emptied,
    negative,
    idle_stage,
)


def _auxiliary(certificate: Json) -> list[Json]:
    """Prices beside those of the plan: of both sides of rules, and of questions."""
    entries = [
        entry
        for name, own in certificate.items()
        if name != "stages" and isinstance(own, list)
        for entry in own
    ]
    parts = [part for entry in entries for part in (entry, *entry.values())]
    return [part for part in parts if isinstance(part, dict) and _has_prices(part)]


def _is_free(part: Json) -> bool:
    """Whether another price proves as much: what is left earns nothing anyway."""
    return part.get("kind") == "most" and not (
        part["budget"] or part["capacities"] or part["rules"]
    )


def _has_prices(part: Json) -> bool:
    return any(part.get(key) for key in ("capacities", "rules", "unmet"))


def forged(folder: Path, target: Path, seed: int) -> str:
    """Forge a result into another folder, hashes renewed; say what was changed."""
    draw = Draw(seed)
    shutil.copytree(folder, target)
    names = SUMMARY, CERTIFICATE
    files = {name: json.loads((target / name).read_bytes()) for name in names}
    what = draw.choice(FORGERIES)(draw, files)
    content = json.dumps(files[CERTIFICATE], indent=1).encode()
    (target / CERTIFICATE).write_bytes(content)
    files[SUMMARY]["files"][CERTIFICATE] = hashlib.sha256(content).hexdigest()
    (target / SUMMARY).write_text(json.dumps(files[SUMMARY], indent=1))
    return what


def results(
    folder: Path, names: tuple[str, ...] = ("quickstart", "kazakhstan")
) -> list[Path]:
    """Solve shipped instances, with all questions, into folders."""
    made = []
    for name in names:
        instance = load(ROOT / "instances" / name).instance
        finished = run(instance, Options(sensitivity="all"), Clock())
        made.append(folder / name)
        made[-1].mkdir()
        write(made[-1], finished.files)
    return made


def unfound(made: list[Path], folder: Path, seeds: range) -> list[str]:
    """Forgeries that verify, as they should not."""
    passed = []
    for seed in seeds:
        target = folder / f"forged-{seed}"
        what = forged(made[seed % len(made)], target, seed)
        if audit(target).passed:
            passed.append(f"{seed}: {what}")
        shutil.rmtree(target)
    return passed


def main() -> int:
    """Forge; return 1 if anything verifies that should not."""
    parser = argparse.ArgumentParser(prog="python -m tests.forgeries")
    parser.add_argument("--count", type=int, default=500, metavar="N")
    add_seconds(parser)
    chosen = parser.parse_args()
    done = missed = 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made = results(folder)
        for seed in within(range(chosen.count), chosen.seconds):
            passed, done = unfound(made, folder, range(seed, seed + 1)), done + 1
            missed += len(passed)
            sys.stdout.write("".join(f"VERIFIES {what}\n" for what in passed))
    sys.stdout.write(f"{done} forgeries: {missed} not found\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
