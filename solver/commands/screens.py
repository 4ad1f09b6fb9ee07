"""What commands print beside their results: warnings, a status line, a style."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from solver.console.exit_codes import PROGRAM
from solver.console.terminal import (
    color_wanted,
    is_terminal,
    note,
    unicode_wanted,
    width,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from solver.errors import Fault
    from solver.reports.screen.sheet import Style

MOST_WARNINGS = 5


def warn(warnings: Sequence[Fault], most: int | None = None) -> None:
    """Print warnings to standard error, the first few or all of them."""
    for warning in warnings[:most]:
        note(f"warning: {warning}")
    more = len(warnings) - (most or len(warnings))
    if more > 0:
        note(f"warning: ... and {more} more, which `{PROGRAM} check` lists")


def live() -> AbstractContextManager[Any]:
    """Show a status line on a terminal, nothing elsewhere."""
    if not is_terminal(sys.stderr):
        return nullcontext()
    from solver.reports.screen.live import live as status_line

    return status_line()


def style() -> Style:
    """Return what the terminal can show."""
    from solver.reports.screen.sheet import Style

    return Style(
        width=width(),
        color=color_wanted(sys.stdout),
        unicode=unicode_wanted(sys.stdout),
    )
