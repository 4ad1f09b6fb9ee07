"""A plan in decimals that keeps every limit and every linear rule exactly.

Quantities become whole multiples of the last digit that floats of their shipment's size
hold; those of a shipment add up to it exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import joined, left_by
from solver.solution.plan import Plan
from solver.solving.rounding.exact_rows import ExactRows
from solver.solving.rounding.whole_units import (
    floats_of,
    is_told,
    told_steps,
    unit_digits,
    units_near,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats, Ints
    from solver.model.master import Master
    from solver.network.routes import Routes
    from solver.rules.rule_set import Diversification
    from solver.solution.keys import RowKey

NEGLIGIBLE = 1e-9
"""Part of its shipment below which a flow is noise, if no row says otherwise."""

_ROUNDING = 4e-16
"""Part of a quantity that is but the rounding of floats."""

_MOST_TRIES = 200

_MOST_REPAIRS = 6
"""Repairs of a plan; what can be told may undo one by some units of the last digit."""


class RowsBrokenError(Exception):
    """Rows that no plan in decimals keeps."""


def published_plan(
    routes: Routes,
    quantity: Floats,
    rules: Diversification,
    shifts: Mapping[RowKey, float] | None = None,
) -> Plan:
    """Plan with about these quantities on routes, in decimals that keep every row.

    Quantities are short decimals where these are as near; where they would break a
    limit or a linear rule, all digits count, and what is still too much is moved.

    Parameters
    ----------
    routes : Routes
        Routes that may carry something.
    quantity : ndarray, shape (routes,)
        What they carry; what is left of each shipment is unmet.
    rules : Diversification
        Rules of the same instance.
    shifts : dict of RowKey to float, optional
        Room that rows have beyond their limit, in (weighted) quantity.

    Raises
    ------
    RowsBrokenError
        If no plan like it keeps every row: rules on demand ask for more than there is.
    """
    digits = unit_digits(routes.cargo.quantity)
    for leaves_far in (True, False):
        given = routes, digits, rules, quantity, shifts
        rows = ExactRows(*given, leaves_far=leaves_far)
        units, left = _kept_plan(rows, quantity, digits)
        if rows.stays_far(floats_of(units, digits[routes.shipment])):
            break
    return _published(routes, units, left, digits)


def _kept_plan(rows: ExactRows, quantity: Floats, digits: Ints) -> tuple[Ints, Ints]:
    """Units of routes, and units left unmet, that keep every row."""
    shipment = rows.routes.shipment
    for noise in (NEGLIGIBLE, _ROUNDING):
        units, left = _rounded_plan(rows, quantity, digits, noise)
        if rows.kept(units):
            break
    steps = told_steps(rows.units_asked, digits)
    _make_tellable(shipment, units, left, digits, steps)
    if not rows.kept(units):
        from solver.solving.rounding.least_change import LeastChange

        LeastChange(rows, units, left, steps).mend()
    for _ in range(_MOST_REPAIRS):
        if rows.kept(units):
            break
        units, left = _repaired(rows, units, left, steps)
        _make_tellable(shipment, units, left, digits, steps)
    return units, left


def _repaired(
    rows: ExactRows, units: Ints, left: Ints, steps: Ints
) -> tuple[Ints, Ints]:
    """Return units of routes, and units left unmet, moved until they keep every row."""
    from solver.solving.rounding.plan_repair import Repair

    repair = Repair(rows, units, left, steps)
    if not repair.done():
        raise RowsBrokenError
    return repair.units, repair.left


def _published(routes: Routes, units: Ints, left: Ints, digits: Ints) -> Plan:
    """Plan of whole units."""
    used = np.flatnonzero(units > 0)
    shipment, cost = routes.shipment[used], np.zeros(len(used))
    is_split = np.bincount(shipment)[shipment] > 1
    cost[is_split] = routes.chosen(used[is_split]).cost
    order = used[np.lexsort((cost, shipment))]
    chosen = routes.chosen(order)
    return Plan(
        shipment=chosen.shipment,
        quantity=floats_of(units[order], digits[chosen.shipment]),
        starts=chosen.starts,
        elements=chosen.elements,
        unmet=floats_of(left, digits),
    )


def _rounded_plan(
    rows: ExactRows, quantity: Floats, digits: Ints, noise: float
) -> tuple[Ints, Ints]:
    """Units of routes, and units left unmet: together the demand of each shipment.

    Quantities of a smaller part of their shipment than `noise` are none.
    """
    cargo, shipment = rows.routes.cargo, rows.routes.shipment
    size = cargo.quantity[shipment]
    chosen = np.where(quantity > noise * size, quantity, 0.0)
    units = units_near(chosen, size, digits[shipment], noise)
    unmet = np.maximum(left_by(rows.routes, chosen), 0.0)
    unmet = np.where(unmet > NEGLIGIBLE * cargo.quantity, unmet, 0.0)
    left = units_near(unmet, cargo.quantity, digits, noise)
    return _settled(shipment, units, left, rows.units_asked)


def _settled(
    shipment: Ints, units: Ints, left: Ints, demand: Ints
) -> tuple[Ints, Ints]:
    """Give what rounding left of each shipment to its largest flow, or leave it."""
    missing = demand - left
    np.subtract.at(missing, shipment, units)
    order = np.flatnonzero(missing[shipment])
    order = order[np.lexsort((-units[order], shipment[order]))]
    owners, first = np.unique(shipment[order], return_index=True)
    largest = order[first]
    fits = (units[largest] > 0) & (units[largest] + missing[owners] > 0)
    units[largest[fits]] += missing[owners[fits]]
    missing[owners[fits]] = 0
    return units, left + missing


def _make_tellable(
    shipment: Ints, units: Ints, left: Ints, digits: Ints, steps: Ints
) -> None:
    """Move units where a demand has more digits than parts of it can be told in.

    What routes carry is cut to fewer digits, and what stays unmet takes the rest: a
    little more of it, until its float stands for just that.
    """
    used = np.flatnonzero(units > 0)
    used = used[np.argsort(shipment[used], kind="stable")]
    ends = np.searchsorted(shipment[used], np.arange(len(left) + 1))
    flows = np.diff(ends)
    is_split = (flows > 1) | ((flows == 1) & (left != 0))
    for owner in np.flatnonzero((steps > 1) & is_split).tolist():
        own = used[ends[owner] : ends[owner + 1]]
        step = steps.item(owner)
        left[owner] += int((units[own] % step).sum())
        units[own] -= units[own] % step
        largest = own[np.argmax(units[own])]
        for _ in range(_MOST_TRIES):
            if is_told(int(left[owner]), int(digits[owner])):
                break
            units[largest] -= step
            left[owner] += step


def all_routes(master: Master, quantities: Sequence[Floats]) -> tuple[Routes, Floats]:
    """Routes of all batches, with quantities given for the first of them."""
    batches = master.routes.batches[: len(quantities)]
    routes = joined([batch.routes for batch in batches])
    return routes, np.concatenate(list(quantities))
