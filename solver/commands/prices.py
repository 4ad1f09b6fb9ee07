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
@click.option(
    "--limit", metavar="NAME", help="Draw the cost against this capacity, all of it."
)
@click.option(
    "--demand",
    metavar="ROW",
    help="Draw the cost against this demand: its row, its name, or 'wheat, A to B'.",
)
@options.json
def prices(folder: Path, *, top: int, as_json: bool, **curve: str | None) -> int:
    """Say what one more and one less of each limit, rule and demand do, and how far."""
    if curve["limit"] and curve["demand"]:
        message = "--limit and --demand: a curve is over one of them"
        raise click.UsageError(message)
    if curve["limit"] or curve["demand"]:
        return _curve(folder, curve, as_json=as_json)
    from solver.tasks.studies.prices import prices_of

    document = prices_of(folder)
    if as_json:
        say_json(document)
    else:
        from solver.reports.prices.screen import prices_screen

        say(prices_screen(document, style(), top))
    return 0


def _curve(folder: Path, curve: dict[str, str | None], *, as_json: bool) -> int:
    """Show the least cost against one capacity or demand."""
    from solver.tasks.studies.price_curve import price_curve

    document = price_curve(folder, limit=curve["limit"], demand=curve["demand"])
    if as_json:
        say_json(document)
    else:
        from solver.reports.prices.screen import curve_screen

        say(curve_screen(document, style()))
    return 0
