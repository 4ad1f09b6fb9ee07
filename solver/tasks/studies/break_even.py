"""One break-even, from the words of a call to its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.errors import UsageError
from solver.reports.break_even.document import (
    break_even_document,
    capacity_document,
    capacity_until_document,
    until_document,
)
from solver.studies.break_even.capacity_curve import capacity_curve
from solver.studies.break_even.priced_first import first_to_come
from solver.studies.break_even.rate_curve import rate_curve
from solver.studies.break_even.rates import charged_by, opened
from solver.studies.break_even.selection import selected
from solver.studies.break_even.set_apart import set_apart
from solver.studies.break_even.until import quantity_of
from solver.tasks.instances.order import InstanceOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.errors import Fault
    from solver.problem.instance import Instance
    from solver.studies.break_even.selection import Selection, SelectionWords
    from solver.studies.break_even.until import WantedQuantity
    from solver.tasks.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEvenOrder(InstanceOrder):
    """Which break-even is wanted.

    Parameters
    ----------
    words : SelectionWords
        Elements and cargo.
    of : str or None
        ``tariff``, ``handling`` or ``capacity``; None: the rate of each element, which
        is the tariff of a leg and the handling of a node.
    capacity : float or None
        Capacity of closed elements once they are open; None: unlimited.
    until : str or None
        Quantity that is wanted, with its unit or without.
    """

    words: SelectionWords
    of: str | None = None
    capacity: float | None = None
    until: str | None = None


def break_even(
    order: BreakEvenOrder, clock: Clock, *, warn: Callable[[Sequence[Fault]], None]
) -> dict[str, Any]:
    """Load an instance and draw the curve asked for; return its document.

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
        A name is not known, or so much cannot be had at any rate.
    UnansweredError
        A solve ended without a proved plan.
    """
    loaded = order.loaded(warn)
    instance = loaded.instance
    selection = selected(instance, order.words)
    wanted = quantity_of(order.until, instance.units)
    if order.of == "capacity":
        return _widened(order, instance, selection, wanted, clock)
    charged = charged_by(selection, order.of)
    clock.stop("load")
    open_instance, names = opened(instance, selection, order.capacity)
    is_all = selection.is_all_cargo
    first = None
    if names:
        closed = set_apart(instance, selection.rows)
        first = first_to_come(
            closed, charged, names, order.options, is_all_cargo=is_all
        )
    apart = set_apart(open_instance, selection.rows)
    curve = rate_curve(apart, charged, order.options, is_all_cargo=is_all)
    clock.stop("solve")
    document = break_even_document(curve, instance, selection, names, first)
    until = until_document(curve, wanted, instance.units)
    return {**document, "until": until, "seconds": clock.with_total()}


def _widened(
    order: BreakEvenOrder,
    instance: Instance,
    selection: Selection,
    wanted: WantedQuantity | None,
    clock: Clock,
) -> dict[str, Any]:
    """Draw the curve over capacities; return its document."""
    if order.capacity is not None:
        message = "--capacity: --of capacity varies it; give one of them"
        raise UsageError(message)
    clock.stop("load")
    apart = set_apart(instance, selection.rows)
    curve = capacity_curve(apart, selection, order.options)
    clock.stop("solve")
    document = capacity_document(curve, instance, selection)
    until = capacity_until_document(curve, wanted, instance.units)
    return {**document, "until": until, "seconds": clock.with_total()}
