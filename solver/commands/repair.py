"""``keruen repair``: the least changes with which an instance carries everything."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from solver.commands import options
from solver.commands.screens import style, warn
from solver.console.terminal import say, say_json

if TYPE_CHECKING:
    from pathlib import Path


@options.command(
    "keruen repair kazakhstan --scenario russian-transit-closed",
    "keruen repair kazakhstan --scenario diversified --weight demand=100",
    "Find what keeps demand unmet or rules apart, and the least that mends it.",
)
@options.path
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="KIND=W",
    help="Weight of a unit: capacity=1, demand=10, rule=1 by default; repeatable.",
)
@click.option(
    "--never",
    multiple=True,
    metavar="NAME",
    help="Rule, leg, node, route or capacity to leave as it is; repeatable.",
)
@options.scenarios
@options.changes
@options.solver
@options.time_limit("Seconds for each solve.")
@options.strict
@options.json
@options.quiet
def repair(path: Path, **given: Any) -> int:  # noqa: ANN401
    """Find what keeps demand unmet, and the least that mends it."""
    document = _found(path, given)
    if given["as_json"]:
        say_json(document)
    elif not given["quiet"]:
        from solver.reports.repair.screen import repair_screen

        say(repair_screen(document, style()))
    from solver.solution.status import Status

    return Status(document["status"]).exit_code


def _found(path: Path, given: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    from solver.options import Options
    from solver.tasks.clock import Clock
    from solver.tasks.studies.repair import RepairOrder, repaired

    clock = Clock(began)
    clock.stop("start")
    order = RepairOrder(
        path=path,
        **options.of_instance(given),
        weights=given["weights"],
        never=given["never"],
        options=Options(solver=given["solver"], time_limit=given["time_limit"]),
    )
    silent = given["quiet"]
    return repaired(order, clock, warn=lambda found: None if silent else warn(found))
