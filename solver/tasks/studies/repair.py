"""One repair, from the words of a call to its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.loaders.references import load
from solver.reports.repair.document import repair_document
from solver.studies.repair.repair import repair
from solver.studies.repair.weights import weights_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from solver.errors import Fault
    from solver.options import Options
    from solver.tasks.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairOrder:
    """Which repair is wanted.

    Parameters
    ----------
    path : Path
        The instance.
    scenarios, changes : sequence of str
        Scenarios to apply, in order, and changes made then.
    strict : bool
        Whether warnings are errors.
    weights, never : sequence of str
        Weights, ``KIND=NUMBER`` each, and names that stay as they are.
    options : Options
        Solver and time limit of every solve.
    """

    path: Path
    scenarios: Sequence[str] = ()
    changes: Sequence[str] = ()
    strict: bool = False
    weights: Sequence[str] = ()
    never: Sequence[str] = ()
    options: Options


def repaired(
    order: RepairOrder, clock: Clock, *, warn: Callable[[Sequence[Fault]], None]
) -> dict[str, Any]:
    """Load an instance and find what mends it; return its document.

    Parameters
    ----------
    order : RepairOrder
        What is wanted.
    clock : Clock
        What the phases are added to.
    warn : callable
        Called with the warnings of the instance.

    Raises
    ------
    DataError, InputError
        The instance has faults, or cannot be read.
    UsageError
        A weight is none, or a name is not known.
    """
    loaded = load(order.path, order.scenarios, order.changes, strict=order.strict)
    warn(loaded.warnings)
    weights = weights_of(order.weights, order.never, loaded.instance)
    clock.stop("load")
    found = repair(loaded.instance, weights, order.options)
    clock.stop("solve")
    document = repair_document(found, loaded.instance, weights)
    return {**document, "seconds": clock.with_total()}
