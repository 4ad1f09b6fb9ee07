"""Inputs spoiled at random: any number of them, from the command line.

python -m tests.fuzz --count 200000 --jobs 2
python -m tests.fuzz --start 4711 --count 1 --show

Whatever stands in the files, a command ends with an exit code of the table in
`docs/commands.md`, and never by a fault of its own.
"""

from __future__ import annotations

import argparse
import io
import random
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from solver.commands.program import keruen
from tests.budget import add_seconds, within
from tests.folders import TINY

CHECKED = {0, 65, 66}
SOLVED = CHECKED | {10, 11, 12, 13}
_SOLVE_EVERY = 5
_SEARCH_SECONDS = "5"

NASTY = (
    *("", "0", "-1", "1e15", "1e-300", "nan", "inf", "1,5", "1 200", "-", "unlimited"),
    *("none", "*", "all", "A|B", "A > B", ">", "|", "=1+1", "'x", "@x", "\t", "\0"),
    *("last resort", "true", "A", "B", "a", "Ä", "A\u0308", "\u0410", "x" * 300),
    *('"', '""', "\n", "# note", "sep=;", "2026", "1e400", "0x10", "٣", "\ufeff"),
)
"""Cells that belong nowhere, or somewhere else."""

TOML = (
    *("[", "]]", "a.b.c = 1", "x = " + "[" * 60, "periods = []", "name = 3"),
    *("unmet_cost = -1", "unmet_cost = nan", "[[diversification]]", "by = 'moon'"),
    *("max_share = { north = 2 }", "max_hhi = 1e9", "units = { quantity = 'km' }"),
    *("where = { product = 'grain' }", "periods = ['2026', '2026']", "\0", "= 1"),
)
"""Lines of TOML that are wrong, or right in another place."""

MORE = {
    "scenarios.toml": (
        "[dear]\ndescription = 'Dear'\n[[dear.change]]\ntable = 'legs'\n"
        "where = { mode = 'rail' }\nscale = { cost = 2 }\n[both]\nincludes = ['dear']\n"
    ),
    "products.csv": "product,group,value,time_value\ngrain,food,200,1\nsteel,,900,\n",
    "tariffs.csv": "mode,product,factor,surcharge\nrail,grain,1.5,2\nsea,,,1\n",
    "routes.csv": "route,via,capacity,cost\nshuttle,north,50,9\n",
    "capacities.csv": "capacity,legs,nodes,quantity\nall,north|south,B,95\n",
}
"""What the tiny instance has not: every table, and scenarios."""


def spoiled(seed: int) -> dict[str, bytes]:
    """Return the files of an instance, spoiled by one to three random edits."""
    rng = random.Random(seed)
    files = {name: text.encode() for name, text in {**TINY, **MORE}.items()}
    for name in rng.sample(sorted(MORE), rng.randint(0, len(MORE))):
        del files[name]
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        name = rng.choice(sorted(files))
        files[name] = rng.choice(_EDITS)(files[name], rng)
    if rng.random() < 0.05:
        first, second = rng.sample(sorted(files), 2)
        files[first], files[second] = files[second], files[first]
    return files


def _cell(content: bytes, rng: random.Random) -> bytes:
    """Put a nasty cell in place of one."""
    lines = content.decode("utf-8", "replace").split("\n")
    row = rng.randrange(len(lines))
    cells = lines[row].split(",")
    cells[rng.randrange(len(cells))] = rng.choice(NASTY)
    lines[row] = ",".join(cells)
    return "\n".join(lines).encode("utf-8", "replace")


def _line(content: bytes, rng: random.Random) -> bytes:
    """Repeat, drop, move or add a line."""
    lines = content.split(b"\n")
    row = rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            lines.insert(row, rng.choice(lines))
        case 1:
            del lines[row]
        case 2:
            rng.shuffle(lines)
        case _:
            lines.insert(row, rng.choice((*TOML, *NASTY)).encode("utf-8", "replace"))
    return b"\n".join(lines)


def _column(content: bytes, rng: random.Random) -> bytes:
    """Repeat, drop or rename a column."""
    rows = [line.split(b",") for line in content.split(b"\n")]
    place = rng.randrange(max(map(len, rows)))
    word = rng.choice((b"capacity (kt)", b"cost [EUR/t]", b"", b"from", b"period"))
    kind = rng.randrange(3)
    for number, row in enumerate(rows):
        if place < len(row):
            if kind == 0:
                row.append(row[place])
            elif kind == 1:
                del row[place]
            elif not number:
                row[place] = word
    return b"\n".join(b",".join(row) for row in rows)


def _bytes(content: bytes, rng: random.Random) -> bytes:
    """Flip, cut, repeat or insert bytes."""
    start = rng.randrange(len(content) + 1)
    end = min(len(content), start + rng.randint(1, 12))
    noise = rng.choice((rng.randbytes(3), b"\xff\xfe", b"\0", b'"', b"\r", b";", b"\t"))
    middle = rng.choice((b"", content[start:end] * 2, noise))
    return content[:start] + middle + content[end:]


def _plausible(content: bytes, rng: random.Random) -> bytes:
    """Put a cell of another row, a number or nothing in place of a cell."""
    rows = [line.split(b",") for line in content.split(b"\n")]
    row, other = rng.choice(rows[1:] or rows), rng.choice(rows[1:] or rows)
    place = rng.randrange(len(row))
    words = (b"", b"0", b"7", b"0.1", b"1e-9", b"1e12", other[place % len(other)])
    row[place] = rng.choice(words)
    return b"\n".join(b",".join(row) for row in rows)


_AT_ONCE = 100
"""Inputs that a process spoils before it is asked whether time is up."""

_EDITS = (_cell, _plausible, _plausible, _plausible, _line, _column, _bytes)


def ending(seed: int, folder: Path) -> tuple[int, str]:
    """Return the exit code of a command on spoiled files, and what it said.

    Parameters
    ----------
    seed : int
        Number of the input.
    folder : Path
        Where it is written; replaced.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in spoiled(seed).items():
        (folder / name).write_bytes(content)
    words = ["check", str(folder)]
    if seed % _SOLVE_EVERY == 0:
        words = ["solve", str(folder), "--sensitivity", "none"]
        words += ["--time-limit", _SEARCH_SECONDS]
    if seed % 3 == 0:
        words += ["--scenario", "both"]
    said = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(said), redirect_stderr(said):
        warnings.simplefilter("error")
        code = keruen.main(words, standalone_mode=False)
    return code, said.getvalue()


def wrong(seed: int, folder: Path) -> str:
    """Say how a command ended that should not; blank if it ended well."""
    code, said = ending(seed, folder)
    allowed = SOLVED if seed % _SOLVE_EVERY == 0 else CHECKED
    if seed % 3 == 0:
        allowed = allowed | {2}  # The scenario may be gone.
    if code not in allowed or "Traceback" in said or "fault of ours" in said:
        return f"input {seed}: exit {code}: {said.strip()[-300:]}"
    return ""


def _batch(seeds: range) -> list[tuple[int, str]]:
    with tempfile.TemporaryDirectory() as name:
        return [(seed, wrong(seed, Path(name) / "in")) for seed in seeds]


def main() -> None:
    """Run a campaign and tell what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what was said")
    add_seconds(parser)
    given = parser.parse_args()
    seeds = range(given.start, given.start + given.count)
    if given.show:
        folder = Path(tempfile.mkdtemp()) / "in"
        for seed in seeds:
            sys.stdout.write(f"{folder}: {ending(seed, folder)}\n")
        return
    size = _AT_ONCE * given.jobs
    rounds = [seeds[first : first + size] for first in range(0, len(seeds), size)]
    counts: Counter[str] = Counter()
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        for own in within(rounds, given.seconds):
            parts = [own[job :: given.jobs] for job in range(given.jobs)]
            for _, told in chain.from_iterable(pool.map(partial(_batch), parts)):
                counts["wrong" if told else "ended well"] += 1
                if told:
                    sys.stdout.write(f"{told}\n")
    sys.stdout.write(f"{dict(counts)} of {len(seeds)}\n")
    sys.exit(1 if counts["wrong"] else 0)


if __name__ == "__main__":
    main()
