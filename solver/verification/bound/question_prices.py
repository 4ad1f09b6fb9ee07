"""The prices that prove the answer of a question about exposure."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

from solver.solution.certificate import Question
from solver.verification.bound.prices import ExactPrices, Sum
from solver.verification.exact.amounts import (
    Amounts,
    amounts_of,
    decimal,
    integers,
    joined,
)
from solver.verification.facts.shipments import PRICED

if TYPE_CHECKING:
    from fractions import Fraction

    from solver.solution.certificate import Exposure
    from solver.verification.world import World


_DIGITS = 9
"""Digits after the point that a budget is rounded up to."""


class QuestionPrices(ExactPrices):
    """Prices that answer a question, exactly.

    Parameters
    ----------
    world : World
        The instance.
    asked : Exposure
        The question, and prices without faults.
    kept : tuple of Decimal
        What the plan leaves unmet by class of firm demand.
    priced : Decimal
        What it leaves unmet of priced demand.
    objective : Fraction
        Its cost and penalties.
    """

    def __init__(
        self,
        world: World,
        asked: Exposure,
        kept: tuple[Decimal, ...],
        priced: Decimal,
        objective: Fraction,
    ) -> None:
        super().__init__(world, asked.prices, kept)
        self.question = asked.question
        self.sign = decimal(sign_of(asked.question))
        self.budget, self.service = decimal(asked.budget), decimal(asked.service)
        self._priced, self._objective = priced, objective

    @cached_property
    def unmet_price(self) -> Amounts:
        """Price of leaving a unit of each shipment unmet."""
        cargo = self.world.cargo
        unmet = cargo.unmet_cost.times(self.budget)
        service = amounts_of([self.service])
        places = max(unmet.places, service.places)
        units = unmet.at(places).astype(object) + service.at(places)
        priced = cargo.firm_class == PRICED
        unmet_price = Amounts(integers(units.tolist()), places)
        return joined(priced, unmet_price, super().unmet_price)

    @cached_property
    def constant(self) -> Decimal:
        """Prices times right-hand sides, to be subtracted."""
        found = super().constant + self.service * self._priced
        if self.budget:
            part = 1 + decimal(self.question.within or 0.0)
            whole = Decimal(ceil(self._objective * 10**_DIGITS)).scaleb(-_DIGITS)
            found += self.budget * part * whole
        return found

    @property
    def with_money(self) -> bool:
        """Whether the budget has a price."""
        return bool(self.budget)

    def _money(self, kind: int) -> tuple[Amounts, Amounts]:
        """Return what elements and starts cost, at the price of the budget."""
        if not self.with_money:
            return super()._money(kind)
        on_element, at_start = self.world.costs.sums(kind)
        return on_element.times(self.budget), at_start.times(self.budget)

    def _own_terms(self, terms: Sum) -> None:
        """Every route that carries the value counts."""
        terms.add(self.question.by, {self.question.value: self.sign})


def sign_of(question: Question) -> float:
    """Return -1 where the most is asked for, which is minimised as its negative."""
    return -1.0 if question.kind == "most" else 1.0
