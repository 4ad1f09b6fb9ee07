"""``keruen breakeven``: at which rate cargo comes to elements, or leaves them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from solver.commands import options
from solver.commands.screens import style, warn
from solver.console.terminal import say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PLACES = ("leg", "node", "route", "corridor", "tag")
_CARGO = ("product", "group", "origin", "market")


def _names(kinds: tuple[str, ...], text: str) -> Callable[..., Any]:
    """Options that take a name each, and may be repeated."""

    def decorated(function: Callable[..., int]) -> Callable[..., int]:
        for kind in reversed(kinds):
            option = click.option(
                f"--{kind}", multiple=True, metavar="NAME", help=text.format(kind)
            )
            function = option(function)
        return function

    return decorated


def _capacity(_context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    if value is not None and not 0 < value < float("inf"):
        message = f"{value} is not a capacity above 0"
        raise click.BadParameter(message)
    return value


@options.command(
    "keruen breakeven kazakhstan --corridor southern --product wheat",
    "keruen breakeven kazakhstan --node Aktau --until '1 Mt'",
    "Find the rates at which cargo comes to elements of the network, or leaves them.",
)
@options.path
@_names(_PLACES, "Elements: this {}; may be repeated.")
@_names(_CARGO, "Cargo: this {} alone; may be repeated.")
@click.option(
    "--of",
    type=click.Choice(["tariff", "handling", "capacity"]),
    help="Tariffs of legs, or handling at nodes, alone (by default both); or capacity.",
)
@click.option(
    "--capacity",
    type=float,
    callback=_capacity,
    metavar="Q",
    help="Capacity of closed elements once open; unlimited by default.",
)
@click.option(
    "--until",
    metavar="QUANTITY",
    help="Also answer which rate brings so much, such as '1 Mt'.",
)
@options.scenarios
@options.changes
@options.solver
@options.time_limit("Seconds for each solve.")
@options.strict
@options.json
@options.quiet
def breakeven(path: Path, **given: Any) -> int:  # noqa: ANN401
    """Find the rates at which cargo comes or leaves."""
    document = _found(path, given)
    if given["as_json"]:
        say_json(document)
    elif not given["quiet"]:
        from solver.reports.break_even.capacity_screen import capacity_screen
        from solver.reports.break_even.screen import break_even_screen

        is_capacity = document["of"] == "capacity"
        screen = capacity_screen if is_capacity else break_even_screen
        say(screen(document, style()))
    from solver.solution.status import Status

    return Status(document["status"]).exit_code


def _found(path: Path, given: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    from solver.options import Options
    from solver.studies.break_even.selection import SelectionWords
    from solver.tasks.clock import Clock
    from solver.tasks.studies.break_even import BreakEvenOrder, break_even

    clock = Clock(began)
    clock.stop("start")
    order = BreakEvenOrder(
        path=path,
        **options.of_instance(given),
        words=SelectionWords(
            places={key: given[key] for key in _PLACES},
            cargo={key: given[key] for key in _CARGO},
        ),
        of=given["of"],
        capacity=given["capacity"],
        until=given["until"],
        options=Options(solver=given["solver"], time_limit=given["time_limit"]),
    )
    silent = given["quiet"]
    return break_even(order, clock, warn=lambda found: None if silent else warn(found))
