"""``keruen summarise``: what the items of a sweep say together."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from solver.commands import options
from solver.commands.screens import style
from solver.console.terminal import note, say, say_json

if TYPE_CHECKING:
    from solver.jobs.records.summarise import BatchSummary


@options.command(
    "keruen summarise out",
    "keruen summarise out1 out2 out3 -o sweep.html",
    "Say what matters most in a sweep, how results spread, and what closures cost.",
)
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR...",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE|DIR",
    type=click.Path(path_type=Path),
    help="Write a page (FILE.html), or the tables as CSV to a folder.",
)
@options.json
def summarise(folders: tuple[Path, ...], output: Path | None, *, as_json: bool) -> int:
    """Say what matters most in a sweep, how results spread, and what closures cost."""
    from solver.jobs.records.summarise import summarise as summary_of

    found = summary_of(folders)
    if output is not None:
        from solver.jobs.records.summary_tables import write_page, write_tables

        is_page = output.suffix.lower() == ".html"
        (write_page if is_page else write_tables)(output, found)
        note(f"the {'page is' if is_page else 'tables are'} in {output}")
    if as_json:
        say_json(asdict(found))
    else:
        say(_screen(found))
    return 0


def _screen(found: BatchSummary) -> str:
    from solver.reports.screen.sweep import sweep_screen

    return sweep_screen(found.tornado, found.distribution, found.closures, style())
