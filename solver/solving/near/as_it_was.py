"""The earlier plan itself, where it still is a plan of least cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import left_by, limit_loads

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.model.master import Master
    from solver.solving.near.earlier_routes import EarlierRoutes


_CLOSE = 1e-9
"""Part of the least cost that it may cost besides."""


_ROUNDING = 1e-12
"""Part of a limit or a quantity that rounding explains."""


def as_it_was(
    master: Master, known: EarlierRoutes, before: Floats, cost: float
) -> Floats | None:
    """Quantities of the earlier plan on its routes; None if they are no optimum now.

    Then nothing has to move. It matters where rules are steep: two plans within the
    tolerance of an index can differ in quantity by more than in cost.

    Parameters
    ----------
    master : Master
        The model of which the least cost is known.
    known : EarlierRoutes
        The routes of the earlier plan.
    before : ndarray, shape (rows,)
        Quantities of its rows.
    cost : float
        The least cost, with penalties.
    """
    routes, quantity = known.routes, before[known.row]
    cargo, limits = master.cargo, master.network.limits
    unmet = left_by(routes, quantity)
    is_whole = known.is_single.all() and len(known.row) == len(before)
    if not is_whole or (unmet < -_ROUNDING * cargo.quantity).any():
        return None
    loads = limit_loads(routes, quantity)
    if (loads > limits.capacity * (1.0 + _ROUNDING)).any():
        return None
    for number in range(len(cargo.classes)):
        left = unmet[(cargo.unmet_class == number) & ~master.outside.lost].sum()
        most = master.families.unmet.most.get(number, 0.0)
        if left > most + _ROUNDING * cargo.quantity.sum():
            return None
    levels = master.rules.levels(routes, quantity)
    if any(level.is_broken for level in levels):
        return None
    priced = ~cargo.firm
    spent = float(routes.cost @ quantity) + float(
        np.nansum([x.penalty for x in levels])
    )
    spent += float(np.maximum(unmet[priced], 0.0) @ cargo.unmet_cost[priced])
    return quantity if spent <= cost + _CLOSE * max(1.0, abs(cost)) else None
