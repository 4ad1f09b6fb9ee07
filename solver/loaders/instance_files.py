"""The one way in: a folder or a document, and scenarios, to a checked instance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from solver.checks.instance import instance_faults, instance_warnings
from solver.errors import DataError, Fault, InputError
from solver.loaders.csv.folder import MANIFEST, SCENARIOS, read_folder, read_scenarios
from solver.loaders.file_kinds import foreign_kind
from solver.loaders.json.document import SCENARIOS as SCENARIOS_KEY
from solver.loaders.json.document import parse_document, read_document
from solver.loaders.scenario_entries import Origin, build_scenarios, read_entries
from solver.messages import listed, shown
from solver.problem.completion import Draft, completed
from solver.problem.instance import Units
from solver.problem.rules import RulePlace, rule_places
from solver.problem.scenarios import apply, ordered_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from solver.problem.instance import Instance


@dataclass(frozen=True, slots=True)
class Loaded:
    """An instance without faults, and what is odd about it.

    Parameters
    ----------
    instance : Instance
        The instance.
    warnings : tuple of Fault
        What is odd.
    rules : tuple of RulePlace
        Where its rules stand, in their order.
    """

    instance: Instance
    warnings: tuple[Fault, ...]
    rules: tuple[RulePlace, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """What the files of an instance say, before it is put together.

    Parameters
    ----------
    draft : Draft
        Manifest and tables.
    manifest : str
        Name of the file with the manifest's keys.
    scenarios : dict
        Scenarios as they stand in their file.
    file : str
        Name of that file.
    folder : Path
        Folder of files that scenarios append.
    """

    draft: Draft
    manifest: str
    scenarios: dict[str, Any]
    file: str
    folder: Path


def load(path: Path, scenarios: Sequence[str] = (), *, strict: bool = False) -> Loaded:
    """Return the instance in a folder of CSV tables or in a `.json` document.

    Rules on change that name an earlier result are not compared with it yet: see
    `solver.loaders.references`.

    Parameters
    ----------
    path : Path
        The folder, or the document.
    scenarios : sequence of str
        Names of scenarios to apply, in order.
    strict : bool
        Whether warnings are faults.

    Raises
    ------
    InputError
        If a file is missing or cannot be read.
    DataError
        If anything is wrong with the instance; holds every fault found.
    UsageError
        If a scenario is not known.
    """
    faults: list[Fault] = []
    source = _read(path, faults)
    entries = read_entries(source.scenarios, source.file, faults)
    names: list[str] = []
    if not faults:
        includes = {name: entry.includes for name, entry in entries.items()}
        names = ordered_names(scenarios, includes)
    units = source.draft.manifest.get("units", Units())
    odd = list(source.draft.warnings)
    origin = Origin(source.file, source.folder, units, odd)
    built = build_scenarios(entries, names, origin, faults)
    instance = _checked(completed(source.draft, faults), source.manifest, faults)
    rules = rule_places(instance.diversification, source.manifest)
    if names:
        for name in names:
            instance = apply(instance, built[name])
            rules += rule_places(entries[name].diversification, source.file, name)
        instance = _checked_after(instance, names, source.manifest, rules)
    warnings = [*odd, *instance_warnings(instance)]
    if strict and warnings:
        raise DataError(warnings)
    return Loaded(instance, tuple(warnings), tuple(rules))


def load_document(content: bytes, file: str) -> Instance:
    """Return the instance of a document's bytes, without its warnings.

    It must hold what its rules on change compare with: from bytes alone, no other
    folder is found.

    Parameters
    ----------
    content : bytes
        The document.
    file : str
        Its name, for faults.

    Raises
    ------
    DataError
        If anything is wrong with it.
    """
    faults: list[Fault] = []
    keys = parse_document(content, file, faults)
    if not keys and faults:
        raise DataError(faults)
    draft = read_document(keys, file, faults)
    instance = _checked(completed(draft, faults), file, faults)
    faults = list(_unread_references(instance, file))
    if faults:
        raise DataError(faults)
    return instance


def _unread_references(instance: Instance, file: str) -> Iterator[Fault]:
    """Yield rules on change that name an earlier result alone."""
    for place in rule_places(instance.diversification, file):
        change = place.rule.max_change
        if change is not None and change.reference is None:
            message = f"what {shown(change.from_)} held is not in the document"
            remedy = "give it as `reference`"
            key = "max_change.reference"
            yield place.fault(key, message, remedy, change.from_)


def _read(path: Path, faults: list[Fault]) -> _Source:
    if path.is_dir():
        draft = read_folder(path, faults)
        scenarios = read_scenarios(path, faults)
        return _Source(draft, MANIFEST, scenarios, SCENARIOS, path)
    if path.suffix.lower() != ".json" and path.exists():
        message = f"{path} is neither a folder nor a .json document"
        raise InputError(f"{message}; give the folder that holds the tables")
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be read: {reason}") from error
    foreign = foreign_kind(content)
    if foreign is not None:
        raise DataError([Fault(path.name, *foreign)])
    keys = parse_document(content, path.name, faults)
    if not keys and faults:
        raise DataError(faults)
    scenarios = keys.get(SCENARIOS_KEY, {})
    if not isinstance(scenarios, dict):
        message = f"{shown(scenarios)} is no object of scenarios"
        remedy = "give each under its name"
        faults.append(Fault(path.name, message, remedy, None, SCENARIOS_KEY))
        scenarios = {}
    draft = read_document(keys, path.name, faults)
    return _Source(draft, path.name, scenarios, path.name, path.parent)


def _checked(instance: Instance, manifest: str, before: list[Fault]) -> Instance:
    faults = instance_faults(instance, manifest, before)
    if faults:
        raise DataError(faults)
    return instance


def _checked_after(
    instance: Instance, names: list[str], manifest: str, rules: list[RulePlace]
) -> Instance:
    """Return the instance if scenarios left it sound; faults say that they did not."""
    noun = "scenario" if len(names) == 1 else "scenarios"
    faults = [
        replace(fault, message=f"with {noun} {listed(names)}: {fault.message}")
        for fault in instance_faults(instance, manifest, rules=rules)
    ]
    if faults:
        raise DataError(faults)
    return instance
