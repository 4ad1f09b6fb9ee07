"""``keruen init``: an empty commented instance to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from solver.commands import options
from solver.console.terminal import say, say_json


@options.command(
    "keruen init my-network",
    "keruen init my-network --json",
    "Write an empty instance, with comments that say what goes where.",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@options.json
def init(folder: Path, *, as_json: bool) -> int:
    """Write an empty commented instance to a new or empty folder."""
    from solver.tasks.instances.blank import write_blank

    files = write_blank(folder)
    if as_json:
        say_json({"folder": str(folder), "files": files})
        return 0
    say(
        f"{folder}: {', '.join(files)}; fill in legs.csv and demand.csv, "
        f"then: keruen check {folder}"
    )
    return 0
