"""The program over routes found so far, at a point inside it.

Quantities count in the mean quantity of a shipment, money in the mean cost of a first
route. Each shipment has a column of what is unmet; a limit is a row once a plan has
broken it or a price was found for it. The point outlives new columns and rows: their
shipments' marginal costs are lowered until all reduced costs are positive again, and
new flows begin as small as the others' products ask for.

References
----------
Gondzio, J., González-Brevis, P. and Munari, P. (2016), Large-scale optimization with
the primal-dual column generation method, Mathematical Programming Computation 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.solving.interior.limits_matrix import LimitsMatrix
from solver.solving.interior.newton import Columns, InnerPoint, Residual
from solver.solving.interior.path_following import stepped

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints, Mask

_EVEN = 0.1
"""Part of each shipment that is spread evenly at first, over all its columns."""

_FILLED = 0.95
"""Part of its capacity to which a limit is filled at first."""

_LEAST_PRICE = 0.02
"""Least price of a limit at first."""

_LEAST_GAP = 0.02
"""Least gap that is taken for granted at first, relative to the bound."""

_MOST_NEW = 0.05
"""Part of its shipment that a new route, or one that carries more, takes at most."""

_CENTRED = 0.3
"""Part of the mean product that every product has at least after routes are added."""

_SLACKER = 2.0
"""How much more, or less, a row's slack may be then, if the flows leave that."""

_AIM = 0.3
"""Mean product that a step aims at, at least, in terms of the error that is wanted."""

_LEAST_SLACK = 0.05
"""Part of its capacity that a new row leaves at least, and some besides."""

_TINY_SLACK = 1e-3

_CROWDED = 1.5
"""Routes, in terms of those that may stay, from which some are dropped."""

_SHARE = 1e-2
"""Part of its shipment that keeps a route in any case."""

_BROKEN = 1e-6
"""Excess of a limit, relative to it, for which it becomes a row."""

_TINY = 1e-14


class RouteProgram:
    """The program, and a point inside it.

    Parameters
    ----------
    quantity, unmet : ndarray, shape (shipments,)
        Quantity of each shipment, and cost of leaving a unit of it.
    capacity : ndarray, shape (limits,)
        What each limit lets through.

    Attributes
    ----------
    rows : ndarray of int
        Limits that are rows, in the order in which they became so.
    at : InnerPoint
        Where it stands; the first columns are what is unmet.
    """

    at: InnerPoint

    def __init__(self, quantity: Floats, unmet: Floats, capacity: Floats) -> None:
        self.quantity, self.capacity = quantity, capacity
        self.count = len(quantity)
        self.owner, self.cost = np.arange(self.count), unmet.copy()
        self.usage = sparse.csr_array((self.count, len(capacity)))
        self.rows = np.zeros(0, dtype=int)
        self._columns: Columns | None = None

    def begin(
        self,
        routes: tuple[Ints, Floats, sparse.csr_array],
        share: Floats,
        known: tuple[Floats, float],
    ) -> None:
        """Begin with routes, parts of shipments that they take, and good prices.

        Parameters
        ----------
        routes : (ndarray of int, ndarray, sparse matrix)
            Shipment, cost and usage of each route.
        share : ndarray, shape (routes,)
            Part of its shipment that each takes.
        known : (ndarray, float)
            Price of each limit, and the bound that prices prove.
        """
        price, bound = known
        self._append(*routes)
        flow = self._filled(self._spread(share))
        self.rows = np.flatnonzero((price > 0.0) | self._breaks(flow))
        self._columns = None
        gap = max(_LEAST_GAP * abs(bound), float(self.cost @ flow) - bound)
        mean = gap / (len(flow) + len(self.rows))
        own = np.maximum(price[self.rows], _LEAST_PRICE)
        slack = self.capacity[self.rows] - self.columns.by_limit @ flow
        charged = self.cost + self.columns.usage @ own
        marginal = self._least(charged) - np.minimum(1.0, mean / self.quantity)
        reduced = charged - marginal[self.owner]
        self.at = InnerPoint(
            flow,
            np.maximum(reduced, 0.1 * mean / flow),
            np.maximum(slack, mean / own),
            own,
            marginal,
        )

    def _spread(self, share: Floats) -> Floats:
        """Return flows that take such parts of shipments, none of them 0."""
        taken = np.bincount(self.owner[self.count :], share, self.count)
        parts = np.concatenate([np.maximum(0.0, 1.0 - taken), share])
        parts = (1 - _EVEN) * parts
        parts += _EVEN / np.bincount(self.owner)[self.owner]
        return np.asarray(parts * self.quantity[self.owner])

    def _filled(self, flow: Floats) -> Floats:
        """Return flows cut down to what limits let through, the rest unmet."""
        usage, count = self.usage, self.count
        held = np.flatnonzero(np.diff(usage.indptr))
        for _ in range(2):
            load = np.maximum(np.asarray(usage.T @ flow), _TINY)
            let_through = np.minimum(1.0, _FILLED * self.capacity / load)
            part = np.ones(len(flow))
            of_entry = let_through[usage.indices]
            part[held] = np.minimum.reduceat(of_entry, usage.indptr[held])
            left = np.bincount(self.owner, flow * (1.0 - part), count)
            flow = flow * part
            flow[:count] += left
        return flow

    # ---- columns and rows

    def add(self, owner: Ints, cost: Floats, usage: sparse.csr_array) -> None:
        """Add routes, and rows for the limits that the point breaks.

        Shipments carry what they carried: new routes take a little of the others. The
        point is made central again, for the gap that the new routes leave.
        """
        at, old = self.at, len(self.owner)
        self._append(owner, cost, usage)
        slack, price = self._with_new_rows(at.mean)
        flow = np.concatenate([at.flow, np.zeros(len(owner))])
        mean = max(at.mean, self._mean(flow, slack, price))
        is_idle = slack > price
        price = np.where(is_idle, np.maximum(price, _CENTRED * mean / slack), price)
        marginal, reduced = self._lowered(price, np.minimum(1.0, mean / self.quantity))
        reduced[:old] = np.maximum(reduced[:old], at.reduced)
        flow = self._shared(flow, mean / reduced, old)
        left = self.capacity[self.rows] - self.columns.by_limit @ flow
        slack = np.clip(left, slack / _SLACKER, slack * _SLACKER)
        slack = np.maximum(slack, _CENTRED * mean / price)
        self.at = InnerPoint(flow, reduced, slack, price, marginal)

    def _mean(self, flow: Floats, slack: Floats, price: Floats) -> float:
        """Mean product once marginal costs are so low that none is negative."""
        _, reduced = self._lowered(price, np.zeros(self.count))
        return float(flow @ reduced + slack @ price) / (len(flow) + len(slack))

    def _lowered(self, price: Floats, spare: Floats) -> tuple[Floats, Floats]:
        """Marginal costs that leave reduced costs so much at least, and those."""
        charged = self.cost + self.columns.usage @ price
        marginal = np.minimum(self.at.marginal, self._least(charged) - spare)
        return marginal, np.maximum(charged - marginal[self.owner], _TINY)

    def _shared(self, flow: Floats, central: Floats, old: int) -> Floats:
        """Flows near the central ones, the sum of each shipment as it was."""
        part = np.where(np.arange(len(flow)) < old, _CENTRED, 1.0)
        most = _MOST_NEW * self.quantity[self.owner]
        raised = np.maximum(flow, np.minimum(part * central, most))
        sums = self.columns.sums
        return np.asarray(raised * (sums(flow) / sums(raised))[self.owner])

    def thin(self, most: int) -> Mask | None:
        """Drop routes that look too dear, if there are many; tell which are left.

        Left are those with any share, and so many of each shipment that cost least.
        """
        routes = len(self.owner) - self.count
        if routes < _CROWDED * most * self.count:
            return None
        at, owner = self.at, self.owner
        order = np.lexsort((at.reduced, owner))
        sizes = np.bincount(owner, minlength=self.count)
        rank = np.empty(len(owner), dtype=int)
        rank[order] = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        kept = (rank < most) | (at.flow > _SHARE * self.quantity[owner])
        kept[: self.count] = True
        self.owner, self.cost = owner[kept], self.cost[kept]
        self.usage = sparse.csr_array(self.usage[np.flatnonzero(kept)])
        flow, reduced = at.flow[kept], at.reduced[kept]
        self.at = InnerPoint(flow, reduced, at.slack, at.price, at.marginal)
        self._columns = None
        return kept[self.count :]

    def _with_new_rows(self, mean: float) -> tuple[Floats, Floats]:
        """Make limits rows that the point breaks; return slack and price of all."""
        at = self.at
        breaks = self._breaks(at.flow)
        breaks[self.rows] = False
        more = np.flatnonzero(breaks)
        left = _LEAST_SLACK * self.capacity[more] + _TINY_SLACK
        self.rows = np.concatenate([self.rows, more])
        slack = np.concatenate([at.slack, left])
        return slack, np.concatenate([at.price, mean / left])

    def _append(self, owner: Ints, cost: Floats, usage: sparse.csr_array) -> None:
        self.owner = np.concatenate([self.owner, owner])
        self.cost = np.concatenate([self.cost, cost])
        self.usage = sparse.csr_array(sparse.vstack([self.usage, usage]))

    @property
    def columns(self) -> Columns:
        """Columns over the limits that are rows."""
        known, size = self._columns, (len(self.owner), len(self.rows))
        if known is None or known.usage.shape != size:
            usage = sparse.csr_array(self.usage[:, self.rows])
            known = self._columns = self._made(usage, known)
        return known

    def _made(self, usage: sparse.csr_array, before: Columns | None) -> Columns:
        """Return columns with such usage; those of before are the first of them."""
        usage.sort_indices()
        known = before.matrix if before else None
        made = known if isinstance(known, LimitsMatrix) else None
        matrix = LimitsMatrix(self.owner, usage, self.count, made)
        return Columns(self.owner, usage, self.count, matrix)

    def _breaks(self, flow: Floats) -> Mask:
        load = np.asarray(self.usage[: len(flow)].T @ flow)
        return np.asarray(load > (1 + _BROKEN) * self.capacity)

    def _least(self, charged: Floats) -> Floats:
        """Least of some costs over the columns of each shipment."""
        least = np.full(self.count, np.inf)
        np.minimum.at(least, self.owner, charged)
        return least

    # ---- steps

    def step(self, wanted: float = 0.0) -> None:
        """Take one step towards the optimum.

        Parameters
        ----------
        wanted : float
            Error that will do: the step aims at nothing much below it.

        Raises
        ------
        LinAlgError
            If floats can tell no direction.
        """
        products = len(self.owner) + len(self.rows)
        least = _AIM * wanted * abs(self.total) / products
        self.at = stepped(self.columns, self.at, self.missed, least)

    @property
    def missed(self) -> Residual:
        """What the point misses."""
        at, columns = self.at, self.columns
        load = columns.by_limit @ at.flow
        charged = self.cost + columns.usage @ at.price
        return Residual(
            self.capacity[self.rows] - load - at.slack,
            self.quantity - columns.sums(at.flow),
            charged - at.marginal[self.owner] - at.reduced,
        )

    @property
    def total(self) -> float:
        """Cost of the point."""
        return float(self.cost @ self.at.flow)

    @property
    def dual(self) -> float:
        """Bound that the prices of the point prove on the program."""
        at = self.at
        bound = self.quantity @ at.marginal - self.capacity[self.rows] @ at.price
        return float(bound)

    @property
    def error(self) -> float:
        """How far the point is from an optimum of the program, relative to its cost."""
        at, missed = self.at, self.missed
        error = at.gap
        error += float(np.abs(missed.limits) @ np.maximum(1.0, at.price))
        error += float(np.abs(missed.shipments) @ np.abs(at.marginal))
        error += float(np.abs(missed.reduced) @ at.flow)
        return error / max(_TINY, abs(self.total))

    @property
    def prices(self) -> Floats:
        """Price of each limit, shape (limits,)."""
        price = np.zeros(len(self.capacity))
        price[self.rows] = self.at.price
        return price
