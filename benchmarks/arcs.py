"""Arcs and commodities: the textbook form of an instance, common to all peers.

Every leg is an arc; a commodity is all that starts at one node in one period and pays
the same costs. Since a route uses at most one corridor, a node stands there once for
each corridor that cargo may be in, where that makes a difference for the way ahead,
and once where it makes none. Handling and capacities of nodes are put on the arcs that
enter them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, dijkstra

from benchmarks.corridor_rules import share_rows

if TYPE_CHECKING:
    from benchmarks.corridor_rules import CorridorRules
    from solver.arrays import Floats, Ints, Mask

_FIRM = 100.0
"""Price of leaving firm demand unmet, of the costliest cheapest route."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """A network of arcs, and what is to flow through it.

    Parameters
    ----------
    num_nodes : int
        Nodes, those apart that differ in the corridor cargo is in.
    tail, head : ndarray of int, shape (arcs,)
        Where each arc starts and ends.
    cost : ndarray of float, shape (kinds, arcs)
        Per unit, handling at the head included, for each kind of cargo.
    use : sparse array, shape (limits, arcs)
        How often an arc counts for a limit, its head included.
    start_use : sparse array, shape (limits, nodes)
        The same for cargo that starts at a node.
    capacity : ndarray of float, shape (limits,)
        The limits, the same in every period.
    commodities : DataFrame
        Columns ``start`` (node), ``kind``, ``period``.
    demand : DataFrame
        One row for each demand and period: ``commodity``, ``end`` (node),
        ``quantity``, ``start_cost`` (handling where it starts) and ``unmet_cost``
        (infinite: firm).
    entered : ndarray of int, shape (arcs,)
        Corridor that cargo enters by each arc, or -1; of use where there are rules.
    rules : CorridorRules, or None
        What rules allow each corridor.
    """

    num_nodes: int
    tail: Ints
    head: Ints
    cost: Floats
    use: sparse.csr_array
    start_use: sparse.csr_array
    capacity: Floats
    commodities: pd.DataFrame
    demand: pd.DataFrame
    entered: Ints
    rules: CorridorRules | None

    def graph(self, cost: Floats) -> sparse.csr_array:
        """Return the network as a matrix of costs, the cheapest of parallel arcs."""
        code = self.tail * self.num_nodes + self.head
        order = np.lexsort((cost, code))
        _, first = np.unique(code[order], return_index=True)
        arcs = order[first]
        shape = (self.num_nodes, self.num_nodes)
        return sparse.csr_array((cost[arcs], (self.tail[arcs], self.head[arcs])), shape)

    @cached_property
    def reached(self) -> Mask:
        """Whether a commodity may be at a node, shape (commodities, nodes)."""
        starts, of_start = np.unique(self.commodities["start"], return_inverse=True)
        graph = self.graph(np.ones(len(self.tail)))
        found = np.zeros((len(starts), self.num_nodes), dtype=bool)
        for row, start in enumerate(starts.tolist()):
            found[row, breadth_first_order(graph, start)[0]] = True
        return np.asarray(found[of_start])

    @cached_property
    def flows(self) -> tuple[Ints, Ints]:
        """Commodity and arc of each flow that there may be."""
        commodity, arc = np.nonzero(self.reached[:, self.tail])
        return commodity, arc

    @cached_property
    def balances(self) -> Ints:
        """Number of each commodity's balance at each node; -1 where it cannot be."""
        numbers = np.cumsum(self.reached).reshape(self.reached.shape) - 1
        return np.where(self.reached, numbers, -1)

    @cached_property
    def ends(self) -> tuple[Ints, Ints]:
        """Balances at which each demand starts and ends; -1 if it has no route."""
        commodity = self.demand["commodity"].to_numpy()
        start = self.commodities["start"].to_numpy()[commodity]
        last = self.balances[commodity, self.demand["end"].to_numpy()]
        return np.where(last < 0, -1, self.balances[commodity, start]), last

    @cached_property
    def supply(self) -> Floats:
        """What each balance must take in, if nothing stays unmet."""
        start, last = self.ends
        routed = last >= 0
        quantity = self.demand["quantity"].to_numpy(float)[routed]
        count = int(self.balances.max()) + 1
        taken = np.bincount(last[routed], quantity, count)
        return np.asarray(taken - np.bincount(start[routed], quantity, count), float)

    @cached_property
    def least_unmet(self) -> Floats:
        """What stays unmet of each demand in any case."""
        quantity = self.demand["quantity"].to_numpy(float)
        return np.where(self.ends[1] < 0, quantity, 0.0)

    @cached_property
    def limits(self) -> tuple[sparse.csr_array, Floats]:
        """Limits by period, as rows over the flows and then what stays unmet.

        A limit counts all that starts at a node, less what stays unmet. Bounds on
        shares of corridors stand behind them.
        """
        commodity, arc = self.flows
        period = self.commodities["period"].to_numpy()
        of_demand = self.demand["commodity"].to_numpy()
        starts = self.commodities["start"].to_numpy()[of_demand]
        flowing, starting = self.use[:, arc], self.start_use[:, starts]
        quantity = self.demand["quantity"].to_numpy(float)
        rows, room = [], []
        for number in range(int(period.max()) + 1):
            now = sparse.diags_array((period[commodity] == number).astype(float))
            then = sparse.diags_array((period[of_demand] == number).astype(float))
            here = starting @ then
            rows.append(sparse.hstack([flowing @ now, -here]))
            room.append(self.capacity - here @ quantity)
        shares = share_rows(self)
        if shares is not None:
            rows.append(shares[0])
            room.append(shares[1])
        matrix = sparse.csr_array(sparse.vstack(rows))
        matrix.eliminate_zeros()
        return matrix, np.concatenate(room)

    @cached_property
    def unmet_price(self) -> Floats:
        """What leaving a unit of each demand costs: of firm cargo more than any way."""
        priced = self.demand["unmet_cost"].to_numpy(float)
        if np.isfinite(priced).all():
            return priced
        dearest = 1.0
        for kind, cost in enumerate(self.cost):
            of_kind = self.commodities["kind"] == kind
            starts = self.commodities["start"][of_kind].unique()
            away = dijkstra(self.graph(cost), indices=starts)
            dearest = max(dearest, float(away[np.isfinite(away)].max()))
        return np.where(np.isfinite(priced), priced, _FIRM * dearest)

    def money(self, flow: Floats, unmet: Floats) -> tuple[float, float]:
        """Return the cost of a plan, and the firm quantity that it leaves behind.

        Parameters
        ----------
        flow : ndarray, shape (flows,)
            Quantity of each of `flows`.
        unmet : ndarray, shape (demands,)
            Quantity of each demand that is not carried.
        """
        commodity, arc = self.flows
        kind = self.commodities["kind"].to_numpy()[commodity]
        demand = self.demand
        firm = np.isinf(demand["unmet_cost"].to_numpy(float))
        carried = demand["quantity"].to_numpy(float) - unmet
        handling = float(demand["start_cost"].to_numpy(float) @ carried)
        left = float(self.unmet_price[~firm] @ unmet[~firm])
        way = float(self.cost[kind, arc] @ flow)
        return way + handling + left, float(unmet[firm].sum())
