"""Routes and limits to begin with, where shipments are many: bundles by origin.

A bundle is one route, or none, for every shipment of an origin in a period. The
linear program over bundles has a row for each origin and for each limit that binds,
however many shipments there are; a search at its prices gives the next bundle of each
origin. Its solution says which limits bind and which routes are worth having: for most
shipments a single one, so that the model in routes begins with few choices.

References
----------
Jones, K. L., Lustig, I. J., Farvolden, J. M. and Powell, W. B. (1993), Multicommodity
network flows: the impact of formulation on decomposition, Mathematical Programming 62:
columns by origin rather than by path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.backends import ArrayHiGHS, Outcome
from solver.model import AddColumns, AddRows
from solver.pricing import Prices
from solver.routes import empty_routes, joined, limit_usage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.cargo import Cargo
    from solver.model import Change
    from solver.network import Network
    from solver.pricing import Pricer
    from solver.routes import Routes

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MANY = 5_000
"""Shipments from which bundles pay."""

CLOSE = 1e-6
"""Relative gap between the program over bundles and its bound that is enough."""

MOST_ROUNDS = 60
"""Rounds after which the routes found are good enough to begin with."""

MOST_SUMS = 20_000_000
"""Groups times steps for which loads are summed step by step."""

PENALTY = 100.0
"""Cost of leaving firm demand, in multiples of the dearest first route."""

_SMALL = 1e-9
_NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Seed:
    """What the model in routes begins with.

    Parameters
    ----------
    first : Routes
        One route for each shipment that has any.
    more : Routes
        Further routes of some of them.
    unsettled : ndarray of int
        Shipments that may as well stay behind.
    limits : ndarray of int
        Limits that bind.
    """

    first: Routes
    more: Routes
    unsettled: Ints
    limits: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Lot:
    """Bundles of one round, one for each group.

    Parameters
    ----------
    route : ndarray of int, shape (shipments,)
        Number in the pool of the route that each shipment takes, or -1.
    cost : ndarray, shape (groups,)
        Cost of each bundle.
    loads : sparse matrix, shape (groups, limits)
        What each bundle puts on each limit.
    columns : ndarray of int, shape (groups,)
        Its column, or -1 if it was not worth adding.
    """

    route: NDArray[np.int32]
    cost: Floats
    loads: sparse.csc_array
    columns: Ints


class Bundles:
    """The linear program over bundles of an instance without rules.

    Parameters
    ----------
    network, cargo, pricer
        What the routes are found on, for whom, and by what.
    """

    def __init__(self, network: Network, cargo: Cargo, pricer: Pricer) -> None:
        self.network, self.cargo, self.pricer = network, cargo, pricer
        shipments = np.arange(len(cargo))
        place = cargo.pair_start[np.searchsorted(cargo.pair_shipment, shipments)]
        code = cargo.period * network.num_nodes + place
        codes, self.group = np.unique(code, return_inverse=True)
        self.period = codes // network.num_nodes
        self.count = len(codes)
        self.sums_steps = bool(
            network.limits.counted.all() and self.count * network.num_steps <= MOST_SUMS
        )
        self.unmet = np.where(cargo.firm, np.inf, cargo.unmet_cost)
        self.limit_row = np.full(len(network.limits), _NONE)
        self.num_rows = self.num_columns = 0
        self.changes: list[Change] = []
        self.solver = ArrayHiGHS(self.changes)
        self.lots: list[_Lot] = []
        self.pool: list[Routes] = []
        self.pool_size = 0
        self.latest = np.full(len(cargo), _NONE, dtype=np.int32)
        self.latest_print = np.zeros(len(cargo), dtype=np.uint64)

    def seed(self) -> Seed | None:
        """Solve over bundles, nearly; None if that fails."""
        prices = np.zeros(len(self.network.limits))
        routes, best = self._search(prices)
        self._begin(routes)
        worth = np.full(self.count, np.inf)
        values = np.zeros(0)
        for _ in range(MOST_ROUNDS):
            if not self._add(routes, prices, worth):
                break
            solved = self._solved()
            if solved is None:
                return None
            cost, values, prices, worth = solved
            routes, bound = self._search(prices)
            best = max(best, bound)
            if cost - best <= CLOSE * max(1.0, abs(cost)):
                break
        return self._support(values)

    # ---- bundles

    def _search(self, prices: Floats) -> tuple[Routes, float]:
        """Cheapest route of each shipment that is worth taking, and the bound."""
        found = self.pricer.search(Prices(prices, {}), self.unmet)
        order = np.argsort(found.routes_value, kind="stable")
        _, first = np.unique(found.routes.shipment[order], return_index=True)
        least = np.minimum(found.value, self.unmet)
        reached = np.isfinite(least)
        bound = float(least[reached] @ self.cargo.quantity[reached])
        bound -= float(prices @ self.network.limits.capacity)
        return found.routes.chosen(order[first]), bound

    def _begin(self, routes: Routes) -> None:
        """Add a row and the bundle that carries nothing for each group."""
        dearest = float(np.max(routes.cost, initial=1.0))
        priced = self.unmet[np.isfinite(self.unmet)]
        penalty = PENALTY * max(dearest, float(np.max(priced, initial=0.0)))
        reached = np.zeros(len(self.cargo), dtype=bool)
        reached[routes.shipment] = True
        lost = self.cargo.firm & ~reached
        self.unmet = np.where(lost, 0.0, np.minimum(self.unmet, penalty))
        ones = np.ones(self.count)
        none = np.zeros(0)
        starts = np.zeros(self.count + 1, dtype=int)
        self.changes.append(AddRows(ones, ones, starts, none.astype(int), none))
        self.num_rows = self.count
        nothing = np.full(len(self.cargo), _NONE, dtype=np.int32)
        loads = sparse.csc_array((self.count, len(self.limit_row)))
        self._add_lot(nothing, self._costs(routes.chosen(np.zeros(0, int))), loads)

    def _costs(self, routes: Routes) -> Floats:
        """Cost of each group's bundle: its routes, and what they leave behind."""
        cost = self.cargo.quantity * self.unmet
        cost[routes.shipment] = self.cargo.quantity[routes.shipment] * routes.cost
        return np.asarray(np.bincount(self.group, cost, self.count), dtype=float)

    def _add(self, routes: Routes, prices: Floats, worth: Floats) -> bool:
        """Add the bundles that cost less than their group's is worth."""
        loads = self._loads(routes)
        cost = self._costs(routes)
        gain = worth - (cost + loads @ prices)
        wanted = gain > _SMALL * np.maximum(1.0, np.abs(cost))
        if wanted.any():
            self._add_lot(self._numbers(routes), cost, loads, wanted)
        return bool(wanted.any())

    def _loads(self, routes: Routes) -> sparse.csc_array:
        """Return what each group puts on each limit, shape (groups, limits)."""
        if self.sums_steps:
            return self._loads_by_step(routes)
        quantity = self.cargo.quantity[routes.shipment]
        members = (quantity, (self.group[routes.shipment], np.arange(len(routes))))
        of_group = sparse.csr_array(members, shape=(self.count, len(routes)))
        usage = limit_usage(routes, np.arange(len(self.limit_row)))
        return sparse.csc_array(of_group @ usage)

    def _loads_by_step(self, routes: Routes) -> sparse.csc_array:
        """Return the same, summed over the trees of routes step by step."""
        network, limits = self.network, self.network.limits
        size = self.count, network.num_steps
        quantity = self.cargo.quantity[routes.shipment]
        row = self.group[routes.shipment] * network.num_steps
        place = row[routes.owner] + routes.elements
        first = row + network.num_elements + routes.first_node
        load = np.bincount(place, quantity[routes.owner], size[0] * size[1])
        load += np.bincount(first, quantity, size[0] * size[1])
        of_base = sparse.csr_array(load.reshape(size)) @ limits.usage.T
        loads = sparse.coo_array(sparse.csc_array(of_base)[:, limits.base])
        period = limits.period[loads.col]
        counts = (period < 0) | (period == self.period[loads.row])
        entries = loads.data * counts, (loads.row, loads.col)
        result = sparse.csc_array(entries, shape=loads.shape)
        result.eliminate_zeros()
        return result

    def _add_lot(
        self,
        route: NDArray[np.int32],
        cost: Floats,
        loads: sparse.csc_array,
        wanted: NDArray[np.bool_] | None = None,
    ) -> None:
        groups = np.arange(self.count) if wanted is None else np.flatnonzero(wanted)
        columns = np.full(self.count, _NONE)
        columns[groups] = self.num_columns + np.arange(len(groups))
        self.num_columns += len(groups)
        active = np.flatnonzero(self.limit_row >= 0)
        own = sparse.coo_array(loads[:, active])
        kept = columns[own.row] >= 0
        column = np.concatenate([columns[groups], columns[own.row[kept]]])
        row = np.concatenate([groups, self.limit_row[active][own.col[kept]]])
        value = np.concatenate([np.ones(len(groups)), own.data[kept]])
        first = int(columns[groups[0]])
        starts, order = _sorted(column - first, len(groups))
        upper = np.full(len(groups), np.inf)
        lower = np.zeros(len(groups))
        entries = starts, row[order], value[order]
        self.changes.append(AddColumns(cost[groups], lower, upper, *entries))
        self.lots.append(_Lot(route, cost, loads, columns))

    def _numbers(self, routes: Routes) -> NDArray[np.int32]:
        """Numbers of routes in the pool; those a shipment did not have last are new."""
        print_ = routes.fingerprint
        new = np.flatnonzero(self.latest_print[routes.shipment] != print_)
        numbers = self.latest[routes.shipment]
        numbers[new] = self.pool_size + np.arange(len(new))
        self.pool.append(routes.chosen(new))
        self.pool_size += len(new)
        result = np.full(len(self.cargo), _NONE, dtype=np.int32)
        result[routes.shipment] = numbers
        self.latest[routes.shipment] = numbers
        self.latest_print[routes.shipment] = print_
        return result

    # ---- the program

    def _solved(self) -> tuple[float, Floats, Floats, Floats] | None:
        """Cost, values, prices of limits and worth of groups, all limits kept."""
        limits = self.network.limits
        while True:
            answer = self.solver.answer()
            if answer.outcome is not Outcome.OPTIMAL:
                return None
            used = np.zeros(len(limits))
            cost = 0.0
            for lot in self.lots:
                share = np.where(lot.columns >= 0, answer.values[lot.columns], 0.0)
                used += lot.loads.T @ share
                cost += float(lot.cost @ share)
            slack = _SMALL * np.maximum(1.0, limits.capacity)
            broken = (used > limits.capacity + slack) & (self.limit_row < 0)
            if not broken.any():
                break
            self._add_limits(np.flatnonzero(broken))
        prices = np.zeros(len(limits))
        held = self.limit_row >= 0
        prices[held] = np.maximum(0.0, -answer.duals[self.limit_row[held]])
        return cost, answer.values, prices, answer.duals[: self.count]

    def _add_limits(self, limits: Ints) -> None:
        rows, columns, values = [], [], []
        for lot in self.lots:
            own = sparse.coo_array(lot.loads[:, limits])
            kept = lot.columns[own.row] >= 0
            rows.append(own.col[kept])
            columns.append(lot.columns[own.row[kept]])
            values.append(own.data[kept])
        starts, order = _sorted(np.concatenate(rows), len(limits))
        entries = starts, np.concatenate(columns)[order], np.concatenate(values)[order]
        upper = self.network.limits.capacity[limits]
        lower = np.full(len(limits), -np.inf)
        self.changes.append(AddRows(lower, upper, *entries))
        self.limit_row[limits] = self.num_rows + np.arange(len(limits))
        self.num_rows += len(limits)

    # ---- what is worth having

    def _support(self, values: Floats) -> Seed:
        """Return the routes that bundles in use take."""
        shipments, routes, weights = [], [], []
        for lot in self.lots:
            share = np.where(lot.columns >= 0, values[lot.columns], 0.0)
            used = np.flatnonzero((share > _SMALL)[self.group])
            shipments.append(used)
            routes.append(lot.route[used].astype(int))
            weights.append(share[self.group[used]])
        shipment, route = np.concatenate(shipments), np.concatenate(routes)
        order = np.lexsort((-np.concatenate(weights), shipment))
        shipment, route = shipment[order], route[order]
        unsettled = np.unique(shipment[route == _NONE])
        kept = route != _NONE
        shipment, route = shipment[kept], route[kept]
        pool = joined([empty_routes(self.network, self.cargo), *self.pool])
        without = np.setdiff1d(pool.shipment, shipment)
        first_known = np.unique(pool.shipment, return_index=True)
        idle = first_known[1][np.isin(first_known[0], without)]
        _, place = np.unique(shipment, return_index=True)
        first = np.concatenate([route[place], idle])
        others = np.setdiff1d(route, first)
        more = pool.chosen(others)
        _, distinct = np.unique(more.fingerprint, return_index=True)
        return Seed(
            first=pool.chosen(first[np.argsort(pool.shipment[first], kind="stable")]),
            more=more.chosen(np.sort(distinct)),
            unsettled=unsettled,
            limits=np.flatnonzero(self.limit_row >= 0),
        )


def _sorted(owner: Ints, count: int) -> tuple[Ints, Ints]:
    """Return starts of each owner's entries, and the order that puts them together."""
    order = np.argsort(owner, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))])
    return starts.astype(int), order
