"""``keruen solve``: the allocation of least cost, proved and verified."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from solver.commands import options
from solver.commands.screens import MOST_WARNINGS, live, style, warn
from solver.console.terminal import note, say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.tasks.solve import Run


def _model_file(_context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    if value is not None and value.suffix.lower() not in {".lp", ".mps"}:
        message = f"`{value}` ends neither with .lp nor with .mps"
        raise click.BadParameter(message)
    return value


@options.command(
    "keruen solve quickstart",
    "keruen solve quickstart -o results/quickstart --time-limit 60",
    "Find the allocation of least cost, prove it and verify it.",
)
@options.path
@options.output("Write the result there: a new or empty folder, or an earlier result.")
@options.scenarios
@options.changes
@options.solver
@options.time_limit("Seconds after which the best feasible solution found is kept.")
@options.sensitivity
@click.option(
    "--write-model",
    type=click.Path(path_type=Path),
    callback=_model_file,
    metavar="FILE",
    help="Write the linear program to FILE.lp or FILE.mps, and what its names mean.",
)
@click.option(
    "--near",
    type=click.Path(path_type=Path),
    metavar="RESULT",
    help="Of all plans of least cost, take the one that moves least of RESULT's cargo.",
)
@options.strict
@options.json
@options.quiet
def solve(path: Path, **given: Any) -> int:  # noqa: ANN401
    """Find the allocation of least cost, prove it and verify it."""
    run = _solved(path, given)
    if given["as_json"]:
        from solver.reports.answer import answer

        say_json(answer(run.result, run.instance, run.beside))
    elif not given["quiet"]:
        say(_screen(run, given["scenarios"]))
        if given["output"]:
            note(f"the result is in {given['output']}")
    from solver.solution.status import Status

    return Status(run.result.summary["status"]).exit_code


def _solved(path: Path, given: dict[str, Any]) -> Run:
    began = time.monotonic()
    from contextlib import nullcontext

    from solver.options import Options
    from solver.tasks.clock import Clock
    from solver.tasks.solve import SolveOrder, solved_order

    clock = Clock(began)
    clock.stop("start")
    order = SolveOrder(
        path=path,
        **options.of_instance(given),
        options=Options(
            solver=given["solver"],
            time_limit=given["time_limit"],
            sensitivity=given["sensitivity"],
        ),
        output=given["output"],
        model_file=given["write_model"],
        near=given["near"],
    )
    is_silent = given["quiet"] or given["as_json"]
    return solved_order(
        order,
        clock,
        warn=lambda found: None if given["quiet"] else warn(found, MOST_WARNINGS),
        progress=nullcontext() if is_silent else live(),
    )


def _screen(run: Run, asked: Sequence[str]) -> str:
    from solver.reports.answer import answer
    from solver.reports.screen.result import screen

    told = answer(run.result, run.instance, run.beside)
    return screen({**told, "asked": asked}, run.instance.units, style())
