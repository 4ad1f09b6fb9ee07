"""How much may be asked of a solved instance, and of how many shipments.

By default questions are to take about as long as the solve.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.solution.form import Asked


SOME_WORK, MOST_WORK = 2e9, 1e7
"""Simplex iterations times rows that some questions may take: the first divided by the
shipments of their model, so that of few all is told; never more than the second."""

CAPTIVE, RANGES = 4.0, 20.0
"""Squares of the shipments of its model that are the least work with which asking what
is captive, or for ranges, begins: with less, most would stay unanswered."""

MOST_SHIPMENTS = 20_000
"""Shipments up to which alike ones are looked for, if only `some` are asked: of more
there are hardly few enough that are not alike."""

SOME_SOLVES, FEWEST_SOLVES = 2_700_000, 20
"""Squares of shipments times solves after which no more is asked about prices, if only
`some` are: so does the time of a solve grow. With fewer solves nothing is asked."""

MOST_APART = 10_000
"""Rows of demand up to which those that are alike are not aggregated, if all are
asked: an aggregate has no row whose price it could be."""


def work_for(asked: Asked, shipments: int, squares: float = 1.0) -> float:
    """Return the simplex iterations times rows that questions to a model may take.

    Parameters
    ----------
    shipments : int
        Those of the model. A question takes about as many iterations, each of as many
        rows.
    squares : float
        Such squares below which so little is answered that nothing is asked.
    """
    some = min(SOME_WORK / max(1, shipments), MOST_WORK)
    enough = squares * shipments**2
    return _bounded(asked, some if some >= enough else 0.0)


def most_solves(asked: Asked, shipments: int) -> float:
    """Return how many solves may begin for as many questions as are asked."""
    some = SOME_SOLVES / max(1, shipments) ** 2
    return _bounded(asked, some if some >= FEWEST_SOLVES else 0.0)


def _bounded(asked: Asked, some: float) -> float:
    """Return nothing, some, or no bound at all."""
    return {"none": 0.0, "some": some}.get(asked, math.inf)
