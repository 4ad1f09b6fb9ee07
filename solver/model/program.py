"""The linear program, as one PuLP problem from the first round to the last.

Sets: shipments d (a demand in a period), routes r of d found so far, capacities k,
share rows i, other rows of rules j with values v, classes c of firm demand.

Data: quantity q_d, cost c_dr, uses a_rk, capacity K_k, share entries g_idr with
right-hand sides h_i, weights w_jd, [v] = 1 if r carries v, and what a class may leave
unmet, U_c.

Variables: x_dr >= 0, the quantity on a route; u_d >= 0, the quantity unmet;
e >= 0, the excess over a row of a rule (where it is soft, or not known to hold);
F_jv >= 0 and B_j >= 0, what a value carries in the scope of j and its base; z >= 0,
further columns of j's lifted form.

    minimise   sum_dr c_dr x_dr + sum_d unmet_cost_d u_d + sum excess_cost e
    (demand)   sum_r x_dr + u_d = q_d
    (capacity) sum_dr a_rk x_dr <= K_k
    (share)    sum_dr g_idr x_dr - e_i <= h_i
    (level)    sum_dr w_jd [v] x_dr - F_jv = 0, and likewise for B_j
    (lifted)   sum factor_j z + base_j B_j - e_j <= limit_j
    (part)     level F_jv + base B_j + sum factor z <= limit
    (unmet)    sum_{d in c} u_d <= U_c

The parts of HHI are tangents 2 a F_jv - a^2 B_j <= z_v; see `measures` for the others.

A shipment whose one route touches no row is left out of the problem: what it costs
stands in the column `constant`, fixed at 1. Rows and columns are added as they are
needed; names are numbers, since names made of user data can collide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pulp

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class AddRows:
    """Rows ``lower <= sum value x column <= upper``, entries row by row.

    `unit` is a power of two, or one for each, of about the size of what they sum:
    solvers count in it.
    """

    lower: Floats
    upper: Floats
    starts: Ints
    index: Ints
    value: Floats
    unit: float | Floats = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class AddColumns:
    """Columns with their cost, bounds and entries column by column.

    `unit` is a power of two, or one for each, of about the size of their values.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    starts: Ints
    index: Ints
    value: Floats
    unit: float | Floats = 1.0


class SetCosts(NamedTuple):
    """New costs of some columns."""

    columns: Ints
    cost: Floats


class SetCostUnit(NamedTuple):
    """New power of two of about the size of the objective per unit of a column."""

    unit: float


class SetUpper(NamedTuple):
    """New upper bounds of some columns."""

    columns: Ints
    upper: Floats


class SetLimit(NamedTuple):
    """New right-hand side of a row ``<=``, or ``=``."""

    row: int
    upper: float
    equal: bool = False


class SetEntry(NamedTuple):
    """New entry of a column in a row."""

    row: int
    column: int
    value: float


Change = AddRows | AddColumns | SetCosts | SetCostUnit | SetUpper | SetLimit | SetEntry


class FillRows(NamedTuple):
    """Columns that fill new rows, each one of them, as the last plan has it."""

    rows: Ints
    columns: Ints


class BeginAt(NamedTuple):
    """Values of all columns at a point that is nearly optimal."""

    values: Floats


Hint = FillRows | BeginAt
"""What changes nothing, but tells a solver where to begin or to go on."""

Recorded = Change | Hint
"""What the history of a model has."""


class Model:
    """A PuLP problem that grows, with the changes that made it as arrays.

    Attributes
    ----------
    problem : pulp.LpProblem
        The problem, always complete.
    history : list of Recorded
        Every change since it was empty, for solvers that take arrays.
    unit : float
        Power of two of about the size of the quantities in it.
    reach : float
        Most that all columns of quantities can hold together, in that unit.
    """

    def __init__(self, unit: float = 1.0, reach: float = 1.0) -> None:
        self.unit, self.reach = unit, reach
        self.problem = pulp.LpProblem("keruen", pulp.LpMinimize)
        self.problem.objective = pulp.LpAffineExpression()
        self.columns: list[pulp.LpVariable] = []
        self.rows: list[pulp.LpConstraint] = []
        self.history: list[Recorded] = []
        self._costs = np.zeros(0)

    def add_rows(
        self,
        upper: Floats,
        entries: tuple[Ints, Ints, Floats],
        *,
        equal: bool = False,
        unit: float | Floats | None = None,
    ) -> Ints:
        """Return the indices of new rows ``<= upper`` (or ``= upper``).

        Parameters
        ----------
        upper : ndarray, shape (rows,)
            Right-hand sides.
        entries : (starts, index, value)
            ``starts`` has shape (rows + 1,); ``index`` names columns.
        equal : bool
            Whether the rows are equations.
        unit : float or ndarray, optional
            Powers of two of about the size of what they sum, if no quantity.
        """
        starts, index, value = entries
        first = len(self.rows)
        sense = pulp.LpConstraintEQ if equal else pulp.LpConstraintLE
        names = [self.columns[column] for column in index.tolist()]
        values, ends = value.tolist(), starts.tolist()
        for number, rhs in enumerate(upper.tolist()):
            own = slice(ends[number], ends[number + 1])
            pairs = zip(names[own], values[own], strict=True)
            row = pulp.LpConstraint(pulp.LpAffineExpression(pairs), sense, rhs=rhs)
            self.problem.addConstraint(row, f"c{first + number:08d}")
            self.rows.append(row)
        lower = upper if equal else np.full(len(upper), -np.inf)
        unit = self.unit if unit is None else unit
        self.history.append(AddRows(lower, upper, starts, index, value, unit))
        return np.arange(first, len(self.rows))

    def add_columns(
        self,
        cost: Floats,
        upper: Floats,
        entries: tuple[Ints, Ints, Floats],
        unit: float | Floats | None = None,
    ) -> Ints:
        """Return the indices of new columns, with their entries by row.

        `unit` is a power of two, or one for each, of about the size of their values, if
        no quantities.
        """
        starts, index, value = entries
        first = len(self.columns)
        bounds = [None if high == np.inf else high for high in upper.tolist()]
        fresh = [
            self.problem.add_variable(f"x{first + number:08d}", 0, bound)
            for number, bound in enumerate(bounds)
        ]
        self.columns += fresh
        self.problem.objective.update(zip(fresh, cost.tolist(), strict=True))
        owner = np.repeat(np.arange(len(fresh)), np.diff(starts))
        order = np.argsort(index, kind="stable")
        names = [fresh[number] for number in owner[order].tolist()]
        values = value[order].tolist()
        rows, begins = np.unique(index[order], return_index=True)
        ends = [*begins.tolist(), len(names)]
        for number, row in enumerate(rows.tolist()):
            own = slice(ends[number], ends[number + 1])
            self.rows[row].expr.update(zip(names[own], values[own], strict=True))
        self._costs = np.concatenate([self._costs, cost])
        zeros = np.zeros(len(fresh))
        unit = self.unit if unit is None else unit
        self.history.append(AddColumns(cost, zeros, upper, starts, index, value, unit))
        return np.arange(first, len(self.columns))

    def set_costs(self, columns: Ints, cost: Floats) -> None:
        """Give columns new costs, those that have another."""
        other = np.flatnonzero(self._costs[columns] != cost)
        if not len(other):
            return
        columns, cost = columns[other], cost[other]
        self._costs[columns] = cost
        names = (self.columns[column] for column in columns.tolist())
        self.problem.objective.update(zip(names, cost.tolist(), strict=True))
        self.history.append(SetCosts(columns, cost))

    def count_costs_in(self, unit: float) -> None:
        """Let solvers count costs in a power of two of about their size."""
        self.history.append(SetCostUnit(unit))

    def set_upper(self, columns: Ints, upper: Floats) -> None:
        """Give columns new upper bounds."""
        for column, high in zip(columns.tolist(), upper.tolist(), strict=True):
            self.columns[column].upBound = None if high == np.inf else high
        self.history.append(SetUpper(columns, upper))

    def set_limit(self, row: int, upper: float, *, equal: bool = False) -> None:
        """Give a row ``<=``, or ``=``, a new right-hand side."""
        self.rows[row].changeRHS(upper)
        self.history.append(SetLimit(row, upper, equal))

    def set_entry(self, row: int, column: int, value: float) -> None:
        """Give a column a new entry in a row."""
        self.rows[row].expr[self.columns[column]] = value
        self.history.append(SetEntry(row, column, value))

    def fill_rows(self, rows: Ints, columns: Ints) -> None:
        """Tell solvers which columns fill new rows, so that they keep the last plan."""
        self.history.append(FillRows(rows, columns))

    def begin_at(self, values: Floats) -> None:
        """Tell solvers of a point near an optimum, by the values of all columns."""
        self.history.append(BeginAt(values))


def no_entries(rows: int) -> tuple[Ints, Ints, Floats]:
    """Return the entries of rows, or columns, that have none."""
    return np.zeros(rows + 1, dtype=int), np.zeros(0, dtype=int), np.zeros(0)
