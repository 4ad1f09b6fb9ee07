"""``keruen report``: results as one page to read, and as flows for a map program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from solver.commands import options
from solver.console.terminal import note, say, say_json

if TYPE_CHECKING:
    from solver.tasks.report import Reported

_UNVERIFIED = 70

_file = click.Path(path_type=Path)


@options.command(
    "keruen report results/quickstart",
    "keruen report results/base results/half -o page.html --frontier results/curve",
    "Show results on one page: map, flows, shares, limits and what proves them.",
)
@click.argument("folders", type=_file, metavar="RESULT...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=_file,
    metavar="FILE",
    default="report.html",
    show_default=True,
    help="Page to write; an earlier file is replaced.",
)
@click.option(
    "--frontier", type=_file, metavar="DIR", help="Show the curve of this frontier too."
)
@click.option(
    "--geojson",
    type=_file,
    metavar="FILE",
    help="Write flows as GeoJSON too, for a geographic information system.",
)
@click.option(
    "--xlsx",
    type=_file,
    metavar="FILE",
    help="Write the tables as a workbook too, ready to filter.",
)
@click.option(
    "--borders",
    type=click.Choice(["all", "none"]),
    default="all",
    show_default=True,
    help="Borders that maps show beside coasts.",
)
@options.json
@options.quiet
def report(folders: tuple[Path, ...], **given: Any) -> int:  # noqa: ANN401
    """Show results on one page: map, flows, shares, limits and what proves them."""
    from solver.tasks.report import ReportOrder, report

    reported = report(
        ReportOrder(
            folders=folders,
            output=given["output"],
            frontier=given["frontier"],
            geojson=given["geojson"],
            workbook=given["xlsx"],
            with_borders=given["borders"] == "all",
        )
    )
    if given["as_json"]:
        say_json(reported.document())
    else:
        _tell(reported, quiet=given["quiet"])
    return 0 if reported.passed else _UNVERIFIED


def _tell(reported: Reported, *, quiet: bool) -> None:
    """Say what is written, or what is wrong and why nothing is."""
    for folder, verdict in reported.verdicts:
        if not verdict.passed:
            note("\n".join([f"{folder}:", *verdict.lines()]))
    if not reported.passed:
        note("nothing is written: a page shows verified results only")
    elif not quiet:
        for path, size in reported.written.items():
            say(f"{path}: {size:,} bytes")
