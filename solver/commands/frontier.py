"""``keruen frontier``: the whole curve of least cost against one rule."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from solver.commands import options
from solver.commands.screens import live, style, warn
from solver.console.terminal import note, say, say_json

if TYPE_CHECKING:
    from pathlib import Path


def _points(_context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    if value is not None and value < 2:  # noqa: PLR2004
        message = f"{value} is too few: a curve has two ends, give 2 or more"
        raise click.BadParameter(message)
    return value


@options.command(
    "keruen frontier quickstart",
    "keruen frontier quickstart --rule max_share -o results/frontier",
    "Draw the whole curve of least cost against diversification.",
)
@options.path
@click.option(
    "--rule",
    default="max_hhi",
    metavar="RULE",
    show_default=True,
    help="What is made stricter: max_hhi, max_share or min_share.",
)
@click.option(
    "--by",
    default="corridor",
    metavar="BY",
    show_default=True,
    help="What shares are counted of: corridor, country, port, node, mode, tag or leg.",
)
@options.where(
    "Cargo it covers, by product, group, origin, market or period; repeatable."
)
@click.option("--value", metavar="NAME", help="The one whose share it is; default all.")
@click.option(
    "--points",
    type=int,
    callback=_points,
    metavar="N",
    help="How many; by default as many as the curve needs.",
)
@options.output(
    "Write the curve and its plans there: a new or empty folder, or a frontier."
)
@options.scenarios
@options.changes
@options.solver
@options.time_limit("Seconds for each point.")
@options.strict
@options.json
@options.quiet
def frontier(path: Path, **given: Any) -> int:  # noqa: ANN401
    """Draw the whole curve of least cost against diversification."""
    document = _drawn(path, given)
    if given["as_json"]:
        say_json(document)
    elif not given["quiet"]:
        from solver.reports.screen.frontier import frontier_screen

        say(frontier_screen({**document, "asked": given["scenarios"]}, style()))
        if given["output"]:
            note(f"the frontier is in {given['output']}")
    if given["output"] and not given["quiet"]:
        from solver.tasks.frontier_folder import without_picture

        if without_picture(document):
            note("frontier.svg is left out: it needs `pip install 'keruen[plot]'`")
    from solver.solution.status import Status

    return Status(document["status"]).exit_code


def _drawn(path: Path, given: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    from contextlib import nullcontext

    from solver.options import Options
    from solver.tasks.clock import Clock
    from solver.tasks.frontier import FrontierOrder, drawn_order

    clock = Clock(began)
    clock.stop("start")
    order = FrontierOrder(
        path=path,
        **options.of_instance(given),
        varied=(given["rule"], given["by"], given["where"], given["value"]),
        points=given["points"],
        options=Options(solver=given["solver"], time_limit=given["time_limit"]),
        output=given["output"],
    )
    is_silent = given["quiet"] or given["as_json"]
    return drawn_order(
        order,
        clock,
        warn=lambda found: None if given["quiet"] else warn(found),
        progress=nullcontext() if is_silent else live(),
    )
