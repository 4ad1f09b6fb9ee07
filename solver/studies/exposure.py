"""How much cargo depends on a corridor, country or port: what other plans could do.

After the plan of least cost is found, the same model answers further questions, each
from the basis of the one before: the least that a value must carry at the same service
whatever it costs, and the range of a corridor's quantity in plans that cost a little
more. What is published of each is a bound that prices prove for every plan.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import chain, product
from typing import TYPE_CHECKING

import numpy as np

from solver.model.objective import Objective
from solver.network.routes import routes_of_plan
from solver.network.shipments import PRICED
from solver.problem.tables import NO_CORRIDOR
from solver.rules.rule_set import ValueCoefficient
from solver.solution.certificate import Exposure, Kind, Question, Stage
from solver.solution.keys import UnmetKey
from solver.solving.column_generation import StoppedError
from solver.solving.prices_to_decimals import (
    published_prices,
    rounded,
    stage,
    unmet_price,
)
from solver.studies.question_rounds import QuestionRounds, work_for_some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.model.objective import Duals
    from solver.network.routes import Routes
    from solver.problem.rules import By
    from solver.solution.form import Asked
    from solver.solution.plan import Plan
    from solver.solving.column_generation import ColumnGeneration
    from solver.studies.question_rounds import Answered


WITHIN = (0.01, 0.05)
"""Parts of the least cost within which ranges are told."""


MOST_VALUES = 5
"""Countries and ports, the largest, of which the captive part is told."""


SLACKS = (1e-9, 1e-8, 1e-7)
"""Parts of what stays unmet that questions may leave besides, if they must."""


_DIGITS = 12
"""Digits after the point of answers, where more than 1 is carried."""


_LEAST_CARRIED = 1e-5
"""Part of the demand that is carried at least where answers are told: of less, sums
over all demand leave nothing but noise."""


_KINDS: tuple[By, ...] = ("corridor", "country", "port")


_CLOSE = 1e-7
"""Relative gap at which a question is answered."""


_NOTHING = 1e-9
"""Part of what is carried that is as good as nothing, or all."""


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
        self.slack = 0.0
        self.master = loop.master
        self._rounds = QuestionRounds(loop, _CLOSE, self._shortened)
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
        if asked == "none" or not self._carries_enough:
            return ()
        if asked == "some":
            self.loop.allowance = work_for_some(self.loop)
        self._hold_service()
        self.loop.backend.expect_new_costs()
        with suppress(StoppedError):
            for answer in chain(self._captive(), self._ranges()):
                found += [answer]
        return tuple(found)

    @property
    def _carries_enough(self) -> bool:
        """Whether the plan carries a part of the demand that can be told."""
        demand = float(self.master.cargo.quantity.sum())
        return float(self.plan.quantity.sum()) > _LEAST_CARRIED * demand

    def _hold_service(self) -> None:
        """Leave of each class what the published plan does, to the last digit."""
        master = self.master
        for number, left in master.families.unmet.most.items():
            if left > 0.0:
                of_class = (master.cargo.unmet_class == number) & ~master.outside.lost
                kept = float(self.plan.unmet[of_class].sum())
                slack = self.slack * max(master.scale.quantity, kept)
                master.families.unmet.limit_again(number, kept, slack)

    def _captive(self) -> Iterator[Exposure]:
        """Ask for the least that values must carry, at any cost."""
        master, values = self.master, list(self._largest())
        if not values:
            return
        priced = ~master.cargo.firm
        left = float(self.plan.unmet[priced].sum())
        families = master.families
        avoided: set[tuple[By, str]] = set()
        with families.rules.released(), families.unmet.limited(PRICED, left):
            for number, place in enumerate(values):
                question = Question(*place, "captive")
                answer = _without_prices(question, 0.0)
                if place not in avoided:
                    answer = self._asked(question, answer)
                    avoided |= set(self._avoided(values[number + 1 :]))
                yield answer
                if place[0] == "corridor" and not priced.any():
                    # Nothing is charged for service that a range would not charge.
                    self._free[place[1], "least"] = replace(answer, service=0.0)

    def _ranges(self) -> Iterator[Exposure]:
        """Ask how much corridors may carry if the plan costs a little more.

        Prices that charge no money prove as much of any plan that serves as much:
        where a plan within the budget attains that, nothing is asked.
        """
        own = self._carried("corridor")
        kinds: tuple[Kind, ...] = ("least", "most")
        attained = {place: own[place[0]] for place in product(own, kinds)}
        for within in WITHIN if attained else ():
            self.master.families.budget.limit((1.0 + within) * self.cost)
            for place, reached in attained.items():
                question = Question("corridor", *place, within)
                known = _without_prices(
                    question, 0.0 if place[1] == "least" else np.inf
                )
                answer = self._free.get(place, known)
                if not self._is_as_much(answer.bound, reached):
                    answer = self._asked(question, answer)
                    attained[place] = answer.bound
                    if answer.budget == 0.0:
                        self._free[place] = answer
                yield replace(answer, question=question)

    def _is_as_much(self, one: float, other: float) -> bool:
        """Whether two quantities are the same, but for what is as good as nothing."""
        return abs(one - other) <= _NOTHING * float(self.plan.quantity.sum())

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

    def _asked(self, question: Question, known: Exposure) -> Exposure:
        """Answer a question of which something is known."""
        master = self.master
        sign = -1.0 if question.kind == "most" else 1.0
        value = master.rules.values(question.by).index(question.value)
        coefficient = ValueCoefficient(question.by, value, sign)
        nothing = np.zeros(len(master.cargo))
        master.routes.compact()
        master.set_objective(Objective(False, nothing, 0.0, coefficient))
        found = self._last = self._answer(sign * known.bound)
        if found.duals is None:
            return replace(known, question=question)
        return self._published(question, found.duals, found.bound, sign)

    def _avoided(self, values: Sequence[tuple[By, str]]) -> Iterator[tuple[By, str]]:
        """Yield those of some values that carry nothing in the last plan.

        It serves as much as the one that is asked about: nothing of them is captive.
        """
        routes, rules = self.master.routes, self.master.rules
        used = [own != 0.0 for own in self._last.quantities]
        for by in dict.fromkeys(by for by, _ in values):
            counts = sum(
                routes.carried(batch, by) @ own
                for batch, own in zip(routes.batches, used, strict=True)
            )
            carrying = dict(zip(rules.values(by), np.asarray(counts), strict=True))
            yield from (own for own in values if own[0] == by and not carrying[own[1]])

    def _answer(self, proved: float) -> Answered:
        """Answer what is asked; if no plan serves quite as much, a trifle less will do.

        The bound still is that of the full service.
        """
        while True:
            try:
                return self._rounds.answer(proved)
            except StoppedError as stopped:
                more = next((slack for slack in SLACKS if slack > self.slack), None)
                if not stopped.is_infeasible or more is None:
                    raise
                self.slack = more
                self._hold_service()

    def _shortened(self, duals: Duals) -> Duals:
        """Prices as they are published: only so is a bound what they prove exactly."""
        master = self.master
        short = replace(duals, budget=_short(duals.budget))
        published = stage(master, short, "exposure")
        prices = published_prices(published, master.network, master.rules)
        own = short.prices
        return replace(
            short,
            prices=replace(prices, money=short.budget, coefficient=own.coefficient),
            unmet_prices={
                number: unmet_price(master.cargo, short, number)
                if number == PRICED
                else published.unmet[UnmetKey(master.cargo.classes[number])]
                for number in duals.unmet_prices
            },
        )

    def _published(
        self, question: Question, duals: Duals, bound: float, sign: float
    ) -> Exposure:
        """Return an answer as published, without prices where none are needed."""
        service = 0.0
        if question.kind == "captive":
            service = unmet_price(self.master.cargo, duals, PRICED)
        prices = stage(self.master, duals, "exposure")
        carried = float(self.plan.quantity.sum())
        digits = _DIGITS - min(0, math.floor(math.log10(carried or 1.0)))
        bound = float(rounded(np.array([sign * bound]), digits)[0])
        if sign * bound <= _NOTHING * carried - (0.0 if sign > 0.0 else carried):
            # What is true of every plan needs no prices.
            return _without_prices(question, max(bound, 0.0))
        return Exposure(question, prices, duals.budget, service, bound)


def _without_prices(question: Question, bound: float) -> Exposure:
    """Return an answer that is true of every plan."""
    return Exposure(question, Stage("exposure"), 0.0, 0.0, bound)


def _short(price: float) -> float:
    """Price with the digits that a float surely holds."""
    return float(f"{price:.15g}")
