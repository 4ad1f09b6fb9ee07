"""Room that a plan leaves below limits, and which of some more routes fit there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.routes import limit_usage, loads_by_step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from solver.arrays import Floats, Ints, Mask
    from solver.network.routes import Routes

_ROUNDS, _PARTS = 6, 3
"""Rounds in which whole quantities are taken, and then parts of what is left."""

_FEW, _FEW_PART = 1000, 0.1
"""Shipments of which parts may be taken, and the part of all that are few: parts make
the plan long, and what is long takes long to publish."""

_FULL = 1e-6
"""Part of a limit that is no room to search for."""

_BELOW = 1.0 - 1e-12
"""What rounding of sums may not use up."""

_ALL = 2.0
"""Times what is left of a limit that are no less too much than any more, and leave
digits for others in sums over all limits."""


class Room:
    """What may still pass each limit.

    Parameters
    ----------
    routes, quantity
        A plan that exceeds no limit.

    Attributes
    ----------
    left : ndarray, shape (limits,)
        What may still pass.
    pressure : ndarray, shape (limits,)
        How many times that much wants to pass.
    """

    def __init__(self, routes: Routes, quantity: Floats) -> None:
        self.capacity = routes.network.limits.capacity
        self.left = np.maximum(self.capacity - loads_by_step(routes, quantity), 0.0)
        self.pressure = np.zeros(len(self.capacity))

    @property
    def is_full(self) -> Mask:
        """Whether hardly anything may still pass each limit."""
        return np.asarray(self.left <= _FULL * self.capacity)

    def press(self, load: Floats) -> None:
        """Note what wants to pass each limit, shape (limits,)."""
        self.pressure = _ratio(load, self.left)

    def taken(self, routes: Routes, index: Ints, wanted: Floats) -> Floats:
        """Return what fits of quantities on some routes, in their shape; it takes room.

        Classes of firm demand are served in their order and priced demand last, within
        them the cheapest routes first. Quantities that do not fit as a whole, if they
        are of few shipments, take their part of what is left.

        Parameters
        ----------
        routes : Routes
            Routes.
        index : ndarray of int
            Some of them.
        wanted : ndarray, in its shape
            What they would carry.
        """
        usage = limit_usage(routes, np.arange(len(self.capacity)), index)
        self.press(usage.T @ wanted)
        result, cargo = np.zeros(len(index)), routes.cargo
        splits = len(index) <= max(_FEW, _FEW_PART * len(cargo))
        number = cargo.unmet_class[routes.shipment[index]]
        number = np.where(number < 0, len(cargo.classes), number)
        for one in np.unique(number):
            own = np.flatnonzero((number == one) & (wanted > 0.0))
            own = own[np.argsort(routes.cost[index[own]], kind="stable")]
            passing = _Passing.of(usage[own])
            result[own] = self._taken(passing, wanted[own], splits=splits)
        return result

    def _taken(self, passing: _Passing, wanted: Floats, *, splits: bool) -> Floats:
        """Return what fits of quantities on routes in order."""
        waiting = np.ones(len(wanted), dtype=bool)
        for fits in self._whole(passing, wanted):
            waiting &= ~fits
        result = np.where(waiting, 0.0, wanted)
        for _ in range(_PARTS if splits else 0):
            passing = passing.of_routes(waiting)
            rest = np.where(waiting, wanted - result, 0.0)
            share = np.minimum(1.0, 1.0 / np.maximum(1.0, self._pressed(passing, rest)))
            part = np.ones(len(wanted))
            np.minimum.at(part, passing.route, share[passing.limit])
            more = _BELOW * part * rest
            self._use(passing, more)
            result += more
        return result

    def _whole(self, passing: _Passing, wanted: Floats) -> Iterator[Mask]:
        """Yield which routes fit beside all that come before them, as a whole."""
        waiting = np.ones(len(wanted), dtype=bool)
        for _ in range(_ROUNDS):
            passing = passing.of_routes(waiting)
            entries = passing.times * wanted[passing.route]
            used = _ratio(entries, self.left[passing.limit])
            late = passing.route[passing.summed(np.minimum(used, _ALL)) > _BELOW]
            fits = waiting.copy()
            fits[late] = False
            if not fits.any():
                return
            self._use(passing, np.where(fits, wanted, 0.0))
            waiting &= ~fits
            yield fits

    def _pressed(self, passing: _Passing, quantity: Floats) -> Floats:
        """How many times what is left would pass each limit."""
        return _ratio(passing.loads(quantity, len(self.left)), self.left)

    def _use(self, passing: _Passing, quantity: Floats) -> None:
        used = passing.loads(quantity, len(self.left))
        self.left = np.maximum(self.left - used, 0.0)


class _Passing:
    """Which route passes which limit, how often: limit by limit, routes in order."""

    def __init__(self, route: Ints, limit: Ints, times: Floats) -> None:
        self.route, self.limit, self.times = route, limit, times

    @classmethod
    def of(cls, usage: sparse.csr_array) -> Self:
        """Return the entries of a matrix, shape (routes, limits)."""
        by_limit = sparse.csc_array(usage)
        by_limit.sort_indices()
        limit = np.repeat(np.arange(usage.shape[1]), np.diff(by_limit.indptr))
        return cls(by_limit.indices.astype(int), limit, by_limit.data)

    def of_routes(self, chosen: Mask) -> _Passing:
        """Return the entries of some routes."""
        kept = chosen[self.route]
        return _Passing(self.route[kept], self.limit[kept], self.times[kept])

    def loads(self, quantity: Floats, limits: int) -> Floats:
        """Return what passes each limit, shape (limits,)."""
        passing = self.times * quantity[self.route]
        return np.bincount(self.limit, passing, limits).astype(float)

    def summed(self, entries: Floats) -> Floats:
        """Return the sum of each entry and those of its limit before it."""
        sums = np.cumsum(entries)
        counts = np.bincount(self.limit)
        first = np.cumsum(counts) - counts
        before = np.concatenate([np.zeros(1), sums])[first]
        return np.asarray(sums - before[self.limit], dtype=float)


def _ratio(load: Floats, room: Floats) -> Floats:
    """How many times the room something is: infinite where there is none for it."""
    result = np.where(load > 0.0, np.inf, 0.0)
    with np.errstate(over="ignore"):
        np.divide(load, room, out=result, where=room > 0.0)
    return result
