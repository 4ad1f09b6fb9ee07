"""A third model, of what firm demand leaves unmet where a right-hand side is moved.

Class after class is minimised, those served before it at a penalty that no exchange
between classes is worth: the prices are those of a stage `unmet`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.master import Master
from solver.model.objective import Objective
from solver.solving.column_generation import ColumnGeneration
from solver.solving.prices_to_decimals import stage
from solver.studies.prices.moves import enter, moved
from solver.studies.prices.remembering import RememberingPricer

if TYPE_CHECKING:
    from solver.solution.certificate import Stage
    from solver.solving.column_generation import Known
    from solver.studies.prices.moves import RightHandMove


_BEFORE = 1e3
"""Price of a unit of a class that is served before the one that is minimised."""

_EXCESS = 1e6
"""Price of a unit of excess over a rule that must hold."""


class UnmetModel:
    """Prices of what firm demand leaves unmet.

    Parameters
    ----------
    loop : ColumnGeneration
        A loop over a model of the instance.
    known : Known
        Routes and limits of its model.
    """

    def __init__(self, loop: ColumnGeneration, known: Known) -> None:
        first = loop.master
        cargo = replace(first.cargo, quantity=first.as_given.copy())
        nothing = Objective(money=False, unmet=np.zeros(len(cargo)), excess=_EXCESS)
        self.master = Master(first.network, cargo, first.rules, nothing)
        exact = np.array([row.is_exact for row in first.rules.rows], dtype=bool)
        self.master.families.rules.loosen(exact)
        pricer = RememberingPricer(loop.pricer)
        self.loop = ColumnGeneration(
            self.master, pricer, loop.backend, deadline=loop.deadline
        )
        self.loop.start(known)

    def prices(self, move: RightHandMove, far: float, number: int) -> Stage:
        """Prices of a class of firm demand, with right-hand sides moved so far.

        Raises
        ------
        StoppedError
            The time or work allowed is done.
        """
        master = self.master
        own = master.cargo.unmet_class
        before = (own >= 0) & (own < number)
        unmet = np.where(own == number, 1.0, np.where(before, _BEFORE, 0.0))
        master.set_objective(Objective(money=False, unmet=unmet, excess=_EXCESS))
        enter(master, [move])
        with moved(master, move, far):
            run = self.loop.run("prices")
        classes = dict.fromkeys(range(number), _BEFORE)
        return stage(master, replace(run.duals, unmet_prices=classes), "unmet", number)
