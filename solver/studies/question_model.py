"""A model that is asked how much a value must or may carry, question by question."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.objective import Objective
from solver.network.shipments import PRICED
from solver.rules.rule_set import ValueCoefficient
from solver.solution.certificate import Exposure, Stage
from solver.solution.keys import UnmetKey
from solver.solving.column_generation import StoppedError
from solver.solving.prices_to_decimals import (
    published_prices,
    rounded,
    stage,
    unmet_price,
)
from solver.studies.question_rounds import QuestionRounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.model.objective import Duals
    from solver.problem.rules import By
    from solver.solution.certificate import Question
    from solver.solution.plan import Plan
    from solver.solving.column_generation import ColumnGeneration
    from solver.studies.question_rounds import Answered


MOST_LIMITS, MOST_PART = 1000, 0.3
"""Limits that are rows from the start, at most, and the part of all cargo that each is
below: of larger ones few bind."""


SLACKS = (1e-9, 1e-8, 1e-7)
"""Parts of what stays unmet that questions may leave besides, if they must."""


NOTHING = 1e-9
"""Part of what is carried that is as good as nothing, or all."""


_DIGITS = 12
"""Digits after the point of answers, where more than 1 is carried."""


_CLOSE = 1e-7
"""Relative gap at which a question is answered."""


class QuestionModel:
    """A solved model that answers questions, each from the basis of the one before.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop over the model, which has routes of all that has any.
    plan : Plan
        The plan that is asked about, of the model's cargo: others serve as much.
    """

    def __init__(self, loop: ColumnGeneration, plan: Plan) -> None:
        self.loop, self.master, self.plan = loop, loop.master, plan
        self.slack = 0.0
        self._rounds = QuestionRounds(loop, _CLOSE, self._shortened)
        self._hold_service()
        self._hold_limits()
        loop.backend.expect_new_costs()

    def _hold_limits(self) -> None:
        """Make rows of limits that may bind: most first plans would exceed some."""
        capacity, cargo = self.master.families.capacity, self.master.cargo
        may_bind = capacity.limits.capacity < MOST_PART * cargo.quantity.sum()
        limits = np.flatnonzero(may_bind & (capacity.row < 0))
        if len(limits) <= MOST_LIMITS:
            capacity.add(limits)

    def _hold_service(self) -> None:
        """Leave of each class what the published plan does, to the last digit."""
        master = self.master
        for number, left in master.families.unmet.most.items():
            if left > 0.0:
                of_class = (master.cargo.unmet_class == number) & ~master.outside.lost
                kept = float(self.plan.unmet[of_class].sum())
                slack = self.slack * max(master.scale.quantity, kept)
                master.families.unmet.limit_again(number, kept, slack)

    def answer(self, question: Question, known: Exposure) -> Exposure:
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

    def avoided(self, values: Sequence[tuple[By, str]]) -> Iterator[tuple[By, str]]:
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
        if sign * bound <= NOTHING * carried - (0.0 if sign > 0.0 else carried):
            # What is true of every plan needs no prices.
            return without_prices(question, max(bound, 0.0))
        return Exposure(question, prices, duals.budget, service, bound)


def without_prices(question: Question, bound: float) -> Exposure:
    """Return an answer that is true of every plan."""
    return Exposure(question, Stage("exposure"), 0.0, 0.0, bound)


def _short(price: float) -> float:
    """Price with the digits that a float surely holds."""
    return float(f"{price:.15g}")
