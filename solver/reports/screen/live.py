"""How a solve stands, as one line that is rewritten on a terminal's standard error."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from solver.reports.screen.numbers import small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from solver.solving.progress import Progress


@contextmanager
def live() -> Iterator[Callable[[Progress | str], None]]:
    """Show a line with phase, round and elapsed time until the block is done.

    There is no share done: a linear program has none that means anything.
    """
    columns = (
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(progress: Progress | str) -> None:
            bar.update(task, description=describe(progress))

        yield tell


def describe(progress: Progress | str) -> str:
    """One line about a progress."""
    if isinstance(progress, str):
        return progress
    text = (
        f"{progress.phase}: round {progress.round}, {progress.columns:,} routes, "
        f"{progress.rows:,} rows"
    )
    if math.isfinite(progress.gap):
        text = f"{text}, gap {small(max(progress.gap, 0.0))}"
    return text
