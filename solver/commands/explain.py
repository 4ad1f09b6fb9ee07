"""``keruen explain``: why cargo goes where it goes, from a result's files alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from solver.commands import options
from solver.commands.screens import style
from solver.console.terminal import say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable

_CARGO = ("product", "origin", "market")
_NAMED = ("leg", "node", "route", "capacity", "corridor", "rule")


def _named(option: str, text: str) -> Callable[[Callable[..., int]], Any]:
    """Option that names cargo or an element; may be repeated."""
    return click.option(f"--{option}", option, multiple=True, metavar="NAME", help=text)


@options.command(
    "keruen explain results/quickstart --product wheat",
    "keruen explain results/quickstart --market Turkiye --json",
    "Explain a result: why cargo goes where it goes, and what other routes lack.",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="RESULT")
@_named("product", "Cargo of this product.")
@_named("origin", "Cargo from this origin.")
@_named("market", "Cargo to this market.")
@_named("leg", "Who uses this leg, and who would like to.")
@_named("node", "Likewise of this node.")
@_named("route", "Likewise of this named route.")
@_named("capacity", "Likewise of this capacity of several elements together.")
@_named("corridor", "Who uses this corridor, and what others lack to take it.")
@_named("rule", "Where this rule stands, and which cargo pays for it.")
@options.where("Cargo by product, group, origin, market or period; repeatable.")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    metavar="N",
    help="How many of each list are shown.",
)
@options.json
def explain(folder: Path, **given: Any) -> int:  # noqa: ANN401
    """Explain a result: why cargo goes where it goes, and what other routes lack."""
    from solver.tasks.explain import ExplainOrder, explained

    short = [f"{key}={name}" for key in _CARGO for name in given.get(key, ())]
    order = ExplainOrder(
        folder=folder,
        where=(*short, *given["where"]),
        names={kind: given[kind] for kind in _NAMED},
        most=given["top"],
        own=[key for key in _CARGO if given.get(key)],
        cargo=None if given["as_json"] else given["top"],
    )
    document = explained(order)
    if given["as_json"]:
        say_json(document)
    else:
        from solver.reports.explanation.screen import explanation_screen

        say(explanation_screen(document, style(), given["top"]))
    return 0
