"""What a solver answers: an outcome, values that support it, and its last basis."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.model.refining import held_program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.arrays import Floats
    from solver.model.sending import Sending


_NO_RATE = 1e-9
"""Rates up to this size are the noise of a solve."""


class Outcome(Enum):
    """How one solve of the model ended."""

    OPTIMAL = "optimal"
    LIMIT = "limit"
    INFEASIBLE = "infeasible"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a backend found.

    Parameters
    ----------
    outcome : Outcome
        Values and prices are empty unless it is `OPTIMAL`.
    values : ndarray, shape (columns,)
        Value of each column.
    duals : ndarray, shape (rows,)
        Change of the least cost per unit of a row's right-hand side: 0 or less for
        ``<=`` rows.
    iterations : int
        Simplex iterations, where the solver tells.
    reduced : ndarray, shape (columns,)
        Reduced cost of each column, where the solver tells.
    """

    outcome: Outcome
    values: Floats
    duals: Floats
    iterations: int = 0
    reduced: Floats = field(default_factory=lambda: np.empty(0))


def empty_answer(outcome: Outcome = Outcome.FAILED) -> Answer:
    """Return an answer without values."""
    return Answer(outcome, np.empty(0), np.empty(0))


class FinalBasis:
    """Basis of a solve: how columns follow the limits of rows.

    It holds until the model is changed or solved again. Everything is in the model's
    units.

    Parameters
    ----------
    highs : highspy.Highs
        With an optimal basis.
    sending : Sending
        Its units.
    values : ndarray, shape (columns,)
        Value of each column.
    """

    def __init__(self, highs: Any, sending: Sending, values: Floats) -> None:
        self._highs = highs
        self._row_unit, self._column_unit = sending.row_unit, sending.column_unit
        _, basic = highs.getBasicVariables()
        self._is_column = basic >= 0
        self._columns = basic[self._is_column].astype(int)
        self._rows = -1 - basic[~self._is_column].astype(int)
        program = held_program(highs)
        value = values / self._column_unit
        above = (program.column_upper - value)[self._columns]
        free = (program.row_upper - program.matrix @ value)[self._rows]
        below = (value - program.column_lower)[self._columns]
        unit = self._column_unit[self._columns]
        self._below, self._above = below * unit, above * unit
        self._free = free * self._row_unit[self._rows]

    def rates(self, limits: Mapping[int, float]) -> tuple[Floats, float] | None:
        """Return what columns change by as limits of rows move, and how far at most.

        Parameters
        ----------
        limits : dict of int to float
            How much the limit of each row moves.

        Returns
        -------
        ndarray, shape (columns,)
            Rate of each column.
        float
            How far limits move until a column or a row of the basis is at its bound.
        """
        shift = np.zeros(len(self._row_unit))
        for row, rate in limits.items():
            shift[row] = rate / self._row_unit[row]
        own = shift[self._rows] * self._row_unit[self._rows]
        shift[self._rows] = 0.0  # What stands in a row with slack is not its limit.
        status, found = self._highs.getBasisSolve(shift)
        if status.name != "kOk":
            return None
        basic = found[self._is_column] * self._column_unit[self._columns]
        basic[np.abs(basic) < _NO_RATE] = 0.0
        used = -found[~self._is_column] * self._row_unit[self._rows] - own
        used[np.abs(used) < _NO_RATE] = 0.0
        parts = (self._below, -basic), (self._above, basic), (self._free, used)
        longest = min(_reach(room, rate) for room, rate in parts)
        rates = np.zeros(len(self._column_unit))
        rates[self._columns] = basic
        return rates, longest


def _reach(room: Floats, rate: Floats) -> float:
    """Return how far there is room at some rates."""
    moving = rate > 0.0
    return float(np.min(np.maximum(room[moving], 0.0) / rate[moving], initial=np.inf))
