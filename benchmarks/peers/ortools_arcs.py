"""The arc-flow program given to OR-Tools as arrays, with GLOP or with PDLP."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.math_opt import model_pb2  # type: ignore[import-not-found]
from ortools.math_opt.python import mathopt  # type: ignore[import-not-found]

from benchmarks.arc_flow import program
from benchmarks.peers.outcome import Clock, Plan, tell

if TYPE_CHECKING:
    from benchmarks.arc_flow import Program
    from benchmarks.arcs import Arcs

_PRECISION = 1e-7
"""Relative, asked of PDLP, whose own 1e-6 can leave costs that differ visibly."""

_INFEASIBLE = 1e-14
"""At its own 1e-8 PDLP takes some programs for infeasible that are not."""


def solve(arcs: Arcs, clock: Clock) -> Plan | None:
    """Return the plan of the solver named on the command line."""
    given = program(arcs)
    model = mathopt.Model.from_model_proto(passed(given))
    clock.stop("build")
    chosen = mathopt.SolverType[sys.argv[2]]
    result = mathopt.solve(model, chosen, params=_parameters())
    clock.stop("solve")
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        return None
    values = np.array(result.variable_values(list(model.variables())))
    flow, unmet = np.split(values, [len(arcs.flows[0])])
    num_rows, num_columns = given.matrix.shape
    return Plan(flow, unmet, columns=num_columns, rows=num_rows)


def _parameters() -> Any:
    parameters = mathopt.SolveParameters()
    criteria = parameters.pdlp.termination_criteria
    criteria.simple_optimality_criteria.eps_optimal_absolute = _PRECISION
    criteria.simple_optimality_criteria.eps_optimal_relative = _PRECISION
    criteria.eps_primal_infeasible = criteria.eps_dual_infeasible = _INFEASIBLE
    return parameters


def passed(given: Program) -> Any:
    """Return the program as a message of OR-Tools."""
    matrix = given.matrix.sorted_indices().tocoo()
    num_rows, num_columns = matrix.shape
    model = model_pb2.ModelProto()
    model.variables.ids.extend(range(num_columns))
    model.variables.lower_bounds.extend(given.lower)
    model.variables.upper_bounds.extend(given.upper)
    model.variables.integers.extend([False] * num_columns)
    model.objective.linear_coefficients.ids.extend(range(num_columns))
    model.objective.linear_coefficients.values.extend(given.cost)
    model.linear_constraints.ids.extend(range(num_rows))
    model.linear_constraints.lower_bounds.extend(given.row_lower)
    model.linear_constraints.upper_bounds.extend(given.row_upper)
    entries = model.linear_constraint_matrix
    rows, columns = matrix.coords
    entries.row_ids.extend(rows.tolist())
    entries.column_ids.extend(columns.tolist())
    entries.coefficients.extend(matrix.data)
    return model


if __name__ == "__main__":
    tell(solve, "ortools")
