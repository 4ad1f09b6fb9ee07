"""The rounds that answer one question to a solved model.

What is asked is far from what the model was solved for: most first plans exceed limits
that did not matter before. So rows come first, and routes are searched for only at the
prices of a plan that breaks nothing. Where a plan attains what is proved already,
nothing is searched for at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.pricing.tree_search import OutOfTimeError
from solver.solving.column_generation import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Floats
    from solver.model.objective import Duals
    from solver.pricing.tree_search import Found
    from solver.solving.column_generation import ColumnGeneration


PHASE = "exposure"
"""What is done, for those who watch."""


class Answered(NamedTuple):
    """Answer to a question.

    Parameters
    ----------
    quantities : list of ndarray
        A plan: quantities by batch of routes.
    bound : float
        Bound on the objective, as close to that plan as was asked.
    duals : Duals or None
        Prices that prove it; None if it was proved beforehand.
    """

    quantities: list[Floats]
    bound: float
    duals: Duals | None


class QuestionRounds:
    """Rounds of questions, each from the basis of the one before.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop that found the plan.
    close : float
        Relative gap at which a question is answered.
    shorten : callable
        Gives prices as they are published: what these prove is the answer.
    """

    def __init__(
        self, loop: ColumnGeneration, close: float, shorten: Callable[[Duals], Duals]
    ) -> None:
        self.loop, self.master = loop, loop.master
        self.close, self.shorten = close, shorten

    def answer(self, proved: float) -> Answered:
        """Solve the master's present objective until plan and bound are close.

        Parameters
        ----------
        proved : float
            Bound that is proved beforehand.

        Raises
        ------
        StoppedError
            If the deadline passes, the work allowed is done, or the solver gives up.
        """
        loop, master = self.loop, self.master
        best, bound = None, proved
        while True:
            answer = loop.solved(None)
            loop.rounds += 1
            loop.iterations += answer.iterations
            quantities = master.outside.quantities(answer.values)
            broken = master.add_broken_rows(answer.values, quantities)
            if broken.rows or broken.cuts:
                loop.report(PHASE, 0, broken.rows + broken.cuts, np.inf)
                continue
            cost, added = master.cost(answer, quantities), 0
            if self._gap(cost, bound) > self.close:
                duals = self.shorten(master.duals(answer))
                found = self._searched(duals, cost)
                reached = master.bound(duals, found.value)
                if reached > bound:
                    best, bound = duals, reached
                if self._gap(cost, bound) > self.close:
                    added = loop.add(found, duals, cost)
            loop.report(PHASE, added, 0, self._gap(cost, bound))
            if not added:
                return Answered(quantities, bound, best)

    def _searched(self, duals: Duals, cost: float) -> Found:
        """Return the cheapest routes at some prices."""
        try:
            return self.loop.pricer.search(duals.prices, self.loop.wanted(duals, cost))
        except OutOfTimeError:
            raise StoppedError(None) from None

    def _gap(self, cost: float, bound: float) -> float:
        """Return the gap between a plan and a bound, relative to the plan."""
        unit = self.master.objective_scale.money
        return (cost - bound) / max(unit, abs(cost))
