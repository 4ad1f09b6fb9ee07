"""``keruen compare``: why one plan costs more than another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from solver.commands import options
from solver.commands.screens import style
from solver.console.terminal import note, say, say_json


@options.command(
    "keruen compare results/base results/southern",
    "keruen compare results/base results/southern results/rules -o results/compared",
    "Set results side by side: a bridge of costs, what moved, prices and shares.",
)
@click.argument(
    "folders", type=click.Path(path_type=Path), metavar="RESULT...", nargs=-1
)
@options.where("Cargo that is compared, by product, group, origin, market or period.")
@options.output("Write the tables there: a new or empty folder, or a comparison.")
@options.json
@options.quiet
def compare(folders: tuple[Path, ...], **given: Any) -> int:  # noqa: ANN401
    """Set results side by side: a bridge of costs, what moved, prices and shares."""
    from solver.tasks.comparison.compare import compared

    document = compared(folders, where=given["where"], output=given["output"])
    if given["as_json"]:
        say_json(document)
    elif not given["quiet"]:
        from solver.reports.screen.comparison import comparison_screen

        say(comparison_screen(document, style()))
        if given["output"]:
            note(f"the comparison is in {given['output']}")
    return 0
