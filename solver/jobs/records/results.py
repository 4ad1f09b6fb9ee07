"""The folders of items: written whole, read back only if every hash is right."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.results.documents import document_bytes
from solver.solution.form import CERTIFICATE, INSTANCE, SUMMARY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from solver.jobs.questions.items import Item
    from solver.jobs.workers.task import Keep

SHARE = "share."
"""Start of the names of a row's shares, by corridor."""

FIGURES = ("status", "cost", "bound", "gap", "demand", "served", "unmet", "hhi")
"""Figures of a result that its row of the summary has, in order."""


@dataclass(frozen=True, slots=True)
class FoundResult:
    """A complete folder: its row of the summary, and the hash of its summary file."""

    summary: Mapping[str, Any]
    sha256: str


def kept_files(files: Mapping[str, bytes], keep: Keep) -> dict[str, bytes]:
    """Return the files of a verified result that are kept, the summary last.

    The summary lists the hashes of those alone.
    """
    if keep == "all":
        return dict(files)
    kept = {
        name: content
        for name, content in files.items()
        if keep == "tables" and name not in {SUMMARY, CERTIFICATE, INSTANCE}
    }
    summary = json.loads(files[SUMMARY])
    summary["files"] = {name: summary["files"][name] for name in kept}
    return {**kept, SUMMARY: document_bytes(summary)}


def summary_row(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row that a result has in the summary of its batch."""
    corridors = summary.get("corridors") or {}
    shares = {f"{SHARE}{name}": found["share"] for name, found in corridors.items()}
    return {**{name: summary.get(name) for name in FIGURES}, **shares}


def found_at(folder: Path, item: Item) -> FoundResult | None:
    """Return what a folder holds, if it is complete and answers the item.

    Parameters
    ----------
    folder : Path
        Folder of the item.
    item : Item
        Whose scenarios and changes its summary must name.
    """
    try:
        content = (folder / SUMMARY).read_bytes()
        summary = json.loads(content)
        hashes = dict(summary["files"])
        asked = summary["instance"]
        questions = (tuple(asked["scenarios"]), tuple(asked.get("changes", ())))
        if questions != (item.scenarios, item.changes):
            return None
        names = {path.name for path in folder.iterdir()}
        if names != {SUMMARY, *hashes}:
            return None
        for name, sha256 in hashes.items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != sha256:
                return None
        return FoundResult(summary_row(summary), hashlib.sha256(content).hexdigest())
    except (OSError, ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return None


def exit_code_of(summary: Mapping[str, Any]) -> int | None:
    """Return the exit code of a command that ends with a row's status."""
    from solver.solution.status import Status

    with suppress(ValueError):
        return Status(str(summary["status"])).exit_code
    return None
