"""The cheapest route of each shipment, written down when it is wanted.

What all of them together put on every step is summed over the trees they stand in,
which takes less than walking each of them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from solver.network.routes import Routes, empty_routes, joined
from solver.pricing.tree_search import least_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints, Mask
    from solver.network.network import Network
    from solver.network.shipments import Cargo
    from solver.pricing.prices import Prices
    from solver.pricing.tree_search import TreeSearch
    from solver.pricing.trees import Trees


class Cheapest:
    """Cheapest routes below a threshold, one of each shipment at most.

    Parameters
    ----------
    routes : Routes
        In the order of their shipments.
    value : ndarray, shape (shipments,)
        Least cost of a route of each shipment at the prices.
    prices : Prices
        What limits and rules charge.
    """

    def __init__(self, routes: Routes, value: Floats, prices: Prices) -> None:
        self.prices = prices
        self.network, self.cargo, self.value = routes.network, routes.cargo, value
        self._routes = routes

    @property
    def routes(self) -> Routes:
        """All of them."""
        return self._routes

    def of(self, shipments: Mask) -> Routes:
        """Return those of some shipments."""
        routes = self.routes
        return routes.chosen(np.flatnonzero(shipments[routes.shipment]))

    def step_loads(self, group: Ints, count: int) -> sparse.csr_array:
        """Return what groups of shipments put on each step, shape (groups, steps).

        Parameters
        ----------
        group : ndarray of int, shape (shipments,)
            Group of each shipment.
        count : int
            How many groups there are.
        """
        routes, width = self.routes, self.network.num_steps
        quantity, lengths = self.cargo.quantity[routes.shipment], np.diff(routes.starts)
        row = group[routes.shipment] * width
        place = np.repeat(row, lengths) + routes.elements
        first = row + self.network.num_elements + routes.first_node
        load = np.bincount(place, np.repeat(quantity, lengths), count * width)
        load += np.bincount(first, quantity, count * width)
        return _by_row(load, (count, width))


@dataclass(frozen=True, slots=True, eq=False)
class _ChosenPairs:
    """Pairs of trees whose way is the cheapest of their shipment, one of each."""

    trees: Trees
    pairs: Ints
    shipment: Ints
    start_step: Ints


class CheapestInTrees(Cheapest):
    """The same, while they stand in trees.

    Parameters
    ----------
    of : (Network, Cargo)
        What was searched.
    searches : iterable of TreeSearch
        In graphs without copies, in which every walk back is a route.
    threshold : ndarray, shape (shipments,)
        Routes are wanted where they cost less.
    prices : Prices
        What limits and rules charge.
    """

    def __init__(
        self,
        of: tuple[Network, Cargo],
        searches: Iterable[TreeSearch],
        threshold: Floats,
        prices: Prices,
    ) -> None:
        (self.network, self.cargo), self.prices = of, prices
        known = list(searches)
        self.value = least_values(known, len(self.cargo))
        self._wanted = self.value < threshold
        self._parts = [part for search in known for part in self._chosen(search)]
        for search in known:
            search.trees.forget_distances()

    def _chosen(self, search: TreeSearch) -> list[_ChosenPairs]:
        """Pairs of a search that are the cheapest of shipments that have none yet."""
        shipment = search.pairs.shipment
        is_best = (search.value == self.value[shipment]) & self._wanted[shipment]
        pairs = np.flatnonzero(is_best)
        if np.any(np.diff(shipment[pairs]) <= 0):
            pairs = pairs[np.unique(shipment[pairs], return_index=True)[1]]
        own = shipment[pairs]
        self._wanted[own] = False
        start_step = search.pairs.start_step[pairs]
        return (
            [_ChosenPairs(search.trees, pairs, own, start_step)] if len(pairs) else []
        )

    @cached_property
    def _all(self) -> Routes:
        return self.of(np.ones(len(self.cargo), dtype=bool))

    @property
    def routes(self) -> Routes:
        """All of them."""
        return self._all

    def of(self, shipments: Mask) -> Routes:
        """Return those of some shipments."""
        found = [empty_routes(self.network, self.cargo)]
        for part in self._parts:
            kept = shipments[part.shipment]
            pairs = part.pairs[kept]
            own = part.trees.routes(pairs, np.zeros(len(pairs), dtype=int))
            found.append(Routes(self.network, self.cargo, part.shipment[kept], *own))
        routes = joined(found)
        if len(self._parts) <= 1:
            return routes
        return routes.chosen(np.argsort(routes.shipment))

    def step_loads(self, group: Ints, count: int) -> sparse.csr_array:
        """Return what groups of shipments put on each step, shape (groups, steps)."""
        rows, steps, loads = [], [], []
        for part in self._parts:
            own, quantity = group[part.shipment], self.cargo.quantity[part.shipment]
            row, element, load = part.trees.loads(part.pairs, own, quantity)
            rows += [row, own]
            steps += [element, part.start_step]
            loads += [load, quantity]
        shape = count, self.network.num_steps
        if not rows:
            return sparse.csr_array(shape)
        place = np.concatenate(rows) * shape[1] + np.concatenate(steps)
        return _by_row(
            np.bincount(place, np.concatenate(loads), count * shape[1]), shape
        )


def _by_row(load: NDArray[Any], shape: tuple[int, int]) -> sparse.csr_array:
    """Return as a sparse matrix what lists one row of it after the other."""
    rows, width = shape
    place = np.flatnonzero(load != 0.0)
    ends = np.searchsorted(place, width * np.arange(rows + 1))
    return sparse.csr_array((load[place], place % width, ends), shape=shape)
