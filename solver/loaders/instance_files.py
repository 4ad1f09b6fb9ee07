"""The one way in: a folder or a document, and scenarios, to a checked instance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from solver.checks.instance import instance_faults, instance_warnings
from solver.errors import DataError, Fault
from solver.loaders.json.document import parse_document, read_document
from solver.loaders.scenario_entries import Origin, build_scenarios, read_entries
from solver.loaders.sources import document_source, read_source
from solver.messages import listed, shown
from solver.problem.completion import completed
from solver.problem.instance import Units
from solver.problem.rules import RulePlace, rule_places
from solver.problem.scenarios import apply, ordered_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.loaders.scenario_entries import ScenarioEntry
    from solver.loaders.sources import Source
    from solver.problem.instance import Instance
    from solver.problem.scenarios import Scenario

TABLES = "tables"
"""Name, in faults, of an instance that is made of tables in memory."""


class Offered(NamedTuple):
    """Scenarios of an instance, by name, and where they come from.

    Parameters
    ----------
    entries : dict of str to ScenarioEntry
        The scenarios as they stand.
    origin : Origin
        Their file, and the folder of the files they append.
    manifest : str
        Name of the file with the manifest's keys.
    """

    entries: Mapping[str, ScenarioEntry]
    origin: Origin
    manifest: str


@dataclass(frozen=True, slots=True, eq=False)
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
    offered : Offered
        The scenarios that its files offer.
    """

    instance: Instance
    warnings: tuple[Fault, ...]
    rules: tuple[RulePlace, ...]
    offered: Offered


def load(path: Path, scenarios: Sequence[str] = (), *, strict: bool = False) -> Loaded:
    """Return the instance in a folder, a workbook, a database or a document.

    Rules on change that name an earlier result are not compared with it yet: see
    `solver.loaders.references`.

    Parameters
    ----------
    path : Path
        The folder of tables, or the file.
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
    return _loaded(read_source(path, faults), scenarios, faults, strict=strict)


def load_keys(
    keys: dict[str, Any], scenarios: Sequence[str] = (), *, strict: bool = False
) -> Loaded:
    """Return the instance of a document's keys, as `load` does of its file.

    Parameters
    ----------
    keys : dict
        Keys of the manifest, tables, and `scenarios`, as JSON has them.
    scenarios : sequence of str
        Names of scenarios to apply, in order.
    strict : bool
        Whether warnings are faults.

    Raises
    ------
    DataError
        If anything is wrong with the instance; holds every fault found.
    UsageError
        If a scenario is not known.
    """
    faults: list[Fault] = []
    source = document_source(keys, TABLES, Path(), faults)
    return _loaded(source, scenarios, faults, strict=strict)


def offered_scenarios(path: Path) -> dict[str, ScenarioEntry]:
    """Return the scenarios that the files of an instance offer, by name.

    Raises
    ------
    InputError
        If a file is missing or cannot be read.
    DataError
        If they are wrong.
    """
    faults: list[Fault] = []
    source = read_source(path, faults)
    faults = []  # Those of the tables are for `load` to tell.
    entries = read_entries(source.scenarios, source.file, faults)
    if faults:
        raise DataError(faults)
    return entries


def with_scenarios(loaded: Loaded, wanted: Sequence[str]) -> Loaded:
    """Return an instance with scenarios applied that it offers.

    Those applied already are passed over.

    Raises
    ------
    DataError
        If a scenario is wrong, or leaves the instance wrong.
    InputError
        If a file to append cannot be read.
    UsageError
        If a scenario is not known.
    """
    entries, origin = loaded.offered.entries, loaded.offered.origin
    includes = {name: entry.includes for name, entry in entries.items()}
    done = loaded.instance.scenarios
    names = [name for name in ordered_names(wanted, includes) if name not in done]
    faults: list[Fault] = []
    built = build_scenarios(entries, names, origin, faults)
    if faults:
        raise DataError(faults)
    return _applied(loaded, names, built)


def _loaded(
    source: Source, scenarios: Sequence[str], faults: list[Fault], *, strict: bool
) -> Loaded:
    """Return the checked instance of what its files say, with scenarios applied."""
    entries = read_entries(source.scenarios, source.file, faults)
    names: list[str] = []
    if not faults:
        includes = {name: entry.includes for name, entry in entries.items()}
        names = ordered_names(scenarios, includes)
    units = source.draft.manifest.get("units", Units())
    odd = list(source.draft.warnings)
    origin = Origin(source.file, source.folder, units, odd, source.sheets)
    built = build_scenarios(entries, names, origin, faults)
    instance = _checked(completed(source.draft, faults), source.manifest, faults)
    rules = rule_places(instance.diversification, source.manifest)
    loaded = Loaded(
        instance, tuple(odd), tuple(rules), Offered(entries, origin, source.manifest)
    )
    loaded = _applied(loaded, names, built)
    warnings = (*odd, *instance_warnings(loaded.instance, loaded.rules))
    if strict and warnings:
        raise DataError(warnings)
    return replace(loaded, warnings=warnings)


def _applied(
    loaded: Loaded, names: Sequence[str], built: Mapping[str, Scenario]
) -> Loaded:
    """Return an instance with some of its scenarios made, and checked after them."""
    if not names:
        return loaded
    instance, rules = loaded.instance, list(loaded.rules)
    offered = loaded.offered
    for name in names:
        instance = apply(instance, built[name])
        added = offered.entries[name].diversification
        rules += rule_places(added, offered.origin.file, name)
    instance = _checked_after(instance, [*names], offered.manifest, rules)
    return replace(loaded, instance=instance, rules=tuple(rules))


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
