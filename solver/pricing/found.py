"""What a search finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.network.routes import Routes


class Found(NamedTuple):
    """Answer of a search.

    Parameters
    ----------
    value : ndarray, shape (shipments,)
        Least cost of a route at the prices; infinite without one.
    routes : Routes
        Routes below their shipment's threshold.
    routes_value : ndarray, shape (routes,)
        Their cost at the prices.
    """

    value: Floats
    routes: Routes
    routes_value: Floats


class OutOfTimeError(Exception):
    """The deadline passed during a search."""


def cheapest(found: Found) -> Found:
    """Return what is found with one route of each shipment, a cheapest, in order."""
    shipment = found.routes.shipment
    if np.all(np.diff(shipment) > 0):
        return found
    order = np.lexsort((found.routes_value, shipment))
    kept = order[np.unique(shipment[order], return_index=True)[1]]
    return Found(found.value, found.routes.chosen(kept), found.routes_value[kept])
