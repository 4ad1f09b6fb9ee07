"""What a bound is of: money, service, or what carries a value."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from solver.verification.exact.amounts import ONE, ZERO, decimal

if TYPE_CHECKING:
    from fractions import Fraction

    from solver.problem.rules import By
    from solver.solution.certificate import Exposure, Movement, Question


_DIGITS, _IN_ALL = 9, 15
"""Digits after the point, and in all at least, that a budget is rounded up to."""


class Aim(NamedTuple):
    """What routes and unmet demand cost in a bound, beside the prices of a stage.

    Parameters
    ----------
    money : Decimal
        Price of a unit of money; 0 where money does not count.
    service : Decimal
        Price of a unit of priced demand that stays unmet, beside its unmet cost.
    counted : tuple of (By, str, Decimal), optional
        A value, and what every route that carries it costs.
    earned : Decimal
        What single routes earn at most.
    constant : Decimal
        What is subtracted, beside prices times right-hand sides.
    """

    money: Decimal = ZERO
    service: Decimal = ZERO
    counted: tuple[By, str, Decimal] | None = None
    earned: Decimal = ZERO
    constant: Decimal = ZERO


COST = Aim(money=ONE)
"""The cost itself."""


QUANTITY = Aim()
"""What stays unmet, or exceeds rules: the prices of the stage say all."""


def aim_of_question(asked: Exposure, priced: Decimal, objective: Fraction) -> Aim:
    """Return what an answer bounds: the quantity of a value, within a budget.

    Parameters
    ----------
    asked : Exposure
        The question, and prices without faults.
    priced : Decimal
        What the plan leaves unmet of priced demand.
    objective : Fraction
        Its cost and penalties.
    """
    question, service = asked.question, decimal(asked.service)
    budget, within = decimal(asked.budget), 1 + decimal(question.within or 0.0)
    return Aim(
        money=budget,
        service=service,
        counted=(question.by, question.value, decimal(sign_of(question))),
        constant=service * priced + budget * within * _rounded_up(objective),
    )


def aim_of_movement(movement: Movement, objective: Fraction) -> Aim:
    """Return what bounds a movement: what stays is counted by route, not by value."""
    budget = decimal(movement.budget)
    kept = (decimal(price) for price in movement.kept.values())
    return Aim(
        money=budget,
        earned=max(kept, default=ZERO),
        constant=budget * _rounded_up(objective),
    )


def sign_of(question: Question) -> float:
    """Return -1 where the most is asked for, which is minimised as its negative."""
    return -1.0 if question.kind == "most" else 1.0


def _rounded_up(objective: Fraction) -> Decimal:
    before_point = math.ceil(math.log10(objective)) if objective > 0 else _IN_ALL
    digits = max(_DIGITS, _IN_ALL - before_point)
    return Decimal(math.ceil(objective * 10**digits)).scaleb(-digits)
