"""``keruen template``: a workbook or a folder to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from solver.commands import options
from solver.console.terminal import say, say_json

_path = click.Path(path_type=Path)


@options.command(
    "keruen template grain.xlsx",
    "keruen template mine.xlsx --from quickstart",
    "Write a workbook or a folder to fill in, with what each column means.",
)
@click.argument("target", type=_path, metavar="FILE.xlsx|DIR")
@click.option(
    "--from", "source", type=_path, metavar="PATH", help="Begin with this instance."
)
@options.max_workbook
@options.json
def template(target: Path, source: Path | None, *, as_json: bool) -> int:
    """Write a workbook or a folder to fill in, with what each column means."""
    from solver.tasks.instances.template import write_template

    files = write_template(target, source)
    if as_json:
        say_json({"template": str(target), "files": files})
        return 0
    what = "fill in legs and demand" if source is None else "change what you like"
    say(f"{target}: {what}, then: keruen check {target}")
    return 0
