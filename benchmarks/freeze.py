"""Whether two trees give the same results, byte for byte, and do the same work.

Both run in this environment, on the instances of the earlier one, through nothing but
the command line: what lies where inside a tree does not matter. Seconds and hashes are
left out, so that a word that changes is told once; versions are in files alone.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

KAZAKHSTAN = (
    "no-corridor-above-50",
    "russian-transit-20",
    "southern-case",
    "diversified",
    "ktz-tariff-reform",
)
"""Scenarios of `instances/kazakhstan` that are solved besides its base."""

_DRIVER = """
import contextlib, io, json, sys
tree, orders, told = sys.argv[1:]
sys.path.insert(0, tree)
import cli, click
group, = {
    one
    for module in (cli, sys.modules[cli.main.__module__])
    for one in vars(module).values()
    if isinstance(one, click.Group)
}
answers = {}
for name, words in json.load(open(orders)):
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in "oe"]
    sys.argv = ["keruen", *words]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        code = group.main(words, standalone_mode=False)
    texts = []
    for stream in streams:
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    answers[name] = [code, *texts]
json.dump(answers, open(told, "w"))
"""
"""Runs all commands in one process, as starting each anew would take minutes.

The group of commands stands in `cli`, or where `cli` has its `main` from.
"""

_PASSING = re.compile(
    r'"seconds": \{[^{}]*\}|^Time .*(?:\n .*)*$|\b[0-9a-f]{64}\b', re.MULTILINE
)
"""Times, and hashes: what they are of is compared itself, and `verify` checks them."""

_VERSIONS = re.compile(r'"versions": \{[^{}]*\}')
_COUNTERS = re.compile(r'"counters": (\{[^{}]*\})')

_SHOWN, _LINES, _WIDTH, _NAMES = 2, 24, 160, 8
"""Differences shown of one kind, lines of each, characters of each, runs named."""


@dataclass(frozen=True, slots=True)
class Order:
    """One command for both trees.

    Parameters
    ----------
    name : str
        What it is called here; a folder of this name may hold what it writes.
    words : tuple of str
        Arguments of ``keruen``.
    """

    name: str
    words: tuple[str, ...]


Told = dict[str, dict[str, str]]
"""What each order gave: texts by what they are (`exit code`, `counters`, a file)."""


def freeze(
    commit: str, instances: Sequence[Path], *, count: int = 200, seed: int = 0
) -> int:
    """Compare this tree with a commit's; return 1 if anything differs.

    Parameters
    ----------
    commit : str
        Any name git knows it by.
    instances : sequence of Path
        Folders or documents that are solved besides those of the repository.
    count, seed : int
        How many random instances, and the seed of the first.

    Raises
    ------
    SystemExit
        With code 2, where a tree cannot be read or run at all.
    """
    with tempfile.TemporaryDirectory(prefix="keruen-freeze-") as name:
        room = Path(name)
        then = check_out(ROOT, commit, room / "then")
        orders = [
            *own_orders(then / "instances"),
            *(solving(path.name, path.resolve()) for path in instances),
            *random_orders(room / "random", range(seed, seed + count)),
        ]
        repeated = [n for n, c in Counter(one.name for one in orders).items() if c > 1]
        if repeated:
            raise _failed(f"two instances have one name: {', '.join(repeated)}")
        return compared(then, ROOT, orders)


def compared(then: Path, now: Path, orders: Sequence[Order]) -> int:
    """Run all orders in both trees and tell what differs; return 1 if anything does."""
    with ThreadPoolExecutor(2) as pool:
        before, after = pool.map(lambda tree: told(tree, orders), (then, now))
    lines = list(differences(before, after))
    print("\n".join(lines or ["same"]))
    codes = Counter(texts["exit code"] for texts in before.values())
    counted = ", ".join(f"{n} ended with {code}" for code, n in codes.most_common())
    texts = sum(map(len, before.values()))
    print(f"({texts:,} texts of {len(orders)} runs: {counted})")
    return 1 if lines else 0


def check_out(repository: Path, commit: str, folder: Path) -> Path:
    """Write the tree of a commit to a folder, and return that.

    An archive leaves nothing behind in the repository, whenever the run is ended.
    """
    command = ["git", "-C", str(repository), "archive", "--format=tar", commit]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise _failed(f"no tree of `{commit}`: {done.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        # Python 3.11 knows the filter from its fourth patch on.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)  # noqa: S202 - an archive of our own repository
    return folder


def solving(name: str, path: Path, *more: str) -> Order:
    """Order to solve an instance and write its result."""
    return Order(name, ("solve", str(path), "--json", "-o", name, *more))


def _failed(message: str) -> SystemExit:
    """End of a run that could compare nothing: not the code of a difference."""
    print(message, file=sys.stderr)
    return SystemExit(2)


def own_orders(folder: Path) -> Iterator[Order]:
    """Orders of the repository's own instances, and of the other commands."""
    quickstart, kazakhstan = folder / "quickstart", folder / "kazakhstan"
    small = str(quickstart)
    rule = ("--scenario", "no-corridor-above-40")
    yield solving("quickstart", quickstart)
    yield solving("model", quickstart, *rule, "--write-model", "model.lp")
    yield Order("screen", ("solve", small, *rule))
    yield Order("check", ("check", small, "--json"))
    yield Order("verify", ("verify", "quickstart", "--instance", small))
    yield Order("frontier", ("frontier", small, "--points", "3", "-o", "frontier"))
    yield Order("generate", ("generate", "generate", "--demands", "50"))
    yield Order("schema", ("schema", "--json"))
    yield solving("kazakhstan", kazakhstan)
    for scenario in KAZAKHSTAN:
        yield solving(scenario, kazakhstan, "--scenario", scenario)


def random_orders(folder: Path, seeds: Iterable[int]) -> Iterator[Order]:
    """Orders of random instances with rules of every kind, written as documents.

    Some are refused, about one in five: what is said of them is compared as well.
    """
    from solver.loaders.json.document import canonical
    from tests.random_rules import random_rules_instance

    folder.mkdir()
    for seed in seeds:
        path = folder / f"random-{seed}.json"
        path.write_bytes(canonical(random_rules_instance(seed)))
        yield solving(path.stem, path)


def told(tree: Path, orders: Sequence[Order]) -> Told:
    """Return what a tree gives for all orders, run one after the other."""
    with tempfile.TemporaryDirectory(prefix="keruen-freeze-") as name:
        room = Path(name)
        asked, answered, work = room / "orders", room / "told", room / "work"
        work.mkdir()
        asked.write_text(json.dumps([(one.name, one.words) for one in orders]))
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "-c", _DRIVER, tree.resolve(), asked, answered],
            cwd=work,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "88"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise _failed(f"{tree} gave no answers: {done.stderr or done.stdout}")
        answers = json.loads(answered.read_text())
        files = _files(work)
    return {
        one.name: {**_texts(answers[one.name]), **files[one.name]} for one in orders
    }


def _texts(answer: tuple[int, str, str]) -> dict[str, str]:
    code, output, errors = answer
    counters = _COUNTERS.search(output)
    return {
        "exit code": str(code),
        "counters": counters[1] if counters else "",
        "output": _VERSIONS.sub("", _COUNTERS.sub("", _PASSING.sub("", output))),
        "messages": errors,
    }


def _files(work: Path) -> Mapping[str, dict[str, str]]:
    """Texts of all files by order, those that lie in no order's folder by `model`."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(path for path in work.rglob("*") if path.is_file()):
        order, *inner = path.relative_to(work).parts
        text = path.read_bytes().decode(errors="backslashreplace")
        place = (order, "/".join(inner)) if inner else ("model", order)
        found[place[0]][place[1]] = _PASSING.sub("", text)
    return found


def differences(before: Told, after: Told) -> Iterator[str]:
    """Lines that tell what differs, one kind of text after the other."""
    differing: dict[str, list[str]] = defaultdict(list)
    for name in before:
        old, new = before[name], after[name]
        for kind in dict.fromkeys([*old, *new]):
            if old.get(kind) != new.get(kind):
                differing[kind].append(name)
    for kind, names in differing.items():
        rest = len(names) - _NAMES
        more = f" and {rest} more" if rest > 0 else ""
        runs = f"{len(names)} of {len(before)} runs"
        yield f"{kind} differs in {runs}: {', '.join(names[:_NAMES])}{more}"
        for name in names[:_SHOWN]:
            yield from _diff(name, before[name].get(kind), after[name].get(kind))


def _diff(name: str, before: str | None, after: str | None) -> Iterator[str]:
    """Lines of a unified diff, not too many and none too long."""
    if before is None or after is None:
        yield f"  {name}: only in the {'later' if before is None else 'earlier'} tree"
        return
    lines = unified_diff(
        _lines(before), _lines(after), f"{name} then", f"{name} now", "", "", 1, ""
    )
    for line in islice(lines, _LINES):
        yield f"  {line[:_WIDTH]}"
    if (rest := sum(1 for _ in lines)) > 0:
        yield f"  ... and {rest} lines more"


def _lines(text: str) -> list[str]:
    """Lines as they are told: a long one parted, and whitespace made visible."""
    parted = (
        part
        for line in text.split("\n")
        for part in (line.split(",") if len(line) > _WIDTH else [line])
    )
    return [repr(part)[1:-1] for part in parted]
