"""Routes and limits to begin with, where very many limits bind: an interior point.

Prices come first from a dual ascent, with routes that it passes. The program over
routes then moves towards its optimum by an interior point method; every few steps a
search at the prices of the point, which stand in the middle of what may be best, adds
the cheapest routes, and gives a bound on every plan. Some ten searches bring point and
bound together, however many limits bind.

References
----------
Gondzio, J., González-Brevis, P. and Munari, P. (2016), Large-scale optimization with
the primal-dual column generation method, Mathematical Programming Computation 8.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import LinAlgError

from solver.network.routes import joined, limit_usage
from solver.pricing.prices import Prices
from solver.pricing.tree_search import OutOfTimeError
from solver.solving.interior.route_program import RouteProgram
from solver.solving.start.dual_ascent import ascent
from solver.solving.start.seed import Seed

if TYPE_CHECKING:
    from scipy import sparse

    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.pricing.cheapest import Cheapest
    from solver.solving.start.bounding_search import BoundingSearch

STEPS = 100
"""Searches of the ascent."""

CLOSE = 1e-8
"""Relative gap between point and bound that is enough."""

NEAR = 1e-2
"""The same from which the routes of the point are of use."""

MOST_SEARCHES = 40
"""Searches from the point, after which what was found must do."""

MOST_ROUTES = 6
"""Routes of each shipment that may stay however little they carry."""

_FEW_STEPS, _MOST_STEPS = 4, 15
"""Steps from one search to the next, if the error is small by then; else at most."""

_SMALL_ERROR = 0.05
"""Such an error, relative to the cost."""

_INNER = 0.1
"""Part of the gap to which the program is solved before the next search."""

_FIRST, _LAST = 0.5, 0.3
"""Largest such error, and the least in terms of what is enough."""

_LEAST_CAPACITY = 1e-7
"""Least capacity of a limit, in mean quantities: the point stands inside."""


class InteriorStart:
    """The start for one instance.

    Parameters
    ----------
    search : BoundingSearch
        What finds routes and bounds; firm demand has a price there.
    first : Cheapest
        Cheapest routes without prices.
    deadline : float
        Moment, on the monotonic clock, at which what is known must do.
    """

    def __init__(
        self, search: BoundingSearch, first: Cheapest, deadline: float = np.inf
    ) -> None:
        self.search, self.first, self.deadline = search, first, deadline
        cargo, self.network = search.cargo, first.network
        routes = first.routes
        self.members = np.unique(routes.shipment)
        self.number = np.full(len(cargo), -1)
        self.number[self.members] = np.arange(len(self.members))
        self.unit = float(cargo.quantity[routes.shipment].mean())
        self.money = search.mean_cost(routes)
        capacity = self.network.limits.capacity / self.unit
        self.program = RouteProgram(
            cargo.quantity[self.members] / self.unit,
            search.unmet[self.members] / self.money,
            np.maximum(capacity, _LEAST_CAPACITY),
        )
        out = np.setdiff1d(np.arange(len(cargo)), self.members)
        self.idle = float(search.unmet[out] @ cargo.quantity[out])
        self.pool: list[Routes] = []
        self.known = np.zeros(0, dtype=np.uint64)
        self.gap = np.inf

    def seed(self) -> Seed | None:
        """Move to the optimum, nearly; None if that fails."""
        in_time = True
        try:
            self._begin()
            self._improve()
        except OutOfTimeError:
            if not self.pool:
                return None
            in_time = False
        except LinAlgError:
            return None
        return self._seed(is_near=in_time) if self.gap < NEAR or not in_time else None

    def _begin(self) -> None:
        """Begin where an ascent ends."""
        kept: list[Cheapest] = []
        price = ascent(self.first, self.search, kept.append, self.money, STEPS)
        first = self.first.routes
        routes = joined([first, *(found.routes for found in kept)])
        prints, one, place = np.unique(
            routes.fingerprint, return_index=True, return_inverse=True
        )
        self.known = prints
        found = routes.chosen(one)
        passed = np.bincount(place[len(first) :], minlength=len(found))
        share = passed / max(1, len(kept) - 1)
        bound = (self.search.best_bound - self.idle) / (self.unit * self.money)
        known = price / self.money, bound
        self.program.begin(self._columns(found), share, known)
        self.pool.append(found)

    def _columns(self, routes: Routes) -> tuple[Ints, Floats, sparse.csr_array]:
        """Shipment, cost and usage of routes, as the program has them."""
        usage = limit_usage(routes, np.arange(len(self.network.limits)))
        return self.number[routes.shipment], routes.cost / self.money, usage

    def _improve(self) -> None:
        """Step and search in turn, until point and bound are close."""
        program, size = self.program, self.unit * self.money
        wanted = _FIRST
        for _ in range(MOST_SEARCHES):
            for number in range(1, _MOST_STEPS + 1):
                program.step(wanted)
                self._look_at_the_clock()
                enough = wanted if number < _FEW_STEPS else max(wanted, _SMALL_ERROR)
                if program.error < enough:
                    break
            cheapest, here = self.search(Prices(program.prices * self.money, {}))
            bound = (self.search.best_bound - self.idle) / size
            self.gap = abs(program.total - bound) / max(1e-300, abs(bound))
            if self.gap < CLOSE and program.error < 10 * CLOSE:
                with suppress(LinAlgError):
                    program.step()
                break
            apart = program.dual - (here - self.idle) / size
            least = max(apart / max(1e-300, abs(bound)), program.error)
            wanted = min(_FIRST, max(_INNER * least, _LAST * CLOSE))
            self._thin()
            fresh = cheapest.routes.other_than(self.known)
            self.known = np.concatenate([self.known, fresh.fingerprint])
            self.pool.append(fresh)
            program.add(*self._columns(fresh))

    def _thin(self) -> None:
        """Drop routes that look too dear, where there are many."""
        left = self.program.thin(MOST_ROUTES)
        if left is not None:
            self.pool = [joined(self.pool).chosen(np.flatnonzero(left))]
            self.known = self.pool[0].fingerprint

    def _look_at_the_clock(self) -> None:
        if time.monotonic() > self.deadline:
            raise OutOfTimeError

    def _seed(self, *, is_near: bool) -> Seed:
        """Return the routes that the point takes, and the limits that it fills."""
        program, at = self.program, self.program.at
        routes = joined(self.pool)
        share = at.flow / program.quantity[program.owner]
        unmet, used = np.split(share > at.reduced, [program.count])
        taken = share[program.count :]
        order = np.lexsort((-taken, routes.shipment))
        _, place = np.unique(routes.shipment[order], return_index=True)
        first = order[place]
        used[first] = False
        others, is_central = np.flatnonzero(used), is_near and self.gap < CLOSE
        return Seed(
            first=routes.chosen(first),
            more=routes.chosen(others),
            unsettled=self.members[unmet],
            limits=np.sort(program.rows),
            rules={},
            best=self._priced() if is_central else self.search.best,
            shares=(taken[first], taken[others]),
            is_near=is_near,
            is_central=is_central,
        )

    def _priced(self) -> tuple[Prices, Floats]:
        """Return the prices of the point where it fills limits, and routes' costs."""
        full = self.program.rows[self.program.at.price > self.program.at.slack]
        price = np.zeros(len(self.network.limits))
        price[full] = self.program.prices[full] * self.money
        self.search(Prices(price, {}))
        return self.search.latest
