"""What prices prove about how much a corridor, country or port must or may carry."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.problem.tables import NO_CORRIDOR
from solver.solution.certificate import Question
from solver.verification.bound.bound import bounds
from solver.verification.bound.price_faults import price_faults
from solver.verification.bound.question_prices import QuestionPrices, sign_of
from solver.verification.bound.refinement import Refinement
from solver.verification.exact.amounts import ZERO, decimal
from solver.verification.facts.shipments import PRICED
from solver.verification.figures.comparison import (
    MONEY,
    SHARE,
    Figure,
    FigureColumn,
    numbers,
    text,
)
from solver.verification.rules.cargo_scopes import flows_by_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from numpy.typing import NDArray

    from solver.problem.rules import By
    from solver.solution.certificate import Exposure
    from solver.verification.bound.bound import Bound
    from solver.verification.facts.flows import PlanFlows
    from solver.verification.world import World

    Floats = NDArray[np.float64]


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


MOST_SHIPMENTS = 2**18
"""Shipments of all questions that are searched together: memory follows."""


_TIES = 1e-9


class Answers:
    """Answers to the questions of a certificate, checked.

    Parameters
    ----------
    world : World
        The instance.
    flows : PlanFlows
        The plan.
    kept : tuple of Decimal
        What it leaves unmet by class of firm demand.
    objective : Fraction
        Its cost and penalties.
    asked : tuple of Exposure
        Questions and prices of the certificate.

    Attributes
    ----------
    idle : list of str
        Prices that turned out to prove nothing, once the table is made.
    """

    def __init__(
        self,
        world: World,
        flows: PlanFlows,
        kept: tuple[Decimal, ...],
        objective: Fraction,
        asked: tuple[Exposure, ...],
    ) -> None:
        self.world, self.flows, self.kept = world, flows, kept
        self.objective, self.asked = objective, asked
        self.idle: list[str] = []

    @cached_property
    def amounts(self) -> dict[By, dict[str, float]]:
        """Quantity that each corridor, country and port carries."""
        quantity = self.flows.quantity.floats()
        return {
            by: {
                value: float(quantity[at].sum())
                for value, at in flows_by_value(self.flows, by)
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

    def table(
        self, claims: Mapping[str, NDArray[np.float64]]
    ) -> dict[str, FigureColumn]:
        """Return the table that the prices prove.

        Parameters
        ----------
        claims : dict of str to ndarray
            The table found: searches stop where they prove as much.
        """
        places = self._rows()
        figures = {name: np.full(len(places), np.nan) for name in COLUMNS.values()}
        sizes = {name: np.zeros(len(places)) for name in COLUMNS.values()}
        index = {place: number for number, place in enumerate(places)}
        if self.asked:
            for (by, value), number in index.items():
                if self.amounts[by][value] == 0:
                    figures["captive"][number] = 0.0
        for asked, bound in self._bounds():
            question = asked.question
            number = index[question.by, question.value]
            name = COLUMNS[question.kind, question.within]
            column = claims.get(name, np.zeros(0))
            claim = float(column[number]) if number < len(column) else np.nan
            margin = self._margin(asked)
            proved = 0.0
            if bound is not None:
                proved = self._proved(bound, sign_of(question), claim, margin)
            figures[name][number], sizes[name][number] = proved, margin / _RELATIVE
            nothing = 0.0 if sign_of(question) > 0 else self.carried
            if proved == nothing and bound is not None and _has_prices(asked):
                # What is told may round to nothing, though more is proved.
                proved = self._proved(bound, sign_of(question), math.inf, margin)
            if proved == nothing and _has_prices(asked):
                self.idle.append(f"prices that prove nothing of {question.value!r}")
        amounts = np.array([self.amounts[by][value] for by, value in places])
        share = amounts / self.carried if self.carried else np.full(len(places), np.nan)
        return {
            "by": text([by for by, _ in places]),
            "value": text([value for _, value in places]),
            "quantity": numbers(amounts, MONEY),
            "share": numbers(share, SHARE),
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

        Those whose answer is the same but for a budget at no price have one bound
        together; None where nothing is charged for, which proves no more than 0.
        """
        alike: list[list[Exposure]] = []
        for asked in self.asked:
            same = (own for own in alike if _prove_the_same(own[0], asked))
            found = next(same, None)
            if found is None:
                alike.append([asked])
            else:
                found.append(asked)
        charged = [own for own in alike if not _proves_nothing(own[0])]
        for own in alike:
            if _proves_nothing(own[0]):
                yield from ((asked, None) for asked in own)
        step = max(1, MOST_SHIPMENTS // max(1, len(self.world.cargo)))
        for first in range(0, len(charged), step):
            chosen = charged[first : first + step]
            found_bounds = bounds([self._prices(own[0]) for own in chosen])
            for own, bound in zip(chosen, found_bounds, strict=True):
                yield from ((asked, bound) for asked in own)

    def _prices(self, asked: Exposure) -> QuestionPrices:
        firm = self.world.cargo.firm_class
        priced = self.flows.unmet.take(np.flatnonzero(firm == PRICED)).total()
        return QuestionPrices(self.world, asked, self.kept, priced, self.objective)

    def _proved(self, bound: Bound, sign: float, claim: float, margin: float) -> float:
        """Return what is proved, as far as it takes to see whether a claim is."""
        goal = ZERO if np.isnan(claim) else decimal(sign * claim - margin / 2)
        if np.isinf(claim):
            goal = Decimal("Infinity")
        proved = sign * float(Refinement(bound, self.flows).reach(goal))
        return min(max(proved, 0.0), self.carried)


def _prove_the_same(first: Exposure, second: Exposure) -> bool:
    """Whether the answers are of one value, at the same prices, and none of money."""
    one, other = first.question, second.question
    return (
        first.budget == second.budget == 0.0
        and first.service == second.service
        and (one.by, one.value, one.kind) == (other.by, other.value, other.kind)
        and all(
            getattr(first.prices, name) == getattr(second.prices, name)
            for name in ("capacities", "rules", "unmet", "weights")
        )
    )


def _proves_nothing(asked: Exposure) -> bool:
    """Whether an answer of the least charges for nothing: leaving all unmet is free."""
    return sign_of(asked.question) > 0 and not _has_prices(asked)


def _has_prices(asked: Exposure) -> bool:
    """Whether any price of an answer is above 0."""
    prices = asked.prices
    given = [asked.budget, asked.service, *prices.capacities.values()]
    return any([*given, *prices.rules.values(), *prices.unmet.values()])


_RELATIVE, _EPSILON = 1e-9, 1e-13
"""Parts of all that is carried that rounding explains: at least, and per unit of price
of the steepest rule."""
