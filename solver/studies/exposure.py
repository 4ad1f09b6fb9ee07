"""How much cargo depends on a corridor, country or port: what other plans could do.

After the plan of least cost is found, two models answer further questions: the least
that a value must carry at the same service whatever it costs, and the range of a
corridor's quantity in plans that cost a little more. What is published of each is a
bound that prices prove for every plan.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import chain, product
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import routes_of_plan
from solver.network.shipments import PRICED
from solver.problem.tables import NO_CORRIDOR
from solver.solution.certificate import Exposure, Kind, Question
from solver.solving.column_generation import StoppedError
from solver.studies.alike_cargo import alike_cargo, loop_without_money
from solver.studies.allowances import CAPTIVE, MOST_SHIPMENTS, RANGES, work_for
from solver.studies.question_model import NOTHING, QuestionModel, without_prices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.network.routes import Routes
    from solver.problem.rules import By
    from solver.solution.form import Asked
    from solver.solution.plan import Plan
    from solver.solving.column_generation import ColumnGeneration


WITHIN = (0.01, 0.05)
"""Parts of the least cost within which ranges are told."""


MOST_VALUES = 5
"""Countries and ports, the largest, of which the captive part is told."""


_LEAST_CARRIED = 1e-5
"""Part of the demand that is carried at least where answers are told: of less, sums
over all demand leave nothing but noise."""


_KINDS: tuple[By, ...] = ("corridor", "country", "port")


class Inquiry:
    """Questions to a solved model.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop that found the plan, its master as it was left.
    plan : Plan
        The plan.
    cost : float
        Its cost and penalties.
    names : dict of str to sequence of str, optional
        Corridors, countries and ports in the order in which they are asked about.
    """

    def __init__(
        self,
        loop: ColumnGeneration,
        plan: Plan,
        cost: float,
        names: Mapping[By, Sequence[str]] | None = None,
    ) -> None:
        self.loop, self.plan, self.cost = loop, plan, cost
        self.names = names
        self.master = loop.master
        self._free: dict[tuple[str, Kind], Exposure] = {}

    def answers(self, asked: Asked) -> tuple[Exposure, ...]:
        """Answers to the questions, one after the other.

        They end with the deadline, or with the work allowed where `some` are asked: the
        rest stays unanswered.

        Parameters
        ----------
        asked : str
            ``none``, ``some`` or ``all``.
        """
        found: list[Exposure] = []
        is_many = asked == "some" and len(self.master.cargo) > MOST_SHIPMENTS
        if asked == "none" or is_many or not self._carries_enough:
            return ()
        with suppress(StoppedError):
            for answer in chain(self._captive(asked), self._ranges(asked)):
                found += [answer]
        return tuple(found)

    @property
    def _carries_enough(self) -> bool:
        """Whether the plan carries a part of the demand that can be told."""
        demand = float(self.master.cargo.quantity.sum())
        return float(self.plan.quantity.sum()) > _LEAST_CARRIED * demand

    def _captive(self, asked: Asked) -> Iterator[Exposure]:
        """Ask for the least that values must carry, at any cost."""
        values = list(self._largest())
        if not values:
            return
        alike = alike_cargo(self.master.network, self.master.cargo)
        allowance = work_for(asked, len(alike.cargo), CAPTIVE)
        if not allowance:
            return
        own = loop_without_money(self.loop, alike)
        priced = ~self.master.cargo.firm
        own.master.families.unmet.limit(PRICED, float(self.plan.unmet[priced].sum()))
        own.allowance = allowance
        try:
            model = QuestionModel(own, alike.plan(self.plan))
            for answer in self._captive_of(values, model):
                yield answer
                question = answer.question
                if question.by == "corridor" and not priced.any():
                    # Nothing is charged for service that a range would not charge.
                    free = replace(answer, service=0.0)
                    self._free[question.value, "least"] = free
        finally:
            self.loop.rounds += own.rounds
            self.loop.iterations += own.iterations

    def _captive_of(
        self, values: Sequence[tuple[By, str]], model: QuestionModel
    ) -> Iterator[Exposure]:
        """Ask a model about some values, but for those that an earlier plan avoids."""
        avoided: set[tuple[By, str]] = set()
        for number, place in enumerate(values):
            question = Question(*place, "captive")
            answer = without_prices(question, 0.0)
            if place not in avoided:
                answer = model.answer(question, answer)
                avoided |= set(model.avoided(values[number + 1 :]))
            yield answer

    def _ranges(self, asked: Asked) -> Iterator[Exposure]:
        """Ask how much corridors may carry if the plan costs a little more.

        Prices that charge no money prove as much of any plan that serves as much:
        where a plan within the budget attains that, nothing is asked.
        """
        own = self._carried("corridor")
        kinds: tuple[Kind, ...] = ("least", "most")
        attained = {place: own[place[0]] for place in product(own, kinds)}
        self.loop.allowance = work_for(asked, len(self.master.cargo), RANGES)
        if not (attained and self.loop.allowance):
            return
        # Leaving demand unmet that has a price is a choice here, within the budget.
        self.master.enter(np.flatnonzero(~self.master.cargo.firm))
        model = QuestionModel(self.loop, self.plan)
        for within in WITHIN:
            self.master.families.budget.limit((1.0 + within) * self.cost)
            for place, reached in attained.items():
                question = Question("corridor", *place, within)
                known = without_prices(question, 0.0 if place[1] == "least" else np.inf)
                answer = self._free.get(place, known)
                if not self._is_as_much(answer.bound, reached):
                    answer = model.answer(question, answer)
                    attained[place] = answer.bound
                    if answer.budget == 0.0:
                        self._free[place] = answer
                yield replace(answer, question=question)

    def _is_as_much(self, one: float, other: float) -> bool:
        """Whether two quantities are the same, but for what is as good as nothing."""
        return abs(one - other) <= NOTHING * float(self.plan.quantity.sum())

    @cached_property
    def _routes(self) -> Routes:
        """Routes of the plan."""
        return routes_of_plan(self.master.network, self.master.cargo, self.plan)

    def _carried(self, by: By) -> dict[str, float]:
        """Return what the plan carries by each value, as they are asked about."""
        rules, quantity = self.master.rules, self.plan.quantity
        amounts = np.asarray(rules.carried(self._routes, by).T @ quantity)
        known = dict(zip(rules.values(by), amounts.tolist(), strict=True))
        names = known if self.names is None else self.names[by]
        return {name: known[name] for name in names if name != NO_CORRIDOR}

    def _largest(self) -> Iterator[tuple[By, str]]:
        """Corridors that carry something, and the largest countries and ports."""
        for by in _KINDS:
            carried = self._carried(by)
            most = len(carried) if by == "corridor" else MOST_VALUES
            largest = sorted(carried, key=lambda value: -carried[value])[:most]
            yield from (
                (by, value)
                for value in carried
                if carried[value] > 0.0 and value in largest
            )
