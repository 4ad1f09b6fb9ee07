"""The arc-flow program given straight to HiGHS, which chooses the method.

Its choice is the dual simplex method after presolving. With a second word, `plain`,
nothing is presolved: on large networks that is faster. For a bound on the index
of corridors tangents are added, one after the other, each from the last basis.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from scipy import sparse

from benchmarks.arc_flow import program
from benchmarks.corridor_rules import tangents
from benchmarks.peers.outcome import Clock, Plan, tell

if TYPE_CHECKING:
    from benchmarks.arc_flow import Program
    from benchmarks.arcs import Arcs
    from solver.arrays import Floats


def solve(arcs: Arcs, clock: Clock) -> Plan | None:
    """Return the plan of HiGHS."""
    given = program(arcs)
    highs = passed(given)
    if sys.argv[2:] == ["plain"]:
        highs.setOptionValue("presolve", "off")
    clock.stop("build")
    values = _optimum(highs)
    while values is not None and (rows := tangents(arcs, values)) is not None:
        matrix, room = rows
        lower, start = np.full(len(room), -np.inf), matrix.indptr[:-1]
        entries = (matrix.nnz, start, matrix.indices, matrix.data)
        highs.addRows(len(room), lower, room, *entries)
        values = _optimum(highs)
    clock.stop("solve")
    if values is None:
        return None
    flow, unmet = np.split(values, [len(arcs.flows[0])])
    return Plan(flow, unmet, highs.getNumCol(), highs.getNumRow())


def _optimum(highs: Any) -> Floats | None:
    """Run HiGHS and return the values of an optimum."""
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(highs.getSolution().col_value)


def passed(given: Program) -> Any:
    """Return the program as a HiGHS model."""
    matrix = sparse.csc_array(given.matrix)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = given.cost
    lp.col_lower_, lp.col_upper_ = given.lower, given.upper
    lp.row_lower_, lp.row_upper_ = given.row_lower, given.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.passModel(lp)
    return highs


if __name__ == "__main__":
    tell(solve, "highspy", knows_index=True)
