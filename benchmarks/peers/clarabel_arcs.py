"""The arc-flow program given to Clarabel: an index of corridors is a cone as it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import clarabel  # type: ignore[import-untyped]
import numpy as np
from scipy import sparse

from benchmarks.arc_flow import program
from benchmarks.corridor_rules import carried
from benchmarks.peers.outcome import Clock, Plan, tell

if TYPE_CHECKING:
    from benchmarks.arcs import Arcs
    from solver.arrays import Floats


def solve(arcs: Arcs, clock: Clock) -> Plan | None:
    """Return the plan of Clarabel."""
    given = program(arcs)
    columns = len(given.cost)
    unit = max(1.0, float(arcs.demand["quantity"].max()))
    equal = given.row_lower == given.row_upper
    every = sparse.eye_array(columns, format="csr")
    high = np.isfinite(given.upper)
    blocks = [
        (given.matrix[equal], given.row_upper[equal]),
        (given.matrix[~equal], given.row_upper[~equal]),
        (-every, -given.lower),
        (every[high], given.upper[high]),
    ]
    most = sum(len(room) for _, room in blocks[1:])
    cones = [clarabel.ZeroConeT(int(equal.sum())), clarabel.NonnegativeConeT(most)]
    for rows, room in _cones(arcs):
        blocks.append((rows, room))
        cones.append(clarabel.SecondOrderConeT(len(room)))
    matrix = sparse.csc_array(sparse.vstack([rows for rows, _ in blocks]))
    room = np.concatenate([own for _, own in blocks]) / unit
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    nothing = sparse.csc_array((columns, columns))
    cost = given.cost / np.abs(given.cost).max(initial=1.0)
    clock.stop("build")
    answer = clarabel.DefaultSolver(
        nothing, cost, matrix, room, cones, settings
    ).solve()
    clock.stop("solve")
    if answer.status != clarabel.SolverStatus.Solved:
        return None
    values = np.array(answer.x) * unit
    flow, unmet = np.split(values, [len(arcs.flows[0])])
    return Plan(flow, unmet, columns, len(room))


def _cones(arcs: Arcs) -> list[tuple[sparse.csr_array, Floats]]:
    """Cones ``|carried| <= sqrt(index) x all carried``, one for each period."""
    if arcs.rules is None or arcs.rules.index is None:
        return []
    found = []
    for matrix, constant in carried(arcs):
        form = np.vstack([np.full(len(constant), 1.0), np.eye(len(constant))])
        form[0] *= math.sqrt(arcs.rules.index)
        rows = sparse.csr_array(form) @ matrix
        found.append((sparse.csr_array(-rows), form @ constant))
    return found


if __name__ == "__main__":
    tell(solve, "clarabel", knows_index=True)
