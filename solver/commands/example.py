"""``keruen example``: a shipped instance in a folder of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from solver.commands import options
from solver.console.terminal import say, say_json

_NAMES = ("kazakhstan", "quickstart")


@options.command(
    "keruen example quickstart quickstart",
    "keruen example kazakhstan kazakhstan",
    "Write a shipped instance: quickstart or kazakhstan.",
)
@click.argument("name", type=click.Choice(_NAMES))
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@options.json
def example(name: str, folder: Path, *, as_json: bool) -> int:
    """Write a shipped instance to a new or empty folder."""
    from solver.tasks.instances.example import write_example

    files = write_example(name, folder)
    if as_json:
        say_json({"folder": str(folder), "files": files})
        return 0
    say(f"{folder}: {len(files)} files; next: keruen solve {folder}")
    return 0
