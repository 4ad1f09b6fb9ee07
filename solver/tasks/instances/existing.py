"""Files that are there already, which nothing of ours writes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path


def refuse_existing(target: Path) -> None:
    """Refuse to write over a file: it may be somebody's work.

    Raises
    ------
    OutputError
        Something has that name.
    """
    if target.exists() or target.is_symlink():
        message = f"{target}: is there already"
        raise OutputError(f"{message}; name a new file, or move it away")
