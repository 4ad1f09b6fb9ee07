"""One repair, from the words of a call to its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.reports.repair.document import repair_document
from solver.studies.repair.repair import repair
from solver.studies.repair.weights import weights_of
from solver.tasks.instances.order import InstanceOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.errors import Fault
    from solver.tasks.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairOrder(InstanceOrder):
    """Which repair is wanted.

    Parameters
    ----------
    weights, never : sequence of str
        Weights, ``KIND=NUMBER`` each, and names that stay as they are.
    """

    weights: Sequence[str] = ()
    never: Sequence[str] = ()


def repaired(
    order: RepairOrder, clock: Clock, *, warn: Callable[[Sequence[Fault]], None]
) -> dict[str, Any]:
    """Load an instance and find what mends it; return its document.

    Parameters
    ----------
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
    loaded = order.loaded(warn)
    weights = weights_of(order.weights, order.never, loaded.instance)
    clock.stop("load")
    found = repair(loaded.instance, weights, order.options)
    clock.stop("solve")
    document = repair_document(found, loaded.instance, weights)
    return {**document, "seconds": clock.with_total()}
