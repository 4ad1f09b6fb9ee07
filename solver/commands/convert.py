"""``keruen convert``: an instance from one form to another."""

from __future__ import annotations

from pathlib import Path

import click

from solver.commands import options
from solver.console.terminal import note, say, say_json

_path = click.Path(path_type=Path)


@options.command(
    "keruen convert quickstart quickstart.xlsx",
    "keruen convert quickstart.xlsx quickstart.json",
    "Write an instance in another form: folder, workbook, document.",
)
@click.argument("source", type=_path, metavar="IN")
@click.argument("target", type=_path, metavar="OUT")
@options.max_workbook
@options.json
@options.quiet
def convert(source: Path, target: Path, *, as_json: bool, quiet: bool) -> int:
    """Write an instance in another form: folder, workbook, document."""
    from solver.tasks.instances.convert import convert

    done = convert(source, target)
    if as_json:
        say_json(done.document())
        return 0
    for text in done.lost:
        note(f"has no counterpart there: {text}")
    if not quiet:
        say(f"{target}: {', '.join(done.files)}")
    return 0
