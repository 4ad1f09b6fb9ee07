"""How the model's numbers reach the solver: in units of its own, none too small.

The model counts in the instance's units. A solver judges by absolute tolerances, so
that it is given powers of two of them in which quantities and costs are of ordinary
size: no digit changes on the way there or back, and an instance in kilograms is the
same program as one in tonnes.

Entries below what the solver keeps are not sent. What they could have forbidden at
most is added to the limit of their row, so that what is sent is a relaxation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.errors import InternalError
from solver.model.program import (
    AddColumns,
    AddRows,
    Change,
    SetCosts,
    SetCostUnit,
    SetEntry,
    SetLimit,
    SetUpper,
)

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints

Sent = AddRows | AddColumns | SetCosts | SetUpper | SetLimit | SetEntry
"""Changes that a solver is given."""

SMALLEST = 1e-12
"""Entries up to this size are not sent: squares of small shares are above it."""

LARGEST, LARGEST_COST = 1e15, 1e20
"""Entries and limits, and costs, of this size and more are refused before a solver sees
them: it would refuse the first itself, and take the others for infinite."""

_MOST = 0.1 * LARGEST_COST
"""Cost that stands in for larger ones until the last of an objective is set: costs of
`SetCosts` are clipped to it, and refused at the end of `ArrayHiGHS.take`."""


class Sending:
    """Rows and columns as the solver counts them.

    Parameters
    ----------
    reach : float
        No column's value is above this, as the solver counts.

    Attributes
    ----------
    row_unit, column_unit : ndarray
        What the solver's 1 stands for, by row and by column.
    cost_unit : float
        What its 1 of the objective stands for.
    widened : set of int
        Rows that lost an entry since the solver was last given their limits.
    """

    def __init__(self, reach: float = 1.0) -> None:
        self.reach = reach
        self.row_unit, self.column_unit = np.zeros(0), np.zeros(0)
        self.cost_unit = 1.0
        self.widened: set[int] = set()
        self._cost, self._slack = np.zeros(0), np.zeros(0)
        self._limit = np.zeros((0, 2))

    def sent(self, change: Change) -> Sent:
        """Return a change as the solver takes it.

        Raises
        ------
        InternalError
            If it holds a number that is none, or too large.
        """
        match change:
            case AddRows():
                result: Sent = self._rows(change)
            case AddColumns():
                result = self._columns(change)
            case SetCosts(columns, cost):
                self._cost[columns] = cost
                result = self._costs(columns)
            case SetCostUnit(unit):
                self.cost_unit = unit
                result = self._costs(np.arange(len(self._cost)))
            case SetUpper(columns, upper):
                result = SetUpper(columns, upper / self.column_unit[columns])
            case SetLimit(row, limit, equal):
                own = limit / float(self.row_unit[row])
                self._limit[row] = own if equal else -np.inf, own
                slack = 0.0 if equal else float(self._slack[row])
                result = SetLimit(row, own + slack, equal)
            case SetEntry(row, column, entry):
                result = self._entry(row, column, entry)
        _refuse_unusable(result)
        return result

    def refuse_costs(self) -> None:
        """Refuse costs that the solver would take for infinite, once all are set.

        Raises
        ------
        InternalError
            If there are any.
        """
        costs = self._cost * (self.column_unit / self.cost_unit)
        if not (np.abs(costs) < LARGEST_COST).all():
            raise InternalError("a cost is too large for the solver")

    def bounds(self, rows: Ints) -> tuple[Floats, Floats]:
        """Lower and upper limits of rows, with what was not sent of them."""
        slack = self._slack[rows]
        return self._limit[rows, 0] - slack, self._limit[rows, 1] + slack

    def drop(self, columns: Ints) -> None:
        """Forget columns; those behind them move up."""
        self.column_unit = np.delete(self.column_unit, columns)
        self._cost = np.delete(self._cost, columns)

    def _costs(self, columns: Ints) -> SetCosts:
        unit = self.column_unit[columns] / self.cost_unit
        # While an objective gives way to another, costs of the one meet units of the
        # other.
        return SetCosts(columns, np.clip(self._cost[columns] * unit, -_MOST, _MOST))

    def _rows(self, change: AddRows) -> AddRows:
        count = len(change.upper)
        first = len(self.row_unit)
        unit = np.full(count, change.unit)
        self.row_unit = np.concatenate([self.row_unit, unit])
        self._slack = np.concatenate([self._slack, np.zeros(count)])
        own = np.column_stack([change.lower, change.upper]) / unit[:, None]
        self._limit = np.concatenate([self._limit, own])
        rows = first + np.repeat(np.arange(count), np.diff(change.starts))
        value = self._kept(rows, change.index, change.value)
        lower, upper = self.bounds(first + np.arange(count))
        return replace(change, lower=lower, upper=upper, value=value)

    def _columns(self, change: AddColumns) -> AddColumns:
        count = len(change.cost)
        first = len(self.column_unit)
        unit = np.full(count, change.unit)
        self.column_unit = np.concatenate([self.column_unit, unit])
        self._cost = np.concatenate([self._cost, change.cost])
        columns = first + np.repeat(np.arange(count), np.diff(change.starts))
        return replace(
            change,
            cost=change.cost * unit / self.cost_unit,
            upper=change.upper / unit,
            value=self._kept(change.index, columns, change.value),
        )

    def _entry(self, row: int, column: int, entry: float) -> SetEntry:
        given = np.array([row]), np.array([column]), np.array([entry])
        return SetEntry(row, column, float(self._kept(*given)[0]))

    def _kept(self, rows: Ints, columns: Ints, value: Floats) -> Floats:
        """Entries as the solver counts them, 0 where they are too small to keep."""
        scaled = value * (self.column_unit[columns] / self.row_unit[rows])
        lost = (np.abs(scaled) <= SMALLEST) & (scaled != 0.0)
        if lost.any():
            # A row <= only grows easier where what it loses was above 0.
            ends = self._limit[rows, 0] > -np.inf
            widening = lost & ((scaled < 0.0) | ends)
            most = np.abs(scaled[widening]) * self.reach
            np.add.at(self._slack, rows[widening], most)
            self.widened |= set(rows[widening].tolist())
        return np.where(lost, 0.0, scaled)


def _refuse_unusable(change: Sent) -> None:
    """HiGHS drops entries that are not finite, and reports success."""
    numbers, costs = np.zeros(0), np.zeros(0)
    match change:
        case AddRows(value=value):
            numbers = np.concatenate([value, change.upper])
        case AddColumns(value=value, cost=cost):
            numbers, costs = value, cost
        case SetEntry(value=entry):
            numbers = np.array([entry])
        case SetUpper() | SetLimit() | SetCosts():
            pass
    usable = np.abs(numbers) < LARGEST
    if not (usable.all() and (np.abs(costs) < LARGEST_COST).all()):
        message = f"{type(change).__name__} holds a number the solver cannot take"
        raise InternalError(message)
