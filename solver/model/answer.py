"""What a solver answers: an outcome, and the values that support it."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from solver.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


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
