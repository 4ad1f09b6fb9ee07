"""Cheapest simple routes of single shipments at prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.verification.bound.walks import UNREACHED
from solver.verification.exact.amounts import floor

if TYPE_CHECKING:
    from solver.arrays import Mask
    from solver.verification.bound.corridor_searches import CorridorSearches
    from solver.verification.bound.scaled import Scaled


class RouteSearch:
    """Searches of routes that visit no node twice and are in time."""

    def __init__(self, scaled: Scaled) -> None:
        self.scaled, self.world = scaled, scaled.world
        self._in_corridors: CorridorSearches | None = None
        self._found: dict[tuple[int, int | None, int], int] = {}

    @property
    def looked_at(self) -> int:
        """Labels of all searches so far."""
        return 0 if self._in_corridors is None else self._in_corridors.looked_at

    def doubtful(self) -> Mask:
        """Shipments whose cheapest walk may be no route, shape (shipments,)."""
        scaled, world = self.scaled, self.world
        once = [
            bool(term.touches) or min(term.offset) < term.offset[-1]
            for term in scaled.terms
        ]
        timed = world.cargo.is_timed[world.cargo.demand]
        inner = world.elements.with_inner_nodes
        return np.asarray(inner | np.array(once)[scaled.term] | timed)

    def cheapest(self, shipment: int, cutoff: int) -> int:
        """Cost of the cheapest route of a shipment in units, rounded down.

        `UNREACHED` if there is none below the cutoff.
        """
        max_days = self._max_days(shipment)
        key = int(self.scaled.trips.trade_of[shipment]), max_days, cutoff
        if key not in self._found:
            costs = self._searches().costs(shipment, max_days, cutoff)
            self._found[key] = min((int(UNREACHED), *costs))
        return self._found[key]

    def _max_days(self, shipment: int) -> int | None:
        """Longest time of a shipment, in units of the days of elements."""
        cargo = self.world.cargo
        row = int(cargo.demand[shipment])
        if not cargo.is_timed[row]:
            return None
        return floor(cargo.max_days[row], self.world.elements.times[0].places)

    def _searches(self) -> CorridorSearches:
        """Return what searches routes, which few instances need."""
        if self._in_corridors is None:
            from solver.verification.bound.corridor_searches import CorridorSearches

            self._in_corridors = CorridorSearches(self.scaled)
        return self._in_corridors
