"""One frontier, from an instance to its document and the folder it is written to."""

from __future__ import annotations

from dataclasses import asdict
from itertools import count
from typing import TYPE_CHECKING, Any

from solver.frontier import frontier
from solver.reports.as_json import plain
from solver.reports.frontier_document import frontier_document
from solver.reports.frontier_folder import write
from solver.run import Clock, finished, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from solver.dial import Dial
    from solver.frontier import Frontier, Point
    from solver.instance import Instance
    from solver.options import Options

    Tell = Callable[[str], None]


def drawn(
    instance: Instance,
    dial: Dial,
    options: Options,
    points: int | None = None,
    tell: Tell | None = None,
) -> Frontier:
    """Frontier of an instance over one rule, told point by point.

    Parameters
    ----------
    instance, dial, options, points
        As in `frontier`.
    tell : callable, optional
        Called with a line about each point.
    """
    teller = None if tell is None else _teller(tell)
    return frontier(instance, dial, options, points=points, tell=teller)


def published(
    found: Frontier,
    instance: Instance,
    options: Options,
    clock: Clock,
    folder: Path | None = None,
    tell: Tell | None = None,
) -> dict[str, Any]:
    """Document of a frontier; each of its plans verified and written if wanted.

    Parameters
    ----------
    found : Frontier
        The frontier of an instance.
    instance : Instance
        The instance.
    options : Options
        How it was solved.
    clock : Clock
        What the phases are added to.
    folder : Path, optional
        A claimed folder that everything is written to.
    tell : callable, optional
        Called with a line about each plan.

    Raises
    ------
    UnverifiedError
        A plan failed its verification: nothing is written.
    """
    document = {
        **frontier_document(found, instance),
        "versions": versions(),
        "options": plain(asdict(options)),
    }
    if folder is None:
        return {**document, "files": {}, "seconds": clock.with_total()}

    def seconds() -> dict[str, float]:
        clock.stop("write")
        return clock.with_total()

    return write(folder, document, _plans(found, options, tell), seconds)


def _teller(tell: Tell) -> Callable[[Point], None]:
    """Return what tells of points, and counts them."""
    numbers = count(1)
    return lambda point: tell(f"point {next(numbers)}: limit {point.limit:.4f}")


def _plans(
    found: Frontier, options: Options, tell: Tell | None
) -> Iterator[Mapping[str, bytes]]:
    """Files of the verified result of each point, one after the other."""
    for number, point in enumerate(found.points, 1):
        if tell is not None:
            tell(f"verifying plan {number} of {len(found.points)}")
        yield finished(point.instance, point.solution, options, Clock()).files
