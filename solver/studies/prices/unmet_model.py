"""A third model, of what firm demand leaves unmet where a right-hand side is moved.

Class after class is minimised, those served before it at a penalty that no exchange
between classes is worth: the prices are those of a stage `unmet`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.master import Master
from solver.model.objective import Objective
from solver.solution.certificate import Stage
from solver.solving.column_generation import ColumnGeneration
from solver.solving.prices_to_decimals import stage
from solver.studies.prices.moves import enter, moved
from solver.studies.prices.remembering import RememberingPricer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats
    from solver.model.objective import Duals
    from solver.solving.column_generation import Known
    from solver.studies.prices.moves import RightHandMove
    from solver.studies.prices.questions import MovedDirection


_BEFORE = 1e3
"""Price of a unit of a class that is served before the one that is minimised."""

_STEADY = 1e-7
"""Unmet demand for each unit moved by which a bound may fall, for rounding."""

_EXCESS = 1e6
"""Price of a unit of excess over a rule that must hold."""


@dataclass(frozen=True, slots=True, eq=False)
class UnmetPrices:
    """Prices of what a class leaves unmet.

    Parameters
    ----------
    stage : Stage
        As published.
    duals : Duals or None
        As found; None where there are none.
    """

    stage: Stage
    duals: Duals | None

    def holds(self, own: MovedDirection) -> bool:
        """Whether their bound does not fall as a right-hand side is moved."""
        if not own.is_of_demand:
            return own.sign < 0 or not self.stage.price_of(own.key)
        if self.duals is None:
            return True
        return own.sign * own.question.move.slope(self.duals) >= -_STEADY


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

    def prices(self, move: RightHandMove, far: float, number: int) -> UnmetPrices:
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
        duals = replace(run.duals, unmet_prices=classes)
        return UnmetPrices(stage(master, duals, "unmet", number), duals)

    def nothing(self, number: int) -> UnmetPrices:
        """Prices of a class that leaves only what has no route: there are none."""
        priority = self.master.cargo.classes[number]
        return UnmetPrices(Stage("unmet", priority), None)

    @property
    def stranded(self) -> list[int]:
        """Classes with demand that has no route at all."""
        master = self.master
        return sorted({*master.cargo.unmet_class[master.outside.lost].tolist()})


class SteadyPrices:
    """Prices that prove that firm demand leaves no less where something is moved.

    Parameters
    ----------
    model : UnmetModel
        The model that finds them.
    kept : ndarray of float, shape (classes,)
        What each class leaves unmet, but for demand without a route.
    published : sequence of Stage
        The stages `unmet` of the certificate.
    """

    def __init__(
        self, model: UnmetModel, kept: Floats, published: Sequence[Stage]
    ) -> None:
        self.model, self.published = model, published
        classes = model.master.cargo.classes
        self._found: dict[int, list[UnmetPrices]] = {}
        for number in range(len(classes)):
            if kept[number] > 0.0:
                self._found[number] = []
            elif number in model.stranded:
                self._found[number] = [model.nothing(number)]

    def prices(self, own: MovedDirection) -> list[Stage] | None:
        """Return prices beside those published; None if there is no proof.

        Raises
        ------
        StoppedError
            The time or work allowed is done.
        """
        found = [
            self._of_class(own, number)
            for number in self._found
            if not self._is_published(own, number)
        ]
        return None if None in found else [stage for stage in found if stage]

    def _is_published(self, own: MovedDirection, number: int) -> bool:
        """Whether the prices published for a class prove it of a limit or a row."""
        priority = self.model.master.cargo.classes[number]
        return not own.is_of_demand and any(
            stage.priority == priority and UnmetPrices(stage, None).holds(own)
            for stage in self.published
        )

    def _of_class(self, own: MovedDirection, number: int) -> Stage | None:
        """Return prices of a class, those of other directions if they serve."""
        known = self._found[number]
        for prices in known:
            if prices.holds(own):
                return prices.stage
        far = 0.0 if own.is_of_demand and not known else own.sign * own.reach / 2.0
        fresh = self.model.prices(own.question.move, far, number)
        known.append(fresh)
        if fresh.holds(own):
            return fresh.stage
        return None
