"""The routes of flows, round by round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import Routes, empty_routes, joined
from solver.pricing.cheapest import Cheapest, CheapestInTrees

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints, Mask
    from solver.network.network import Network
    from solver.network.shipments import Cargo

NO_ROUTES = -1
"""The batch of no search."""

_NONE = -1


class FlowRoutes:
    """Routes that searches found, each search a batch.

    Those that stand in trees stay there until they are asked for. Of others only those
    are kept that their shipment did not have in the batch before.

    Parameters
    ----------
    network, cargo
        What routes are of.

    Attributes
    ----------
    first : Routes
        Those of the first batch.
    """

    def __init__(self, network: Network, cargo: Cargo) -> None:
        self.cargo = cargo
        self.first = empty_routes(network, cargo)
        self._batches: list[CheapestInTrees | NDArray[np.int32] | None] = []
        self._pool = self.first
        self._more: list[Routes] = []
        self._size = 0
        self._latest = np.full(len(cargo), _NONE, dtype=np.int32)
        self._latest_print = np.zeros(len(cargo), dtype=np.uint64)

    def add(self, found: Cheapest) -> int:
        """Keep what a search found; return the number of the batch."""
        if not self._batches:
            self.first = found.routes
        if isinstance(found, CheapestInTrees):
            self._batches.append(found)
        else:
            self._batches.append(self._numbers(found.routes))
        return len(self._batches) - 1

    def keep(self, batches: Iterable[int]) -> None:
        """Forget all batches but these."""
        kept = set(batches)
        for number in range(len(self._batches)):
            if number not in kept:
                self._batches[number] = None

    def of(self, batch: int, shipments: Mask) -> Routes:
        """Return the routes of some shipments in a batch."""
        found = None if batch == NO_ROUTES else self._batches[batch]
        if found is None:
            return self._pool.chosen(np.zeros(0, dtype=int))
        if isinstance(found, CheapestInTrees):
            return found.of(shipments)
        self._pool, self._more = joined([self._pool, *self._more]), []
        numbers: Ints = found[shipments].astype(int)
        return self._pool.chosen(numbers[numbers != _NONE])

    def _numbers(self, routes: Routes) -> NDArray[np.int32]:
        """Numbers of routes in the pool; those a shipment did not have last are new."""
        print_ = routes.fingerprint
        new = np.flatnonzero(self._latest_print[routes.shipment] != print_)
        numbers = self._latest[routes.shipment]
        numbers[new] = self._size + np.arange(len(new))
        self._more.append(routes.chosen(new))
        self._size += len(new)
        result = np.full(len(self.cargo), _NONE, dtype=np.int32)
        result[routes.shipment] = numbers
        self._latest[routes.shipment] = numbers
        self._latest_print[routes.shipment] = print_
        return result


def added_up(routes: Routes, share: Floats) -> tuple[Routes, Floats]:
    """Put equal routes together, and each shipment's largest share first."""
    _, one, which = np.unique(
        routes.fingerprint, return_index=True, return_inverse=True
    )
    share = np.bincount(which, share, len(one)).astype(float)
    order = np.lexsort((one, -share, routes.shipment[one]))
    return routes.chosen(one[order]), share[order]
