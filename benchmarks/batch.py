"""A batch against a loop over `keruen solve`, and two workers against one.

    python -m benchmarks batch instances/kazakhstan --items 1000

The items are draws of the demand, the same for every way; the loop solves the instance
as it is, some times only, since each is a process of its own.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import ROOT, finished

LIMIT = 7200.0
_COMMAND = (sys.executable, ROOT / "cli.py")
_SWEEP = """
instance = "{instance}"
[[draw]]
table = "demand"
scale = {{ quantity = {{ normal = [1.0, 0.05], min = 0 }} }}
count = {items}
seed = 1
"""


def batch(path: Path, items: int, loops: int) -> int:
    """Print seconds for each item of each way; return 1 if workers change the bytes.

    Parameters
    ----------
    path : Path
        The instance.
    items : int
        Items of the sweep.
    loops : int
        Solves of the loop.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = _SWEEP.format(instance=path.resolve().as_posix(), items=items)
        (folder / "sweep.toml").write_text(text)
        loop = sum(_solve(path, folder / str(number)) for number in range(loops))
        seconds = {workers: _run(folder, workers) for workers in (1, 2)}
        same = _hashes(folder / "1") == _hashes(folder / "2")
    each, alone, both = loop / loops, seconds[1] / items, seconds[2] / items
    print(f"a loop over solve: {each:.3f} s each, of {loops}")
    print(f"one worker: {alone:.3f} s an item, {each / alone:.1f} times as fast")
    print(f"two workers: {both:.3f} s an item, {alone / both:.2f} times one")
    print(f"the same bytes: {'yes' if same else 'NO'}")
    return 0 if same else 1


def _solve(path: Path, result: Path) -> float:
    return _seconds("solve", path, "-o", result, "--sensitivity", "none", "--quiet")


def _run(folder: Path, workers: int) -> float:
    sweep, out = folder / "sweep.toml", folder / str(workers)
    return _seconds("batch", sweep, "-o", out, "--workers", str(workers), "--quiet")


def _seconds(*words: str | Path) -> float:
    """Return how long a command took; whatever it says of itself ends the benchmark."""
    ended = finished([*_COMMAND, *words], LIMIT)
    if ended.code:
        raise SystemExit(ended.errors)
    return ended.seconds


def _hashes(out: Path) -> dict[str, str]:
    """Return the hash of every table and certificate: what holds no seconds."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((out / "items").rglob("*"))
        if path.is_file() and path.name != "summary.json"
    }
