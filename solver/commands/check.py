"""``keruen check``: everything that is wrong or odd about an instance."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from solver.commands import options
from solver.commands.screens import warn
from solver.console.terminal import say, say_json, width

if TYPE_CHECKING:
    from pathlib import Path


@options.command(
    "keruen check quickstart",
    "keruen check quickstart --strict",
    "Read an instance and report everything that is wrong or odd about it.",
)
@options.path
@options.scenarios
@options.changes
@options.strict
@options.json
def check(
    path: Path,
    scenarios: tuple[str, ...],
    changes: tuple[str, ...],
    *,
    strict: bool,
    as_json: bool,
) -> int:
    """Read an instance and report everything that is wrong or odd about it."""
    from solver.loaders.references import load
    from solver.messages import table_rows
    from solver.reports.screen.numbers import figure
    from solver.tasks.check import sizes

    loaded = load(path, scenarios, changes, strict=strict)
    counts = sizes(loaded.instance)
    if as_json:
        say_json({**counts, "warnings": [w.document() for w in loaded.warnings]})
        return 0
    warn(loaded.warnings)
    found = ", ".join(
        table_rows(size, table) for table, size in counts["tables"].items() if size
    )
    demand = counts["demand"]
    total = f"demand of {figure(demand['quantity'])} {demand['unit']} in all"
    say("\n".join(wrap(f"OK: {found}; {total}", width())))
    return 0
