"""What a plan of least cost puts on each corridor, roughly: no rule, every limit.

Only a solve could tell it exactly. The volume algorithm comes within some 0.02 of each
share in two hundred rounds, each of which sends the cargo, as if of one product, the
cheapest way at prices of the limits: what the rounds put on the legs, averaged, becomes
a plan of least cost, while prices rise where that plan is too much.

References
----------
Barahona, F., Anbil, R. (2000). The volume algorithm: producing primal solutions with a
subgradient method. Mathematical Programming 87, 385-399.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from solver.generation.flows import CheapestFlows

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.generation.capacities import GeneratedCapacities
    from solver.generation.demand import GeneratedDemand
    from solver.generation.legs import GeneratedLegs
    from solver.generation.nodes import GeneratedNodes


_ROUNDS, _FEWEST = 200, 40

_CELLS = 20_000_000
"""Distances that all rounds may find; beyond, there are fewer of them."""

_TARGET = 1.03
"""Bound that a step goes towards, of the best one known."""

_LARGEST, _LONGER, _SHORTER = 2.0, 1.1, 0.66
"""Length of steps at most, and what they are multiplied by."""

_PATIENCE = 5
"""Rounds without a better bound before steps get shorter."""

_NEWEST, _LEAST_NEW = 0.1, 0.01
"""Part of the average that a round becomes, at most and at least."""


class CorridorUse(NamedTuple):
    """Shares of all cargo by corridor, shape (corridors,).

    Parameters
    ----------
    share : ndarray of float
        What a plan carries.
    entering : ndarray of float
        What can pass at most the borders at which a corridor begins.
    passing : ndarray of float
        What can pass at most all of its stages.
    """

    share: Floats
    entering: Floats
    passing: Floats

    def fitted(self) -> CorridorUse:
        """Return shares of no more than what can pass, the rest where there is room."""
        share = np.minimum(self.share, self.passing)
        room = self.passing - share
        part = min(1.0, (1.0 - share.sum()) / max(float(room.sum()), 1e-12))
        return self._replace(share=share + max(0.0, part) * room)


def free_use(
    node_table: GeneratedNodes,
    leg_table: GeneratedLegs,
    demand_table: GeneratedDemand,
    capacities: GeneratedCapacities,
    cost: Floats,
) -> CorridorUse:
    """Return what a plan of least cost, without a rule, carries by each corridor.

    Parameters
    ----------
    cost : ndarray of float, shape (legs,)
        What a leg costs the mean tonne.
    """
    flows = CheapestFlows(node_table, leg_table, demand_table)
    gates = _gates(node_table, leg_table)
    in_period = flows.volumes.sum(axis=1)
    most = capacities.corridors, _passing(node_table, leg_table, capacities)
    loads = _FreePlan(flows, *_limits(leg_table, capacities, gates), cost).loads()
    share = np.asarray(gates @ loads / in_period.mean())
    parts = (np.minimum(1.0, own / in_period.max()) for own in most)
    return CorridorUse(share, *parts).fitted()


def _passing(
    node_table: GeneratedNodes,
    leg_table: GeneratedLegs,
    capacities: GeneratedCapacities,
) -> Floats:
    """Return what limits let pass each corridor, whatever stage is the narrowest."""
    most = capacities.corridors.copy()
    for corridor in range(len(most)):
        inside = np.flatnonzero(node_table.corridor == corridor)
        trunk = leg_table.corridor == corridor
        for stage in range(int(node_table.stage[inside].max()) + 1):
            here = inside[node_table.stage[inside] == stage]
            into = trunk & np.isin(leg_table.head, here)
            ways = [capacities.nodes[here], *([capacities.legs[into]] if stage else [])]
            through = [float(own.sum()) for own in ways if not np.isnan(own).any()]
            most[corridor] = min([most[corridor], *through])
    return most


def _gates(node_table: GeneratedNodes, leg_table: GeneratedLegs) -> sparse.csr_array:
    """Whether a leg enters a corridor's first borders, shape (corridors, legs)."""
    leads = np.flatnonzero(node_table.stage[leg_table.head] == 0)
    corridor = node_table.corridor[leg_table.head[leads]]
    shape = (int(node_table.corridor.max()) + 1, len(leg_table.head))
    return sparse.csr_array((np.ones(len(leads)), (corridor, leads)), shape=shape)


def _limits(
    leg_table: GeneratedLegs, capacities: GeneratedCapacities, gates: sparse.csr_array
) -> tuple[sparse.csr_array, Floats]:
    """Legs that count for each limit, shape (limits, legs), and the limits."""
    legs = np.flatnonzero(~np.isnan(capacities.legs))
    nodes = np.flatnonzero(~np.isnan(capacities.nodes))
    count = len(leg_table.head)
    of_legs = sparse.csr_array(
        (np.ones(len(legs)), (np.arange(len(legs)), legs)), shape=(len(legs), count)
    )
    row = np.full(len(capacities.nodes), -1)
    row[nodes] = np.arange(len(nodes))
    entering = np.flatnonzero(row[leg_table.head] >= 0)
    entries = np.ones(len(entering)), (row[leg_table.head[entering]], entering)
    of_nodes = sparse.csr_array(entries, shape=(len(nodes), count))
    counted = sparse.csr_array(sparse.vstack([of_legs, of_nodes, gates]))
    own = capacities.legs[legs], capacities.nodes[nodes], capacities.corridors
    return counted, np.concatenate(own)


class _FreePlan:
    """Average of the cheapest ways at prices that rise where it is too much.

    Excess is told as parts of each limit, and prices are of such parts.
    """

    def __init__(
        self,
        flows: CheapestFlows,
        counted: sparse.csr_array,
        capacity: Floats,
        cost: Floats,
    ) -> None:
        self._flows, self._cost = flows, cost
        self._counted = sparse.csr_array(counted.multiply(1.0 / capacity[:, None]))

    def loads(self) -> Floats:
        """Return loads of the legs in a mean period."""
        prices = np.zeros(self._counted.shape[0])
        average, best = self._cheapest(prices)
        length, waited = 1.0, 0
        for _ in range(self._rounds):
            excess = self._excess(average)
            rising = np.where((prices <= 0) & (excess < 0), 0.0, excess)
            if not rising.any():
                break
            step = length * (_TARGET - 1.0) * best / (rising @ rising)
            now = np.maximum(0.0, prices + step * rising)
            loads, bound = self._cheapest(now)
            new = self._excess(loads)
            average = average + self._part(excess, new) * (loads - average)
            if bound > best:
                longer = min(_LARGEST, length * _LONGER)
                length = longer if new @ rising > 0 else length
                best, prices, waited = bound, now, 0
            else:
                waited += 1
            if waited == _PATIENCE:
                length, waited = length * _SHORTER, 0
        return average

    @property
    def _rounds(self) -> int:
        return int(np.clip(_CELLS // self._flows.cells, _FEWEST, _ROUNDS))

    def _cheapest(self, prices: Floats) -> tuple[Floats, float]:
        """Return the loads of the cheapest ways, and the bound that they prove."""
        paid = self._cost + self._counted.T @ prices
        loads = self._flows.loads(paid).mean(axis=0)
        return loads, float(paid @ loads - prices.sum())

    def _excess(self, loads: Floats) -> Floats:
        return np.asarray(self._counted @ loads - 1.0)

    @staticmethod
    def _part(excess: Floats, new: Floats) -> float:
        """Part of the new loads with which the average exceeds least."""
        gain = excess - new
        least = float(excess @ gain) / max(float(gain @ gain), 1e-300)
        return min(max(least, _LEAST_NEW), _NEWEST)
