"""The arc-flow linear program of an instance as one sparse matrix.

One flow for each commodity and each arc that it can reach, one balance for each
commodity and node, one row for each limit and period: the formulation every textbook
gives, with demand of one origin gathered, which makes it as small as it can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from benchmarks.arcs import Arcs
    from solver.arrays import Floats


@dataclass(frozen=True, eq=False)
class Program:
    """``row_lower <= matrix x <= row_upper, lower <= x <= upper``, at least cost.

    The columns are `Arcs.flows`, then what stays unmet of each demand.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    matrix: sparse.csr_array


def program(arcs: Arcs) -> Program:
    """Return the arc-flow program."""
    commodity, arc = arcs.flows
    kind = arcs.commodities["kind"].to_numpy()[commodity]
    handling = arcs.demand["start_cost"].to_numpy(float)
    quantity = arcs.demand["quantity"].to_numpy(float)
    limits, room = arcs.limits
    cost = [arcs.cost[kind, arc], arcs.unmet_price - handling]
    nothing = np.zeros(len(commodity))
    return Program(
        cost=np.concatenate(cost),
        lower=np.concatenate([nothing, arcs.least_unmet]),
        upper=np.concatenate([nothing + np.inf, quantity]),
        row_lower=np.concatenate([arcs.supply, np.full(len(room), -np.inf)]),
        row_upper=np.concatenate([arcs.supply, room]),
        matrix=sparse.csr_array(sparse.vstack([_balances(arcs), limits])),
    )


def _balances(arcs: Arcs) -> sparse.csr_array:
    """Rows of what enters less what leaves, and of what stays unmet at its ends."""
    commodity, arc = arcs.flows
    start, last = arcs.ends
    flow = np.arange(len(arc))
    routed = np.flatnonzero(last >= 0)
    unmet = len(flow) + routed
    parts = [
        (arcs.balances[commodity, arcs.head[arc]], flow, 1.0),
        (arcs.balances[commodity, arcs.tail[arc]], flow, -1.0),
        (last[routed], unmet, 1.0),
        (start[routed], unmet, -1.0),
    ]
    values = np.concatenate([np.full(len(rows), value) for rows, _, value in parts])
    rows = np.concatenate([rows for rows, _, _ in parts])
    columns = np.concatenate([columns for _, columns, _ in parts])
    shape = (len(arcs.supply), len(flow) + len(last))
    return sparse.csr_array((values, (rows, columns)), shape=shape)
