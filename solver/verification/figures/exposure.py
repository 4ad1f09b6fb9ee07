"""What prices prove about how much a corridor, country or port must or may carry."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.problem.tables import NO_CORRIDOR
from solver.solution.certificate import Question
from solver.solution.form import MONEY, SHARE
from solver.verification.bound.aim import aim_of_question, sign_of
from solver.verification.bound.bound import bounds
from solver.verification.bound.price_faults import price_faults
from solver.verification.bound.prices import ExactPrices
from solver.verification.bound.refinement import Refinement
from solver.verification.exact.amounts import ZERO, decimal
from solver.verification.figures.columns import ratio
from solver.verification.figures.comparison import Figure, FigureColumn
from solver.verification.rules.cargo_scopes import routes_by_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.arrays import Floats
    from solver.problem.rules import By
    from solver.solution.certificate import Exposure
    from solver.verification.bound.bound import Bound
    from solver.verification.figures.columns import Cells
    from solver.verification.plan import ExactPlan


KINDS: tuple[By, ...] = ("corridor", "country", "port")
"""What a plan may depend on."""


WITHIN = (0.01, 0.05)
"""Parts of the cost within which ranges are told."""


MOST_VALUES = 5
"""Countries and ports, the largest, of which the captive part is told."""


COLUMNS = {
    ("captive", None): "captive",
    ("least", 0.01): "least_1",
    ("most", 0.01): "most_1",
    ("least", 0.05): "least_5",
    ("most", 0.05): "most_5",
}
"""Column of the table in which each question is answered."""


_TIES = 1e-9


class Answers:
    """Answers to the questions of a certificate, checked.

    Attributes
    ----------
    idle : list of str
        Prices that turned out to prove nothing, once the table is made.
    """

    def __init__(self, plan: ExactPlan, asked: tuple[Exposure, ...]) -> None:
        self.plan, self.asked = plan, asked
        self.world, self.flows = plan.world, plan.flows
        self.idle: list[str] = []

    @cached_property
    def amounts(self) -> dict[By, dict[str, float]]:
        """Quantity that each corridor, country and port carries."""
        carried, routes = self.flows.carried, self.flows.routes
        return {
            by: {
                value: float(carried.take(at).total())
                for value, at in routes_by_value(routes, by)
                if value != NO_CORRIDOR or by != "corridor"
            }
            for by in KINDS
        }

    @cached_property
    def carried(self) -> float:
        """Quantity carried in all."""
        return float(self.flows.quantity.total())

    # ---- which questions

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the questions and their prices."""
        where = "certificate.json: exposure"
        found = [asked.question for asked in self.asked]
        if found != self._expected(found)[: len(found)]:
            yield f"{where}: not the questions that are asked of this plan"
            return
        for asked in self.asked:
            for fault in price_faults(self.world, asked.prices, decimal(asked.budget)):
                yield f"{where}: {fault}"
            if asked.question.kind == "captive" and (
                asked.prices.rules or asked.budget
            ):
                yield f"{where}: prices of rules or money for what is captive"
            if asked.question.kind != "captive" and asked.service:
                yield f"{where}: a price of service for a range"

    def _expected(self, found: list[Question]) -> list[Question]:
        """Return the questions of this plan; of equally large values, those found."""
        captive = [
            Question(by, value, "captive")
            for by in self.amounts
            for value in self._large(by, found)
        ]
        ranges = [
            Question("corridor", corridor, kind, within)
            for within in WITHIN
            for corridor in self.amounts["corridor"]
            for kind in ("least", "most")
        ]
        return [*captive, *ranges]

    def _large(self, by: By, found: list[Question]) -> list[str]:
        carried = {value: own for value, own in self.amounts[by].items() if own > 0}
        if by == "corridor" or len(carried) <= MOST_VALUES:
            return [*carried]
        least = sorted(carried.values())[-MOST_VALUES]
        asked = {q.value for q in found if q.by == by and q.kind == "captive"}
        chosen = [
            value
            for value, own in carried.items()
            if own > least * (1 + _TIES)
            or (value in asked and own >= least * (1 - _TIES))
        ]
        missing = MOST_VALUES - len(chosen)
        tied = [value for value in carried if value not in chosen]
        alike = [value for value in tied if carried[value] >= least * (1 - _TIES)]
        kept = {*chosen, *alike[:missing]}
        return [value for value in carried if value in kept]

    # ---- what they prove

    def table(self, claims: Mapping[str, Floats]) -> Cells:
        """Return the table that the prices prove.

        Parameters
        ----------
        claims : dict of str to ndarray
            The table found: searches stop where they prove as much.
        """
        places = self._rows()
        figures, sizes = (
            {name: np.full(len(places), value) for name in COLUMNS.values()}
            for value in (np.nan, 0.0)
        )
        for number, (by, value) in enumerate(places if self.asked else ()):
            if self.amounts[by][value] == 0:
                figures["captive"][number] = 0.0
        for asked, bound in self._bounds():
            question, sign = asked.question, sign_of(asked.question)
            number = places.index((question.by, question.value))
            name = COLUMNS[question.kind, question.within]
            column, margin = claims.get(name, np.zeros(0)), self._margin(asked)
            claim = float(column[number]) if number < len(column) else np.nan
            proved = self._proved(bound, sign, claim, margin)
            figures[name][number], sizes[name][number] = proved, margin / _RELATIVE
            nothing = 0.0 if sign > 0 else self.carried
            if proved == nothing and _has_prices(asked):
                # What is told may round to nothing, though more is proved.
                proved = self._proved(bound, sign, math.inf, margin)
            if proved == nothing and _has_prices(asked):
                self.idle.append(f"prices that prove nothing of {question.value!r}")
        amounts = np.array([self.amounts[by][value] for by, value in places])
        return {
            "by": [by for by, _ in places],
            "value": [value for _, value in places],
            "quantity": amounts,
            "share": ratio(amounts, self.carried),
            **{
                name: FigureColumn(values, MONEY, size=sizes[name])
                for name, values in figures.items()
            },
        }

    def largest(
        self, table: Mapping[str, FigureColumn]
    ) -> dict[str, dict[str, str | Figure | None] | None]:
        """Return the largest corridor, country and port, with what is captive."""
        captive = dict(zip(self._rows(), table["captive"].values.tolist(), strict=True))
        return {by: self._largest(by, captive) for by in KINDS}

    def _largest(
        self, by: By, captive: Mapping[tuple[By, str], float]
    ) -> dict[str, str | Figure | None] | None:
        amounts = self.amounts[by]
        if not self.carried or max(amounts.values(), default=0.0) <= 0:
            return None
        most = max(amounts.values()) * (1 - _TIES)
        value = next(name for name, carried in amounts.items() if carried >= most)
        least = captive.get((by, value), np.nan)
        return {
            "value": value,
            "share": Figure(amounts[value] / self.carried, SHARE),
            "captive": None if np.isnan(least) else Figure(least / self.carried, SHARE),
        }

    def _rows(self) -> list[tuple[By, str]]:
        corridors: list[tuple[By, str]] = [
            ("corridor", value) for value in self.amounts["corridor"]
        ]
        others = [
            (asked.question.by, asked.question.value)
            for asked in self.asked
            if asked.question.by != "corridor"
        ]
        return [*corridors, *others]

    def _margin(self, asked: Exposure) -> float:
        """Quantity that a figure may be beside what is proved.

        Where rules leave hardly any room, their prices are such that floats are no
        finer.
        """
        steepest = max(asked.prices.rules.values(), default=0.0)
        return max(_RELATIVE, _EPSILON * steepest) * (self.carried or 1.0)

    def _bounds(self) -> Iterator[tuple[Exposure, Bound | None]]:
        """Yield each question with its bound; many are searched together.

        None where nothing is charged for, which proves no more than 0.
        """
        alike: dict[object, list[Exposure]] = {}
        for asked in self.asked:
            if sign_of(asked.question) > 0 and not _has_prices(asked):
                yield asked, None
            else:
                alike.setdefault(_given(asked), []).append(asked)
        prices = (self._prices(own[0]) for own in alike.values())
        for own, bound in zip(alike.values(), bounds(self.world, prices), strict=True):
            yield from ((asked, bound) for asked in own)

    def _prices(self, asked: Exposure) -> ExactPrices:
        unmet = self.plan.unmet
        aim = aim_of_question(asked, unmet.priced, self.plan.objective)
        return ExactPrices(self.world, asked.prices, unmet.by_class, aim)

    def _proved(
        self, bound: Bound | None, sign: float, claim: float, margin: float
    ) -> float:
        """Return what is proved, as far as it takes to see whether a claim is."""
        if bound is None:
            return 0.0
        goal = ZERO if np.isnan(claim) else decimal(sign * claim - margin / 2)
        if np.isinf(claim):
            goal = Decimal("Infinity")
        proved = sign * float(Refinement(bound, self.flows).reach(goal))
        return min(max(proved, 0.0), self.carried)


def _given(asked: Exposure) -> object:
    """Return what a bound follows from: without a budget, whatever the cost within."""
    question, prices = asked.question, asked.prices
    return (
        *(question.by, question.value, question.kind),
        *(asked.service, asked.budget, question.within if asked.budget else None),
        *(frozenset(own.items()) for own in (prices.capacities, prices.rules)),
        frozenset(prices.unmet.items()),
        frozenset((row, frozenset(own.items())) for row, own in prices.weights.items()),
    )


def _has_prices(asked: Exposure) -> bool:
    """Whether any price of an answer is above 0."""
    prices = asked.prices
    given = [asked.budget, asked.service, *prices.capacities.values()]
    return any([*given, *prices.rules.values(), *prices.unmet.values()])


_RELATIVE, _EPSILON = 1e-9, 1e-13
"""Parts of all that is carried that rounding explains: at least, and per unit of price
of the steepest rule."""
