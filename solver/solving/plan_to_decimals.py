"""A plan rounded to decimals, without breaking a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import joined
from solver.solution.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from solver.model.master import Master
    from solver.network.routes import Routes
    from solver.solving.prices_to_decimals import Floats


NEGLIGIBLE = 1e-9
"""Quantity, relative to the demand or a unit, below which a flow is noise."""


FEW_DIGITS, MANY_DIGITS = 9, 12
"""Digits after the point of quantities; many where an index makes cost steep."""


_LARGEST = 2.0**52


def plan(routes: Routes, quantity: Floats, most_digits: int = FEW_DIGITS) -> Plan:
    """Plan with these quantities on routes, on a grid of decimals.

    Parameters
    ----------
    routes : Routes
        Routes that may carry something.
    quantity : ndarray, shape (routes,)
        What they carry; what is left of each shipment is unmet.
    most_digits : int
        Digits after the point of quantities, at most.
    """
    cargo = routes.cargo
    size = min(1.0, 0.1 * float(cargo.quantity.sum()))
    size *= 10.0 ** (FEW_DIGITS - most_digits)
    noise = NEGLIGIBLE * size * np.maximum(1.0, cargo.quantity)
    used = np.flatnonzero(quantity > noise[routes.shipment])
    order = np.lexsort((routes.cost[used], routes.shipment[used]))
    chosen = routes.chosen(used[order])
    scale = 10.0 ** _digits(cargo.quantity, most_digits)
    units = _snapped(quantity[used[order]], scale, size)
    demand = np.round(cargo.quantity * scale)
    left = demand - np.bincount(chosen.shipment, units, len(cargo))
    unmet = np.where(left > np.ceil(noise * scale), left, 0.0)
    unmet = np.minimum(_snapped(unmet / scale, scale, size), np.maximum(left, 0.0))
    units = _settled(chosen.shipment, units, left - unmet)
    kept = np.flatnonzero(units > 0)
    chosen = chosen.chosen(kept)
    return Plan(
        shipment=chosen.shipment,
        quantity=units[kept] / scale,
        starts=chosen.starts,
        elements=chosen.elements,
        unmet=(demand - np.bincount(chosen.shipment, units[kept], len(cargo))) / scale,
    )


def _digits(quantity: Floats, most: int) -> int:
    """Digits after the point that leave every sum of quantities exact."""
    largest = max(1.0, float(quantity.max(initial=0.0)))
    total = float(quantity.sum())
    smaller = max(0, -int(np.floor(np.log10(total / 10.0)))) if total > 0 else 0
    digits = min(most + smaller, 15)
    while digits and largest * 10.0**digits >= _LARGEST:
        digits -= 1
    return digits


def _snapped(quantity: Floats, scale: float, size: float) -> Floats:
    """Whole multiples of 1 / scale, short decimals where they are as near."""
    short = np.round(quantity, 4)
    near = np.abs(quantity - short) <= NEGLIGIBLE * size * np.maximum(1.0, quantity)
    return np.asarray(np.round(np.where(near, short, quantity) * scale))


def _settled(shipment: NDArray[np.int64], units: Floats, left: Floats) -> Floats:
    """Give what rounding left of each shipment to its largest flow."""
    order = np.lexsort((-units, shipment))
    _, first = np.unique(shipment[order], return_index=True)
    largest = order[first]
    result = units.copy()
    result[largest] += left[shipment[largest]]
    return result


def all_routes(master: Master, quantities: Sequence[Floats]) -> tuple[Routes, Floats]:
    """Routes of all lots, with quantities given for the first of them."""
    routes = joined([batch.routes for batch in master.batches[: len(quantities)]])
    return routes, np.concatenate(list(quantities))
