"""``keruen verify``: a result checked from its files alone."""

from __future__ import annotations

from pathlib import Path

import click

from solver.commands import options
from solver.console.terminal import say, say_json


@options.command(
    "keruen verify results/quickstart",
    "keruen verify results/quickstart --instance quickstart",
    "Check a result from its files alone: plan, rules, cost and proof.",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--instance",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Check too that this is the instance that was solved.",
)
@options.json
def verify(folder: Path, instance: Path | None, *, as_json: bool) -> int:
    """Check a result from its files alone: plan, rules, cost and proof."""
    from solver.tasks.verify import audit

    verdict = audit(folder, instance)
    if as_json:
        say_json(verdict.document())
    else:
        say("\n".join(verdict.lines()))
    return 0 if verdict.passed else 70
