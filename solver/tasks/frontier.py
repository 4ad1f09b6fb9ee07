"""One frontier, from an instance to its document and the folder it is written to."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from solver.reports.frontier_document import frontier_document
from solver.results.documents import plain
from solver.studies.frontier.frontier import frontier
from solver.studies.frontier.varied_rule import asked
from solver.tasks.clock import Clock
from solver.tasks.frontier_folder import claimed, write
from solver.tasks.instances.order import InstanceOrder
from solver.tasks.solve import finished
from solver.tasks.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from solver.errors import Fault
    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.studies.frontier.points import Frontier, Point
    from solver.studies.frontier.varied_rule import VariedRule

    Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierOrder(InstanceOrder):
    """What curve is to be drawn, and where it goes.

    Parameters
    ----------
    varied : tuple
        Rule, measure, cargo and value, as `asked` takes them.
    points : int, optional
        How many points; by default as many as the curve needs.
    output : Path, optional
        Folder that the curve and its plans are written to.
    """

    varied: tuple[str, str, Sequence[str], str | None]
    points: int | None = None
    output: Path | None = None


def drawn_order(
    order: FrontierOrder,
    clock: Clock,
    *,
    warn: Callable[[Sequence[Fault]], None],
    progress: AbstractContextManager[Tell | None],
) -> dict[str, Any]:
    """Load an instance, draw its frontier and write it; return its document.

    Parameters
    ----------
    order : FrontierOrder
        What is to be drawn.
    clock : Clock
        What the phases are added to.
    warn : callable
        Called with the warnings of the instance.
    progress : context manager
        Entered while the curve is drawn; gives what progress is told to.

    Raises
    ------
    DataError, InputError
        The instance has faults, or cannot be read.
    UsageError
        There is no such rule, measure, cargo or value.
    OutputError, LockedError
        The folder cannot be written to.
    UnverifiedError
        A plan failed its verification: nothing is written.
    """
    loaded = order.loaded(warn)
    varied = asked(loaded.instance, *order.varied)
    clock.stop("load")
    with ExitStack() as stack:
        if order.output:
            stack.enter_context(claimed(order.output))
        tell = stack.enter_context(progress)
        found = drawn(loaded.instance, varied, order.options, order.points, tell)
        clock.stop("draw")
        return published(
            found, loaded.instance, order.options, clock, order.output, tell
        )


def drawn(
    instance: Instance,
    varied: VariedRule,
    options: Options,
    points: int | None = None,
    tell: Tell | None = None,
) -> Frontier:
    """Frontier of an instance over one rule, told point by point.

    Parameters
    ----------
    instance, varied, options, points
        As in `frontier`.
    tell : callable, optional
        Called with a line about each point.
    """
    teller = None if tell is None else _teller(tell)
    return frontier(instance, varied, options, points=points, tell=teller)


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
