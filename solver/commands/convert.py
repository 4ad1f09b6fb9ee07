"""``keruen convert``: an instance from one form to another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from solver.commands import options
from solver.console.terminal import note, say, say_json

_path = click.Path(path_type=Path)


@options.command(
    "keruen convert quickstart quickstart.xlsx",
    "keruen convert networks/sioux-falls sioux-falls --from tntp --cost time",
    "Write an instance in another form: folder, workbook, document, database.",
)
@click.argument("source", type=_path, metavar="IN")
@click.argument("target", type=_path, metavar="OUT")
@click.option(
    "--from",
    "foreign",
    type=click.Choice(["gmns", "tntp"]),
    help="Read a network of traffic assignment; other forms are told by themselves.",
)
@click.option(
    "--cost",
    type=click.Choice(["time", "length"]),
    default="time",
    show_default=True,
    help="What a leg of such a network costs.",
)
@click.option(
    "--to",
    "form",
    type=click.Choice(["folder", "parquet", "xlsx", "json", "sqlite"]),
    help="Form to write; by default the name of OUT says it, else a folder of CSV.",
)
@options.max_workbook
@options.json
@options.quiet
def convert(source: Path, target: Path, **given: Any) -> int:  # noqa: ANN401
    """Write an instance in another form: folder, workbook, document, database."""
    from solver.tasks.instances.convert import ConvertOrder, convert

    done = convert(
        ConvertOrder(
            source=source,
            target=target,
            foreign=given["foreign"],
            cost=given["cost"],
            form=given["form"],
        )
    )
    if given["as_json"]:
        say_json(done.document())
        return 0
    for text in done.lost:
        note(f"no counterpart: {text}")
    if not given["quiet"]:
        say(f"{target}: {', '.join(done.files)}")
    return 0
