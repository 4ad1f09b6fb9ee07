"""All that the files of an instance say, free of the form they say it in."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.errors import DataError
from solver.loaders.json.document import manifest_keys, table_cells
from solver.loaders.scenario_entries import build_scenarios
from solver.loaders.sheets.draft import NAMES
from solver.messages import is_near
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.errors import Fault
    from solver.loaders.instance_files import Loaded
    from solver.loaders.raw_tables import Columns
    from solver.loaders.scenario_entries import ScenarioEntry

RULES_KEY = "diversification"
"""Key of the rules, in the manifest and in a scenario."""

UNTOLD = ("applied", "changes")
"""Keys that only documents hold: what was done to an instance before."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,30}", re.ASCII)
"""Names that sheets, files and tables of a database can all have."""


@dataclass(frozen=True, slots=True)
class Content:
    """All that the files of an instance say.

    Parameters
    ----------
    manifest : dict
        Keys of the manifest but its rules, in plain values.
    rules : list of dict
        Its rules.
    tables : dict of str to dict
        Columns of each table that has rows.
    scenarios : dict of str to dict
        Scenarios by name; `append` names a table of `appended`.
    appended : dict of str to dict
        Columns of tables that scenarios append.
    """

    manifest: dict[str, Any]
    rules: list[dict[str, Any]]
    tables: dict[str, Columns]
    scenarios: dict[str, dict[str, Any]] = field(default_factory=dict)
    appended: dict[str, Columns] = field(default_factory=dict)


def content_of(loaded: Loaded, target: Path) -> Content:
    """Return all that the files of a loaded instance say.

    Parameters
    ----------
    loaded : Loaded
        The instance, and the scenarios it offers.
    target : Path
        Folder from which folders of earlier results will be named.

    Raises
    ------
    DataError
        A scenario is wrong.
    InputError
        A file that one appends cannot be read.
    """
    instance, offered = loaded.instance, loaded.offered
    manifest = dict(manifest_keys(instance))
    rules: Any = manifest.pop(RULES_KEY, [])
    content = Content(
        manifest,
        rules,
        {
            name: table_cells(name, table, instance)
            for name in DEFINITIONS
            if len(table := getattr(instance, name))
        },
    )
    faults: list[Fault] = []
    built = build_scenarios(offered.entries, [*offered.entries], offered.origin, faults)
    if faults:
        raise DataError(faults)
    for name, entry in offered.entries.items():
        keys = _plain(entry)
        _renamed(keys, offered.origin.folder, target)
        for number, change in enumerate(built[name].changes):
            if change.rows is not None:
                given = entry.change[number].append
                cells = table_cells(change.table, change.rows, instance)
                title = _title(given, cells, content.appended)
                keys["change"][number]["append"] = title
                content.appended[title] = cells
        content.scenarios[name] = keys
    return content


def _title(given: object, cells: Columns, known: Mapping[str, Columns]) -> str:
    """Return the name of a table that is appended: that of its file, if that can be."""
    name = Path(given).stem if isinstance(given, str) else ""
    same = next((title for title, other in known.items() if other == cells), None)
    if same is not None:
        return same
    taken = {title.casefold() for title in known}
    is_near_one = any(is_near(f"{name}.", f"{other}.") for other in NAMES)
    if _NAME.fullmatch(name) and not is_near_one and name.casefold() not in taken:
        return name
    number = 1
    while f"appended {number}" in taken:
        number += 1
    return f"appended {number}"


def _plain(entry: ScenarioEntry) -> dict[str, Any]:
    keys: dict[str, Any] = entry.model_dump(
        mode="json", by_alias=True, exclude_defaults=True
    )
    return keys


def _renamed(keys: dict[str, Any], before: Path, target: Path) -> None:
    """Name the folders of earlier results as they are seen from the new place."""
    for rule in keys.get(RULES_KEY, ()):
        change = rule.get("max_change", {})
        if change.get("from") and "reference" not in change:
            folder = before.resolve() / change["from"]
            change["from"] = os.path.relpath(folder, target.resolve())


def padded(columns: Columns, wanted: tuple[str, ...]) -> Columns:
    """Return columns in their order, with blank ones for those that are missing."""
    rows = max((len(cells) for cells in columns.values()), default=0)
    return {name: columns.get(name, [None] * rows) for name in wanted}
