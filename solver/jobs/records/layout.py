"""Where the parts of a batch stand in its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ITEMS = "items"
"""Folder of the items."""

SUMMARY_TABLE = "summary.csv"
FAILED_TABLE = "failed.csv"
LOG = "log.ndjson"
SUMMARY_PARQUET = "summary.parquet"

EXPORTS = (SUMMARY_TABLE, FAILED_TABLE, LOG, SUMMARY_PARQUET)
"""Files that are written at the end, or by ``keruen status --export``."""

_SPREAD = 1_000


def item_folder(folder: Path, item: int) -> Path:
    """Return the folder of an item: at most 1,000 of them stand in one directory."""
    return folder / ITEMS / f"{item // _SPREAD:04d}" / f"{item:07d}"


def base_name(instance: str, scenarios: Sequence[str]) -> str:
    """Return the name of the fact that keeps the figures of a base."""
    return " + ".join([f"base {instance}", *scenarios])
