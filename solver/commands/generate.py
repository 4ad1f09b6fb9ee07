"""``keruen generate``: instances that look like freight, of any size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from solver.commands import options
from solver.console.terminal import say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable


def _count(name: str, text: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Option for how many of something are generated."""
    return click.option(f"--{name}", type=click.IntRange(min=1), metavar="N", help=text)


@options.command(
    "keruen generate networks/small --demands 100",
    "keruen generate networks/hard --demands 20000 --tightness 0.7 --seed 7",
    "Write an instance that looks like freight, of any size.",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@_count("demands", "Rows of demand (default 100).")
@_count("origins", "Where cargo starts; these and what follows: by the demands.")
@_count("markets", "Where it ends.")
@_count("products", "What is carried.")
@_count("corridors", "Directions with trunk lines.")
@_count("nodes", "Places in all.")
@_count("legs", "Legs in all.")
@_count("periods", "Years from 2026 (default 1).")
@click.option(
    "--tightness",
    type=float,
    default=0.5,
    metavar="T",
    show_default=True,
    help="0: no limit binds; 0.5: many do, all is carried; above: the part T - 0.5 of "
    "the demand stays unmet.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    show_default=True,
    help="Another number, another instance.",
)
@click.option(
    "--rules",
    type=click.Choice(["none", "idle", "share", "hhi", "country"]),
    default="none",
    show_default=True,
    help="A diversification rule: one that never binds, or a bound that a plan keeps.",
)
@options.json
def generate(
    folder: Path,
    *,
    tightness: float,
    seed: int,
    rules: str,
    as_json: bool,
    **counts: int | None,
) -> int:
    """Write an instance that looks like freight, of any size."""
    from solver.generation.folder import generate as write_instance
    from solver.generation.order import order

    tables = write_instance(
        folder, order(counts, seed=seed, tightness=tightness, rules=rules)
    )
    if as_json:
        say_json({"folder": str(folder), "tables": tables})
        return 0
    sizes = ", ".join(f"{size:,} {table}" for table, size in tables.items())
    say(f"{folder}: {sizes}")
    return 0
