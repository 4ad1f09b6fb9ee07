"""``keruen prices``: what one more and one less of everything that binds do."""

from __future__ import annotations

from pathlib import Path

import click

from solver.commands import options
from solver.commands.screens import style
from solver.console.terminal import say, say_json


@options.command(
    "keruen prices results/quickstart",
    "keruen prices results/quickstart --top 20 --json",
    "Say what one more and one less of each limit, rule and demand do, and how far.",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="RESULT")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="How many of each list the screen shows.",
)
@options.json
def prices(folder: Path, *, top: int, as_json: bool) -> int:
    """Say what one more and one less of each limit, rule and demand do, and how far."""
    from solver.tasks.studies.prices import prices_of

    document = prices_of(folder)
    if as_json:
        say_json(document)
    else:
        from solver.reports.prices.screen import prices_screen

        say(prices_screen(document, style(), top))
    return 0
