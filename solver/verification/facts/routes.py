"""The different routes of a plan: the nodes each visits, its corridor."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Ints, Mask
    from solver.verification.exact.ragged import Ragged
    from solver.verification.facts.elements import ExactElements


class PlanRoutes:
    """Routes of a plan, each once.

    Parameters
    ----------
    chain : Ragged
        Elements of each route.

    Attributes
    ----------
    visits : Ragged
        Nodes that each visits after its start.
    owner : ndarray of int
        Route of each element of `chain`.
    start, end : ndarray of int, shape (routes,)
        Nodes.
    corridor : ndarray of int, shape (routes,)
        Index into the corridors of `elements`.
    mixed : ndarray of bool, shape (routes,)
        Routes in more than one corridor.
    """

    def __init__(self, chain: Ragged, elements: ExactElements) -> None:
        self.chain, self.elements = chain, elements
        self.visits = elements.visits.flatten(chain)
        self.owner = chain.owners
        self.start = elements.tails[chain.items[chain.starts[:-1]]]
        self.end = elements.heads[chain.items[chain.starts[1:] - 1]]
        self.corridor, self.mixed = self._corridors()

    def __len__(self) -> int:
        return len(self.chain)

    def _corridors(self) -> tuple[Ints, Mask]:
        none = len(self.elements.corridors) - 1
        of_element = self.elements.corridor[self.chain.items]
        if not len(self):
            return of_element, np.zeros(0, dtype=bool)
        first = np.minimum.reduceat(of_element, self.chain.starts[:-1])
        own = np.where(of_element == none, -1, of_element)
        last = np.maximum.reduceat(own, self.chain.starts[:-1])
        return first, (last >= 0) & (first != last)

    def flagged(self, wrong: Mask) -> Mask:
        """Routes with an element that is flagged."""
        found = np.zeros(len(self), dtype=bool)
        found[self.owner[wrong]] = True
        return found


class RouteUses(NamedTuple):
    """Which routes groups of flows take: pairs of a group and a route, each once.

    Parameters
    ----------
    group, route : ndarray of int, shape (uses,)
        The pairs.
    place : ndarray of int, shape (flows,)
        Pair of each flow.
    """

    group: Ints
    route: Ints
    place: Ints
