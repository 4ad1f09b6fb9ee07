"""Arguments and options that several commands share, and the form of a command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def command(
    first: str, second: str, text: str
) -> Callable[[Callable[..., int]], click.Command]:
    """Make a function a command, whose help begins with two examples."""
    examples = f"\b\n{first}\n{second}\n\n{text}"
    return click.command(help=examples, short_help=text)


def _seconds(_context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    if value is not None and not 0 < value < float("inf"):
        message = f"{value} is not a number of seconds above 0"
        raise click.BadParameter(message)
    return value


def time_limit(text: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Option ``--time-limit``, with what it limits."""
    return click.option(
        "--time-limit", type=float, callback=_seconds, metavar="S", help=text
    )


def output(text: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Option ``-o``, with what is written."""
    return click.option(
        "-o", "--output", metavar="DIR", type=click.Path(path_type=Path), help=text
    )


def of_instance(given: dict[str, Any]) -> dict[str, Any]:
    """Return what the words of a command say about its instance."""
    return {name: given[name] for name in ("scenarios", "changes", "strict")}


def _renamed(context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    """Take an option under its older name, with a warning."""
    if value is not None:
        from solver.console.terminal import note

        old = "`--dependence` is now `--sensitivity`"
        note(f"{old}; the next release drops the old name")
        context.params["sensitivity"] = value
    return value


def sensitivity(function: Callable[..., int]) -> Callable[..., int]:
    """Option ``--sensitivity``, and the name that it had."""
    amounts = click.Choice(["none", "some", "all"])
    once = click.option(
        "--dependence",
        type=amounts,
        callback=_renamed,
        expose_value=False,
        hidden=True,
    )
    now = click.option(
        "--sensitivity",
        type=amounts,
        default="some",
        show_default=True,
        help="Prices each way and exposure: what bounded work answers, none, or all.",
    )
    return now(once(function))


def where(text: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Option ``--where``, with what the cargo it selects is for."""
    return click.option("--where", multiple=True, metavar="KEY=A,B", help=text)


def _allow(context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    """Let workbooks unpack to as much as the option says, in this run."""
    if value is not None:
        if not 0 < value < float("inf"):
            message = f"{value} is not a number of megabytes above 0"
            raise click.BadParameter(message)
        from solver.loaders.workbook.archive import MOST_BYTES

        token = MOST_BYTES.set(int(value * 1e6))
        context.call_on_close(lambda: MOST_BYTES.reset(token))
    return value


max_workbook = click.option(
    "--max-workbook",
    type=float,
    callback=_allow,
    expose_value=False,
    metavar="MB",
    help="Most that a workbook may unpack to; 256 by default.",
)


def path(function: Callable[..., int]) -> Callable[..., int]:
    """Argument ``PATH`` of an instance, and how large a workbook there may be."""
    argument = click.argument("path", type=click.Path(path_type=Path))
    return argument(max_workbook(function))


scenarios = click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME",
    help="Apply a change from scenarios.toml; may be repeated, in order.",
)
changes = click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="CHANGE",
    help="Change rows, as in 'legs[corridor=\"southern\"].cost *= 0.9'; repeatable.",
)
strict = click.option("--strict", is_flag=True, help="Take warnings as faults.")
json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
quiet = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
solver = click.option(
    "--solver", default="HiGHS", metavar="NAME", help="Solver of the linear programs."
)
