"""Shipments that pay alike at some prices: what one search from each origin serves."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.pricing.labels import Touch
from solver.pricing.prices import step_costs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats, Ints, Mask
    from solver.network.network import Network
    from solver.network.shipments import Cargo
    from solver.pricing.prices import Prices
    from solver.problem.rules import By
    from solver.rules.rule_set import Diversification

    Place = tuple[By, int]


MOST_SPLIT = 50_000
"""Shipments in all divisions into tasks that are kept: memory follows."""


class Split:
    """Shipments that pay alike, with their pairs.

    Attributes
    ----------
    shipments, pairs : ndarray of int
        They stay the same objects from search to search.
    """

    def __init__(self, shipments: Ints, pairs: Ints) -> None:
        self.shipments, self.pairs = shipments, pairs
        self._joined: dict[int, Ints] = {}

    def joined(self, corridor: int, reach: Mask) -> Ints:
        """Pairs that a corridor's graph joins, always in one array.

        Parameters
        ----------
        reach : ndarray of bool, shape (pairs of all shipments,)
            Whether it joins each.
        """
        if corridor not in self._joined:
            self._joined[corridor] = self.pairs[reach[self.pairs]]
        return self._joined[corridor]


class PricingTask(NamedTuple):
    """Shipments that pay the same for every step and term."""

    split: Split
    step_cost: Floats
    corridor: Floats
    touches: list[Touch]
    places: tuple[Place, ...]


class Tasks:
    """Tasks of an instance: shipments that pay alike are in one.

    Parameters
    ----------
    network, cargo, rules
        The instance.
    """

    def __init__(self, network: Network, cargo: Cargo, rules: Diversification) -> None:
        self.network, self.cargo, self.rules = network, cargo, rules
        self._touches: dict[Place, tuple[Mask, Mask]] = {}
        self._splits: dict[bytes, list[Split]] = {}

    def at(self, prices: Prices) -> Iterator[PricingTask]:
        """Yield the tasks at some prices."""
        cargo = self.cargo
        terms = self.rules.terms(prices.rules, prices.weights, prices.coefficient)
        kinds, first = self._kinds
        costs = step_costs(
            self.network, prices, cargo.treatment[first], cargo.period[first]
        )
        numbers = {id(cost): number for number, cost in enumerate(costs)}
        alike = np.array([numbers[id(cost)] for cost in costs], dtype=int)
        touches = [self._touch_list(own) for own in terms.touches]
        for split in self._alike(terms.group, alike):
            one = split.shipments[0]
            group = int(terms.group[one])
            yield PricingTask(
                split=split,
                step_cost=costs[kinds[one]],
                corridor=terms.corridor[group],
                touches=touches[group],
                places=tuple(terms.touches[group]),
            )

    def touch(self, place: Place, price: float) -> Touch:
        """Return a value that counts once, at a price."""
        if place not in self._touches:
            by, value = place
            incidence = self.network.incidence(by)
            steps = incidence.steps[[value]].toarray()[0] > 0
            ends = incidence.ends[[value]].toarray()[0] > 0
            self._touches[place] = (steps, ends)
        return Touch(price, *self._touches[place])

    def _touch_list(self, prices: dict[Place, float]) -> list[Touch]:
        return [self.touch(place, price) for place, price in prices.items()]

    @cached_property
    def _kinds(self) -> tuple[Ints, Ints]:
        """Treatment and period of each shipment as one number, and one of each."""
        treatment, period = self.cargo.treatment, self.cargo.period
        code = treatment * (period.max(initial=0) + 1) + period
        _, first, kinds = np.unique(code, return_index=True, return_inverse=True)
        return kinds, first

    def _alike(self, group: Ints, alike: Ints) -> list[Split]:
        """Shipments, and their pairs, that pay alike with these groups of terms.

        Kinds that pay the same have one number in `alike`.
        """
        known = group.tobytes() + alike.tobytes()
        if known in self._splits:
            return self._splits[known]
        cargo = self.cargo
        code = group * (len(alike) + 1) + alike[self._kinds[0]]
        order = np.argsort(code, kind="stable")
        borders = np.flatnonzero(np.diff(code[order])) + 1
        pair_order = np.argsort(code[cargo.pair_shipment], kind="stable")
        pair_code = code[cargo.pair_shipment][pair_order]
        found = []
        for shipments in np.split(order, borders) if len(order) else []:
            one = code[shipments[0]]
            low, high = np.searchsorted(pair_code, [one, one + 1])
            found.append(Split(shipments, pair_order[low:high]))
        if len(self._splits) * len(cargo) >= MOST_SPLIT:
            self._splits.clear()
        self._splits[known] = found
        return found
