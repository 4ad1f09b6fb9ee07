"""The cheapest route of a shipment in a corridor, those that it takes left out.

A route other than one that is taken misses an element of it, or passes all of it from
another start or to another end (of the nodes that a group offers). So the routes of a
corridor are split by what they may not pass: the cheapest of all, then, as long as it
is one that is taken, the cheapest without its first element, without its second, and
so on, and between other ends, the cheapest of which is looked at next.

References
----------
Lawler, E. L. (1972), A procedure for computing the K best solutions to discrete
optimization problems and its application to the shortest path problem, Management
Science 18; Yen, J. Y. (1971), Finding the K shortest loopless paths in a network,
Management Science 17.
"""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import Routes
from solver.pricing.labels import Elementary, Query, Touch
from solver.pricing.prices import step_costs

if TYPE_CHECKING:
    from solver.arrays import Floats, Mask
    from solver.studies.explanation.proved_plan import ProvedPlan

    Chain = tuple[int, ...]
    Barred = frozenset[int | tuple[int, int]]

_MOST_SEARCHES = 150
"""Searches for one route at most: where very many are taken, none is named."""


class NextBest:
    """Searches at the prices of a plan.

    Parameters
    ----------
    proved : ProvedPlan
        The plan.

    Attributes
    ----------
    given_up : list of (int, int)
        Shipments and corridors (-1: none) of which so many routes are taken that the
        best other one was not found.
    """

    def __init__(self, proved: ProvedPlan) -> None:
        self.given_up: list[tuple[int, int]] = []
        self.proved, self._labels = proved, Elementary(proved.known.network)
        prices, known = proved.prices, proved.known
        self._terms = known.rules.terms(prices.rules, prices.weights)
        self._costs: dict[tuple[int, int], Floats] = {}

    def routes(self, chosen: Mask) -> Routes:
        """Return the best route not taken of each corridor that a shipment takes.

        Parameters
        ----------
        chosen : ndarray of bool, shape (shipments,)
            Shipments wanted.
        """
        found: list[tuple[int, list[int]]] = []
        for (shipment, corridor), taken in self._taken(chosen).items():
            route = self._best(shipment, corridor, taken)
            if route is not None:
                found.append((shipment, route))
        known = self.proved.known
        lengths = [len(route) for _, route in found]
        return Routes(
            known.network,
            known.cargo,
            np.array([shipment for shipment, _ in found], dtype=int),
            np.concatenate([[0], np.cumsum(lengths)]).astype(int),
            np.array([element for _, route in found for element in route], dtype=int),
        )

    def _taken(self, chosen: Mask) -> dict[tuple[int, int], set[Chain]]:
        """Routes that are taken, by shipment and corridor."""
        routes = self.proved.routes
        found: dict[tuple[int, int], set[Chain]] = {}
        for flow in np.flatnonzero(chosen[routes.shipment]).tolist():
            span = slice(routes.starts[flow], routes.starts[flow + 1])
            place = int(routes.shipment[flow]), int(routes.corridor[flow])
            chain = tuple(routes.elements[span].tolist())
            found.setdefault(place, set()).add(chain)
        return found

    def _best(
        self, shipment: int, corridor: int, taken: set[Chain]
    ) -> list[int] | None:
        """Cheapest route in a corridor (-1: in none) that is not one of those taken."""
        numbers, upper = count(), np.inf
        heap: list[tuple[float, int, Chain, Barred]] = []
        best: list[int] | None = None
        pending: list[Barred] = [frozenset()]
        searched = 0
        while pending:
            for barred in pending:
                query = self._query(shipment, corridor, barred, upper)
                answer = self._labels.best(query, corridor)
                searched += 1
                if answer is None:
                    continue
                value, route = answer
                if self._counts(tuple(route), corridor, taken):
                    upper, best = value, route
                else:
                    entry = (value, next(numbers), tuple(route), barred)
                    heapq.heappush(heap, entry)
            pending = []
            if heap and heap[0][0] < upper:
                if searched > _MOST_SEARCHES:
                    self.given_up.append((shipment, corridor))
                    return None
                _, _, chain, barred = heapq.heappop(heap)
                parts: list[int | tuple[int, int]] = [*chain, self._ends(chain)]
                pending = [barred | {part} for part in parts]
        return best

    def _counts(self, route: Chain, corridor: int, taken: set[Chain]) -> bool:
        """Whether a route is none of those taken, and uses the corridor."""
        own = self.proved.known.network.corridor[list(route)]
        return route not in taken and int(own.max()) == corridor

    def _ends(self, chain: Chain) -> tuple[int, int]:
        """Nodes where a route starts and ends."""
        network = self.proved.known.network
        return int(network.tail[chain[0]]), int(network.head[chain[-1]])

    def _query(
        self, shipment: int, corridor: int, barred: Barred, upper: float
    ) -> Query:
        """Return what a shipment pays that may not pass some elements or ends."""
        network, cargo = self.proved.known.network, self.proved.known.cargo
        group = int(self._terms.group[shipment])
        step_cost = self._step_cost(shipment).copy()
        closed = (network.corridor != corridor) & (network.corridor != -1)
        step_cost[: network.num_elements][closed] = np.inf
        step_cost[[part for part in barred if isinstance(part, int)]] = np.inf
        charges = self._terms.corridor[group]
        own: Floats = np.full(len(charges), charges[corridor])
        low, high = np.searchsorted(cargo.pair_shipment, [shipment, shipment + 1])
        starts, ends = cargo.pair_start[low:high], cargo.pair_end[low:high]
        pairs = zip(starts.tolist(), ends.tolist(), strict=True)
        return Query(
            pairs=[pair for pair in pairs if pair not in barred],
            step_cost=step_cost,
            corridor=own,
            touches=self._touches(group),
            max_days=float(cargo.max_days[shipment]),
            upper=upper,
        )

    def _step_cost(self, shipment: int) -> Floats:
        """Money per unit of each step, charges of limits included."""
        known = self.proved.known
        treatment, period = known.cargo.treatment, known.cargo.period
        place = int(treatment[shipment]), int(period[shipment])
        if place not in self._costs:
            own = treatment[[shipment]], period[[shipment]]
            (found,) = step_costs(known.network, self.proved.prices, *own)
            self._costs[place] = found
        return self._costs[place]

    def _touches(self, group: int) -> list[Touch]:
        """Values that a route pays for, or is rewarded for, once."""
        network = self.proved.known.network
        found = []
        for (by, value), price in self._terms.touches[group].items():
            incidence = network.incidence(by)
            steps = incidence.steps[[value]].toarray()[0] > 0
            ends = incidence.ends[[value]].toarray()[0] > 0
            found.append(Touch(price, steps, ends))
        return found
