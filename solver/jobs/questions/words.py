"""The words of ``keruen batch`` to jobs: instances, globs, lists of paths, sweeps."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING

from solver.errors import DataError, Fault, InputError, UsageError
from solver.jobs.questions.closures import closures_of
from solver.jobs.questions.items import InstanceJob, SweepJob
from solver.jobs.questions.sweep import read_sweep, sweep_faults
from solver.loaders.one_off_changes import table_change
from solver.loaders.references import with_one_off
from solver.loaders.sources import FILES
from solver.problem.change_text import parse_change
from solver.problem.scenarios import changed_table
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from solver.jobs.questions.bases import Base, Bases
    from solver.jobs.questions.items import BatchJob
    from solver.jobs.questions.sweep import Sweep

_MOST_TRIED = 10_000
"""Points of a grid, each of which is tried; of a longer one, so many and the last."""


def jobs_of(
    words: Sequence[str], listed: Callable[[], bytes], bases: Bases
) -> list[BatchJob]:
    """Return the jobs that words name; all is looked at before any item starts.

    Parameters
    ----------
    words : sequence of str
        Instances, globs, sweep files, or ``-`` for a list of paths.
    listed : callable
        Reads that list: paths that end with NUL or a line break.
    bases : Bases
        Where instances of sweeps are loaded.

    Raises
    ------
    InputError
        A file is missing, or a glob matches nothing.
    DataError
        A sweep is wrong; holds every fault found.
    """
    paths = [path for word in words for path in _paths(word, listed)]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        message = f"{missing[0]}: there is no such file or folder{more}"
        raise InputError(f"{message}; correct the path")
    if not paths:
        raise InputError("no instance is named; give a path, a glob or a sweep file")
    return [_job(path, bases) for path in paths]


def _paths(word: str, listed: Callable[[], bytes]) -> Iterator[Path]:
    """Yield the paths that one word stands for."""
    if word == "-":
        yield from _listed(listed())
    elif glob.has_magic(word) and not Path(word).exists():
        found = [Path(name) for name in sorted(glob.glob(word, recursive=True))]  # noqa: PTH207
        found = [path for path in found if path.is_dir() or _is_document(path)]
        if not found:
            kinds = f"{', '.join(FILES)} or .toml"
            message = f"{word}: matches no folder and no {kinds} file"
            raise InputError(f"{message}; correct it")
        yield from found
    else:
        yield Path(word)


def _listed(content: bytes) -> Iterator[Path]:
    end = b"\0" if b"\0" in content else b"\n"
    for name in content.split(end):
        text = name.decode(errors="surrogateescape").strip("\r\n")
        if text:
            yield Path(text)


def _is_document(path: Path) -> bool:
    return path.suffix.lower() in {*FILES, ".toml"}


def _job(path: Path, bases: Bases) -> BatchJob:
    if path.is_dir() or path.suffix.lower() != ".toml":
        return InstanceJob(path)
    sweep = read_sweep(path)
    instance = path.parent / sweep.instance
    faults = list(sweep_faults(sweep, path.name))
    closures, shas = [], []
    for number, scenarios in enumerate(sweep.scenarios, 1):
        try:
            base = bases.get(str(instance), scenarios)
        except UsageError as error:
            message, _, remedy = str(error).partition("; ")
            place = f"scenarios.{number}"
            faults.append(Fault(path.name, message, remedy, None, place))
            continue
        faults += _change_faults(sweep, base, instance, path.name)
        shas.append(base.sha256)
        by = sweep.closures.by if sweep.closures else ()
        closures.append(closures_of(base.loaded.instance, by))
    if faults:
        raise DataError(list(dict.fromkeys(faults)))
    return SweepJob(sweep, instance, tuple(closures), tuple(shas))


def _change_faults(
    sweep: Sweep, base: Base, instance: Path, file: str
) -> Iterator[Fault]:
    """Yield what is wrong with each change of a sweep, made by itself on a base."""
    for number, grid in enumerate(sweep.grid, 1):
        place = f"grid.{number}"
        if not list(grid.faults(file, place)):
            points = range(grid.points())
            tried = [grid.changes(point) for point in points[:_MOST_TRIED]]
            tried.append(grid.changes(points[-1]))
            yield from _faults(base, instance, tried, file, place)
    for number, entry in enumerate(sweep.draw, 1):
        place = f"draw.{number}"
        if not list(entry.faults(file, place)):
            yield from _faults(base, instance, [entry.changes(1)], file, place)


def _faults(
    base: Base,
    instance: Path,
    tried: Sequence[tuple[str, ...]],
    file: str,
    place: str,
) -> Iterator[Fault]:
    """Yield faults of changes, each place and message once.

    Every change is made on its table; with the first and the last, which are the
    extremes as a rule, the instance is checked as a whole.
    """
    found = [fault for texts in tried for fault in _table_faults(base, texts, file)]
    if not found:
        for texts in (tried[0], tried[-1]):
            found += _whole_faults(base, instance, texts)
    told: set[str] = set()
    for fault in found:
        if fault.message not in told:
            told.add(fault.message)
            where = f"{place}: {fault.column}" if fault.column else place
            yield Fault(file, fault.message, fault.remedy, None, where, fault.value)


def _table_faults(base: Base, texts: Sequence[str], file: str) -> list[Fault]:
    """Return what is wrong with changes of tables, each made on the base."""
    faults: list[Fault] = []
    for text in texts:
        change = parse_change(text)
        if change.table in DEFINITIONS:
            found: list[Fault] = []
            built = table_change(base.loaded.instance, change, text, found, file)
            if not found:
                changed_table(getattr(base.loaded.instance, change.table), built, found)
            faults += found
    return faults


def _whole_faults(base: Base, instance: Path, texts: Sequence[str]) -> Sequence[Fault]:
    """Return what is wrong with an instance after changes."""
    try:
        with_one_off(base.loaded, texts, instance)
    except DataError as error:
        return error.faults
    return ()
